package feed_test

import (
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
)

// epoch is the second of the ids.
var epoch = time.Unix(1_700_000_000, 0)

// startOn starts a request of kim on a camera, and ends the active one of that camera.
func (s *fakeStore) startOn(camera briefing.CameraID) briefing.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, r := range s.requests {
		if r.Active && r.CameraID == camera {
			r.Active = false
			s.requests[id] = r
			s.emit(briefing.Change{Kind: briefing.RequestEnded, Request: r})
		}
	}
	id := briefing.RequestID(briefing.NewID(epoch))
	req := briefing.Request{ID: id, Username: "kim", CameraID: camera, Active: true}
	s.requests[id] = req
	s.emit(briefing.Change{Kind: briefing.RequestStarted, Request: req})
	return req
}

// expectRequests reads everything that a stream has, which must be these requests in these states.
func expectRequests(t *testing.T, s briefing.RequestStream, want ...briefing.Request) {
	t.Helper()
	synctest.Wait()
	for i, r := range want {
		got, ok := s.Poll()
		if !ok || got.ID != r.ID || got.Active != r.Active {
			t.Errorf("state %d of %d is %s, active %v, %v; want %s, active %v", i, len(want), got.ID, got.Active, ok, r.ID, r.Active)
		}
	}
	if got, ok := s.Poll(); ok {
		t.Errorf("another state is unread: %s, active %v", got.ID, got.Active)
	}
}

// ended returns a request as it is after its end.
func ended(r briefing.Request) briefing.Request {
	r.Active = false
	return r
}

func TestHub_SubscribeRequests_of_several_cameras(t *testing.T) {
	for name, test := range map[string]func(t *testing.T, h *fixture){
		"sends each active request first, oldest first": func(t *testing.T, h *fixture) {
			old := h.startOn("a")
			h.end(old.ID)
			a, b := h.startOn("b"), h.startOn("default")
			synctest.Wait() // the hub has all changes so far
			s := h.watch(t, "kim")
			expectRequests(t, s, a, b)
			c := h.startOn("a")
			h.end(b.ID)
			expectRequests(t, s, c, ended(b))
			next := h.startOn("a")
			expectRequests(t, s, next) // its start follows the end of c, which is older
		},
		"sends the latest if none is active": func(t *testing.T, h *fixture) {
			a, b := h.startOn("a"), h.startOn("b")
			h.end(b.ID)
			h.end(a.ID)
			synctest.Wait() // the hub has all changes so far
			s := h.watch(t, "kim")
			expectRequests(t, s, ended(b))
			next := h.startOn("a")
			expectRequests(t, s, next)
		},
		"a slow reader gets the newest of each camera": func(t *testing.T, h *fixture) {
			synctest.Wait() // the hub has all changes so far
			s := h.watch(t, "kim")
			var a, b briefing.Request
			for range 10 {
				a, b = h.startOn("a"), h.startOn("b")
			}
			h.end(a.ID)
			expectRequests(t, s, b, ended(a))
		},
		"learns after a lost feed what it missed": func(t *testing.T, h *fixture) {
			a, b, c := h.startOn("a"), h.startOn("b"), h.startOn("c")
			synctest.Wait() // the hub has all changes so far
			s := h.watch(t, "kim")
			expectRequests(t, s, a, b, c)
			h.silence(true)
			h.end(a.ID) // ends, and another camera goes on
			next := h.startOn("b")
			d := h.startOn("d")
			h.silence(false)
			h.breakFeed()
			passPause()
			expectRequests(t, s, ended(a), next, d)
		},
		"learns after a lost feed that all have ended": func(t *testing.T, h *fixture) {
			a, b := h.startOn("a"), h.startOn("b")
			synctest.Wait() // the hub has all changes so far
			s := h.watch(t, "kim")
			expectRequests(t, s, a, b)
			h.silence(true)
			h.end(a.ID)
			h.end(b.ID)
			h.silence(false)
			h.breakFeed()
			passPause()
			expectRequests(t, s, ended(a), ended(b))
		},
		"forgets ended requests of cameras that are gone": func(t *testing.T, h *fixture) {
			synctest.Wait() // the hub has all changes so far
			s := h.watch(t, "kim")
			shop := h.startOn("default")
			expectRequests(t, s, shop)
			for range 1_000 {
				r := h.startOn(briefing.CameraID(briefing.NewID(epoch)))
				h.end(r.ID)
				expectRequests(t, s, ended(r))
			}
			h.end(shop.ID)
			expectRequests(t, s, ended(shop))
		},
	} {
		t.Run(name, func(t *testing.T) { inBubble(t, test) })
	}
}
