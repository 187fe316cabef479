// Package e2e tests the server as users run it: a process of its own that is started, killed and
// called over HTTP and sockets. Ledgers compare the acknowledged and delivered briefings with the
// stored ones. MongoDB, the old server's code, the container files and the README's samples are
// also tested here.
//
// The tests measure time and need the machine to themselves. go test -short skips all of them.
package e2e
