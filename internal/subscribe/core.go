package subscribe

import (
	"cmp"
	"context"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"bis/graph"
	"bis/internal/limit"
)

// Bounds for the clients of all protocols.
const (
	// MaxOperations is how many operations a connection may have at once.
	MaxOperations = 1_000
	// MaxID is how many bytes an operation's id may have. Each of its messages repeats the id.
	MaxID = 1 << 10
	// QueueBytes is how many bytes may wait for a slow client.
	QueueBytes = 256 << 10
	// WriteTimeout is how long a client may accept no byte before its connection is closed.
	WriteTimeout = 10 * time.Second
)

// roundLen is how many groups a worker serves at most in one round.
const roundLen = 16

// Config is what a Core needs.
type Config struct {
	// Zone is the time zone of the times in responses. Nil means UTC.
	Zone *time.Location
	// Limits are the limits of each caller. Nil means no limits.
	Limits *limit.Limits
	// InFlight bounds the bytes that wait for clients. Nil means no limit.
	InFlight *limit.Bytes
	// Held is how many bytes the documents and variables of subscriptions may have, and the
	// subscriptions to requests. One caller has at most half. Zero means 48 MiB.
	Held int64
}

// Core runs the operations of the clients of all protocols, and the goroutines that serve them. It
// is safe for concurrent use.
type Core struct {
	limits   *limit.Limits
	inFlight *limit.Bytes
	held     holdings

	flat    func(*graphql.OperationContext) graph.FlatEncoder
	ctx     context.Context // parent context of all operations; ends in Drain
	cancel  context.CancelFunc
	working sync.WaitGroup // goroutines and calls that Drain waits for

	live    pool // groups with something new
	replays pool // members that replay
	states  pool // subscriptions to requests, whose selections may wait for the store

	groupsMu sync.Mutex // guards groups and their lists of members
	groups   map[groupKey]*group

	drainMu  sync.Mutex // guards draining
	draining bool
}

// New returns a core that has no operations and no goroutines.
func New(cfg Config) *Core {
	c := &Core{
		limits: cfg.Limits, inFlight: cfg.InFlight, flat: graph.Flat(cfg.Zone), groups: make(map[groupKey]*group),
	}
	c.held.limits = cfg.Limits
	c.held.budget = limit.NewBytes(cmp.Or(cfg.Held, heldBytes))
	c.held.documents = make(map[*ast.QueryDocument]*heldDocument)
	c.ctx, c.cancel = context.WithCancel(graphql.StartOperationTrace(context.Background()))
	c.live.working, c.replays.working, c.states.working = &c.working, &c.working, &c.working
	c.live.roundLen = roundLen
	return c
}

// Context is the parent of all operations' contexts. It ends in Drain, after the protocols have
// ended their connections.
func (c *Core) Context() context.Context { return c.ctx }

// Limits returns the limits of callers, for the protocols. Nil Limits refuse nothing.
func (c *Core) Limits() *limit.Limits { return c.limits }

// InFlight returns the counter of the bytes that wait for clients. Nil means no limit.
func (c *Core) InFlight() *limit.Bytes { return c.inFlight }

// Held returns how many bytes of Config.Held are booked.
func (c *Core) Held() int64 { return c.held.budget.Len() }

// Groups returns the number of groups. A briefing's selection is executed once for each group of
// its request.
func (c *Core) Groups() int {
	c.groupsMu.Lock()
	defer c.groupsMu.Unlock()
	return len(c.groups)
}

// Enter registers a call or a goroutine. Drain waits until leave is called. After the start of
// Drain, ok is false and leave is nil.
func (c *Core) Enter() (leave func(), ok bool) {
	c.drainMu.Lock()
	defer c.drainMu.Unlock()
	if c.draining {
		return nil, false
	}
	c.working.Add(1)
	return c.working.Done, true
}

// Go runs f on a goroutine that Drain waits for. The caller itself must be registered with Enter or
// run by Go, so that Drain cannot have returned already.
func (c *Core) Go(f func()) { c.working.Go(f) }

// Protocol is a protocol over which clients use the core. Packages ws and sse implement one each.
type Protocol interface {
	// Drain ends every connection in a way after which the client reconnects. It spreads the ends
	// evenly over d, and ends later connections at once. When ctx ends, it ends the remaining
	// connections without delay. Operations stop with their connections.
	Drain(ctx context.Context, d time.Duration)
	// Sever makes all writes that still wait for a client fail. Core.Drain calls it when its
	// context has ended.
	Sever()
}

// Drain ends the connections of all protocols concurrently, and refuses new ones. When ctx ends,
// the remaining connections are cut. It returns when all connections are closed and no goroutine of
// the core runs.
func (c *Core) Drain(ctx context.Context, d time.Duration, protocols ...Protocol) {
	c.drainMu.Lock()
	c.draining = true
	c.drainMu.Unlock()
	var all sync.WaitGroup
	for _, p := range protocols {
		all.Go(func() { p.Drain(ctx, d) })
	}
	all.Wait()
	c.cancel()
	defer context.AfterFunc(ctx, func() {
		for _, p := range protocols {
			p.Sever()
		}
	})()
	c.working.Wait()
}
