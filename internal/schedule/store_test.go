package schedule_test

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/schedule"
)

// memoryStore implements the contract of briefing.Store for the methods that the schedule calls. A
// test can make it unreachable.
type memoryStore struct {
	mu          sync.Mutex
	requests    map[briefing.RequestID]*briefing.Request
	ticks       map[briefing.RequestID][]briefing.Briefing
	custom      []string
	claimer     string // the instance that claims
	unreachable bool
	slow        time.Duration // time until a call fails while the store is unreachable
	takes       time.Duration // time of an append
	lost        int           // this many appends are stored and their answers lost
	ahead       time.Duration // of the store's clock over this machine's
	endErr      error         // the answer to ends; nil: they succeed
	stateRead   func()        // called between the reading of states or of a run's state and the answer
	ends        []briefing.End
	dueReads    int                     // calls of Due
	camera      *briefing.Camera        // of all requests; nil: that of the settings
	reports     []briefing.HealthReport // of that camera
	healthTakes time.Duration           // time of a write of the health
	healthErr   error                   // the answer to it; nil: it succeeds
}

func newMemoryStore() *memoryStore {
	return &memoryStore{claimer: "one", requests: map[briefing.RequestID]*briefing.Request{}, ticks: map[briefing.RequestID][]briefing.Briefing{}}
}

func (m *memoryStore) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return time.Now().Add(m.ahead)
}

// set changes the store under its lock.
func (m *memoryStore) set(change func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change()
}

// start stores an active request that instance owns.
func (m *memoryStore) start(instance string, every int, lasts time.Duration) briefing.Request {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	end := now.Add(lasts)
	r := briefing.Request{
		ID: briefing.RequestID(briefing.NewID(now)), Username: "kim", Interval: every, StartedAt: now, EndsAt: &end, Active: true,
		Owner: briefing.Owner{Instance: instance, Term: 1},
	}
	m.requests[r.ID] = &r
	return r
}

// as sets the instance that claims from now on.
func (m *memoryStore) as(instance string) *memoryStore {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.claimer = instance
	return m
}

func (m *memoryStore) Release(context.Context) error { return nil }

func (m *memoryStore) Claim(_ context.Context, limit int) ([]briefing.Request, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.unreachable {
		return nil, briefing.ErrUnavailable
	}
	var list []briefing.Request
	for _, r := range m.requests {
		if r.Active && r.Owner.Instance != m.claimer && len(list) < limit {
			r.Owner = briefing.Owner{Instance: m.claimer, Term: r.Owner.Term + 1}
			list = append(list, *r)
		}
	}
	return list, nil
}

// reach waits as long as a driver waits before it reports that the store is unreachable.
func (m *memoryStore) reach(ctx context.Context) {
	m.mu.Lock()
	unreachable, slow := m.unreachable, m.slow
	m.mu.Unlock()
	if unreachable {
		wait(ctx, slow)
	}
}

// wait waits for d, or until ctx ends.
func wait(ctx context.Context, d time.Duration) {
	// In a bubble under -race, a timer of no time sometimes crashes the runtime (Go 1.26.8).
	if d == 0 {
		return
	}
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func (m *memoryStore) RunState(ctx context.Context, id briefing.RequestID) (briefing.RunState, error) {
	m.reach(ctx)
	defer m.afterRead()
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.requests[id]
	switch {
	case m.unreachable:
		return briefing.RunState{}, briefing.ErrUnavailable
	case !ok:
		return briefing.RunState{}, briefing.ErrNotFound
	}
	state := briefing.RunState{Active: r.Active, Owner: r.Owner, EndsAt: r.EndsAt, Custom: m.custom}
	if m.camera != nil {
		c := *m.camera
		state.Camera = &c
	}
	return state, nil
}

func (m *memoryStore) SetCameraHealth(ctx context.Context, r briefing.HealthReport) error {
	m.mu.Lock()
	takes := m.healthTakes
	m.mu.Unlock()
	wait(ctx, takes)
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case m.unreachable:
		return briefing.ErrUnavailable
	case m.healthErr != nil:
		return m.healthErr
	}
	m.camera.Health = r.Health
	m.reports = append(m.reports, r)
	return nil
}

func (m *memoryStore) Due(context.Context) ([]briefing.RequestID, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.dueReads++
	if m.unreachable {
		return nil, briefing.ErrUnavailable
	}
	var list []briefing.RequestID
	for id, r := range m.requests {
		if r.Active && r.Owner.Instance == m.claimer && r.EndsAt != nil && r.Due(time.Now().Add(m.ahead)) {
			list = append(list, id)
		}
	}
	return list, nil
}

func (m *memoryStore) Append(ctx context.Context, a briefing.Append) (briefing.Briefing, error) {
	m.reach(ctx)
	wait(ctx, m.takes)
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.requests[a.RequestID]
	switch {
	case m.unreachable:
		return briefing.Briefing{}, briefing.ErrUnavailable
	case !r.Active:
		return briefing.Briefing{}, briefing.ErrConflict
	case r.Owner != a.Owner:
		return briefing.Briefing{}, briefing.ErrNotOwner
	case a.Tick <= r.LastTick, r.PastEnd(a.Tick):
		return briefing.Briefing{}, briefing.ErrConflict
	}
	r.Ticks, r.LastTick = r.Stored(a.Tick, a.Skipped, a.Briefing.Unchanged), a.Tick
	b := a.Briefing
	b.Tick = a.Tick
	m.ticks[a.RequestID] = append(m.ticks[a.RequestID], b)
	if m.lost > 0 {
		m.lost--
		return briefing.Briefing{}, briefing.ErrUnavailable
	}
	return b, nil
}

