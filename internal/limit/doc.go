// Package limit bounds what one caller may have of the server, so that the others keep theirs.
//
//	Caller   who calls: an address behind trusted proxies, IPv6 by its /64
//	Rates    how often: a token bucket for each kind of work and caller
//	Slots    how many at once: connections and subscriptions of an address and of the process
//	Bytes    how much waits in memory for callers to take it
//	Limits   the server's rates and slots together, with their defaults
//
// Limits also hear of refusals that others decide, so that all are counted and logged in one way.
//
// A caller is an address. A user's name is no caller by itself: while the server is open, anybody
// may give any name, so a user's bucket counts for the address and the name together. Nobody can
// empty another caller's bucket that way.
//
// All types are safe for concurrent use.
package limit
