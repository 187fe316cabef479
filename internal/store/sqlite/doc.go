// Package sqlite implements briefing.Store in one SQLite file. It is the default store and needs
// nothing but a folder.
//
// The package promises what briefing.Store promises, checked by storetest. Acknowledged writes
// survive the loss of power (write-ahead log, synchronous=FULL). A folder that other users can
// write, or that has a damaged file, is refused at the start, with a sentence for the operator; see
// inspectFiles and check. It leaves to package schedule when ticks run, and to package transfer the
// copying between stores.
//
// # One writer
//
// One goroutine writes, for all callers:
//
//  1. A caller queues its write (writer.do) and waits.
//  2. The writer collects the queued writes, at most groupLen, and begins one transaction
//     (writer.beginGroup). One sync of the disk then serves them all.
//  3. Each write first checks and then writes, so a refused write leaves nothing in the shared
//     transaction.
//  4. The writer commits (writer.transact), publishes the changes to the feeds in the order of the
//     commit, and answers the callers.
//
// If a statement fails, the whole transaction is rolled back and each of its writes runs again in a
// transaction of its own. So a bad write harms only itself.
//
// A deletion of a user is a sequence of short transactions, so other writes wait only briefly. The
// first one ends the active request.
//
// Reads have connections of their own and see the last commit.
//
// # One process
//
// A lock on bis.lock lets one process work in the folder. The lock is also the lease of briefing's
// ownership: its holder may claim every request, and the kernel releases it when the process ends,
// however that happens.
//
// # Schema
//
// The domain has four tables: users, cameras, requests and briefings. Three more have what models
// wrote and cost: sheets, refused and usage_days. Times are milliseconds of Unix time. Ids are 24
// lower-case hexadecimal digits, so their order as text is their order as numbers, and `id > ?` in
// an index reads a page. A briefing's text is stored as head and caption, because the old endpoints
// need the text and the new ones the caption. A briefing is also found by its id alone; new ids
// differ from all others. An index over times serves the list of a day. The table health has a
// count that a probe raises.
//
// Look-ups of a user go by name_key, which is briefing.NameKey of the name, so every spelling is
// found. The name itself is stored as given. A unique index over name_key and camera of active
// requests prevents a second active request of a user and camera.
//
// The headline of a briefing, its description and how its words were made are one JSON text,
// because nothing but their briefing reads them. It is empty in older rows.
//
// Refused texts expire. They are deleted when others are saved, when the store opens and each hour.
// The log that still has them is then emptied, as after a deletion of a user.
//
// A camera has the place of the last report of its health, a request and a tick, which refuses
// earlier reports. Its polygons are JSON, because nothing but their camera reads them.
//
// Migrations are numbered and embedded. Each runs in one transaction together with its number, so a
// killed migration runs again from the beginning.
//
// # Checks at the start
//
// Open refuses a folder in this order, before it writes anything into the database:
//
//  1. prepareFolder: the folder cannot be written, or other users can write it.
//  2. lockFile: another process works in it.
//  3. inspectFiles: a file is a link or belongs to another user, or a copy has left a part of the
//     files.
//  4. check: the file is damaged or belongs to another program.
//  5. migrate: the file was written by a newer version.
//
// # Files
//
//	bis.db           the database
//	bis.db-wal, -shm the write-ahead log and its index; removed when the store is closed
//	bis.db.new       a database that is being created; it is renamed when it is complete
//	bis.lock         the lock, with the process id of its holder
package sqlite
