package feed_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/feed"
)

// shelf is the cameras of a fakeStore.
type shelf struct {
	cameras map[briefing.CameraID]briefing.Camera
	nobody  bool // there is no user
	reads   int
	onRead  func() // called once, between the reading of the cameras and the answer
}

func (s *fakeStore) Cameras(_ context.Context, username string) ([]briefing.Camera, error) {
	s.mu.Lock()
	s.shelf.reads++
	if s.shelf.onRead != nil {
		defer s.shelf.onRead()
		s.shelf.onRead = nil
	}
	defer s.mu.Unlock()
	if s.shelf.nobody && s.away == nil {
		return nil, briefing.ErrNotFound
	}
	var list []briefing.Camera
	for _, id := range slices.Sorted(maps.Keys(s.shelf.cameras)) {
		if c := s.shelf.cameras[id]; briefing.SameUser(c.Username, username) {
			list = append(list, c)
		}
	}
	return list, s.away
}

// save stores the next revision of a camera of kim, with secrets. Its name is the revision.
func (s *fakeStore) save(id briefing.CameraID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shelf.cameras == nil {
		s.shelf.cameras = map[briefing.CameraID]briefing.Camera{}
	}
	c := s.shelf.cameras[id]
	c.ID, c.Username, c.Revision = id, "kim", c.Revision+1
	c.Name, c.Credentials, c.TokenHash = fmt.Sprint(c.Revision), []byte("secret"), []byte("hash")
	s.shelf.cameras[id] = c
	s.emit(briefing.Change{Kind: briefing.CameraChanged, Camera: c.Public()})
}

// remove deletes a camera. Its change has the id alone.
func (s *fakeStore) remove(id briefing.CameraID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.shelf.cameras, id)
	s.emit(briefing.Change{Kind: briefing.CameraDeleted, Camera: briefing.Camera{ID: id}})
}

// deleteKim deletes the user with all cameras.
func (s *fakeStore) deleteKim() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shelf.cameras, s.shelf.nobody = nil, true
	s.emit(briefing.Change{Kind: briefing.UserDeleted, Username: "kim"})
}

func (s *fakeStore) silence(mute bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mute = mute
}

// inBubble runs a test with a pump in a bubble.
func inBubble(t *testing.T, test func(t *testing.T, h *fixture)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := newFixture(t, feed.HubConfig{})
		h.runInBubble(t, feed.PumpConfig{})
		test(t, h)
	})
}

func (h *fixture) watchCameras(t *testing.T, username string) briefing.CameraStream {
	t.Helper()
	synctest.Wait() // the hub has all changes so far
	s, err := h.hub.SubscribeCameras(t.Context(), username)
	if err != nil {
		t.Fatalf("SubscribeCameras: %v", err)
	}
	t.Cleanup(s.Close)
	return s
}

// expectCameras reads everything that a stream has, which must be these ids with their revisions.
func expectCameras(t *testing.T, s briefing.CameraStream, want ...string) {
	t.Helper()
	synctest.Wait()
	var got []string
	for {
		c, ok := s.Poll()
		if !ok {
			break
		}
		if len(c.Credentials)+len(c.TokenHash) > 0 {
			t.Errorf("camera %s comes with its secrets", c.ID)
		}
		got = append(got, string(c.ID)+c.Name)
	}
	if !slices.Equal(got, want) {
		t.Errorf("cameras are %v, want %v", got, want)
	}
}

// passPause passes the time in which the pump opens a lost feed again.
func passPause() {
	<-time.After(2 * time.Second)
	synctest.Wait()
}

// expectCamerasEnd reads the end of a stream.
func expectCamerasEnd(t *testing.T, s briefing.CameraStream) {
	t.Helper()
	if c, err := s.Next(t.Context()); !errors.Is(err, io.EOF) || !s.Ended() {
		t.Errorf("Next: %v, %v, want the end", c.ID, err)
	}
}

