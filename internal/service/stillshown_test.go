package service_test

import (
	"testing"

	"bis/internal/briefing"
	"bis/internal/service"
)

// A process that ends between a save or a deletion and that of the pictures leaves them stored
// until the next sweep. No picture of them is shown: a mask covers what they show, or they are of a
// deleted user.
func TestPicture_of_a_deletion_that_broke_off(t *testing.T) {
	t.Parallel()
	save := func(change func(*service.CameraInput)) func(*studio, *service.Service, briefing.Camera) error {
		return func(s *studio, svc *service.Service, c briefing.Camera) error {
			in := service.CameraInput{ID: c.ID}
			change(&in)
			_, err := svc.SaveCamera(s.t.Context(), nobody, in)
			return err
		}
	}
	for name, remove := range map[string]func(*studio, *service.Service, briefing.Camera) error{
		"a mask":   save(func(in *service.CameraInput) { in.Masks = set(triangle()) }),
		"a source": save(func(in *service.CameraInput) { in.Source = set("http://192.0.2.7/") }),
		"the camera": func(s *studio, svc *service.Service, c briefing.Camera) error {
			return deletions(s, c)["the camera"](svc)
		},
		"the user": func(s *studio, svc *service.Service, c briefing.Camera) error {
			return deletions(s, c)["the user"](svc)
		},
	} {
		s := openStudio(t)
		door := s.camera("demo:")
		id := s.keep(door, briefing.FrameLast)
		_, err := s.Picture(t.Context(), nobody, id)
		s.ok(err)
		s.is(name, remove(s, s.with(&slowFrames{FrameStore: s.frames, breaks: true}), door), briefing.ErrUnavailable)
		if s.isEmpty() {
			t.Fatalf("%s: the picture is gone", name)
		}
		b, err := s.Picture(t.Context(), nobody, id)
		s.is(name, err, briefing.ErrNotFound)
		if b != nil {
			t.Errorf("%s: %d bytes beside the error", name, len(b))
		}
	}
}
