package subscribe

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"bis/internal/briefing"
	"bis/internal/socket"
)

// Bounds and times of the protocols.
const (
	initTimeout   = 3 * time.Second  // from the handshake to connection_init
	readLimit     = 64 << 10         // bytes of a client's message
	queueBytes    = 256 << 10        // that wait for a slow client
	writeTimeout  = 10 * time.Second // in which a client must take a byte
	keepAlive     = 15 * time.Second // between comments of a stream
	maxOperations = 1_000            // of one client at once
	roundLen      = 16               // groups whose messages for one socket go out together
)

// API is what the transports need of the GraphQL API; package graph has these functions.
type API struct {
	// Taking has a subscription's resolver hand over its stream.
	Taking func(ctx context.Context, after briefing.Cursor, briefings func(briefing.Stream), requests func(briefing.RequestStream)) context.Context
	// Telling has a subscription execute on what is sent to these channels.
	Telling func(ctx context.Context, briefings <-chan *briefing.Briefing, requests <-chan *briefing.Request) context.Context
	// ReadOnly forbids changes.
	ReadOnly func(ctx context.Context) context.Context
	// Params reads an operation's parameters off a JSON object, Query off a GET's address, and Body
	// off a POST. Errors are sentences for the caller.
	Params func(object []byte) (*graphql.RawParams, error)
	Query  func(values url.Values) (*graphql.RawParams, error)
	Body   func(w http.ResponseWriter, r *http.Request) (*graphql.RawParams, error)
	// Flat returns a function that writes a subscription's response to a briefing without the
	// executor, or nil when the operation needs that. The function writes into room if that is
	// enough, and reports false for a briefing that needs the executor too.
	Flat func(op *graphql.OperationContext) func(b *briefing.Briefing, room []byte) ([]byte, bool)
	// Answer runs what is no subscription and answers it with plain JSON.
	Answer func(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor, params *graphql.RawParams)
	// Refuse answers a request that never became an operation, by an error of Query or Body.
	Refuse func(w http.ResponseWriter, r *http.Request, err error)
	// Encode writes a response as JSON; the result is the caller's.
	Encode func(*graphql.Response) ([]byte, error)
}

// Config is what the transports need.
type Config struct {
	// Allow reports whether a call's origin may open a socket. Required.
	Allow func(r *http.Request) bool
	// API is required, with all its functions.
	API API
	// Init decides about a socket by what its connection_init says. An error closes it with 4403
	// and the error's text as the reason. Nil: every socket is welcome.
	Init func(ctx context.Context, payload map[string]any) error
	// InitTimeout is how long a socket may wait with its connection_init. Zero means 3 s.
	InitTimeout time.Duration
	// Socket says how sockets are kept where it is not zero; for tests.
	Socket socket.Config
}

// Transports are GraphQL's over WebSocket and SSE, and everything that is open on them. They are
// safe for concurrent use.
type Transports struct {
	cfg     Config
	sockets *socket.Registry
	accept  *socket.Acceptor
	ctx     context.Context // of all operations on sockets; ends when nobody has to be told anything any more
	cancel  context.CancelFunc
	working sync.WaitGroup // goroutines of this package

	live, replays pool
	states        pool // of requests: what is selected of one may wait for the store

	groupsMu sync.Mutex // guards what follows
	groups   map[groupKey]*group

	streamsMu sync.Mutex // guards what follows
	streams   map[*stream]struct{}
	reserved  map[string]*single
	draining  bool
}

// New checks cfg and returns transports with nothing open.
func New(cfg Config) (*Transports, error) {
	a := cfg.API
	if cfg.Allow == nil || a.Taking == nil || a.Telling == nil || a.ReadOnly == nil || a.Params == nil || a.Query == nil || a.Body == nil || a.Flat == nil || a.Answer == nil || a.Refuse == nil || a.Encode == nil {
		return nil, errors.New("subscribe: Allow and all functions of API are required")
	}
	if cfg.Init == nil {
		cfg.Init = func(context.Context, map[string]any) error { return nil }
	}
	if cfg.InitTimeout == 0 {
		cfg.InitTimeout = initTimeout
	}
	t := &Transports{
		cfg: cfg, sockets: &socket.Registry{},
		groups: make(map[groupKey]*group), streams: make(map[*stream]struct{}), reserved: make(map[string]*single),
	}
	t.ctx, t.cancel = context.WithCancel(graphql.StartOperationTrace(context.Background()))
	t.live.working, t.replays.working, t.states.working = &t.working, &t.working, &t.working
	t.live.roundLen = roundLen
	t.accept = socket.NewAcceptor(t.socketConfig())
	return t, nil
}

func (t *Transports) socketConfig() socket.Config {
	c := t.cfg.Socket
	c.ReadLimit, c.QueueBytes, c.QueueLen = readLimit, queueBytes, queueBytes
	c.WriteTimeout = max(c.WriteTimeout, 0)
	if c.WriteTimeout == 0 {
		c.WriteTimeout = writeTimeout
	}
	c.Subprotocols = []string{modern.name, old.name}
	c.CheckOrigin = t.cfg.Allow
	c.Registry = t.sockets
	return c
}

// List returns the transports in the order in which a server must try them.
func (t *Transports) List() []graphql.Transport {
	return []graphql.Transport{sockets{t}, streams{t}}
}

// Drain ends everything that is open, spread evenly over d, so that its clients come back, and
// refuses what comes after. It hurries when ctx ends, and returns when all is closed and nothing is
// left running.
func (t *Transports) Drain(ctx context.Context, d time.Duration) {
	var both sync.WaitGroup
	both.Go(func() {
		// What ctx cuts off is cut off.
		_ = t.sockets.Drain(ctx, socket.Farewell{Code: socket.CodeServiceRestart, Reason: "Service restart", Over: d})
	})
	both.Go(func() { t.drainStreams(ctx, d) })
	both.Wait()
	t.cancel()
	defer context.AfterFunc(ctx, t.severStreams)()
	t.working.Wait()
}

// Count returns how many sockets and streams are open.
func (t *Transports) Count() int {
	return t.openStreams() + t.sockets.Len()
}

// Groups returns how many groups of subscribers there are: so often is each event executed.
func (t *Transports) Groups() int {
	t.groupsMu.Lock()
	defer t.groupsMu.Unlock()
	return len(t.groups)
}
