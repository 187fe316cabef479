package frame_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"bis/internal/briefing"
	"bis/internal/frame"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// store is a frame store and the cameras of the test. All is guarded by mu.
type store struct {
	briefing.FrameStore
	mu      sync.Mutex
	cameras map[briefing.CameraID]briefing.Camera
	frames  map[string]briefing.StoredFrame
	expired int
	hang    chan struct{} // nil: SaveFrame does not wait
	fail    error
}

func (s *store) Camera(_ context.Context, id briefing.CameraID) (briefing.Camera, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, ok := s.cameras[id]; ok {
		return c, nil
	}
	return briefing.Camera{}, briefing.ErrNotFound
}

func (s *store) SaveFrame(ctx context.Context, f briefing.StoredFrame) error {
	if s.hang != nil {
		select {
		case <-s.hang:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail == nil {
		s.frames[f.ID] = f
	}
	return s.fail
}

func (s *store) DeleteFrames(_ context.Context, of briefing.FramesOf) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, f := range s.frames {
		if f.CameraID == of.CameraID && (of.Before.IsZero() || f.At.Before(of.Before)) &&
			(of.NotView == "" || f.View != of.NotView) {
			delete(s.frames, id)
		}
	}
	return nil
}

func (s *store) DeleteExpired(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expired++
	return nil
}

func (s *store) FrameCameras(context.Context) (list []briefing.CameraID, _ error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.frames {
		list = append(list, f.CameraID)
	}
	return list, nil
}

func (s *store) has(ids ...string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		if _, ok := s.frames[id]; !ok {
			return false
		}
	}
	return len(s.frames) == len(ids)
}

// view is that of the cameras of the tests.
var view = (&briefing.Camera{}).View()

func picture(camera briefing.CameraID, id string, bytes int) briefing.StoredFrame {
	return briefing.StoredFrame{
		Frame: briefing.Frame{ID: id, At: time.Now()}, CameraID: camera, Kind: briefing.FrameLast, View: view, JPEG: make([]byte, bytes),
	}
}

// with calls f with a running keeper of a store with cameras "keeps" and "none".
func with(t *testing.T, f func(s *store, k *frame.Keeper)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &store{frames: map[string]briefing.StoredFrame{}, cameras: map[briefing.CameraID]briefing.Camera{
			"keeps": {KeepFrames: briefing.KeepLast, KeepDays: 2}, "none": {KeepFrames: briefing.KeepNone, KeepDays: 2},
		}}
		k, err := frame.New(frame.Config{
			Store: s, Cameras: s, QueueBytes: 1000, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() {
			if err := k.Run(ctx); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		f(s, k)
		cancel()
		running.Wait()
	})
}

func TestKeeper_stores_only_what_may_stay(t *testing.T) {
	with(t, func(s *store, k *frame.Keeper) {
		for _, camera := range []briefing.CameraID{"keeps", "none", "deleted"} {
			k.Keep(picture(camera, string(camera), 10))
		}
		synctest.Wait()
		if !s.has("keeps") {
			t.Errorf("stored: %v", s.frames)
		}
	})
}

func TestKeeper_drops_what_has_no_room(t *testing.T) {
	with(t, func(s *store, k *frame.Keeper) {
		s.hang = make(chan struct{})
		for i := range 20 {
			k.Keep(picture("keeps", string(rune('a'+i)), 100)) // returns at once
		}
		synctest.Wait()
		if n := k.Dropped(); n < 9 || n > 10 {
			t.Errorf("%d of 20 pictures were dropped", n)
		}
		close(s.hang)
		synctest.Wait()
		if len(s.frames) < 10 {
			t.Errorf("%d pictures are stored", len(s.frames))
		}
	})
}

func TestKeeper_counts_failures(t *testing.T) {
	with(t, func(s *store, k *frame.Keeper) {
		s.fail = errors.New("no")
		k.Keep(picture("keeps", "a", 10))
		synctest.Wait()
		if k.Failed() != 1 || !s.has() {
			t.Errorf("%d failures", k.Failed())
		}
	})
}

func TestKeeper_sweeps(t *testing.T) {
	with(t, func(s *store, k *frame.Keeper) {
		old := picture("keeps", "old", 10)
		old.At = time.Now().Add(-49 * time.Hour)
		s.mu.Lock()
		for _, f := range []briefing.StoredFrame{old, picture("keeps", "new", 10), picture("deleted", "left", 10), picture("none", "unwanted", 10)} {
			s.frames[f.ID] = f
		}
		s.mu.Unlock()
		<-time.After(time.Hour + time.Second)
		synctest.Wait()
		if !s.has("new") {
			t.Errorf("after an hour: %v", s.frames)
		}
		if s.expired < 60 {
			t.Errorf("expired pictures were deleted %d times in an hour", s.expired)
		}
	})
}

// Pictures of another source, with other masks or with another choice of blurring are not stored,
// also if the camera is changed during the write. The sweep deletes those that were stored before.
func TestKeeper_stores_no_other_view(t *testing.T) {
	mask := []briefing.Polygon{{Points: []briefing.Point{{X: 0, Y: 0}, {X: 1, Y: 0}, {X: 0, Y: 1}}}}
	blurred := []briefing.ProviderEgress{{Provider: "a", Egress: briefing.EgressBlurred}}
	for name, c := range map[string]briefing.Camera{
		"source": {Source: "http://other/"}, "masks": {Masks: mask}, "blurring": {Egress: blurred},
	} {
		c.KeepFrames, c.KeepDays = briefing.KeepLast, 2
		with(t, func(s *store, k *frame.Keeper) {
			k.Keep(picture("keeps", "before", 10))
			synctest.Wait()
			s.hang = make(chan struct{})
			k.Keep(picture("keeps", "during", 10))
			synctest.Wait()
			s.mu.Lock()
			s.cameras["keeps"] = c
			s.mu.Unlock()
			close(s.hang)
			synctest.Wait()
			if !s.has() {
				t.Errorf("%s: after the write: %v", name, s.frames)
			}
			k.Keep(picture("keeps", "after", 10))
			synctest.Wait()
			if !s.has() {
				t.Errorf("%s: of an older run: %v", name, s.frames)
			}
			s.mu.Lock()
			s.frames["left"] = picture("keeps", "left", 10)
			s.mu.Unlock()
			fresh := picture("keeps", "fresh", 10)
			fresh.View = c.View()
			k.Keep(fresh)
			synctest.Wait()
			<-time.After(time.Hour + time.Second)
			synctest.Wait()
			if !s.has("fresh") {
				t.Errorf("%s: after the sweep: %v", name, s.frames)
			}
		})
	}
}
