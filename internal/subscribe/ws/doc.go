// Package ws implements GraphQL over WebSocket on top of the core of package subscribe. It supports
// two subprotocols: graphql-transport-ws, and the older graphql-ws of subscriptions-transport-ws.
//
// A peer is one client's socket. It reads messages, enforces the protocol's rules, and contains the
// socket's operations with their ids. An operation implements the core's Client: it wraps payloads
// in messages with its id. Package socket serves the connection: queue, pings, deadlines, closing.
// The functions of Config decide which clients may open a socket, by the origin and by the payload
// of connection_init.
//
// While the server stops, sockets are closed with 1012, after which stock clients reconnect. A new
// handshake of the older protocol is refused with 503 instead; Transport.refuse describes the
// reason.
package ws
