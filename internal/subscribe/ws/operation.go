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
	slot bool   // the slot is claimed; set before another goroutine can remove the operation
	head []byte // the beginning of its messages, up to the payload
}

var _ subscribe.Client = (*operation)(nil)

// Send implements subscribe.Client. A closed socket accepts and discards everything until the peer
// stops the operation.
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
	// The message may be long, so the buffer has exactly its length.
	message := make([]byte, 0, len(o.head)+len(payload)+len(tail))
	message = append(append(append(message, o.head...), payload...), tail...)
	return o.conn.Send(ctx, message)
}

// Complete implements subscribe.Client. It frees the id before it notifies the client.
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

// add registers an operation under its id. If the operation is not allowed, add returns the close
// code and the reason; code 0 means success. In the older protocol an operation replaces another
// one with the same id, which the caller must stop.
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
		p.t.core.Limits().Report(p.caller, limit.TooManyOperating)
		return socket.CodeTryAgainLater, "too many operations", nil
	}
	p.operations = append(p.operations, o)
	p.count.Store(int64(len(p.operations)))
	return 0, "", nil
}

// admit checks the caller's rate and claims a slot for the operation. An error fails this operation
// alone, because closing the socket would also end the client's other subscriptions.
func (p *peer) admit(ctx context.Context, o *operation) error {
	limits := p.t.core.Limits()
	if err := limits.Allow(ctx, limit.Subscriptions); err != nil {
		return err
	}
	err := limits.Begin(p.caller)
	o.slot = err == nil
	return err
}

// free releases the slot of an operation. The function that removes the operation calls it, once.
func (p *peer) free(o *operation) {
	if o.slot {
		p.t.core.Limits().End(p.caller, 1)
	}
}

// find returns the operation with an id, or nil if there is none.
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

// remove removes an operation, so that its id is free. It reports whether the operation was
// registered. Only the caller to which remove reported true may send the operation's last message.
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
