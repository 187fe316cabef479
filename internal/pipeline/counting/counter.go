package counting

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"runtime"
	"sync/atomic"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// Reader finds things in pictures. One goroutine uses it at a time.
type Reader interface {
	// Detect returns the boxes of a picture, by falling score. After an error nothing is known of
	// the picture. The error of a fault with a known reason has a Fault in its chain.
	Detect(ctx context.Context, img image.Image) ([]pipeline.Box, error)
	// Close releases the reader's memory. It is not called while Detect runs.
	Close() error
}

// Preparer is a Reader that is slow after a picture that it could not read to its end. Prepare
// makes it ready for the next one, within the reader's turn, but not within a capture's time.
type Preparer interface {
	Prepare(ctx context.Context) error
}

// Backend opens the readers of a detector. One goroutine uses it.
type Backend interface {
	// Open returns a new reader. The first call may take minutes, but ends soon after ctx. After an
	// error it is called again later.
	Open(ctx context.Context) (Reader, error)
	// Close releases what the readers share. All readers are closed then.
	Close() error
}

// Config has the settings of a Counter.
type Config struct {
	Backend Backend              // required
	Method  briefing.CountMethod // required
	Name    string               // of the detector, for facts and people; required
	// Provider gets the pictures; see pipeline.Counter.
	Provider string
	// Readers is how many pictures are read at once. Zero means the number of processors in use.
	Readers int
	// Idle is how long a reader beside the first one stays open unused. Zero means 30 s.
	Idle time.Duration
	Log  *slog.Logger // nil: slog.Default()
}

// Counter counts by a detector, in turns. It is safe for concurrent use.
type Counter struct {
	cfg   Config
	pool  *pool
	state *state
	// waiting is how many pixels wait for a turn.
	waiting atomic.Int64
	ctx     context.Context // ends with Run; readings end with it
	cancel  context.CancelFunc
}

var _ pipeline.Counter = (*Counter)(nil)

// New returns a counter. It counts nothing until Run has opened the detector.
func New(cfg Config) (*Counter, error) {
	if cfg.Backend == nil || cfg.Method == "" || cfg.Name == "" {
		return nil, errors.New("counting: a backend, a method and a name are required")
	}
	cfg.Readers = cmp.Or(max(0, cfg.Readers), runtime.GOMAXPROCS(0))
	cfg.Idle = cmp.Or(max(0, cfg.Idle), 30*time.Second)
	cfg.Log = cmp.Or(cfg.Log, slog.Default())
	c := &Counter{cfg: cfg, pool: newPool(cfg.Readers), state: newState(cfg)}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	return c, nil
}

// Provider implements pipeline.Counter.
func (c *Counter) Provider() string { return c.cfg.Provider }

// Counting says who counts now, and how fast.
func (c *Counter) Counting() briefing.Counting { return c.state.counting() }

// The pauses after a detector could not be opened.
const (
	leastOpenPause = time.Minute
	mostOpenPause  = time.Hour
)

// Run opens the detector, and further readers while captures wait, until ctx ends. It returns nil
// when all readings have ended and everything is closed. It is called once.
func (c *Counter) Run(ctx context.Context) error {
	defer c.shut()
	defer context.AfterFunc(ctx, c.cancel)()
	for pause := leastOpenPause; !c.openFirst(ctx); pause = min(2*pause, mostOpenPause) {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
	for {
		var idle <-chan time.Time
		if c.pool.size() > 1 {
			idle = time.After(c.cfg.Idle)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-c.pool.wanted:
			c.openFurther(ctx)
		case <-idle:
			for _, w := range c.pool.unused(c.cfg.Idle) {
				_ = w.reader.Close()
			}
		}
	}
}

// openFirst opens the first reader. It reports whether that has succeeded.
func (c *Counter) openFirst(ctx context.Context) bool {
	r, err := c.open(ctx)
	switch {
	case ctx.Err() != nil:
		if err == nil {
			_ = r.Close()
		}
		return false
	case err != nil:
		c.state.shut(err)
		return false
	}
	c.pool.add(r)
	c.state.opened()
	return true
}

// openFurther opens readers while captures wait. After a failure the captures wait for the others.
func (c *Counter) openFurther(ctx context.Context) {
	for c.pool.short() && ctx.Err() == nil {
		if r, err := c.open(ctx); err == nil {
			c.pool.add(r)
		} else if ctx.Err() == nil {
			c.cfg.Log.Warn("no further picture is read at the same time", "detector", c.cfg.Name, "err", err)
			c.pool.limit()
		}
	}
}

// open is Backend.Open, whose panic is an error.
func (c *Counter) open(ctx context.Context) (r Reader, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			r, err = nil, fmt.Errorf("counting: the detector panics: %.200v", fault)
		}
	}()
	return c.cfg.Backend.Open(ctx)
}

// shut ends the readings and closes everything.
func (c *Counter) shut() {
	c.cancel()
	c.pool.close()
	<-c.pool.done
	for _, w := range c.pool.idle {
		_ = w.reader.Close()
	}
	_ = c.cfg.Backend.Close()
}
