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
	catchUpTopics = 200 // topics read by one query
	catchUpLen    = 500 // briefings read of each topic by one query
)

// Behind marks every topic as behind, because a reopened feed may have missed changes. The pump
// calls it after the opening and before the first Publish. CatchUp must follow.
func (h *Hub) Behind() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.connected = true
	h.epoch++
	for t := range h.topics.all() {
		t.markBehind()
	}
}

// Lost records that the feed is closed. Topics that are registered now stay behind until it is
// open again.
func (h *Hub) Lost() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.connected = false
}

// CatchUp reads from the store what the feed may have missed, for every topic that is behind and
// every watched user, and makes the topics live. It retries while the store is unreachable, until
// ctx ends.
func (h *Hub) CatchUp(ctx context.Context) error {
	if err := patiently(ctx, func() error { return h.catchUp(ctx, h.seededTopics()) }); err != nil {
		return err
	}
	if err := patiently(ctx, func() error { return h.catchUpRequests(ctx) }); err != nil {
		return err
	}
	return patiently(ctx, func() error { return h.catchUpCameras(ctx) })
}

// seededTopics returns the topics that have a seed. The others read the store themselves.
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

// catchUp catches up with the store until every topic is live. It reads batches of at most
// catchUpTopics topics. A topic that needs another read joins the next batch.
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

// catchUpBatch reads the requests and then their briefings, so the briefings of an ended request
// are complete. It returns the topics that are not live yet: they have more briefings than one
// query reads, or pending overflowed.
func (h *Hub) catchUpBatch(ctx context.Context, topics []*topic) ([]*topic, error) {
	ids := make([]briefing.RequestID, len(topics))
	at := make([]briefing.Position, len(topics))
	gaps := make([]uint64, len(topics))
	for i, t := range topics {
		gaps[i] = t.gapCount()
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
		complete := len(lists[t.id]) < catchUpLen
		ended := !exists || !state.Active // a request that is gone was deleted
		t.applyCatchUp(lists[t.id], complete && ended)
		if !complete || !t.goLive(gaps[i]) {
			left = append(left, t)
		}
	}
	return left, nil
}

// applyCatchUp sequences briefings that were read from the store, and then the end if ended.
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

// Deaf compares the newest ids with the store once. It reports whether the store has briefings of
// watched requests that the feed did not deliver within grace. A store that is unreachable, or an
// end of ctx, proves nothing: then it reports false.
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

// deafBatch is Deaf for at most catchUpTopics topics.
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

// whileUnreachable paces the reads of a store that is unreachable.
var whileUnreachable = retry.Backoff{Least: 100 * time.Millisecond, Most: 2 * time.Second}

// patiently calls read until it succeeds or fails with another error than
// briefing.ErrUnavailable. The error is read's, or ctx's if ctx ends first.
func patiently(ctx context.Context, read func() error) error {
	return retry.Do(ctx, whileUnreachable, func(err error) bool {
		return errors.Is(err, briefing.ErrUnavailable)
	}, read)
}
