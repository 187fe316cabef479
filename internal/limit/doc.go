// Package limit names the caller that a limit counts for.
//
// A caller is an address: behind trusted proxies the one that they report, and of an IPv6 address
// the first 64 bits. A user's name is not a caller, because anybody may give any name while the
// server is open.
//
// All types are safe for concurrent use.
package limit
