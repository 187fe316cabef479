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

// Store is the part of the store that the schedule calls. The contracts are briefing.Store's.
type Store interface {
	Now() time.Time
	Claim(ctx context.Context, limit int) ([]briefing.Request, error)
	Release(ctx context.Context) error
	Due(ctx context.Context) ([]briefing.RequestID, error)
	RunState(ctx context.Context, id briefing.RequestID) (briefing.RunState, error)
	Append(ctx context.Context, a briefing.Append) (briefing.Briefing, error)
	EndRequest(ctx context.Context, e briefing.End) (briefing.Request, error)
	SetCameraHealth(ctx context.Context, r briefing.HealthReport) error
	RequestStates(
		ctx context.Context, ids []briefing.RequestID,
	) (map[briefing.RequestID]briefing.Request, error)
}

// Observer is notified of what happens, for metrics. Its methods must return quickly and be safe
// for concurrent use.
type Observer interface {
	// Late reports how long after the moment of its tick a run started.
	Late(by time.Duration)
	// Done reports that the result of a run was stored.
	Done()
	// Skipped and Missed report ticks that did not run.
	Skipped(n int)
	Missed(n int)
	// InFlight reports that a run started (1) or finished (-1).
	InFlight(change int)
	// Waiting reports the size of all results that wait for the store, in bytes.
	Waiting(bytes int64)
}

// Config holds the collaborators and bounds of a Schedule.
type Config struct {
	Store  Store           // required
	Runner briefing.Runner // required
	Zone   *time.Location  // of the times in legacy texts; nil: UTC
	// MaxRuns is the most runs in flight; further ones wait for a slot in the order of their
	// arrival. Zero means 16 for each processor, and at least 256: a camera that hangs holds its
	// slot for seconds, and must not delay others.
	MaxRuns int
	// RunTimeout bounds a run, its wait for a slot included. Zero means 60 s.
	RunTimeout time.Duration
	// StoreTimeout bounds one append or end. Zero means 5 s.
	StoreTimeout time.Duration
	// WaitBytes bounds the estimated size of results that wait for the store. No run starts while
	// it is exceeded. Zero means 16 MiB.
	WaitBytes int64
	// Grace is how long after a stop runs may still finish and waiting results are still written.
	// Zero means 3 s.
	Grace time.Duration
	// LastWrites is how long after Grace the store may still take to finish writes and to release
	// the requests. Zero means 1 s.
	LastWrites time.Duration
	// ClaimEvery is the pause between two claims of requests without an owner. Zero means 1 s.
	ClaimEvery time.Duration
	// DueEvery is the least time between two readings of the requests that are due by their stored
	// ends. Zero means 2 s.
	DueEvery time.Duration
	Observer Observer     // nil: none
	Log      *slog.Logger // nil: slog.Default()
}

// Schedule runs ticks. It is safe for concurrent use.
type Schedule struct {
	cfg      Config
	clock    gocron.Scheduler
	slots    chan struct{} // holds a token for each run in flight
	lateWork chan struct{} // holds a token when results or ends wait for the store

	// runsCtx is the context of all runs. It ends Grace after a stop, so that runs may finish.
	runsCtx    context.Context
	cancelRuns context.CancelFunc
	// storeCtx is the context of the store's calls for jobs. It ends after Grace and three quarters
	// of LastWrites: the rest is for the release.
	storeCtx    context.Context
	cancelStore context.CancelFunc

	waiting          atomic.Int64 // estimated bytes of results that wait
	realigns         atomic.Int64 // how many more late timers may be set again in this turn
	storeUnreachable atomic.Bool  // by the last call; runs do not wait for it
	lastAnswer       atomic.Int64 // when the store last answered any call, in Unix nanoseconds

	mu      sync.Mutex // guards the fields below
	jobs    map[briefing.RequestID]*job
	users   map[string][]*job // the jobs of each user, by the NameKey of its name
	early   earlyMoves
	ends    endReads
	ticking bool           // Run was called: jobs have timers
	stopped bool           // no new work starts
	work    sync.WaitGroup // goroutines that serve a job; Add only while not stopped
}

var _ briefing.Scheduler = (*Schedule)(nil)

