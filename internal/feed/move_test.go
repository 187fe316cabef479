package feed_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/feed"
)

// moveEnd commits another end of a request.
func (s *fakeStore) moveEnd(id briefing.RequestID, to time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	req := s.requests[id]
	req.EndsAt = &to
	s.requests[id] = req
	s.emit(briefing.Change{Kind: briefing.RequestMoved, Request: req})
}

// expectEnd reads a request with that end from a stream.
func expectEnd(t *testing.T, s briefing.RequestStream, want time.Time) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	req, err := s.Next(ctx)
	if err != nil || !req.Active || req.EndsAt == nil || !req.EndsAt.Equal(want) {
		t.Fatalf("Next = %+v, %v; want the end %v", req, err, want)
	}
}

// A stream of requests has moved ends, also those that a lost feed has missed. A state with the
// same end is no news.
func TestHub_SubscribeRequests_tells_moved_ends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newFixture(t, feed.HubConfig{})
		var moved, opened atomic.Int64
		h.runInBubble(t, feed.PumpConfig{
			Moved:  func(briefing.Request) { moved.Add(1) },
			Opened: func() { opened.Add(1) },
		})
		req := h.start("kim")
		s := h.watch(t, "kim")
		expectRequest(t, s, req.ID, true)
		later := time.Now().Add(time.Hour)
		h.moveEnd(req.ID, later)
		expectEnd(t, s, later)
		h.moveEnd(req.ID, later)
		synctest.Wait()
		if _, unread := s.Poll(); unread {
			t.Error("a move to the same end is news")
		}
		h.mu.Lock()
		h.mute = true
		h.mu.Unlock()
		latest := later.Add(time.Hour)
		h.moveEnd(req.ID, latest)
		h.breakFeed()
		expectEnd(t, s, latest)
		h.mu.Lock()
		h.mute = false
		h.mu.Unlock()
		h.end(req.ID)
		expectRequest(t, s, req.ID, false)
		h.moveEnd(req.ID, later) // a late event of the ended request
		synctest.Wait()
		if _, unread := s.Poll(); unread {
			t.Error("a move after the end is news")
		}
		if moved.Load() != 3 || opened.Load() != 2 {
			t.Errorf("%d moves and %d openings were reported, want 3 and 2", moved.Load(), opened.Load())
		}
	})
}
