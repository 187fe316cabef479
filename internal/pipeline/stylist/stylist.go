package stylist

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"bis/internal/briefing"
	"bis/internal/pipeline/provider"
	"bis/internal/pipeline/wording"
)

// Chain asks the providers of models. provider.Chain implements it.
type Chain interface {
	Ask(ctx context.Context, q provider.Question) (provider.Answer, error)
	Status() []provider.Status
	Adopt(provider, model string)
}

// Outcome is what became of the search for a sheet. The values are a fixed set, for metrics.
type Outcome string

// The outcomes.
const (
	Found   Outcome = "found"   // in the store
	Written Outcome = "written" // by a model
	Refused Outcome = "refused" // all lines of a model
	Failed  Outcome = "failed"  // no model answered
	Spent   Outcome = "spent"   // the requests of the day were spent
)

// Observer is told of sheets. Its methods are called from several goroutines, and must not block.
type Observer interface {
	// Sheet is called when a sheet was found or written, or could not be written.
	Sheet(outcome Outcome)
	// Lines is called with the numbers of good and of refused lines of an answer.
	Lines(good, refused int)
}

// Defaults of Config.
const (
	DefaultSheetTime = 2 * time.Minute
	DefaultParallel  = 2
	DefaultQueue     = 64
	DefaultCache     = 1024
)

// Config has the collaborators of a Stylist.
type Config struct {
	// Chain asks models. Nil means that none is configured: built-in sheets speak.
	Chain Chain
	// Store has the sheets, the refused lines and the usage. Nil means that they are in memory
	// alone, or nowhere.
	Store briefing.WordStore
	// SheetTime is the time of a model for a sheet. Zero means DefaultSheetTime.
	SheetTime time.Duration
	// Parallel is how many questions are asked at once. Zero means DefaultParallel.
	Parallel int
	// Queue is how many more questions may wait. A style beyond them is asked for later. Zero means
	// DefaultQueue.
	Queue int
	// Cache is how many styles are in memory. Zero means DefaultCache.
	Cache int
	// Zone decides which day a question is charged to. Nil means UTC.
	Zone     *time.Location
	Observer Observer         // nil: none
	Clock    func() time.Time // nil: time.Now
	Log      *slog.Logger     // nil: no log
}

// Stylist has the sheets of styles. It is safe for concurrent use.
type Stylist struct {
	cfg    Config
	slots  chan struct{}                        // one value for each question that is asked
	report rate.Sometimes                       // spaces the warnings
	done   chan struct{}                        // closed by Close
	work   sync.WaitGroup                       // goroutines of searches
	styles *lru.Cache[[sha256.Size]byte, style] // by the sum of the style lines

	mu      sync.Mutex // guards the fields below, and the entries
	closed  bool
	entries *lru.Cache[string, *entry] // by style.hash
	busy    map[string]*entry          // with a search, even if the cache has evicted them
	asking  int                        // searches that are asked or wait for a slot
	askedBy map[string]int             // the same by the key of the user's name
}

var (
	_ wording.Sheets   = (*Stylist)(nil)
	_ briefing.Stylist = (*Stylist)(nil)
)

// New checks cfg and returns a Stylist. It starts nothing. The caller must call Close.
func New(cfg Config) (*Stylist, error) {
	if cfg.SheetTime < 0 || cfg.Parallel < 0 || cfg.Queue < 0 || cfg.Cache < 0 {
		return nil, errors.New("stylist: times and bounds must not be negative")
	}
	cfg.SheetTime = cmp.Or(cfg.SheetTime, DefaultSheetTime)
	cfg.Parallel, cfg.Queue = cmp.Or(cfg.Parallel, DefaultParallel), cmp.Or(cfg.Queue, DefaultQueue)
	cfg.Cache, cfg.Zone = cmp.Or(cfg.Cache, DefaultCache), cmp.Or(cfg.Zone, time.UTC)
	cfg.Log = cmp.Or(cfg.Log, slog.New(slog.DiscardHandler))
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Observer == nil {
		cfg.Observer = unobserved{}
	}
	s := &Stylist{
		cfg: cfg, slots: make(chan struct{}, cfg.Parallel), done: make(chan struct{}),
		busy: map[string]*entry{}, askedBy: map[string]int{},
		report: rate.Sometimes{Interval: time.Minute},
	}
	var err, errStyles error
	s.entries, err = lru.New[string, *entry](cfg.Cache)
	s.styles, errStyles = lru.New[[sha256.Size]byte, style](cfg.Cache)
	if err := errors.Join(err, errStyles); err != nil {
		return nil, err
	}
	return s, nil
}

// unobserved is an Observer that does nothing.
type unobserved struct{}

func (unobserved) Sheet(Outcome)  {}
func (unobserved) Lines(int, int) {}

// Styled implements wording.Sheets. It waits for no model. When a style is new to this process, it
// waits for the store, at most readWait, so that a stored sheet speaks from the first caption.
func (s *Stylist) Styled(username string, custom []string) wording.Styled {
	styled, _ := s.styled(username, custom)
	return styled
}

// styled returns the state of a style and a channel that is closed at its next change.
func (s *Stylist) styled(username string, custom []string) (wording.Styled, <-chan struct{}) {
	st := s.styleOf(custom)
	if s.cfg.Chain == nil {
		return st.builtIn(briefing.VerdictBuiltIn), nil
	}
	e := s.want(username, st)
	s.waitForStore(e)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stateOf(e, username), e.changed
}

// Await implements wording.Sheets. If the queue was full, it asks again after a pause.
func (s *Stylist) Await(ctx context.Context, username string, custom []string) wording.Styled {
	again := time.NewTicker(fullPause)
	defer again.Stop()
	for {
		styled, changed := s.styled(username, custom)
		if styled.Verdict != briefing.VerdictPending {
			return styled
		}
		select {
		case <-changed:
		case <-again.C:
		case <-ctx.Done():
			return styled
		case <-s.done:
			return styled
		}
	}
}

// Prepare implements briefing.Stylist.
func (s *Stylist) Prepare(username string, custom []string) {
	if s.cfg.Chain != nil {
		s.want(username, s.styleOf(custom))
	}
}

// Providers implements briefing.Stylist.
func (s *Stylist) Providers() []briefing.Provider {
	list := []briefing.Provider{}
	for _, p := range s.status() {
		list = append(list, briefing.Provider{
			ID: p.Provider, Model: p.Model, SeesPictures: p.SeesPictures, Median: p.Median,
			State: p.State, LastError: p.LastError,
		})
	}
	return list
}

// status returns the states of the providers.
func (s *Stylist) status() []provider.Status {
	if s.cfg.Chain == nil {
		return nil
	}
	return s.cfg.Chain.Status()
}

// Close cancels the searches and waits for their end, at most a second. Later calls start none.
func (s *Stylist) Close() error {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.done)
	}
	for _, e := range s.busy {
		e.search.cancel()
	}
	s.mu.Unlock()
	s.work.Wait()
	return nil
}
