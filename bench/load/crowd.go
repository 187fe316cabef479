package load

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// Config describes a crowd: its server, its size and its topics.
type Config struct {
	Protocol Protocol
	Addr     string   // the server's host:port
	Topics   []*Topic // subscriber i has topic i modulo their number
	Size     int      // how many subscribers
	From     []string // source addresses, used in turn; empty: the system's choice
	Narrow   bool     // see Dialing.Narrow
	After    string   // the cursor to start after; empty: where the protocol starts
	// Retry returns the pause before the n-th attempt to reconnect, counted from 0. Nil means
	// that a broken connection is an error.
	Retry func(attempt int) time.Duration
	// Dials is how many connections are opened at once. Zero means 64.
	Dials int
}

// Crowd is many subscribers. Its methods are safe for concurrent use.
type Crowd struct {
	cfg   Config
	list  []*Subscriber
	dials chan struct{} // has a token for each dial in progress
	all   sync.WaitGroup
	stop  context.CancelFunc

	Deliveries atomic.Int64            // received by all subscribers
	Returns    atomic.Int64            // reconnections
	latency    atomic.Pointer[Latency] // nil: not measured
	cutAt      atomic.Int64            // time of the last CutAll, in Unix nanoseconds
	back       atomic.Int64            // subscribers that have caught up since CutAll
	slowest    atomic.Int64            // nanoseconds from the cut until the last of them caught up

	mu   sync.Mutex     // guards the fields below
	errs map[string]int // number of subscribers by error
}

// Retry is the back-off of graphql-ws' stock client: 1 s, doubling up to 16 s, plus 0.3 to 3 s at
// random.
func Retry(attempt int) time.Duration {
	return time.Second<<min(attempt, 4) + 300*time.Millisecond + rand.N(2700*time.Millisecond)
}

// Start opens all subscriptions. It returns when every subscriber has sent its subscription;
// AwaitLive waits until they are live. ctx ends the crowd.
func Start(ctx context.Context, cfg Config) (*Crowd, error) {
	if cfg.Dials == 0 {
		cfg.Dials = 64
	}
	ctx, stop := context.WithCancel(ctx)
	c := &Crowd{cfg: cfg, dials: make(chan struct{}, cfg.Dials), stop: stop, errs: map[string]int{}}
	for i := range cfg.Size {
		c.list = append(c.list, &Subscriber{crowd: c, index: i, topic: cfg.Topics[i%len(cfg.Topics)], after: []byte(cfg.After), ordered: make(chan struct{})})
	}
	for _, s := range c.list {
		c.all.Go(func() { s.run(ctx) })
	}
	for _, s := range c.list {
		select {
		case <-s.ordered:
		case <-ctx.Done():
			c.Stop()
			return nil, ctx.Err()
		}
	}
	if err := c.Err(); err != nil && cfg.Retry == nil {
		c.Stop()
		return nil, err
	}
	return c, nil
}

// Stop breaks all connections and waits until their goroutines have ended.
func (c *Crowd) Stop() {
	c.stop()
	for _, s := range c.list {
		s.cut()
	}
	c.all.Wait()
}

// Err returns the unexpected errors of subscribers, or nil.
func (c *Crowd) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []error
	for text, n := range c.errs {
		list = append(list, fmt.Errorf("%d subscribers: %s", n, text))
	}
	return errors.Join(list...)
}

// fail records the error of a subscriber that does not reconnect.
func (c *Crowd) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.errs[err.Error()]++
}

// Size returns the number of subscribers.
func (c *Crowd) Size() int { return len(c.list) }

// Measure records latencies in l from now on. Nil stops that.
func (c *Crowd) Measure(l *Latency) { c.latency.Store(l) }

// Behind returns how many subscribers have not received their topic's newest text, or no text at
// all.
func (c *Crowd) Behind() int {
	n := 0
	for _, s := range c.list {
		if last := s.tally.last.Load(); last == 0 || last < s.topic.Newest.Load() {
			n++
		}
	}
	return n
}

// AwaitAll waits until Behind returns 0. After d it fails.
func (c *Crowd) AwaitAll(ctx context.Context, d time.Duration) error {
	return c.await(ctx, d, "behind", c.Behind)
}

// AwaitBack waits until everybody has caught up after CutAll. It returns the time from the cut to
// the last subscriber's catching up.
func (c *Crowd) AwaitBack(ctx context.Context, d time.Duration) (time.Duration, error) {
	err := c.await(ctx, d, "not back", func() int { return len(c.list) - int(c.back.Load()) })
	return time.Duration(c.slowest.Load()), err
}

// await waits until left returns 0.
func (c *Crowd) await(ctx context.Context, d time.Duration, what string, left func() int) error {
	end := time.Now().Add(d)
	for left() > 0 {
		if time.Now().After(end) {
			return errors.Join(fmt.Errorf("after %v %d of %d subscribers are %s", d, left(), len(c.list), what), c.Err())
		}
		if err := Pause(ctx, 2*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// AwaitLive publishes to every topic repeatedly until every subscriber has received a text, because
// no protocol announces that a subscription is live.
func (c *Crowd) AwaitLive(ctx context.Context, publish Publish, d time.Duration) error {
	for end := time.Now().Add(d); ; {
		for _, t := range c.cfg.Topics {
			if err := t.Publish(ctx, publish, 0); err != nil {
				return err
			}
		}
		err := c.AwaitAll(ctx, min(2*time.Second, time.Until(end)))
		if err == nil || time.Now().After(end) || ctx.Err() != nil {
			return err
		}
	}
}

// Cut breaks the connections of a random share of the crowd.
func (c *Crowd) Cut(share float64) {
	for _, s := range c.list {
		if rand.Float64() < share {
			s.cut()
		}
	}
}

// CutAll breaks all connections at once. A subscriber is back when it receives the text that is
// newest at that moment.
func (c *Crowd) CutAll() {
	c.back.Store(0)
	c.slowest.Store(0)
	c.cutAt.Store(time.Now().UnixNano())
	for _, s := range c.list {
		s.away.Store(true)
	}
	for _, s := range c.list {
		s.cut()
	}
}

// Stall makes all subscribers stop reading. Their connections stay open.
func (c *Crowd) Stall() {
	for _, s := range c.list {
		s.stalled.Store(true)
	}
}

// Ports returns the local ports of the open connections.
func (c *Crowd) Ports() []int {
	var ports []int
	for _, s := range c.list {
		if socket := s.socket.Load(); socket != nil {
			ports = append(ports, socket.LocalPort())
		}
	}
	return ports
}

// Pause waits for d, or until ctx ends; then it returns ctx's error.
func Pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
