package ws

import (
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"bis/graph"
	"bis/internal/limit"
	"bis/internal/socket"
	"bis/internal/subscribe"
)

// peer is one client's socket.
type peer struct {
	t        *Transport
	exec     graphql.GraphExecutor
	conn     *socket.Conn
	protocol *protocol
	caller   limit.Caller // identifies the client for limits
	replays  *subscribe.Replays
	count    atomic.Int64 // number of operations

	mu           sync.Mutex   // guards the fields below; not locked while a message is sent
	initialised  bool         // connection_init was received
	acknowledged bool         // connection_init was accepted
	operations   []*operation // usually one
	initTimer    *time.Timer  // closes a socket without connection_init; nil after connection_init
}

var (
	_ socket.Peer   = (*peer)(nil)
	_ socket.Leaver = (*peer)(nil)
)

// context returns the parent context of the operations: the core's context with the caller.
func (p *peer) context() context.Context {
	return limit.WithCaller(p.t.core.Context(), p.caller)
}

// serve handles messages until the socket is closed.
func (p *peer) serve() {
	switch p.conn.Subprotocol() {
	case modern.name:
	case old.name:
		p.protocol = old
	default:
		p.conn.Close(closeSubprotocol, "Subprotocol not acceptable")
	}
	p.mu.Lock()
	p.initTimer = time.AfterFunc(p.t.initTimeout, func() {
		p.conn.Close(closeInitTimeout, "Connection initialisation timeout")
	})
	p.mu.Unlock()
	p.conn.Serve(p)
	if p.conn.Flooded() {
		p.t.core.Limits().Report(p.caller, limit.TooManyMessages)
	}
	if p.conn.Late() {
		p.t.core.Limits().Report(p.caller, limit.TooSlow)
	}
	if p.conn.Crowded() {
		p.t.core.Limits().Report(p.caller, limit.NoRoom)
	}
	p.end()
}

// Gone implements socket.Leaver: it stops the operations of a client that has left.
func (p *peer) Gone() { p.end() }

// end stops all operations. No message is received afterwards, so no operation is added.
func (p *peer) end() {
	p.mu.Lock()
	list := p.operations
	p.operations = nil
	if p.initTimer != nil {
		p.initTimer.Stop()
	}
	p.mu.Unlock()
	for _, o := range list {
		o.Stop()
		p.free(o)
	}
}

// Room implements socket.Peer.
func (p *peer) Room() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, o := range p.operations {
		o.Room()
	}
}

// Receive implements socket.Peer. It handles the message on a goroutine of its own, whose stack is
// freed afterwards. The runtime would shrink the stack of the reading goroutine late, and only in
// part.
func (p *peer) Receive(text []byte, binary bool) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if cause := recover(); cause != nil { // an unrecovered panic would end the process
				p.conn.Close(closeInternal, "Internal server error")
			}
		}()
		p.handle(text, binary)
	}()
	<-done
}

// handle handles a message. A message that breaks the protocol's rules closes the socket.
func (p *peer) handle(text []byte, binary bool) {
	var m message
	if binary || json.Unmarshal(text, &m) != nil || m.Type == "" {
		p.invalid()
		return
	}
	switch m.Type {
	case "connection_init":
		p.initialise(&m)
	case p.protocol.start:
		p.start(&m)
	case p.protocol.stop:
		p.stop(&m)
	case p.protocol.terminate:
		p.conn.Close(closeNormal, "")
	case "ping":
		p.pong(&m)
	case "pong":
		if p.protocol != modern || !m.isObject() {
			p.invalid()
		}
	default:
		p.invalid()
	}
}

// invalid closes the socket after a message that the protocol does not define.
func (p *peer) invalid() { p.conn.Close(closeBadMessage, "Invalid message received") }

// initialise answers connection_init.
func (p *peer) initialise(m *message) {
	payload, ok := m.object()
	if !ok {
		p.invalid()
		return
	}
	p.mu.Lock()
	twice := p.initialised
	p.initialised = true
	if p.initTimer != nil {
		p.initTimer.Stop()
		p.initTimer = nil
	}
	p.mu.Unlock()
	if twice {
		p.conn.Close(closeTwice, "Too many initialisation requests")
		return
	}
	if err := p.t.init(p.context(), payload); err != nil {
		p.conn.Close(closeForbidden, err.Error())
		return
	}
	p.mu.Lock()
	p.acknowledged = true
	p.mu.Unlock()
	p.conn.Post(acknowledgement)
	if p.protocol.keepAlive != nil {
		p.conn.Heartbeat(p.protocol.keepAlive) // older Apollo clients wait for the first one
	}
}

// maxEcho is the longest payload of a ping that its pong repeats, in bytes. A pong need not have a
// payload, and thousands of long ones that nobody reads would take much memory.
const maxEcho = 1 << 10

// pong answers a ping, with the same payload if that is short.
func (p *peer) pong(m *message) {
	switch {
	case p.protocol != modern || !m.isObject():
		p.invalid()
	case len(m.Payload) == 0 || m.Payload[0] != '{' || len(m.Payload) > maxEcho:
		p.conn.Post([]byte(`{"type":"pong"}`))
	default:
		p.conn.Post(append(append([]byte(`{"type":"pong","payload":`), m.Payload...), '}'))
	}
}

// start handles the message that starts an operation.
func (p *peer) start(m *message) {
	if m.ID == nil || *m.ID == "" || len(*m.ID) > subscribe.MaxID {
		p.invalid()
		return
	}
	params, err := graph.Params(m.Payload)
	if err != nil || p.protocol == modern && !m.namesDocument() {
		p.invalid()
		return
	}
	o := &operation{peer: p, conn: p.conn, id: *m.ID, head: head(p.protocol.next, *m.ID)}
	ctx := o.Open(p.context())
	code, reason, replaced := p.add(o)
	if replaced != nil {
		replaced.Stop()
		p.free(replaced)
	}
	if code != 0 {
		o.Stop()
		p.conn.Close(code, reason)
		return
	}
	if err := p.admit(ctx, o); err != nil {
		o.Fail(graph.PresentError(ctx, p.exec, err))
		o.Stop()
		return
	}
	p.t.core.Go(func() {
		o.Run(ctx, p.t.core, subscribe.Call{
			Exec: p.exec, Params: params, Client: o, Replays: p.replays, Bytes: len(o.id) + cap(o.head),
		})
	})
}

// stop handles the message that stops an operation. An unknown id belongs to an operation that has
// ended already, so it is not an error.
func (p *peer) stop(m *message) {
	if m.ID == nil || *m.ID == "" {
		p.invalid()
		return
	}
	if o := p.find(*m.ID); o != nil && p.remove(o) {
		o.Stop()
	}
}