// New checks cfg and returns a schedule. It starts nothing. Requests that are added before Run
// tick when Run is called.
func New(cfg Config) (*Schedule, error) {
	if cfg.Store == nil || cfg.Runner == nil {
		return nil, errors.New("schedule: store and runner are required")
	}
	cfg.MaxRuns = cmp.Or(cfg.MaxRuns, max(256, 16*runtime.GOMAXPROCS(0)))
	cfg.RunTimeout = cmp.Or(cfg.RunTimeout, time.Minute)
	cfg.StoreTimeout = cmp.Or(cfg.StoreTimeout, 5*time.Second)
	cfg.WaitBytes = cmp.Or(cfg.WaitBytes, 16<<20)
	cfg.Grace = cmp.Or(cfg.Grace, 3*time.Second)
	cfg.LastWrites = cmp.Or(cfg.LastWrites, time.Second)
	cfg.ClaimEvery = cmp.Or(cfg.ClaimEvery, time.Second)
	cfg.DueEvery = cmp.Or(cfg.DueEvery, 2*time.Second)
	cfg.Zone = cmp.Or(cfg.Zone, time.UTC)
	cfg.Log = cmp.Or(cfg.Log, slog.Default())
	if cfg.Observer == nil {
		cfg.Observer = noObserver{}
	}
	clock, err := gocron.NewScheduler(
		gocron.WithStopTimeout(200*time.Millisecond), gocron.WithLocation(time.UTC))
	if err != nil {
		return nil, fmt.Errorf("schedule: %w", err)
	}
	s := &Schedule{
		cfg: cfg, clock: clock, jobs: make(map[briefing.RequestID]*job), users: make(map[string][]*job),
		slots: make(chan struct{}, cfg.MaxRuns), lateWork: make(chan struct{}, 1),
	}
	s.runsCtx, s.cancelRuns = context.WithCancel(context.Background())
	s.storeCtx, s.cancelStore = context.WithCancel(context.Background())
	return s, nil
}

const (
	claimLimit     = 1_000                  // requests claimed by one call
	releaseTimeout = time.Second            // for the store's Release at a stop
	unwindTimeout  = 600 * time.Millisecond // for the store's calls to return after their contexts
)

// Run claims requests without an owner, every ClaimEvery, and ticks until ctx ends. Then no
// further tick starts. Runs get Grace to finish and be stored before they are cancelled, and the
// store gets LastWrites more.
//
// Run returns nil when everything that it started has ended. Run does not wait for a call of a
// store that ignores its context, because the end of a program must not depend on it.
func (s *Schedule) Run(ctx context.Context) error {
	s.startClock()
	var claims, late sync.WaitGroup
	// Late results are also written during Grace.
	writing, enough := context.WithCancel(context.WithoutCancel(ctx))
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

// claimEvery claims until ctx ends. Each turn also reads the ends that may have moved, and renews
// the allowance of realignments.
func (s *Schedule) claimEvery(ctx context.Context) {
	var dueRead time.Time
	for ctx.Err() == nil {
		s.mu.Lock()
		s.early.turn()
		s.mu.Unlock()
		s.claim(ctx)
		if now := time.Now(); now.Sub(dueRead) >= s.cfg.DueEvery {
			dueRead = now
			s.wantDue(ctx)
		}
		s.readAllEnds(ctx)
		s.realigns.Store(realignsPerTurn)
		if retry.Pause(ctx, s.cfg.ClaimEvery) != nil {
			return
		}
	}
}

// startClock starts the clock, and sets the timers of the jobs that were added before Run.
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

// claim adds the requests without an owner, batch after batch, until none is left or the store
// fails. The next turn tries again after a failure.
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

// stop ends everything in order: new work, then the runs, then what waits for the store, and the
// clock last. finish waits for what was started and writes what waits. A result that is not stored
// in time is lost. Its tick counts as missed once another instance has claimed the request.
func (s *Schedule) stop(finish func()) {
	s.mu.Lock()
	s.stopped = true
	s.mu.Unlock()
	over, cancel := context.WithTimeout(context.Background(), s.cfg.Grace+s.cfg.LastWrites)
	defer cancel()
	defer time.AfterFunc(s.cfg.Grace, s.cancelRuns).Stop()
	defer time.AfterFunc(s.cfg.Grace+s.cfg.LastWrites*3/4, s.cancelStore).Stop() // see storeCtx
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

// release lets other instances claim the requests of this one at once.
func (s *Schedule) release(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, releaseTimeout)
	defer cancel()
	if err := s.cfg.Store.Release(ctx); err != nil {
		s.cfg.Log.Warn("release requests", "err", err)
	}
}

// startWork reports whether work for a job may start, and registers it. work.Done must follow if
// so.
func (s *Schedule) startWork() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return false
	}
	s.work.Add(1)
	return true
}

// noObserver ignores every report.
type noObserver struct{}

func (noObserver) Late(time.Duration) {}
func (noObserver) Done()              {}
func (noObserver) Skipped(int)        {}
func (noObserver) Missed(int)         {}
func (noObserver) InFlight(int)       {}
func (noObserver) Waiting(int64)      {}
