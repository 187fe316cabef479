package subscribe

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/gorilla/websocket"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Bounds and times of the protocols.
const (
	initTimeout  = 3 * time.Second  // from the handshake to connection_init
	pingEvery    = 25 * time.Second // a peer that misses two is dead
	writeTimeout = 10 * time.Second // for one message
	readLimit    = 64 << 10         // bytes of a client's message
	keepAlive    = 15 * time.Second // between comments of a stream
)

// Config is what the transports need.
type Config struct {
	// Allow reports whether a call's origin may open a socket. Required.
	Allow func(r *http.Request) bool
	// ByGet is the header that marks an operation that came by GET. Required.
	ByGet string
}

// Transports are GraphQL's over WebSocket and SSE, and everything that is open on them.
type Transports struct {
	cfg Config

	mu       sync.Mutex // guards what follows
	open     map[closer]struct{}
	draining bool

	closing sync.WaitGroup // closes under way
}

// closer is an open socket or stream.
type closer interface {
	// restart ends it so that its client comes back. It does not wait.
	restart()
}

// New checks cfg and returns transports with nothing open.
func New(cfg Config) (*Transports, error) {
	if cfg.Allow == nil || cfg.ByGet == "" {
		return nil, errors.New("subscribe: Allow and ByGet are required")
	}
	return &Transports{cfg: cfg, open: make(map[closer]struct{})}, nil
}

// List returns the transports in the order in which a server must try them.
func (t *Transports) List() []graphql.Transport {
	limit := int64(readLimit)
	sockets := transport.Websocket{
		Implementation: implementation{t},
		InitFunc: func(ctx context.Context, p transport.InitPayload) (context.Context, *transport.InitPayload, error) {
			return context.WithValue(ctx, socketKey{}, true), nil, nil
		},
		InitTimeout:           initTimeout,
		KeepAlivePingInterval: pingEvery,
		PingPongInterval:      pingEvery,
		PayloadReadLimit:      &limit,
	}
	return []graphql.Transport{guarded{sockets, t}, streams{transport.SSE{KeepAlivePingInterval: keepAlive}, t}}
}

// socketKey marks the context of operations on a socket.
type socketKey struct{}

// Fail tells a running subscription why it breaks off: a socket gets `error`; a stream, which
// has no such event, ends without "complete", so that its client comes back.
func (t *Transports) Fail(ctx context.Context, err *gqlerror.Error) {
	if ctx.Value(socketKey{}) != nil {
		transport.AddSubscriptionError(ctx, err)
		return
	}
	if s, ok := ctx.Value(streamKey{}).(*stream); ok {
		s.restart()
	}
}

// Drain ends everything that is open, spread evenly over d, and refuses what comes after. It hurries when
// ctx ends, and returns when all is closed: a peer that takes nothing holds it up for a second at most.
func (t *Transports) Drain(ctx context.Context, d time.Duration) {
	t.mu.Lock()
	t.draining = true
	list := make([]closer, 0, len(t.open))
	for c := range t.open {
		list = append(list, c)
	}
	t.mu.Unlock()
	const step = 10 * time.Millisecond
	steps := max(int(d/step), 1)
	for i, c := range list {
		c.restart()
		if perStep := (len(list) + steps - 1) / steps; (i+1)%perStep == 0 {
			select {
			case <-ctx.Done():
			case <-time.After(step):
			}
		}
	}
	t.closing.Wait()
}

// Count returns how many sockets and streams are open.
func (t *Transports) Count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.open)
}

// add keeps c for Drain; false when the server is stopping.
func (t *Transports) add(c closer) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.draining {
		return false
	}
	t.open[c] = struct{}{}
	return true
}

func (t *Transports) remove(c closer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.open, c)
}

// guarded refuses sockets of origins that are not allowed, before the handshake.
type guarded struct {
	transport.Websocket
	all *Transports
}

// Do implements graphql.Transport.
func (g guarded) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	switch {
	case !websocket.IsWebSocketUpgrade(r):
		http.Error(w, "only WebSocket can be upgraded to", http.StatusBadRequest)
	case !g.all.cfg.Allow(r):
		http.Error(w, "this origin is not allowed; see --origins", http.StatusForbidden)
	default:
		g.Websocket.Do(w, r, exec)
	}
}
