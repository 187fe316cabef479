package feed

import (
	"context"
	"errors"
	"time"

	"bis/internal/briefing"
	"bis/internal/retry"
)

// Bounds of catching up.
const (
	catchUpTopics = 200 // topics read in one go
	catchUpLen    = 500 // briefings read of each
)

// Behind marks every topic as behind: the feed was opened anew and may have passed over
// changes. The pump calls it after the opening, before the first Publish, and then CatchUp.
func (h *Hub) Behind() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.connected = true
	h.epoch++
	for t := range h.topics.all() {
		t.markBehind()
	}
}

// Lost tells that the feed is gone: new topics stay behind until it is open again.
func (h *Hub) Lost() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.connected = false
}

// CatchUp reads for every topic that is behind what the feed may have passed over, and
// lets it go on live. It repeats what fails because the store is away, until ctx ends.
func (h *Hub) CatchUp(ctx context.Context) error {
	if err := patiently(ctx, func() error { return h.catchUp(ctx, h.seededTopics()) }); err != nil {
		return err
	}
	return patiently(ctx, func() error { return h.catchUpRequests(ctx) })
}

// known returns the topics whose beginning is known; the others read it themselves.
func (h *Hub) seededTopics() []*topic {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := make([]*topic, 0, h.topics.len())
	for t := range h.topics.all() {
		if t.seeded {
			list = append(list, t)
		}
	}
	return list
}

// catchUp brings topics up to the store, in batches, a batch until none of it is behind.
func (h *Hub) catchUp(ctx context.Context, topics []*topic) error {
	for len(topics) > 0 {
		n := min(len(topics), catchUpTopics)
		left, err := h.catchUpBatch(ctx, topics[:n])
		if err != nil {
			return err
		}
		topics = append(left, topics[n:]...)
	}
	return nil
}

// catchUpBatch reads the requests, then their briefings, and returns the topics that need another
// turn.
func (h *Hub) catchUpBatch(ctx context.Context, topics []*topic) ([]*topic, error) {
	ids := make([]briefing.RequestID, len(topics))
	at := make([]briefing.Position, len(topics))
	marks := make([]uint64, len(topics))
	for i, t := range topics {
		marks[i] = t.gapCount()
		ids[i], at[i] = t.id, briefing.Position{RequestID: t.id, After: t.newest()}
	}
	if err := h.acquireRead(ctx); err != nil {
		return nil, err
	}
	defer h.releaseRead()
	states, err := h.replay.RequestStates(ctx, ids)
	if err != nil {
		return nil, err
	}
	lists, err := h.replay.CatchUp(ctx, at, catchUpLen)
	if err != nil {
		return nil, err
	}
	var left []*topic
	for i, t := range topics {
		state, exists := states[t.id]
		whole := len(lists[t.id]) < catchUpLen
		t.applyCatchUp(lists[t.id], whole && exists && !state.Active)
		if !whole || !t.goLive(marks[i]) {
			left = append(left, t)
		}
	}
	return left, nil
}

// take sequences what the store had, and the end.
func (t *topic) applyCatchUp(list []briefing.Briefing, ended bool) {
	t.mu.Lock()
	defer t.unlockAndNotify()
	for _, b := range list {
		t.sequence(b)
	}
	if ended {
		t.end()
	}
}

// Deaf compares the newest ids once: it reports whether the store holds briefings of
// watched requests that the feed has not brought within grace. ctx's error aside, a store
// that is away is not deaf.
func (h *Hub) Deaf(ctx context.Context, grace time.Duration) bool {
	for topics := h.seededTopics(); len(topics) > 0; {
		n := min(len(topics), catchUpTopics)
		if h.deafBatch(ctx, topics[:n], grace) {
			return true
		}
		topics = topics[n:]
	}
	return false
}

func (h *Hub) deafBatch(ctx context.Context, topics []*topic, grace time.Duration) bool {
	at := make([]briefing.Position, len(topics))
	for i, t := range topics {
		at[i] = briefing.Position{RequestID: t.id, After: t.newest()}
	}
	missing, err := h.replay.CatchUp(ctx, at, 1)
	if err != nil || len(missing) == 0 {
		return false
	}
	if retry.Pause(ctx, grace) != nil {
		return false
	}
	for _, t := range topics {
		if list := missing[t.id]; len(list) > 0 && t.newest() < list[0].ID {
			return true
		}
	}
	return false
}

// whileAway are the pauses between reads of a store that is away.
var whileAway = retry.Backoff{Least: 100 * time.Millisecond, Most: 2 * time.Second}

// patiently calls read until the error is another one than briefing.ErrUnavailable, or ctx ends.
func patiently(ctx context.Context, read func() error) error {
	return retry.Do(ctx, whileAway, func(err error) bool {
		return errors.Is(err, briefing.ErrUnavailable)
	}, read)
}
