package schedule

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-co-op/gocron/v2"

	"bis/internal/briefing"
	"bis/internal/retry"
)

// Store is what the schedule needs of the store. See briefing.Store for the contracts.
type Store interface {
	Now() time.Time
	Claim(ctx context.Context, limit int) ([]briefing.Request, error)
	Release(ctx context.Context) error
	RunState(ctx context.Context, id briefing.RequestID) (briefing.RunState, error)
	Append(ctx context.Context, a briefing.Append) (briefing.Briefing, error)
	EndRequest(ctx context.Context, e briefing.End) (briefing.Request, error)
}

// Observer is told what happens. Its methods must be quick and safe for concurrent use.
type Observer interface {
	Late(by time.Duration) // start of a run less the moment of its tick
	Done()                 // a run was stored
	Skipped(n int)
	Missed(n int)
	InFlight(change int)
	Waiting(bytes int64) // bytes of results that wait for the store
}

// Config is what a Schedule needs.
type Config struct {
	Store  Store           // required
	Runner briefing.Runner // required
	Zone   *time.Location  // of the legacy text; nil: UTC
	// MaxRuns is how many runs go on at once; those that wait are served in the order of their
	// coming. Zero means 16 for each processor.
	MaxRuns int
	// RunTimeout is how long a run may take. Zero means 60 s.
	RunTimeout time.Duration
	// StoreTimeout is how long an append or an end may take. Zero means 5 s.
	StoreTimeout time.Duration
	// WaitBytes bounds the results that wait for the store. Zero means 16 MiB.
	WaitBytes int64
	// Grace is how long runs may go on after a stop, and results that wait are written. Zero means
	// 3 s.
	Grace time.Duration
	// LastWrites is how long after Grace the store may take for writes that have begun, and to
	// release what ran here. Zero means 1 s.
	LastWrites time.Duration
	// ClaimEvery is how often requests are looked for that nobody runs. Zero means 1 s.
	ClaimEvery time.Duration
	Observer   Observer     // nil: nobody
	Log        *slog.Logger // nil: slog.Default()
}

// Schedule runs ticks. It is safe for concurrent use.
type Schedule struct {
	cfg      Config
	clock    gocron.Scheduler
	slots    chan struct{}
	lateWork chan struct{} // one token: results or ends wait for the store

	// runs is the context of all runs. It outlives Run's by Grace: a stop lets runs end.
	runsCtx    context.Context
	cancelRuns context.CancelFunc
	// calls is the context of the calls of the store for jobs. It outlives the runs by most of
	// LastWrites.
	storeCtx    context.Context
	cancelStore context.CancelFunc

	waiting    atomic.Int64 // bytes of results that wait
	realigns   atomic.Int64 // tokens for jobs whose clock has drifted
	storeAway  atomic.Bool  // the store was away when it was last asked: runs do not wait for it
	lastAnswer atomic.Int64 // when the store has last answered anything, in nanoseconds of Unix time

	mu      sync.Mutex // guards what follows
	jobs    map[briefing.RequestID]*job
	ticking bool // Run has begun: jobs get their timers
	stopped bool
	work    sync.WaitGroup // what was begun for a job; Add only while not stopped
}

var _ briefing.Scheduler = (*Schedule)(nil)

// New checks cfg and returns a schedule. It starts nothing; requests that are added
// before Run begin to tick with Run.
func New(cfg Config) (*Schedule, error) {
	if cfg.Store == nil || cfg.Runner == nil {
		return nil, errors.New("schedule: store and runner are required")
	}
	cfg.MaxRuns = cmp.Or(cfg.MaxRuns, 16*runtime.GOMAXPROCS(0))
	cfg.RunTimeout = cmp.Or(cfg.RunTimeout, time.Minute)
	cfg.StoreTimeout = cmp.Or(cfg.StoreTimeout, 5*time.Second)
	cfg.WaitBytes = cmp.Or(cfg.WaitBytes, 16<<20)
	cfg.Grace = cmp.Or(cfg.Grace, 3*time.Second)
	cfg.LastWrites = cmp.Or(cfg.LastWrites, time.Second)
	cfg.ClaimEvery = cmp.Or(cfg.ClaimEvery, time.Second)
	cfg.Zone = cmp.Or(cfg.Zone, time.UTC)
	cfg.Log = cmp.Or(cfg.Log, slog.Default())
	if cfg.Observer == nil {
		cfg.Observer = noObserver{}
	}
	clock, err := gocron.NewScheduler(gocron.WithStopTimeout(200*time.Millisecond), gocron.WithLocation(time.UTC))
	if err != nil {
		return nil, fmt.Errorf("schedule: %w", err)
	}
	s := &Schedule{
		cfg: cfg, clock: clock, slots: make(chan struct{}, cfg.MaxRuns), lateWork: make(chan struct{}, 1),
		jobs: make(map[briefing.RequestID]*job),
	}
	s.runsCtx, s.cancelRuns = context.WithCancel(context.Background())
	s.storeCtx, s.cancelStore = context.WithCancel(context.Background())
	return s, nil
}

