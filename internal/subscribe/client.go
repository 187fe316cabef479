package subscribe

import (
	"context"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"bis/internal/briefing"
)

// Client is the receiver of one operation's messages. A protocol implements it, and calls
// Operation.Room when the client has room again.
//
// All methods except Answer must return without waiting for the client, because the core holds
// locks while it calls them. The core calls one method at a time, and Complete or Fail is its last
// call. After its connection has ended, a Client accepts and discards everything until the protocol
// stops the operation.
type Client interface {
	// Send sends the payloads of a batch, in one write if they are short. It returns how many
	// payloads it accepts, counted from the first. If it accepts fewer than all, the protocol must
	// call Operation.Room once the client has room; the call may come before Send returns. Send
	// must not retain the batch. If r is not nil, Send may defer the write to the end of the round.
	Send(b Batch, r *Round) (accepted int)
	// Shared reports whether the client's connection has other operations, too. Collecting messages
	// in a round is worthwhile only for such connections.
	Shared() bool
	// Answer sends the response of a query or a mutation. It may wait for room until ctx ends,
	// because the response cannot be produced again. It may retain the payload.
	Answer(ctx context.Context, payload []byte) error
	// Complete notifies the client that everything was sent.
	Complete()
	// Fail notifies the client that the operation has failed. Callers may see the errors of list:
	// they contain no internal causes.
	Fail(list gqlerror.List)
}

// Batch is a list of payloads that are sent together. A payload is a GraphQL response as JSON.
type Batch struct {
	Payloads [][]byte
	// Cursors contains the position after each payload. The cursor of a request's state is empty.
	Cursors []briefing.Cursor
}

// Len returns the number of payloads.
func (b *Batch) Len() int { return len(b.Payloads) }

// add appends a payload and the position after it.
func (b *Batch) add(payload []byte, cursor briefing.Cursor) {
	b.Payloads, b.Cursors = append(b.Payloads, payload), append(b.Cursors, cursor)
}

// slice returns the payloads with indexes from to to-1. It shares memory with b.
func (b *Batch) slice(from, to int) Batch {
	return Batch{b.Payloads[from:to], b.Cursors[from:to]}
}

// Round is one turn of a worker. It contains the connections whose messages wait for the end of the
// turn. So messages of several groups for one connection go out in one write. A nil *Round means
// that messages are written at once. A Round must not be used by several goroutines.
type Round struct{ held []Flusher }

// Flusher is a connection that can defer the write of its messages.
type Flusher interface {
	// Flush writes the deferred messages. It does not wait for the peer.
	Flush()
}

// Hold defers f's messages: Flush is called at the end of the round. Consecutive calls with the
// same connection register it once.
func (r *Round) Hold(f Flusher) {
	if n := len(r.held); n == 0 || r.held[n-1] != f {
		r.held = append(r.held, f)
	}
}

// flush ends the turn: it flushes every connection that was passed to Hold.
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
