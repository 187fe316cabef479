package service_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/service"
	"bis/internal/store/sqlite"
)

// developer is a PictureReader that reads everything. Before it answers it calls during.
type developer struct{ during func() }

func (d *developer) ReadPicture(
	_ context.Context, b []byte, _ []briefing.Polygon,
) ([]byte, int, int, error) {
	if d.during != nil {
		d.during()
	}
	return b, 8, 6, nil
}

// studio is a service with stored pictures.
type studio struct {
	*house
	frames  *sqlite.Frames
	reader  *developer
	changed []briefing.Camera // of CameraSaved
	n       int
}

func openStudio(t *testing.T) *studio {
	t.Helper()
	s := &studio{house: open(t, nil), reader: &developer{}}
	var err error
	s.frames, err = sqlite.OpenFrames(t.Context(), sqlite.FramesConfig{Dir: t.TempDir()})
	s.ok(err)
	t.Cleanup(func() { s.frames.Close() })
	s.Service, err = service.New(service.Config{
		Store: s.store, Schedule: s.schedule, Live: s.hub, Summarizer: s.words, Zone: seoul,
		Frames: s.frames, Pictures: s.reader,
		CameraSaved: func(c briefing.Camera) { s.changed = append(s.changed, c) },
	})
	s.ok(err)
	_, _, err = s.Login(t.Context(), nobody, "kim")
	s.ok(err)
	return s
}

// camera saves a camera that stores its changed pictures.
func (s *studio) camera(source string) briefing.Camera {
	s.t.Helper()
	saved, err := s.SaveCamera(s.t.Context(), nobody, service.CameraInput{
		Username: "kim", Name: set("door"), Source: set(source), KeepFrames: set(briefing.KeepChanged),
	})
	s.ok(err)
	return saved.Camera
}

// keep stores a picture of a camera as a run does, and returns its id.
func (s *studio) keep(c briefing.Camera, kind briefing.FrameKind) string {
	s.t.Helper()
	s.n++
	id := fmt.Sprintf("%032x", s.n)
	view := c.View()
	if kind == briefing.FramePushed {
		view = c.PushedView()
	}
	s.ok(s.frames.SaveFrame(s.t.Context(), briefing.StoredFrame{
		Frame: briefing.Frame{ID: id, Width: 8, Height: 6, At: time.Now()}, CameraID: c.ID, Username: "kim",
		Kind: kind, Until: time.Now().Add(time.Hour), View: view, JPEG: []byte("a picture"),
	}))
	return id
}

func triangle() []briefing.Polygon {
	return []briefing.Polygon{{Points: []briefing.Point{{X: 0, Y: 0}, {X: 1, Y: 0}, {X: 0, Y: 1}}}}
}

// A save with another source, other masks or another choice of blurring deletes the pictures of
// before, and any other save leaves them.
func TestSaveCamera_deletes_pictures_of_another_view(t *testing.T) {
	t.Parallel()
	blurred := []briefing.ProviderEgress{{Provider: "a", Egress: briefing.EgressBlurred}}
	for name, c := range map[string]struct {
		change       func(*service.CameraInput)
		kept, pushed bool // whether the pictures stay
	}{
		"another name": {func(in *service.CameraInput) { in.Name = set("window") }, true, true},
		"zones":        {func(in *service.CameraInput) { in.Zones = set([]briefing.Zone{{Name: "a", Polygon: triangle()[0]}}) }, true, true},
		"counts alone": {func(in *service.CameraInput) {
			in.Egress = set([]briefing.ProviderEgress{{Provider: "a", Egress: briefing.EgressCounts}})
		}, true, true},
		"a mask":         {func(in *service.CameraInput) { in.Masks = set(triangle()) }, false, false},
		"blurring":       {func(in *service.CameraInput) { in.Egress = set(blurred) }, false, true},
		"another source": {func(in *service.CameraInput) { in.Source = set("http://192.0.2.7/a.jpg") }, false, false},
		"the demo shop":  {func(in *service.CameraInput) { in.Source = set("demo:") }, false, false},
		"none is kept":   {func(in *service.CameraInput) { in.KeepFrames = set(briefing.KeepNone) }, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openStudio(t)
			door, other := s.camera("push:"), s.camera("demo:")
			_, door, err := s.CreateFrameToken(t.Context(), nobody, door.ID)
			s.ok(err)
			kept := []string{s.keep(door, briefing.FrameChanged), s.keep(door, briefing.FrameLast)}
			s.keep(door, briefing.FramePushed)
			stays := s.keep(other, briefing.FrameLast)
			in := service.CameraInput{ID: door.ID}
			c.change(&in)
			saved, err := s.SaveCamera(t.Context(), nobody, in)
			s.ok(err)
			for _, id := range kept {
				_, err := s.Picture(t.Context(), nobody, id)
				if got := err == nil; got != c.kept {
					t.Errorf("a kept picture: %v", err)
				}
			}
			_, err = s.frames.PushedFrame(t.Context(), door.ID)
			if got := err == nil; got != c.pushed {
				t.Errorf("the pushed picture: %v", err)
			}
			_, err = s.Picture(t.Context(), nobody, stays)
			s.ok(err)
			if last := s.changed[len(s.changed)-1]; last.ID != door.ID || last.Version != saved.Camera.Version {
				t.Errorf("the pipeline knows version %d, want %d", last.Version, saved.Camera.Version)
			}
		})
	}
}

// A picture that a device sends while its camera gets another source or a mask does not stay, and a
// camera of another kind takes none.
func TestPushFrame_during_a_change(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*service.CameraInput){
		"a mask": func(in *service.CameraInput) { in.Masks = set(triangle()) },
		"demo":   func(in *service.CameraInput) { in.Source = set("demo:") },
		"source": func(in *service.CameraInput) { in.Source = set("http://192.0.2.7/") },
	} {
		s := openStudio(t)
		door := s.camera("push:")
		token, _, err := s.CreateFrameToken(t.Context(), nobody, door.ID)
		s.ok(err)
		push := service.Push{Camera: door.ID, Token: token, Body: func() ([]byte, error) { return []byte("a picture"), nil }}
		_, err = s.PushFrame(t.Context(), push)
		s.ok(err)
		in := service.CameraInput{ID: door.ID}
		change(&in)
		s.reader.during = func() {
			_, err := s.SaveCamera(t.Context(), nobody, in)
			s.ok(err)
		}
		_, err = s.PushFrame(t.Context(), push)
		if !errors.Is(err, briefing.ErrUnauthenticated) && !errors.Is(err, briefing.ErrUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
		_, err = s.frames.PushedFrame(t.Context(), door.ID)
		s.is(name, err, briefing.ErrNotFound)
		s.reader.during = nil
		_, err = s.PushFrame(t.Context(), push)
		if name == "a mask" {
			s.ok(err)
			continue
		}
		s.is(name+": one more", err, briefing.ErrUnauthenticated)
		_, err = s.SaveCamera(t.Context(), nobody, service.CameraInput{ID: door.ID, Source: set("push:")})
		s.ok(err)
		_, err = s.PushFrame(t.Context(), push)
		s.is(name+": after the old source is back", err, briefing.ErrUnauthenticated)
	}
}
