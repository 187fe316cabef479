package ws

import (
	"context"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"bis/internal/limit"
	"bis/internal/socket"
	"bis/internal/subscribe"
)

// operation is one operation of a socket.
type operation struct {
	subscribe.Operation

	peer *peer
	conn *socket.Conn // the peer's
	id   string
	slot bool   // it has one of the caller's slots; set before anybody can remove the operation
	head []byte // of its messages, up to the payload
}

var _ subscribe.Client = (*operation)(nil)

// Send implements subscribe.Client. A closed socket accepts everything: its end is on the way.
func (o *operation) Send(b subscribe.Batch, r *subscribe.Round) (accepted int) {
	send := o.conn.Try
	if r != nil && o.Shared() {
		r.Hold(o.conn)
		send = o.conn.Queue
	}
	accepted, err := send(socket.Batch{Head: o.head, Bodies: b.Payloads, Tail: tail})
	if err != nil {
		return b.Len()
	}
	return accepted
}

// Shared implements subscribe.Client.
func (o *operation) Shared() bool { return o.peer.count.Load() > 1 }

// Answer implements subscribe.Client.
func (o *operation) Answer(ctx context.Context, payload []byte) error {
	// The message may be long, so it gets no byte more than it needs.
	message := make([]byte, 0, len(o.head)+len(payload)+len(tail))
	message = append(append(append(message, o.head...), payload...), tail...)
	return o.conn.Send(ctx, message)
}

// Complete implements subscribe.Client. The id is free before the client hears of the end.
func (o *operation) Complete() {
	if o.peer.remove(o) {
		o.conn.Post(completed(o.id))
	}
}

// Fail implements subscribe.Client.
func (o *operation) Fail(list gqlerror.List) {
	if o.peer.remove(o) {
		o.conn.Post(o.peer.protocol.failure(o.id, list))
	}
}

// add makes an operation known under its id. When it may not, it returns a close code and a
// reason; code 0 means success. In the older protocol an operation replaces another one of the
// same id, which the caller must stop.
func (p *peer) add(o *operation) (code int, reason string, replaced *operation) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.acknowledged {
		return closeUnauthorized, "Unauthorized", nil
	}
	for i, other := range p.operations {
		if other.id != o.id {
			continue
		}
		if !p.protocol.replaces {
			return closeDuplicate, "Subscriber for " + o.id + " already exists", nil
		}
		p.operations[i] = o
		return 0, "", other
	}
	if len(p.operations) == subscribe.MaxOperations {
		return socket.CodeTryAgainLater, "too many operations", nil
	}
	p.operations = append(p.operations, o)
	p.count.Store(int64(len(p.operations)))
	return 0, "", nil
}

// admit counts an operation of the caller and takes a slot for it. An operation without one fails
// by itself: closing the socket would take the client's other subscriptions, too.
func (p *peer) admit(ctx context.Context, o *operation) error {
	limits := p.t.core.Limits()
	if err := limits.Allow(ctx, limit.Subscriptions); err != nil {
		return err
	}
	err := limits.Begin(p.caller)
	o.slot = err == nil
	return err
}

// free gives the slot of an operation back. It is called once, by the one that removes it.
func (p *peer) free(o *operation) {
	if o.slot {
		p.t.core.Limits().End(p.caller, 1)
	}
}

// find returns the operation of an id; nil: there is none.
func (p *peer) find(id string) *operation {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, o := range p.operations {
		if o.id == id {
			return o
		}
	}
	return nil
}

// remove removes an operation, so that its id is free. It reports whether the operation was there:
// only the caller that removes it may send its last message.
func (p *peer) remove(o *operation) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, other := range p.operations {
		if other == o {
			last := len(p.operations) - 1
			p.operations[i] = p.operations[last]
			p.operations[last] = nil
			p.operations = p.operations[:last]
			p.count.Store(int64(last))
			p.free(o)
			return true
		}
	}
	return false
}
