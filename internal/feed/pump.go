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

// PumpConfig holds the collaborators and times of a Pump.
type PumpConfig struct {
	Source briefing.FeedStore // required
	Hub    *Hub               // required
	Log    *slog.Logger       // nil: slog.Default()
	// Pause is the least time between the loss of a feed and the next opening. The pump adds up
	// to half of it at random, so that replicas do not return together. Zero means 1 s.
	Pause time.Duration
	// DeafAfter is how long after each opening the newest ids are compared with the store, once.
	// Zero means 5 s.
	DeafAfter time.Duration
	// Reopened is called before every opening but the first. Nil means that nothing is called.
	Reopened func()
	// Moved is called for each moved end of a request, and Ended for each request that has ended or
	// was deleted, after the hub has it. Opened is called after each opening: from then on none is
	// missed, and before it some may have been. All must return soon. Nil means that nothing is
	// called.
	Moved  func(briefing.Request)
	Ended  func(briefing.RequestID)
	Opened func()
	// CameraDeleted is called for each deleted camera, after the hub has it. It must return soon.
	// Nil means that nothing is called.
	CameraDeleted func(briefing.CameraID)
	// CameraChanged is the same for each camera that was saved, or whose health has changed.
	CameraChanged func(briefing.Camera)
}

// Pump copies the store's feed into the hub. One pump runs for each hub.
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
	if cfg.Moved == nil {
		cfg.Moved = func(briefing.Request) {}
	}
	if cfg.Ended == nil {
		cfg.Ended = func(briefing.RequestID) {}
	}
	if cfg.CameraDeleted == nil {
		cfg.CameraDeleted = func(briefing.CameraID) {}
	}
	if cfg.CameraChanged == nil {
		cfg.CameraChanged = func(briefing.Camera) {}
	}
	if cfg.Opened == nil {
		cfg.Opened = func() {}
	}
	cfg.Pause = cmp.Or(cfg.Pause, time.Second)
	cfg.DeafAfter = cmp.Or(cfg.DeafAfter, 5*time.Second)
	return &Pump{cfg: cfg}, nil
}

// errDeaf is the cause of closing a feed that is open but delivers nothing.
var errDeaf = errors.New("feed is deaf")

// Run copies the feed into the hub until ctx ends. It reopens a lost feed, so a break costs delay
// and never a briefing. A feed that was deaf is reopened fresh, without its position. Run returns
// nil.
func (p *Pump) Run(ctx context.Context) error {
	defer p.cfg.Hub.Lost()
	fresh := false
	pauses := retry.Backoff{Least: p.cfg.Pause * 5 / 4, Spread: 0.2} // 1 to 1.5 Pause
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

// copy opens the feed and copies it until it breaks. reconcile runs at the same time and has ended
// when copy returns.
func (p *Pump) copy(ctx context.Context, fresh bool) error {
	feed, err := p.cfg.Source.OpenFeed(ctx, fresh)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	var background sync.WaitGroup
	defer background.Wait()
	defer cancel(nil)
	defer feed.Close()
	p.cfg.Hub.Behind()
	p.cfg.Opened()
	background.Go(func() {
		if err := p.reconcile(ctx); err != nil {
			cancel(err)
		}
	})
	var burst []briefing.Change
	for {
		burst, err = readBurst(ctx, feed, burst[:0])
		p.cfg.Hub.Publish(burst...)
		for i := range burst {
			p.report(&burst[i])
		}
		clear(burst) // frees their texts while the feed is quiet
		if err != nil {
			if cause := context.Cause(ctx); cause != nil {
				return cause
			}
			return err
		}
	}
}

// report calls Moved, Ended, CameraDeleted or CameraChanged for a change that the hub has.
func (p *Pump) report(c *briefing.Change) {
	switch c.Kind {
	case briefing.RequestMoved:
		p.cfg.Moved(c.Request)
	case briefing.RequestEnded, briefing.RequestDeleted:
		p.cfg.Ended(c.Request.ID)
	case briefing.CameraDeleted:
		p.cfg.CameraDeleted(c.Camera.ID)
	case briefing.CameraChanged:
		p.cfg.CameraChanged(c.Camera)
	}
}

// burstLen is the most changes that are published together. It is a quarter of a default ring, so a
// subscriber that lags a little still finds all of them there.
const burstLen = 16

// readBurst waits for a change and appends it to list, with the further changes that are ready.
// After an error the list has the changes that were read before the error.
func readBurst(
	ctx context.Context, feed briefing.Feed, list []briefing.Change,
) ([]briefing.Change, error) {
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

// reconcile catches up with the store. After DeafAfter it checks once whether the feed has
// delivered what the store has. If not, the feed is closed with errDeaf.
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