const (
	claimLimit     = 1_000                  // requests claimed at a time
	releaseTimeout = time.Second            // for the store to release them at a stop
	unwindTimeout  = 600 * time.Millisecond // for calls of the store to return when their contexts have ended
)

// Run claims what nobody runs, now and then again, and ticks until ctx ends. Then no tick begins
// any more; runs get Grace to end and be stored before they are cancelled, and the store LastWrites
// more. It returns nil when everything it started has ended. Only calls of a store that ignores its
// context are left behind, a moment later: whoever stops a program cannot wait for them.
func (s *Schedule) Run(ctx context.Context) error {
	s.startClock()
	var claims, late sync.WaitGroup
	writing, enough := context.WithCancel(context.WithoutCancel(ctx)) // results are written during Grace too
	defer enough()
	late.Go(func() { s.writeLate(writing) })
	claims.Go(func() { s.claimEvery(ctx) })
	<-ctx.Done()
	s.stop(func() {
		claims.Wait()
		s.work.Wait()
		enough()
		late.Wait()
		s.writeLast()
	})
	return nil
}

// claimEvery claims now and then again.
func (s *Schedule) claimEvery(ctx context.Context) {
	for ctx.Err() == nil {
		s.claim(ctx)
		s.realigns.Store(realignsPerTurn)
		if retry.Pause(ctx, s.cfg.ClaimEvery) != nil {
			return
		}
	}
}

// tick starts the clock and gives those that were added before their timers.
func (s *Schedule) startClock() {
	s.clock.Start()
	s.mu.Lock()
	s.ticking = true
	early := slices.Collect(maps.Values(s.jobs))
	s.mu.Unlock()
	for _, j := range early {
		s.arm(j)
	}
}

// claim takes requests that nobody runs, batch after batch.
func (s *Schedule) claim(ctx context.Context) {
	for {
		list, err := s.cfg.Store.Claim(ctx, claimLimit)
		if err != nil {
			if ctx.Err() == nil {
				s.cfg.Log.WarnContext(ctx, "claim requests", "err", err)
			}
			return
		}
		for _, req := range list {
			s.Add(req)
		}
		if len(list) == 0 {
			return
		}
		s.cfg.Log.InfoContext(ctx, "requests go on", "count", len(list))
	}
}

// stop ends everything: the clock first, then the runs, in their own time or ours, then what waits
// for the store. What the store does not take in time is lost: its ticks count as missed once
// somebody goes on with the request. finish waits for what was begun, and writes what waits.
func (s *Schedule) stop(finish func()) {
	s.mu.Lock()
	s.stopped = true
	s.mu.Unlock()
	over, cancel := context.WithTimeout(context.Background(), s.cfg.Grace+s.cfg.LastWrites)
	defer cancel()
	defer time.AfterFunc(s.cfg.Grace, s.cancelRuns).Stop()
	defer time.AfterFunc(s.cfg.Grace+s.cfg.LastWrites*3/4, s.cancelStore).Stop() // the rest is for the release
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		finish()
		s.release(over)
	}()
	select {
	case <-ended:
	case <-over.Done():
		select {
		case <-ended:
		case <-time.After(unwindTimeout):
			s.cfg.Log.Warn("the store hangs: calls of it are left behind")
		}
	}
	s.cancelRuns()
	s.cancelStore()
	if err := s.clock.Shutdown(); err != nil {
		s.cfg.Log.Warn("stop the clock", "err", err)
	}
}

// release has others go on at once with what ran here.
func (s *Schedule) release(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, releaseTimeout)
	defer cancel()
	if err := s.cfg.Store.Release(ctx); err != nil {
		s.cfg.Log.Warn("release requests", "err", err)
	}
}

// begin reports whether something may be begun for a job; then going.Done must be called.
func (s *Schedule) startWork() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return false
	}
	s.work.Add(1)
	return true
}

// nobody observes nothing.
type noObserver struct{}

func (noObserver) Late(time.Duration) {}
func (noObserver) Done()              {}
func (noObserver) Skipped(int)        {}
func (noObserver) Missed(int)         {}
func (noObserver) InFlight(int)       {}
func (noObserver) Waiting(int64)      {}
