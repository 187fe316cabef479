package subscribe

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/gorilla/websocket"

	"bis/internal/socket"
)

// sockets is GraphQL over WebSocket.
type sockets struct{ t *Transports }

// Supports implements graphql.Transport.
func (sockets) Supports(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket") // others, as h2c, may be passed over
}

// Do implements graphql.Transport. It returns when the handshake is over, so that nothing of the
// HTTP request is kept while the socket lives.
func (s sockets) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	leave, ok := s.t.enter()
	if !ok && !slices.Contains(websocket.Subprotocols(r), modern.name) {
		// The older client sends its operations as soon as a socket is open, and never again if it
		// closes before connection_ack.
		http.Error(w, "restarting", http.StatusServiceUnavailable)
		return
	}
	conn, err := s.t.accept.Accept(w, r)
	switch {
	case err != nil && ok:
		leave()
		return // the answer has been given
	case err != nil:
		return
	case !ok: // the registry closes it with 1012, after which stock clients come back; a refusal would be final for some
		conn.Run()
		return
	}
	p := &peer{t: s.t, exec: exec, conn: conn, protocol: modern}
	go func() {
		defer leave()
		p.serve()
	}()
}

// enter counts a goroutine that Drain waits for. ok is false when it has begun.
func (t *Transports) enter() (leave func(), ok bool) {
	t.streamsMu.Lock()
	defer t.streamsMu.Unlock()
	if t.draining {
		return nil, false
	}
	t.working.Add(1)
	return t.working.Done, true
}

// peer is one client's socket.
type peer struct {
	t        *Transports
	exec     graphql.GraphExecutor
	conn     *socket.Conn
	protocol *protocol
	count    atomic.Int64 // of operations

	mu         sync.Mutex // guards what follows; nothing is sent and no operation is called while it is held
	greeted    bool       // connection_init has come
	welcome    bool       // and was acknowledged
	over       bool
	operations []*operation // few, mostly one
	greeting   *time.Timer  // closes a socket that says nothing; nil: it has
}

// serve lives as long as the socket.
func (p *peer) serve() {
	switch p.conn.Subprotocol() {
	case modern.name:
	case old.name:
		p.protocol = old
	default:
		p.conn.Close(closeSubprotocol, "Subprotocol not acceptable")
	}
	p.mu.Lock()
	p.greeting = time.AfterFunc(p.t.cfg.InitTimeout, func() { p.conn.Close(closeInitTimeout, "Connection initialisation timeout") })
	p.mu.Unlock()
	p.conn.Serve(p)
	p.end()
}

// end gives up all operations.
func (p *peer) end() {
	p.mu.Lock()
	list := p.operations
	p.operations, p.over = nil, true
	if p.greeting != nil {
		p.greeting.Stop()
	}
	p.mu.Unlock()
	for _, o := range list {
		o.stop()
	}
}

// Room implements socket.Peer.
func (p *peer) Room() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, o := range p.operations {
		o.room()
	}
}

// Heard implements socket.Peer. The message is read on a stack of its own: the reading goroutine's
// stays small for as long as the socket lives.
func (p *peer) Heard(text []byte, binary bool) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if cause := recover(); cause != nil { // only this client may feel it
				p.refuse(closeInternal, "Internal server error")
			}
		}()
		p.hear(text, binary)
	}()
	<-done
}

// errMessage is the reason for closing after what is no message of the protocol.
const errMessage = "Invalid message received"

func (p *peer) hear(text []byte, binary bool) {
	var m message
	if binary || json.Unmarshal(text, &m) != nil || m.Type == "" {
		p.refuse(closeBadMessage, errMessage)
		return
	}
	switch m.Type {
	case "connection_init":
		p.greet(&m)
	case p.protocol.begin:
		p.begin(&m)
	case p.protocol.stop:
		p.stop(&m)
	case p.protocol.goodbye:
		p.conn.Close(closeNormal, "")
	case "ping":
		p.answer(&m)
	case "pong":
		if _, ok := m.object(); p.protocol != modern || !ok {
			p.refuse(closeBadMessage, errMessage)
		}
	default:
		p.refuse(closeBadMessage, errMessage)
	}
}

// refuse closes a socket whose client broke a rule.
func (p *peer) refuse(code int, reason string) { p.conn.Close(code, reason) }

// greet answers connection_init.
func (p *peer) greet(m *message) {
	payload, ok := m.object()
	if !ok {
		p.refuse(closeBadMessage, errMessage)
		return
	}
	p.mu.Lock()
	twice := p.greeted
	p.greeted = true
	if p.greeting != nil {
		p.greeting.Stop()
		p.greeting = nil
	}
	p.mu.Unlock()
	if twice {
		p.refuse(closeTwice, "Too many initialisation requests")
		return
	}
	if err := p.t.cfg.Init(p.t.ctx, payload); err != nil {
		p.refuse(closeForbidden, err.Error())
		return
	}
	p.mu.Lock()
	p.welcome = true
	p.mu.Unlock()
	p.conn.Must(acknowledged)
	if p.protocol.keepAlive != nil {
		p.conn.Beat(p.protocol.keepAlive) // old Apollo waits for the first one
	}
}

// answer answers a ping with its payload.
func (p *peer) answer(m *message) {
	payload, ok := m.object()
	switch {
	case p.protocol != modern || !ok:
		p.refuse(closeBadMessage, errMessage)
	case payload == nil:
		p.conn.Must([]byte(`{"type":"pong"}`))
	default:
		p.conn.Must(append(append([]byte(`{"type":"pong","payload":`), m.Payload...), '}'))
	}
}

// begin starts an operation.
func (p *peer) begin(m *message) {
	if m.ID == nil || *m.ID == "" {
		p.refuse(closeBadMessage, errMessage)
		return
	}
	params, err := p.t.cfg.API.Params(m.Payload)
	if err != nil || p.protocol == modern && !m.names() {
		p.refuse(closeBadMessage, errMessage)
		return
	}
	o := &operation{peer: p, conn: p.conn, id: *m.ID, head: head(p.protocol.next, *m.ID)}
	ctx, cancel := context.WithCancel(p.t.ctx)
	o.cancel = cancel
	code, reason, replaced := p.add(o)
	if replaced != nil {
		replaced.stop()
	}
	if code != 0 {
		cancel()
		p.refuse(code, reason)
		return
	}
	p.t.working.Go(func() { o.run(ctx, cancel, params) })
}

// add takes in an operation, or tells why not: a close code and a reason.
func (p *peer) add(o *operation) (code int, reason string, replaced *operation) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.welcome {
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
	if len(p.operations) == maxOperations {
		return socket.CodeTryAgainLater, "too many operations", nil
	}
	p.operations = append(p.operations, o)
	p.count.Store(int64(len(p.operations)))
	return 0, "", nil
}

// stop ends an operation that the client wants no more of. One that it does not know has ended
// already.
func (p *peer) stop(m *message) {
	if m.ID == nil || *m.ID == "" {
		p.refuse(closeBadMessage, errMessage)
		return
	}
	p.mu.Lock()
	var stopped *operation
	for _, o := range p.operations {
		if o.id == *m.ID {
			stopped = o
		}
	}
	p.mu.Unlock()
	if stopped != nil && p.remove(stopped) {
		stopped.stop()
	}
}

// remove takes an operation out, so that its id can be used again. It reports whether it was there.
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
			return true
		}
	}
	return false
}
