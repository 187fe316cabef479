package subscribe

import (
	"context"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"bis/internal/briefing"
)

// Client is the receiver of one operation's messages. A protocol implements it, and calls
// Operation.Room when the client has room again.
//
// All methods but Answer return without waiting for the client: the core holds locks while it
// calls them. They are called one at a time, and Complete or Fail is the last call. A Client that
// is gone accepts everything and throws it away, until its protocol stops the operation.
type Client interface {
	// Send sends the payloads of a batch, in one write if they are short, and returns how many it
	// accepts, from the first on. When those are not all, the protocol must call Operation.Room
	// once there is room; it may do so even before Send returns. The batch belongs to the caller
	// again when Send has returned. With a round, Send may leave the write to the round's end.
	Send(b Batch, r *Round) (accepted int)
	// Shared reports whether the client's connection has other operations, too. It decides whether
	// it pays to collect messages in a round.
	Shared() bool
	// Answer sends the response of a query or a mutation. It may wait for room, until ctx ends:
	// such a response cannot be had again. The payload is the callee's to keep.
	Answer(ctx context.Context, payload []byte) error
	// Complete says that everything was sent.
	Complete()
	// Fail says that nothing more comes, and why. The errors are as callers may see them.
	Fail(list gqlerror.List)
}

// Batch is payloads that go out together. A payload is a GraphQL response as JSON.
type Batch struct {
	Payloads [][]byte
	// Cursors has the position after each payload. States of requests have none: theirs are empty.
	Cursors []briefing.Cursor
}

// Len returns how many payloads the batch has.
func (b *Batch) Len() int { return len(b.Payloads) }

// add appends a payload.
func (b *Batch) add(payload []byte, cursor briefing.Cursor) {
	b.Payloads, b.Cursors = append(b.Payloads, payload), append(b.Cursors, cursor)
}

// slice returns the payloads from one index up to, and without, another.
func (b *Batch) slice(from, to int) Batch {
	return Batch{b.Payloads[from:to], b.Cursors[from:to]}
}

// Round is one turn of a worker: the connections whose messages wait for the turn's end, so that
// what several groups have for one connection goes out in one write. A nil *Round means that
// messages are written at once. It is for one goroutine.
type Round struct{ held []Flusher }

// Flusher is a connection that holds messages back.
type Flusher interface {
	// Flush writes what is held back. It does not wait for the peer.
	Flush()
}

// Hold has f flushed at the end of the round. It does not allocate for a connection that was held
// just before.
func (r *Round) Hold(f Flusher) {
	if n := len(r.held); n == 0 || r.held[n-1] != f {
		r.held = append(r.held, f)
	}
}

// flush ends the turn: it flushes every connection that was held.
func (r *Round) flush() {
	if r == nil {
		return
	}
	for _, f := range r.held {
		f.Flush()
	}
	clear(r.held)
	r.held = r.held[:0]
}