func TestHub_SubscribeCameras(t *testing.T) {
	for name, test := range map[string]func(t *testing.T, h *fixture){
		"sends each camera, then its changes": func(t *testing.T, h *fixture) {
			h.save("b")
			h.save("a")
			h.save("b")
			s := h.watchCameras(t, "kim")
			expectCameras(t, s, "a1", "b2")
			h.save("a")
			expectCameras(t, s, "a2")
			h.save("c")
			expectCameras(t, s, "c1")
			expectCameras(t, s)
		},
		"Next waits for a change": func(t *testing.T, h *fixture) {
			s := h.watchCameras(t, "kim")
			got := make(chan briefing.Camera)
			go func() {
				c, _ := s.Next(t.Context())
				got <- c
			}()
			synctest.Wait()
			h.save("a")
			if c := <-got; c.ID != "a" {
				t.Errorf("Next = %v", c)
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err := s.Next(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("Next: %v", err)
			}
			s.Close()
			if _, err := s.Next(t.Context()); err == nil || errors.Is(err, io.EOF) {
				t.Errorf("Next after Close: %v", err)
			}
		},
		"a slow reader gets the newest of each": func(t *testing.T, h *fixture) {
			s := h.watchCameras(t, "kim")
			for range 100 {
				h.save("a")
				h.save("b")
			}
			h.save("a")
			expectCameras(t, s, "b100", "a101")
		},
		"a deletion ends the entries of its camera": func(t *testing.T, h *fixture) {
			h.save("a")
			h.save("b")
			s := h.watchCameras(t, "kim")
			h.save("a")
			h.remove("a")
			expectCameras(t, s, "b1")
			h.remove("b")
			expectCameras(t, s)
		},
		"another user's are not sent": func(t *testing.T, h *fixture) {
			h.save("a")
			s := h.watchCameras(t, "lee")
			h.save("a")
			h.deleteKim()
			expectCameras(t, s)
			if s.Ended() {
				t.Error("the stream of another user has ended")
			}
		},
		"every spelling of a name is the user": func(t *testing.T, h *fixture) {
			s := h.watchCameras(t, " kim ")
			h.save("a")
			expectCameras(t, s, "a1")
		},
		"ends when the user is deleted": func(t *testing.T, h *fixture) {
			h.save("a")
			s := h.watchCameras(t, "kim")
			h.deleteKim()
			synctest.Wait()
			expectCamerasEnd(t, s)
			// The name may be used again, by a new user with other cameras.
			h.mu.Lock()
			h.shelf.nobody = false
			h.mu.Unlock()
			again := h.watchCameras(t, "kim")
			h.save("b")
			expectCameras(t, again, "b1")
			expectCamerasEnd(t, s)
		},
		"learns after a lost feed what it missed": func(t *testing.T, h *fixture) {
			for _, id := range []briefing.CameraID{"a", "b", "c"} {
				h.save(id)
			}
			s := h.watchCameras(t, "kim")
			expectCameras(t, s, "a1", "b1", "c1")
			h.silence(true)
			h.save("a")
			h.remove("b")
			h.save("d")
			h.silence(false)
			h.breakFeed()
			expectCameras(t, s)
			passPause()
			expectCameras(t, s, "a2", "d1")
			// Changes from before the read come again, as some feeds tell them.
			h.mu.Lock()
			h.emit(briefing.Change{Kind: briefing.CameraChanged, Camera: briefing.Camera{ID: "a", Username: "kim", Revision: 1}})
			h.emit(briefing.Change{Kind: briefing.CameraChanged, Camera: briefing.Camera{ID: "b", Username: "kim", Revision: 2}})
			h.mu.Unlock()
			expectCameras(t, s)
		},
		"learns after a lost feed that the user was deleted": func(t *testing.T, h *fixture) {
			h.save("a")
			s := h.watchCameras(t, "kim")
			h.silence(true)
			h.deleteKim()
			h.breakFeed()
			passPause()
			expectCamerasEnd(t, s)
		},
		"an unknown user has no cameras": func(t *testing.T, h *fixture) {
			h.shelf.nobody = true
			s := h.watchCameras(t, "kim")
			h.breakFeed()
			passPause()
			expectCameras(t, s)
			h.mu.Lock()
			h.shelf.nobody = false
			h.mu.Unlock()
			h.save("a")
			expectCameras(t, s, "a1")
		},
		"waits for the store": func(t *testing.T, h *fixture) {
			h.save("a")
			h.mu.Lock()
			h.away = briefing.ErrUnavailable
			h.mu.Unlock()
			got := make(chan briefing.CameraStream)
			go func() {
				s, err := h.hub.SubscribeCameras(t.Context(), "kim")
				if err != nil {
					t.Error(err)
				}
				got <- s
			}()
			synctest.Wait()
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err := h.hub.SubscribeCameras(ctx, "kim"); !errors.Is(err, context.Canceled) {
				t.Errorf("SubscribeCameras: %v", err)
			}
			h.mu.Lock()
			h.away = nil
			h.mu.Unlock()
			s := <-got
			defer s.Close()
			expectCameras(t, s, "a1")
		},
		"many streams share one read": func(t *testing.T, h *fixture) {
			h.save("a")
			var all sync.WaitGroup
			for range 50 {
				all.Go(func() {
					s, err := h.hub.SubscribeCameras(t.Context(), "kim")
					if err != nil {
						t.Error(err)
					}
					t.Cleanup(s.Close)
				})
			}
			all.Wait()
			if h.shelf.reads != 1 {
				t.Errorf("the store was read %d times", h.shelf.reads)
			}
			late := h.watchCameras(t, "kim")
			expectCameras(t, late, "a1")
			h.save("a")
			expectCameras(t, late, "a2")
		},
	} {
		t.Run(name, func(t *testing.T) { inBubble(t, test) })
	}
}

// Changes that come during a read are not undone by what was read before them.
func TestHub_SubscribeCameras_during_a_read(t *testing.T) {
	for name, c := range map[string]struct {
		meanwhile func(h *fixture)
		want      []string
		ended     bool
	}{
		"a save":     {func(h *fixture) { h.save("a") }, []string{"a2", "b1"}, false},
		"a new one":  {func(h *fixture) { h.save("c") }, []string{"c1", "a1", "b1"}, false},
		"a deletion": {func(h *fixture) { h.remove("a") }, []string{"b1"}, false},
		"a new one that is deleted": {func(h *fixture) {
			h.save("c")
			h.remove("c")
		}, []string{"a1", "b1"}, false},
		"the user's deletion": {func(h *fixture) { h.deleteKim() }, nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, h *fixture) {
				h.save("a")
				h.save("b")
				h.shelf.onRead = func() {
					c.meanwhile(h)
					synctest.Wait() // the hub has the changes before it has the read
				}
				s := h.watchCameras(t, "kim")
				expectCameras(t, s, c.want...)
				if s.Ended() != c.ended {
					t.Errorf("the stream has ended: %v", s.Ended())
				}
			})
		})
	}
}

