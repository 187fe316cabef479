package feed_test

import (
	"errors"
	"io"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/feed"
)

// deleteUser deletes requests and their user, and commits the changes.
func (h *fixture) deleteUser(username string, ids ...briefing.RequestID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, id := range ids {
		delete(h.requests, id)
		delete(h.list, id)
		h.emit(briefing.Change{Kind: briefing.RequestDeleted, Request: briefing.Request{ID: id}})
	}
	h.emit(briefing.Change{Kind: briefing.UserDeleted, Username: username})
}

// ends checks that a stream completes.
func ends(t *testing.T, s briefing.Stream) {
	t.Helper()
	if b, err := s.Next(t.Context()); !errors.Is(err, io.EOF) {
		t.Errorf("Next = %v, %v, want io.EOF", b, err)
	}
}

// Streams of a deleted request complete, wherever they are, and its briefings leave the memory. A
// stream of the user's requests completes too, and other users notice nothing.
func TestHub_completes_the_streams_of_a_deleted_user(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newFixture(t, feed.HubConfig{RingLen: 4})
		h.runInBubble(t, feed.PumpConfig{})
		old, req, other := h.start("kim"), h.start("kim"), h.start("lee")
		for range 200 {
			h.add(old.ID)
			h.add(req.ID)
		}
		h.end(old.ID)
		live, lagging, ended := h.subscribe(t, req.ID, ""), h.subscribe(t, req.ID, ""), h.subscribe(t, old.ID, "")
		next(t, live, 200)
		next(t, lagging, 1)
		next(t, ended, 1)
		theirs := h.subscribe(t, other.ID, "")
		requests, others := h.watch(t, "kim"), h.watch(t, "lee")
		expectRequest(t, requests, req.ID, true)
		expectRequest(t, others, other.ID, true)
		h.deleteUser("kim", old.ID, req.ID)
		synctest.Wait()
		ends(t, live)
		for _, s := range []briefing.Stream{lagging, ended} {
			var err error
			for n := 0; err == nil && n < 200; n++ { // what was read before the deletion may come
				_, err = s.Next(t.Context())
			}
			if !errors.Is(err, io.EOF) {
				t.Errorf("a stream that lags: %v, want io.EOF", err)
			}
		}
		if _, err := requests.Next(t.Context()); !errors.Is(err, io.EOF) || !requests.Ended() {
			t.Errorf("the stream of requests: %v, want io.EOF", err)
		}
		if _, ok := requests.Poll(); ok {
			t.Error("an ended stream has a state")
		}
		if _, err := h.hub.Subscribe(t.Context(), "0123456789abcdef01234567", ""); !errors.Is(err, briefing.ErrNotFound) {
			t.Errorf("Subscribe to an unknown request: %v", err)
		}
		h.add(other.ID)
		next(t, theirs, 1)
		h.end(other.ID)
		expectRequest(t, others, other.ID, false)
		if others.Ended() {
			t.Error("another user's stream has ended")
		}
	})
}

// The pump reports every end and deletion of a request, whichever process they come from, after the
// hub has them.
func TestPump_reports_ends_and_deletions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newFixture(t, feed.HubConfig{})
		var ended []briefing.RequestID
		h.runInBubble(t, feed.PumpConfig{Ended: func(id briefing.RequestID) { ended = append(ended, id) }})
		ends, deleted, stays := h.start("kim"), h.start("kim"), h.start("lee")
		h.add(stays.ID)
		h.moveEnd(stays.ID, time.Now().Add(time.Hour))
		h.end(ends.ID)
		h.deleteUser("kim", deleted.ID)
		synctest.Wait()
		if want := []briefing.RequestID{ends.ID, deleted.ID}; !slices.Equal(ended, want) {
			t.Errorf("reported: %v, want %v", ended, want)
		}
	})
}

// A deletion that the feed has passed over is found after its reopening.
func TestHub_completes_the_streams_of_a_deletion_that_it_missed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newFixture(t, feed.HubConfig{})
		h.runInBubble(t, feed.PumpConfig{})
		req := h.start("kim")
		s, requests := h.subscribe(t, req.ID, ""), h.watch(t, "kim")
		expectRequest(t, requests, req.ID, true)
		h.mu.Lock()
		h.mute = true
		h.mu.Unlock()
		h.deleteUser("kim", req.ID)
		h.breakFeed()
		ends(t, s)
		if _, err := requests.Next(t.Context()); !errors.Is(err, io.EOF) {
			t.Errorf("the stream of requests: %v, want io.EOF", err)
		}
	})
}
