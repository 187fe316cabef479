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
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
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

// A move is committed and published while a slower read has the state before it. The stream has the
// newer state, whether the read is the stream's own or that of a reopened feed.
func TestHub_SubscribeRequests_while_an_older_state_is_read(t *testing.T) {
	later := time.Date(2026, 3, 1, 18, 0, 0, 0, time.UTC)
	earlier := later.Add(-time.Hour)
	for name, reopened := range map[string]bool{"a new stream": false, "a reopened feed": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newFixture(t, feed.HubConfig{})
				h.runInBubble(t, feed.PumpConfig{})
				req := h.start("kim")
				h.moveEnd(req.ID, later)
				synctest.Wait()
				var s briefing.RequestStream
				if reopened {
					s = h.watch(t, "kim")
					expectEnd(t, s, later)
				}
				reached, goOn := make(chan struct{}), make(chan struct{})
				h.mu.Lock()
				h.onLatest = func() { close(reached); <-goOn }
				h.mu.Unlock()
				watched := make(chan briefing.RequestStream, 1)
				if reopened {
					h.breakFeed()
					watched <- s
				} else {
					go func() { watched <- h.watch(t, "kim") }()
				}
				<-reached
				if reopened {
					h.untilOpened(2)
				}
				h.moveEnd(req.ID, earlier)
				synctest.Wait() // the move is published
				close(goOn)
				s = <-watched
				synctest.Wait()
				expectEnd(t, s, earlier)
				synctest.Wait()
				if state, unread := s.Poll(); unread {
					t.Errorf("the older end %v follows", state.EndsAt)
				}
			})
		})
	}
}

// A user is deleted and starts again while a slower read finds no request. The stream goes on with
// the new request.
func TestHub_SubscribeRequests_while_a_new_request_starts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newFixture(t, feed.HubConfig{})
		h.runInBubble(t, feed.PumpConfig{})
		var req briefing.Request
		h.onLatest = func() {
			req = h.start("kim")
			synctest.Wait()
		}
		s := h.watch(t, "kim")
		expectRequest(t, s, req.ID, true)
		if s.Ended() {
			t.Error("the stream has ended")
		}
	})
}
