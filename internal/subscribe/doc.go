// Package subscribe carries GraphQL over WebSocket and over SSE, on gqlgen's executor:
// graphql-transport-ws, the older graphql-ws, and SSE with a connection for each operation or one
// for all.
//
// # One execution for many
//
// A subscription's resolver runs once for each subscriber. It decides whether the viewer may
// subscribe, to which request, and from which position on. It hands its stream, a position in the
// hub's sequence of that request, to this package. Subscribers whose answers cannot differ form a
// group: same request, document, operation, and variables wherever they matter. A group takes what
// is ready, executes the selection once for each briefing, on a context of its own, and encodes it
// once. Each socket gets the payloads behind the head of its own operation.
//
// # Positions
//
// Each subscriber has its position. The group hands it what it lacks, all in one batch. The sink
// takes a part or all of that, and the position moves past what was taken and no further. When
// something is missing before the batch, the subscriber replays alone, from the hub's ring or from
// the store, until nothing is new. So nothing is lost and nothing comes twice, whenever it joins
// and however slow it is.
//
// # Nobody waits
//
// A socket without room is left where it is: nothing is queued for it, its position stays, and it
// replays when the socket drains. No lock of a group or a topic is held while something is sent,
// and no lock of a subscription while a selection is executed. Groups, replays and states of
// requests are worked off by a few goroutines each that live while there is work; a subscription at
// rest has none. A group of a few members whose selection is plain is served by whoever publishes.
// What several groups have for one socket goes out in one write.
//
// A stream that is not the hub's own, as a service that wraps streams hands out, gets a goroutine.
package subscribe
