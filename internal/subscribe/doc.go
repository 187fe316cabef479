// Package subscribe runs the operations of clients that stay connected: subscriptions above all,
// and the queries and mutations that come the same way. It is the core of packages ws and sse,
// each of which speaks a protocol. It knows no protocol itself, and promises that every subscriber
// gets each briefing once, in stored order, however slow it is.
//
// # What a protocol does
//
// A protocol implements Client, one for each operation: how messages look, and how ids become
// free. It embeds an Operation and calls, in this order, Open, Run, and Stop when the client or
// the connection ends. It calls Room when a client that refused messages has room again. It
// implements Protocol, so that Core.Drain can end what is open. It gets gqlgen's executor with
// each call, and reads requests by functions of package graph.
//
// # States of an operation
//
//	Open ─► started ─┬─ query, mutation ─► running ────┬─ all sent, or failed ─► ended
//	                 ├─ subscription ────► delivering ─┤
//	                 └─ failed ──────────► ended       └─ Stop ────────────────► stopped
//
// In started the resolvers run, on a context that Stop cancels. A subscription's resolver decides
// whether the viewer may subscribe, to which request, and from which position on. It hands its
// stream over (graph.Handover), and its context ends. Client.Complete or Client.Fail tells the
// client that the operation has ended. Nothing is sent after Stop.
//
// # One execution for many
//
// A stream of briefings is a position in the hub's sequence of a request. Subscribers whose
// responses cannot differ form a group: same request, document, operation, and variables wherever
// they matter. A group reads what is new, executes the selection once for each briefing, encodes
// it once, and sends the same payload to all members. Each client puts its own message around it.
//
// # Positions
//
// Each member of a group has its position. The group gives it what it lacks, in one batch. The
// client accepts a part or all of that, and the position moves past what was accepted, no further.
// When something before the batch is missing, the member replays by itself, from the hub's memory
// or from the store, until nothing is new. So nothing is lost and nothing comes twice.
//
// # Nobody waits
//
// Nothing is queued for a client without room: its position stays, and it replays after Room. No
// lock of a group or a topic is held while something is sent, and no lock of a subscription while
// a selection is executed. Groups, replays and states of requests are worked off by a few
// goroutines each, which live while there is work. A subscription at rest has none. A small group
// whose selection is plain is served by the goroutine that publishes. What several groups have for
// one connection goes out in one write.
//
// A stream that is not the hub's own, as a service that wraps streams hands out, gets a goroutine.
package subscribe
