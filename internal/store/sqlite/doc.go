// Package sqlite keeps users, requests and briefings in one SQLite file. It is the
// default store and needs nothing but a folder.
//
// One goroutine writes. Callers hand it their writes, it runs as many as are waiting
// in one transaction, commits (write-ahead log, synchronous=FULL: what was
// acknowledged survives power loss), answers them all, and publishes the changes in the order of
// their commit. A write first checks and then writes, so a refused one leaves nothing
// behind in the shared transaction; should a statement itself fail, the transaction is
// rolled back and its writes are run again one by one. Reads have connections of their own.
//
// One process at a time: a lock on a file in the folder is the lease, and it ends
// with the process however that ends.
package sqlite
