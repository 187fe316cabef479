package feed

import (
	"context"

	"bis/internal/briefing"
)

// seed makes sure that the topic's seed was read. Those that subscribe at the same time share one
// read.
func (h *Hub) seed(ctx context.Context, t *topic) error {
	for {
		h.mu.Lock()
		if t.seeded {
			h.mu.Unlock()
			return nil
		}
		reading := t.seeding
		if reading == nil {
			t.seeding = make(chan struct{})
		}
		h.mu.Unlock()
		if reading == nil {
			return h.seedNow(ctx, t)
		}
		select {
		case <-reading: // the topic is seeded, or that read failed and this caller tries next
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// seedNow reads the request and its newest briefings into the topic. While the feed is closed the
// topic stays behind. If the feed was reopened since the topic was registered, the topic catches
// up once more.
func (h *Hub) seedNow(ctx context.Context, t *topic) error {
	defer func() {
		h.mu.Lock()
		close(t.seeding)
		t.seeding = nil
		h.mu.Unlock()
	}()
	gap := t.gapCount()
	req, list, more, err := h.readSeed(ctx, t.id)
	if err != nil {
		return err
	}
	t.applySeed(req, list, more)
	h.mu.Lock()
	t.seeded = true
	connected, fresh := h.connected, t.epoch == h.epoch
	h.mu.Unlock()
	switch {
	case !connected:
		return nil // CatchUp makes it live when the feed is open
	case fresh && t.goLive(gap):
		return nil
	}
	return h.catchUp(ctx, []*topic{t})
}

// applySeed sequences the seed. more means that the store has older briefings: every id up to the
// oldest of the seed then counts as seen.
func (t *topic) applySeed(req briefing.Request, list []briefing.Briefing, more bool) {
	t.mu.Lock()
	defer t.unlockAndNotify()
	for _, b := range list {
		t.sequence(b)
	}
	if more {
		t.seen.evictedUpTo = max(t.seen.evictedUpTo, list[0].ID)
	}
	if !req.Active {
		t.end()
	}
}

// readSeed reads the request before its briefings. So an end that is read has all its briefings
// in the list.
func (h *Hub) readSeed(ctx context.Context, id briefing.RequestID) (
	req briefing.Request, list []briefing.Briefing, more bool, err error,
) {
	if err := h.acquireRead(ctx); err != nil {
		return req, nil, false, err
	}
	defer h.releaseRead()
	if req, err = h.replay.Request(ctx, id); err != nil {
		return req, nil, false, err
	}
	list, more, err = h.replay.Briefings(ctx, id, briefing.Slice{Limit: seenLen, Backward: true})
	return req, list, more, err
}

// acquireRead waits for one of the MaxReplays places to read the store. The error is ctx's.
// releaseRead must follow.
func (h *Hub) acquireRead(ctx context.Context) error {
	select {
	case h.readSlots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// releaseRead frees the place.
func (h *Hub) releaseRead() { <-h.readSlots }