// A stream is notified of unread states and of its end, and never after Close.
func TestHub_SubscribeCameras_notifies(t *testing.T) {
	inBubble(t, func(t *testing.T, h *fixture) {
		h.save("a")
		s := h.watchCameras(t, "kim")
		calls := 0
		s.Notify(func() { calls++ })
		expectCalls := func(want int) {
			t.Helper()
			synctest.Wait()
			if calls != want {
				t.Errorf("notified %d times, want %d", calls, want)
			}
		}
		expectCalls(1)
		expectCameras(t, s, "a1")
		h.save("a")
		expectCalls(2)
		expectCameras(t, s, "a2")
		s.Notify(func() { calls += 100 })
		expectCalls(2)
		s.Close()
		s.Close()
		h.save("a")
		h.deleteKim()
		expectCalls(2)
	})
}

// A user's cameras are forgotten with the last stream, and streams do not grow with changes.
func TestHub_SubscribeCameras_is_bounded(t *testing.T) {
	inBubble(t, func(t *testing.T, h *fixture) {
		s := h.watchCameras(t, "kim")
		for i := range 2_000 {
			id := briefing.CameraID(strings.Repeat("x", 20) + fmt.Sprint(i))
			h.save(id)
			h.remove(id)
		}
		expectCameras(t, s)
		if n := feed.CameraMemory(h.hub); n > 2*briefing.MaxCameras {
			t.Errorf("%d states and deletions are remembered", n)
		}
		s.Close()
		if n := feed.CameraMemory(h.hub); n != 0 {
			t.Errorf("%d states and deletions are remembered after the last stream", n)
		}
	})
}
