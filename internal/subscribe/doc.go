// Package subscribe carries GraphQL over WebSocket and over SSE. The protocols are
// gqlgen's (graphql-transport-ws, the older graphql-ws, SSE in distinct mode); this package
// gives them gorilla/websocket, deadlines, origins, GET for streams, and an end: a server that stops
// closes sockets with 1012, so that clients come back, and breaks streams off without "complete".
package subscribe
