// Package limit bounds what one caller may use of the server, so that other callers can use it too.
//
//	Caller   identifies a caller by its address
//	Rates    how often a caller may call: a token bucket for each kind of work and caller
//	Slots    how many connections and subscriptions a caller and the process may have at once
//	Bytes    how many bytes may be in memory for callers that have not received them
//	Limits   the server's rates and slots together, with their defaults
//
// Limits also report the refusals that other packages decide.
//
// A caller is an address. For a trusted proxy it is the address that the proxy reports, and of an
// IPv6 address it is the first 64 bits. A user's name alone does not identify a caller, because any
// caller may use any name while the server is open. A user's bucket therefore counts for the
// address and the name together, and a caller cannot empty another caller's bucket.
//
// All types are safe for concurrent use.
package limit
