package feed

import (
	"cmp"
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"bis/internal/briefing"
)

// Replay is what the hub reads of the store. See briefing.Store for the contracts.
type Replay interface {
	Request(ctx context.Context, id briefing.RequestID) (briefing.Request, error)
	LatestRequest(ctx context.Context, username string) (briefing.Request, error)
	RequestStates(ctx context.Context, ids []briefing.RequestID) (map[briefing.RequestID]briefing.Request, error)
	Briefings(ctx context.Context, id briefing.RequestID, s briefing.Slice) ([]briefing.Briefing, bool, error)
	CatchUp(ctx context.Context, at []briefing.Position, limit int) (map[briefing.RequestID][]briefing.Briefing, error)
}

// HubConfig is what a Hub needs.
type HubConfig struct {
	Replay Replay // required
	// RingLen is how many of a request's newest briefings are kept for those who
	// lag or come back. Zero means 64; at most 128.
	RingLen int
	// RingBytes bounds all rings together, roughly. Zero means 128 MiB.
	RingBytes int64
	// Linger is how long a topic outlives its last subscriber. Zero means 2 minutes.
	Linger time.Duration
	// MaxReplays is how many replays read the store at once. Zero means 64.
	MaxReplays int
}

// Hub is the publish/subscribe between the feed and the subscriptions of this
// process. It is safe for concurrent use.
type Hub struct {
	replay    Replay
	ringLen   int
	ringBytes int64
	linger    time.Duration
	readSlots chan struct{} // a place for each replay that reads the store

	bytes        atomic.Int64 // held by all rings
	subscribers  atomic.Int64
	pagesRead    atomic.Int64 // pages read from the store for subscribers
	resumedRing  atomic.Int64 // who came back and found the rest in memory
	resumedStore atomic.Int64 // who came back and did not

	mu        sync.Mutex // guards what follows; taken before a topic's
	connected bool       // the feed is open
	epoch     uint64     // counts the openings of the feed
	topics    index
	users     map[string]map[*requestStream]struct{}
}

var _ briefing.Live = (*Hub)(nil)

// NewHub checks cfg and returns a hub. It starts nothing.
func NewHub(cfg HubConfig) (*Hub, error) {
	if cfg.Replay == nil {
		return nil, errors.New("feed: replay is required")
	}
	return &Hub{
		replay:    cfg.Replay,
		ringLen:   min(cmp.Or(cfg.RingLen, 64), seenLen/2),
		ringBytes: cmp.Or(cfg.RingBytes, 128<<20),
		linger:    cmp.Or(cfg.Linger, 2*time.Minute),
		readSlots: make(chan struct{}, cmp.Or(cfg.MaxReplays, 64)),
		users:     make(map[string]map[*requestStream]struct{}),
	}, nil
}

// Stats tells how much the hub holds.
type Stats struct {
	Subscribers int   // open briefing subscriptions
	Topics      int   // requests that are watched, or were a moment ago
	RingBytes   int64 // held for replays, roughly
	Replays     int64 // pages read from the store for subscribers since the start
	// ResumedRing and ResumedStore count those who came with a cursor since the start: all that
	// they had missed was in memory, or the store had to be read.
	ResumedRing, ResumedStore int64
}

// Stats returns the hub's figures of this moment.
func (h *Hub) Stats() Stats {
	h.mu.Lock()
	defer h.mu.Unlock()
	return Stats{
		Subscribers: int(h.subscribers.Load()), Topics: h.topics.len(),
		RingBytes: h.bytes.Load(), Replays: h.pagesRead.Load(),
		ResumedRing: h.resumedRing.Load(), ResumedStore: h.resumedStore.Load(),
	}
}

// Subscribe implements briefing.Live. The context bounds the subscribing only.
func (h *Hub) Subscribe(ctx context.Context, id briefing.RequestID, after briefing.BriefingID) (briefing.Stream, error) {
	t := h.acquire(id)
	s := &Subscription{hub: h, topic: t, pos: after}
	h.subscribers.Add(1)
	if err := h.seed(ctx, t); err != nil {
		s.Close()
		return nil, err
	}
	if err := h.checkPosition(ctx, t, after); err != nil {
		s.Close()
		return nil, err
	}
	if after != "" {
		h.countResume(t, after)
	}
	return s, nil
}

// resumed counts one who comes back, by where the rest is read.
func (h *Hub) countResume(t *topic, after briefing.BriefingID) {
	if after >= t.floorNow() {
		h.resumedRing.Add(1)
	} else {
		h.resumedStore.Add(1)
	}
}

// checkPosition refuses a position beyond the newest briefing. The topic may be a
// moment behind the store, so the store has the last word.
func (h *Hub) checkPosition(ctx context.Context, t *topic, after briefing.BriefingID) error {
	if after <= t.newest() {
		return nil
	}
	newest, _, err := h.replay.Briefings(ctx, t.id, briefing.Slice{Limit: 1, Backward: true})
	if err != nil {
		return err
	}
	if len(newest) == 0 || after > newest[0].ID {
		return briefing.ErrBadCursor
	}
	return nil
}

// acquire returns the topic of a request, registered so that the feed reaches it,
// with one more user.
func (h *Hub) acquire(id briefing.RequestID) *topic {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics.get(id)
	if t == nil {
		t = newTopic(h, id)
		h.topics.put(t)
	}
	t.refs++
	if t.idle != nil {
		t.idle.Stop()
		t.idle = nil
	}
	return t
}

// release gives a topic back. The last user leaves it to linger.
func (h *Hub) release(t *topic) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t.refs--
	if t.refs > 0 {
		return
	}
	if !t.seeded {
		h.evict(t)
		return
	}
	t.idle = time.AfterFunc(h.linger, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if t.refs == 0 {
			h.evict(t)
		}
	})
}

// drop forgets a topic; h.mu is held.
func (h *Hub) evict(t *topic) {
	if h.topics.get(t.id) == t {
		h.topics.remove(t)
		t.clear()
	}
}

// Publish hands changes to their watchers. All changes enter their topics before any watcher is
// told, so a watcher finds a burst as a whole. Publish never waits for a subscriber. Only the pump
// calls it: nothing is announced that was not stored.
func (h *Hub) Publish(changes ...briefing.Change) {
	var few [4]*topic
	woken := few[:0]
	for i := range changes {
		c := &changes[i]
		id := c.Request.ID
		if c.Kind == briefing.BriefingStored {
			id = c.Briefing.RequestID
		} else {
			h.publishRequest(c.Request)
		}
		h.mu.Lock()
		t := h.topics.get(id)
		h.mu.Unlock()
		switch {
		case t == nil || !t.publish(*c):
		case h.bytes.Load() > h.ringBytes:
			t.notifyWatchers() // rings are short now, and the next change may take this one out
		default:
			woken = append(woken, t)
		}
	}
	for _, t := range woken {
		t.notifyWatchers()
	}
}

// errClosed is what Next answers after Close.
var errClosed = io.ErrClosedPipe
