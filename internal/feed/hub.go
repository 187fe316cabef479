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

// Replay is the part of the store that the hub reads. The contracts are briefing.Store's.
type Replay interface {
	Request(ctx context.Context, id briefing.RequestID) (briefing.Request, error)
	LatestRequest(ctx context.Context, username string) (briefing.Request, error)
	ActiveRequests(ctx context.Context, username string) ([]briefing.Request, error)
	Cameras(ctx context.Context, username string) ([]briefing.Camera, error)
	RequestStates(ctx context.Context, ids []briefing.RequestID) (
		map[briefing.RequestID]briefing.Request, error)
	Briefings(ctx context.Context, id briefing.RequestID, s briefing.Slice) (
		list []briefing.Briefing, more bool, err error)
	CatchUp(ctx context.Context, at []briefing.Position, limit int) (
		map[briefing.RequestID][]briefing.Briefing, error)
}

// HubConfig holds the collaborators and bounds of a Hub.
type HubConfig struct {
	Replay Replay // required
	// RingLen is how many of a request's newest briefings stay in memory for subscribers that lag
	// or return. Zero means 64; at most 128.
	RingLen int
	// RingBytes bounds the memory of all rings together, estimated from the lengths of the texts.
	// Beyond it rings shrink to their newest entry. Zero means 128 MiB.
	RingBytes int64
	// Linger is how long a topic outlives its last subscriber, so that one that reconnects finds
	// the ring. Zero means 2 minutes.
	Linger time.Duration
	// MaxReplays is the most simultaneous reads of the store for subscribers; further ones wait.
	// Zero means 64.
	MaxReplays int
}

// Hub distributes the feed to the subscriptions of this process. It is safe for concurrent use.
type Hub struct {
	replay    Replay
	ringLen   int
	ringBytes int64
	linger    time.Duration
	readSlots chan struct{} // holds a token for each read of the store under way

	bytes        atomic.Int64 // held by all rings
	subscribers  atomic.Int64 // open briefing subscriptions
	pagesRead    atomic.Int64 // pages read from the store for subscribers
	resumedRing  atomic.Int64 // cursors whose missed briefings were all in the ring
	resumedStore atomic.Int64 // cursors that made the store be read

	mu        sync.Mutex // guards the fields below; locked before a topic's or a stream's
	connected bool       // the feed is open
	epoch     uint64     // counts the openings of the feed
	topics    index
	users     map[string]map[*requestStream]struct{} // by name key
	cameras   map[string]*cameraTopic                // of the watched users, by name key
}

var _ briefing.Live = (*Hub)(nil)

// NewHub checks cfg and returns a hub without topics. It starts nothing. Until the pump calls
// Behind, topics hold only what the store had.
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
		cameras:   make(map[string]*cameraTopic),
	}, nil
}

// Stats are the figures of a hub. Counters count since the hub was made.
type Stats struct {
	Subscribers int   // open briefing subscriptions
	Topics      int   // requests that are watched, or were a moment ago
	RingBytes   int64 // estimated memory of all rings
	Replays     int64 // pages read from the store for subscribers
	// ResumedRing and ResumedStore count the subscriptions that came with a cursor. ResumedRing
	// counts those whose missed briefings were all in memory, ResumedStore those for which the
	// store was read.
	ResumedRing, ResumedStore int64
}

// Stats returns the figures of this moment.
func (h *Hub) Stats() Stats {
	h.mu.Lock()
	defer h.mu.Unlock()
	return Stats{
		Subscribers: int(h.subscribers.Load()), Topics: h.topics.len(),
		RingBytes: h.bytes.Load(), Replays: h.pagesRead.Load(),
		ResumedRing: h.resumedRing.Load(), ResumedStore: h.resumedStore.Load(),
	}
}

// Subscribe implements briefing.Live. The stream is a *Subscription. The context bounds the
// subscribing alone, and not the life of the stream. The errors are those of the store, and
// briefing.ErrBadCursor for a position beyond the newest briefing.
func (h *Hub) Subscribe(
	ctx context.Context, id briefing.RequestID, after briefing.BriefingID,
) (briefing.Stream, error) {
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

// countResume counts a subscription that came with a cursor, by where its missed briefings are.
func (h *Hub) countResume(t *topic, after briefing.BriefingID) {
	if after >= t.floorNow() {
		h.resumedRing.Add(1)
	} else {
		h.resumedStore.Add(1)
	}
}

// checkPosition refuses a position beyond the newest briefing. The topic may be a moment behind
// the store, so a position that looks too new is checked against the store.
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

// acquire returns the topic of a request and adds a reference. It registers a new topic at once,
// so that changes reach it while its seed is read.
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

// release removes a reference. A topic without references lingers, and is then evicted. One that
// could not be seeded is useless to others and is evicted at once.
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

// evict removes a topic from the index and frees its ring; h.mu is held. evict does nothing to a
// topic that is evicted already.
func (h *Hub) evict(t *topic) {
	if h.topics.get(t.id) == t {
		h.topics.remove(t)
		t.clear()
	}
}

// Publish distributes changes in their order. All changes are sequenced before any watcher is
// notified, so a watcher finds a burst as a whole. Publish never waits for a subscriber. Only the
// pump calls it, so nothing is announced that was not stored.
func (h *Hub) Publish(changes ...briefing.Change) {
	var inline [4]*topic // a usual burst concerns few topics, and must not allocate
	changed := inline[:0]
	for i := range changes {
		c := &changes[i]
		id := c.Request.ID
		switch c.Kind {
		case briefing.BriefingStored:
			id = c.Briefing.RequestID
		case briefing.RequestStarted, briefing.RequestMoved, briefing.RequestEnded:
			h.publishRequest(c.Request)
		case briefing.UserDeleted:
			h.endRequests(c.Username)
			h.endCameras(c.Username)
			continue
		case briefing.CameraChanged:
			h.publishCamera(c.Camera)
			continue
		case briefing.CameraDeleted:
			h.deleteCamera(c.Camera.ID)
			continue
		}
		h.mu.Lock()
		t := h.topics.get(id)
		h.mu.Unlock()
		switch {
		case t == nil || !t.publish(*c):
		case h.bytes.Load() > h.ringBytes:
			t.notifyWatchers() // rings are short now: the next change may evict this one
		default:
			changed = append(changed, t)
		}
	}
	for _, t := range changed {
		t.notifyWatchers()
	}
}

// errClosed is the error of a stream that was closed.
var errClosed = io.ErrClosedPipe
