// Package subscribe runs the operations of clients that stay connected: subscriptions, and the
// queries and mutations that are sent over the same connections. It is the core of packages ws and
// sse, which implement one protocol each. The core itself does not depend on a protocol. It
// promises that every subscriber receives each briefing once, in stored order, even if the
// subscriber is slow.
//
// # What a protocol does
//
// A protocol implements Client, with one value for each operation. The Client formats the messages
// and frees the operation's id at the end. It embeds an Operation. The protocol calls Open and Run
// on it, in this order, and Stop when the client or the connection ends. The protocol calls Room
// when a client that refused messages has room again. It also implements Protocol, so that
// Core.Drain can end the open connections. It receives gqlgen's executor with each call, and reads
// requests with functions of package graph.
//
// # States of an operation
//
//	Open ─► started ─┬─ query, mutation ─► running ────┬─ all sent, or failed ─► ended
//	                 ├─ subscription ────► delivering ─┤
//	                 └─ failed ──────────► ended       └─ Stop ────────────────► stopped
//
// The resolvers run in the state started, on a context that Stop cancels. A subscription's resolver
// decides whether the viewer may subscribe, to which request, and from which position. The resolver
// hands its stream over (graph.Handover), and then its context ends. Client.Complete or Client.Fail
// notifies the client that the operation has ended. Nothing is sent after Stop.
//
// # One execution for many
//
// A stream of briefings is a position in the hub's sequence of a request. Subscribers whose
// responses cannot differ form a group: their request, document, operation and relevant variables
// are equal. A group reads the new briefings, executes the selection once for each new briefing,
// encodes the response once, and sends the same payload to all members. Each client wraps the
// payload in its own message.
//
// # Positions
//
// Each member of a group has its own position. The group sends the member the briefings after that
// position in one batch. The client accepts all of the batch or the first part of it, and the
// position moves past the accepted part only. When a briefing before the batch is missing, the
// member replays: it reads by itself, from the hub's memory or from the store, until nothing is
// new. So every briefing is sent, and none is sent twice.
//
// # No waiting
//
// No messages are queued for a client without room: its position stays, and the member replays
// after Room. No lock of a group or a topic is held while a message is sent. No lock of a
// subscription is held while a selection is executed. Three pools of goroutines serve groups,
// replays and states of requests. A pool's goroutines run only while it has work, so an idle
// subscription has no goroutine. The goroutine that publishes serves a small group itself if its
// selection does not need the executor. Messages of several groups for one connection go out in one
// write.
//
// A stream that is not the hub's own has a goroutine of its own. Services that wrap streams return
// such streams.
package subscribe
