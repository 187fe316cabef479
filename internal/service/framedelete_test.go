package service_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"bis/internal/await"
	"bis/internal/briefing"
	"bis/internal/frame"
	"bis/internal/service"
)

// slowFrames is a frame store whose next write waits until the test lets it go, and whose deletions
// may break off.
type slowFrames struct {
	briefing.FrameStore
	began, gate, saved chan struct{} // nil: writes do not wait
	breaks             bool
}

func (s *slowFrames) SaveFrame(ctx context.Context, f briefing.StoredFrame) error {
	if s.gate != nil {
		close(s.began)
		<-s.gate
		defer close(s.saved)
	}
	return s.FrameStore.SaveFrame(ctx, f)
}

func (s *slowFrames) DeleteFrames(ctx context.Context, of briefing.FramesOf) error {
	if s.breaks {
		return briefing.ErrUnavailable
	}
	return s.FrameStore.DeleteFrames(ctx, of)
}

// deletions are the ways in which a camera is deleted.
func deletions(s *studio, c briefing.Camera) map[string]func(svc *service.Service) error {
	return map[string]func(svc *service.Service) error{
		"the user": func(svc *service.Service) error {
			_, err := svc.DeleteUserData(s.t.Context(), nobody, "kim")
			return err
		},
		"the camera": func(svc *service.Service) error {
			_, err := svc.DeleteCamera(s.t.Context(), nobody, c.ID)
			return err
		},
	}
}

// with returns the service with another frame store.
func (s *studio) with(frames briefing.FrameStore) *service.Service {
	s.t.Helper()
	svc, err := service.New(service.Config{
		Store: s.store, Schedule: s.schedule, Live: s.hub, Summarizer: s.words, Zone: seoul, Frames: frames,
	})
	s.ok(err)
	return svc
}

// isEmpty reports whether no picture is stored.
func (s *studio) isEmpty() bool {
	cameras, err := s.frames.FrameCameras(s.t.Context())
	s.ok(err)
	return len(cameras) == 0
}

// A deletion that breaks off before the pictures are deleted deletes them when it is repeated, and
// the keeper deletes them if it is not.
func TestDeletion_of_pictures_breaks_off(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"the user", "the camera"} {
		for _, repeated := range []bool{true, false} {
			s := openStudio(t)
			door := s.camera("push:")
			for _, kind := range []briefing.FrameKind{briefing.FrameLast, briefing.FrameChanged, briefing.FramePushed} {
				s.keep(door, kind)
			}
			remove := deletions(s, door)[name]
			s.is(name, remove(s.with(&slowFrames{FrameStore: s.frames, breaks: true})), briefing.ErrUnavailable)
			if s.isEmpty() {
				t.Fatalf("%s: nothing is left to delete", name)
			}
			if repeated {
				if err := remove(s.Service); name == "the camera" {
					s.is("once more", err, briefing.ErrNotFound)
				} else {
					s.ok(err)
				}
			} else {
				s.keeper(s.frames)
			}
			await.True(t, name+": no picture is left", s.isEmpty)
		}
	}
}

// keeper runs a keeper until the test ends.
func (s *studio) keeper(frames briefing.FrameStore) *frame.Keeper {
	s.t.Helper()
	k, err := frame.New(frame.Config{Store: frames, Cameras: s.store, Log: slog.New(slog.DiscardHandler)})
	s.ok(err)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = k.Run(ctx) })
	s.t.Cleanup(func() { cancel(); running.Wait() })
	return k
}

// A picture of a run that ends during the deletion is stored for a moment at most.
func TestDeletion_during_a_run(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"the user", "the camera"} {
		s := openStudio(t)
		door := s.camera("demo:")
		slow := &slowFrames{FrameStore: s.frames, began: make(chan struct{}), gate: make(chan struct{}), saved: make(chan struct{})}
		k := s.keeper(slow)
		k.Keep(briefing.StoredFrame{
			Frame: briefing.Frame{ID: "000000000000000000000000000000aa", Width: 8, Height: 6, At: time.Now()}, CameraID: door.ID,
			Username: "kim", Kind: briefing.FrameLast, Until: time.Now().Add(time.Hour), View: door.View(), JPEG: []byte("a picture"),
		})
		<-slow.began
		s.ok(deletions(s, door)[name](s.Service))
		close(slow.gate)
		<-slow.saved
		await.True(t, name+": no picture is left", s.isEmpty)
	}
}
