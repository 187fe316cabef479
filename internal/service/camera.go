package service

import (
	"context"
	"time"

	"bis/internal/briefing"
)

// Camera returns a camera as this process sees it, or ErrNotFound. The camera of the settings
// belongs to no user, so every viewer may see it.
func (s *Service) Camera(
	_ context.Context, _ briefing.Viewer, id briefing.CameraID,
) (briefing.Camera, error) {
	return s.cameras.Camera(id)
}

// Picture returns one of the last two pictures of a camera as JPEG, by the ID of its frame. Any
// other ID is ErrNotFound. The caller must not change the bytes.
func (s *Service) Picture(_ context.Context, _ briefing.Viewer, frame string) ([]byte, error) {
	return s.cameras.Picture(frame)
}

// unobserved is the default camera of a process that has no pipeline.
type unobserved struct{ since time.Time }

func (u unobserved) Camera(id briefing.CameraID) (briefing.Camera, error) {
	if id != briefing.DefaultCamera {
		return briefing.Camera{}, briefing.ErrNotFound
	}
	return briefing.Camera{
		ID: id, Name: string(id),
		Health: briefing.CameraHealth{State: briefing.CameraUnobserved, Since: u.since},
	}, nil
}

func (unobserved) Picture(string) ([]byte, error) { return nil, briefing.ErrNotFound }
