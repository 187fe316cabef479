package subscribe

import (
	"context"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"bis/graph"
	"bis/internal/limit"
)

// Bounds that all protocols share.
const (
	// MaxOperations is how many operations a client may have at once.
	MaxOperations = 1_000
	// QueueBytes is how many bytes may wait for a slow client.
	QueueBytes = 256 << 10
	// WriteTimeout is how long a client may accept no byte before it is given up.
	WriteTimeout = 10 * time.Second
)

// roundLen is how many groups a worker serves in one round.
const roundLen = 16

// Config is what a Core needs.
type Config struct {
	// Zone is where times are answered. Nil means UTC.
	Zone *time.Location
	// Limits bound what one caller may have. Nil: no limits.
	Limits *limit.Limits
	// InFlight counts what waits for clients. Nil means no limit.
	InFlight *limit.Bytes
}

// Core has the operations of all clients, whatever their protocol, and the goroutines that serve
// them. It is safe for concurrent use.
type Core struct {
	limits   *limit.Limits
	inFlight *limit.Bytes

	flat    func(*graphql.OperationContext) graph.FlatEncoder
	ctx     context.Context // of all operations; ends in Drain
	cancel  context.CancelFunc
	working sync.WaitGroup // goroutines and calls that Drain waits for

	live    pool // groups with something new
	replays pool // members that read by themselves
	states  pool // changes: what these select may wait for the store

	groupsMu sync.Mutex // guards groups, and which members they have
	groups   map[groupKey]*group

	drainMu  sync.Mutex // guards draining
	draining bool
}

// New returns a core without operations.
func New(cfg Config) *Core {
	c := &Core{
		limits: cfg.Limits, inFlight: cfg.InFlight, flat: graph.Flat(cfg.Zone), groups: make(map[groupKey]*group),
	}
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

// InFlight returns what counts the bytes that wait for clients.
func (c *Core) InFlight() *limit.Bytes { return c.inFlight }

// Groups returns how many groups there are: each briefing is executed once for each group of its
// request.
func (c *Core) Groups() int {
	c.groupsMu.Lock()
	defer c.groupsMu.Unlock()
	return len(c.groups)
}

// Enter counts a call or a goroutine that Drain waits for until it calls leave. ok is false once
// Drain has begun; leave is nil then.
func (c *Core) Enter() (leave func(), ok bool) {
	c.drainMu.Lock()
	defer c.drainMu.Unlock()
	if c.draining {
		return nil, false
	}
	c.working.Add(1)
	return c.working.Done, true
}

// Go runs f on a goroutine that Drain waits for. The caller is one itself, by Enter or by Go.
func (c *Core) Go(f func()) { c.working.Go(f) }

// Protocol is a way in which clients reach the core. Packages ws and sse have one each.
type Protocol interface {
	// Drain ends every connection, spread evenly over d, in a way that makes its client come back,
	// and also those that come later. When ctx ends it hurries. Operations are stopped with their
	// connections.
	Drain(ctx context.Context, d time.Duration)
	// Sever has all writes that still wait for a client fail now. It is called when time is up.
	Sever()
}

// Drain ends what is open on these protocols, side by side, and refuses what comes after. It
// hurries when ctx ends, and returns when all is closed and nothing is left running.
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
