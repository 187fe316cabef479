// Package sse is GraphQL over Server-Sent Events (the protocol of the graphql-sse library), over
// the core of package subscribe.
//
// In distinct connections mode each call has a stream for its one operation. In single connection
// mode a client reserves a stream by PUT, opens it by GET, starts operations on it by POST and
// stops them by DELETE; a token names the stream. Events have the position after them as their id.
// A browser's EventSource sends the last id when it comes back, and is resumed from there; that is
// our addition to the protocol.
//
// A stream has one goroutine, its handler's, which writes what is queued. While the server stops,
// streams are broken off without a "complete", and new calls get no answer at all: an EventSource
// comes back after both.
package sse
