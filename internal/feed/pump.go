package feed

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"bis/internal/briefing"
	"bis/internal/retry"
)

// PumpConfig is what a Pump needs.
type PumpConfig struct {
	Source briefing.FeedStore // required
	Hub    *Hub               // required
	Log    *slog.Logger       // nil: slog.Default()
	// Pause is the least time between two openings of the feed. Zero means 1 s.
	Pause time.Duration
	// DeafAfter is when after an opening the newest ids are compared, once. Zero means 5 s.
	DeafAfter time.Duration
	// Reopened is told of every opening after the first; nil: nobody is.
	Reopened func()
}

// Pump copies the store's feed into the hub.
type Pump struct {
	cfg PumpConfig
}

// NewPump checks cfg and returns a pump. It starts nothing.
func NewPump(cfg PumpConfig) (*Pump, error) {
	if cfg.Source == nil || cfg.Hub == nil {
		return nil, errors.New("feed: source and hub are required")
	}
	cfg.Log = cmp.Or(cfg.Log, slog.Default())
	if cfg.Reopened == nil {
		cfg.Reopened = func() {}
	}
	cfg.Pause = cmp.Or(cfg.Pause, time.Second)
	cfg.DeafAfter = cmp.Or(cfg.DeafAfter, 5*time.Second)
	return &Pump{cfg: cfg}, nil
}

// errDeaf says that the feed is open and brings nothing.
var errDeaf = errors.New("feed is deaf")

// Run copies the feed into the hub until ctx ends. It reopens a lost feed, so a
// break costs delay and never a briefing. It returns nil.
func (p *Pump) Run(ctx context.Context) error {
	defer p.cfg.Hub.Lost()
	fresh := false
	pauses := retry.Backoff{Least: p.cfg.Pause * 5 / 4, Spread: 0.2} // from Pause to 1.5 Pause
	for attempt := 1; ; attempt++ {
		err := p.copy(ctx, fresh)
		p.cfg.Hub.Lost()
		if ctx.Err() != nil {
			return nil
		}
		fresh = errors.Is(err, errDeaf)
		p.cfg.Log.WarnContext(ctx, "feed lost", "err", err, "attempt", attempt)
		if pauses.Wait(ctx) != nil {
			return nil
		}
		p.cfg.Reopened()
	}
}

// copy opens the feed and copies it until it breaks. The catching up and the test for
// deafness run beside and end before it returns.
func (p *Pump) copy(ctx context.Context, fresh bool) error {
	feed, err := p.cfg.Source.OpenFeed(ctx, fresh)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	var beside sync.WaitGroup
	defer beside.Wait()
	defer cancel(nil)
	defer feed.Close()
	p.cfg.Hub.Behind()
	beside.Go(func() {
		if err := p.reconcile(ctx); err != nil {
			cancel(err)
		}
	})
	var burst []briefing.Change
	for {
		burst, err = readBurst(ctx, feed, burst[:0])
		p.cfg.Hub.Publish(burst...)
		clear(burst) // releases their texts
		if err != nil {
			if cause := context.Cause(ctx); cause != nil {
				return cause
			}
			return err
		}
	}
}

// burstLen is the most changes that are published together: a part of a ring, so that who is a little
// behind finds all of them there.
const burstLen = 16

// readBurst waits for a change and appends it to list, with those that are ready behind it. After
// an error the list has what was read before.
func readBurst(ctx context.Context, feed briefing.Feed, list []briefing.Change) ([]briefing.Change, error) {
	for {
		c, err := feed.Next(ctx)
		if err != nil {
			return list, err
		}
		list = append(list, c)
		if len(list) == burstLen || !feed.More() {
			return list, nil
		}
	}
}

// reconcile catches up with the store and looks once, a little later, whether the
// feed brings what the store has.
func (p *Pump) reconcile(ctx context.Context) error {
	if err := p.cfg.Hub.CatchUp(ctx); err != nil {
		return err
	}
	if retry.Pause(ctx, p.cfg.DeafAfter) != nil {
		return nil
	}
	if p.cfg.Hub.Deaf(ctx, time.Second) {
		return errDeaf
	}
	return nil
}
