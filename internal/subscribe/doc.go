// Package subscribe carries GraphQL over WebSocket and over SSE, on gqlgen's executor: graphql-transport-ws, the older
// graphql-ws, and SSE with a connection for each operation or one for all.
//
// # One execution for many
//
// A subscription's resolver runs once for each subscriber: it decides whether the viewer may, which request is meant, and from which
// position on. It hands its stream, a position in the hub's sequence of that request, to this package. Subscribers
// whose answers cannot differ form a group (same request, document, operation, and variables wherever they matter). A group
// executes the selection once an event, on a context of its own, encodes it once, and each socket gets that payload behind the
// head of its own operation.
//
// Each subscriber has its position. An event is for it if it is the very next one; it is passed over if the subscriber is
// beyond it; else something is missing, and the subscriber replays alone, from the hub's ring or from the store, until nothing is
// new. So it does not matter when it joins, nor how many events come meanwhile: nothing is lost, nothing comes twice.
//
// # Nobody waits
//
// A socket that has no room is left where it is: nothing is queued for it, its position stays, and it replays when the
// socket drains. Groups, replays and states of requests are worked off by a few goroutines each that live while there is work; a
// subscription at rest has none.
// A group of a few members whose selection is plain is served by whoever publishes: that waits for nobody either.
package subscribe
