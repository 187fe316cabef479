// Package sse implements GraphQL over Server-Sent Events (the protocol of the graphql-sse library)
// on top of the core of package subscribe.
//
// In distinct connections mode each call has a stream for its one operation. In single connection
// mode a client reserves a stream with PUT and opens it with GET. It starts operations on the
// stream with POST and stops them with DELETE. A token identifies the stream.
//
// The id of an event is the position after the event. A browser's EventSource sends the last id
// when it reconnects, and the subscription resumes after that position. This is an addition to the
// protocol.
//
// A stream has one goroutine, its handler's, which writes the queued events. While the server
// stops, streams end without a "complete" event, and new calls receive no answer at all. An
// EventSource reconnects in both cases.
package sse