func (m *memoryStore) EndRequest(_ context.Context, e briefing.End) (briefing.Request, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.requests[e.ID]
	switch {
	case m.unreachable:
		return briefing.Request{}, briefing.ErrUnavailable
	case m.endErr != nil:
		return briefing.Request{}, m.endErr
	case !r.Active:
		return briefing.Request{}, briefing.ErrConflict
	case e.Owner != (briefing.Owner{}) && e.Owner != r.Owner:
		return briefing.Request{}, briefing.ErrNotOwner
	case e.TooEarly(*r, time.Now().Add(m.ahead)):
		return briefing.Request{}, briefing.ErrNotDue
	}
	*r = r.Ended(e)
	m.ends = append(m.ends, e)
	return *r, nil
}

func (m *memoryStore) RequestStates(
	_ context.Context, ids []briefing.RequestID,
) (map[briefing.RequestID]briefing.Request, error) {
	defer m.afterRead()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.unreachable {
		return nil, briefing.ErrUnavailable
	}
	states := map[briefing.RequestID]briefing.Request{}
	for _, id := range ids {
		if r, ok := m.requests[id]; ok {
			states[id] = *r
		}
	}
	return states, nil
}

// afterRead calls stateRead once.
func (m *memoryStore) afterRead() {
	m.mu.Lock()
	call := m.stateRead
	m.stateRead = nil
	m.mu.Unlock()
	if call != nil {
		call()
	}
}

// moveEnd moves the stored end of a request to a moment after its start, and returns the request.
// The schedule does not know it.
func (m *memoryStore) moveEnd(id briefing.RequestID, after time.Duration) briefing.Request {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.requests[id]
	end := r.StartedAt.Add(after)
	r.EndsAt = &end
	return *r
}

func (m *memoryStore) request(id briefing.RequestID) briefing.Request {
	m.mu.Lock()
	defer m.mu.Unlock()
	return *m.requests[id]
}

// stored returns the stored ticks of a request in order.
func (m *memoryStore) stored(id briefing.RequestID) []int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []int64
	for _, b := range m.ticks[id] {
		list = append(list, b.Tick)
	}
	return list
}

func (m *memoryStore) setUnreachable(unreachable bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.unreachable = unreachable
}

// runner reports a fixed caption after the test's delay for the tick.
type runner struct {
	mu    sync.Mutex
	takes func(tick int64) time.Duration
	runs  []int64
	peak  int
	now   int
	err   func(tick int64) error
	sees  func(run briefing.Run) (*briefing.CameraHealth, *briefing.Frame)
	says  func(run briefing.Run) briefing.Report // nil: a fixed caption
}

func (r *runner) Run(ctx context.Context, run briefing.Run) (briefing.Report, error) {
	r.mu.Lock()
	r.runs = append(r.runs, run.Tick)
	r.now++
	r.peak = max(r.peak, r.now)
	takes := time.Duration(0)
	if r.takes != nil {
		takes = r.takes(run.Tick)
	}
	r.mu.Unlock()
	defer func() { r.mu.Lock(); r.now--; r.mu.Unlock() }()
	if r.err != nil {
		if err := r.err(run.Tick); err != nil {
			return briefing.Report{}, err
		}
	}
	// In a bubble under -race, a timer of no time sometimes crashes the runtime (Go 1.26.8).
	report := briefing.Report{Caption: "hello", Source: "template"}
	if r.says != nil {
		report = r.says(run)
	}
	if r.sees != nil {
		report.Health, report.LastFrame = r.sees(run)
	}
	if takes == 0 {
		return report, nil
	}
	select {
	case <-time.After(takes):
		return report, nil
	case <-ctx.Done():
		return briefing.Report{}, ctx.Err()
	}
}

func (r *runner) started() []int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.runs)
}

// fixture is a schedule on a store. It runs until stop.
type fixture struct {
	*memoryStore
	*schedule.Schedule
	runner *runner
	stop   func()
}

// open starts a schedule on a store. The end of the test stops it.
func open(t *testing.T, m *memoryStore, cfg schedule.Config) *fixture {
	t.Helper()
	s := build(t, m, cfg)
	s.run(t)
	return s
}

// build makes a schedule on a store without starting it.
func build(t *testing.T, m *memoryStore, cfg schedule.Config) *fixture {
	t.Helper()
	r, _ := cfg.Runner.(*runner)
	if r == nil {
		r = &runner{}
		cfg.Runner = r
	}
	if cfg.Store == nil {
		cfg.Store = m
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	s, err := schedule.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return &fixture{memoryStore: m, Schedule: s, runner: r}
}

// run starts the schedule. The end of the test stops it.
func (s *fixture) run(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Run(ctx) }()
	s.stop = sync.OnceFunc(func() { cancel(); <-done })
	t.Cleanup(s.stop)
}

// only returns the id of the one request.
func (m *memoryStore) only() (id briefing.RequestID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id = range m.requests {
	}
	return id
}
