// Package ws is GraphQL over WebSocket, over the core of package subscribe. It speaks two
// subprotocols: graphql-transport-ws, and the older graphql-ws of subscriptions-transport-ws.
//
// A peer is one client's socket. It reads messages, keeps the protocol's rules, and has the
// socket's operations by their ids. An operation is the core's Client: it puts the id around
// payloads. Package socket keeps the connection: queue, pings, deadlines, closing. Who may open a
// socket is decided by the caller, by the origin and by connection_init.
//
// While the server stops, sockets are closed with 1012, after which stock clients come back. A
// client of the older protocol is refused with 503 instead; Transport.refuse says why.
package ws
