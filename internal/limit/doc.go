// Package limit bounds what one caller may have of the server, so that the others keep theirs.
//
//	Caller   who calls: an address behind trusted proxies, IPv6 by its /64
//	Rates    how often: a token bucket for each kind of work and caller
//	Slots    how many at once: connections and subscriptions of an address and of the process
//	Bytes    how much waits in memory for callers to take it
//	Limits   the server's rates and slots together, with their defaults
//
// Limits also count and log the refusals that other packages decide.
//
// A caller is an address: behind trusted proxies the one that they report, and of an IPv6 address
// the first 64 bits. A user's name is not a caller by itself, because anybody may give any name
// while the server is open. A user's bucket therefore counts for the address and the name together,
// and nobody can empty another caller's bucket.
//
// All types are safe for concurrent use.
package limit
