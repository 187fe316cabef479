package service

import (
	"cmp"
	"context"
	"errors"
	"time"

	"bis/internal/briefing"
)

// Camera returns the camera of the settings as this process sees it, or a stored one. An unknown
// camera is ErrNotFound, and so is a camera that the viewer may not see. The camera of the settings
// belongs to no user, so every viewer may see it.
func (s *Service) Camera(
	ctx context.Context, v briefing.Viewer, id briefing.CameraID,
) (briefing.Camera, error) {
	if id == briefing.DefaultCamera {
		return s.settingsCamera()
	}
	c, err := s.ownCamera(ctx, v, id)
	return s.shown(c), err
}

// settingsCamera returns the camera of the settings. None of its frames are stored.
func (s *Service) settingsCamera() (briefing.Camera, error) {
	c, err := s.cameras.Camera(briefing.DefaultCamera)
	c.KeepFrames, c.KeepDays = briefing.KeepNone, briefing.DefaultKeepDays
	return c, err
}

// Cameras returns the cameras that a user may use: that of the settings first, then those of the
// user by id. An unknown user is ErrNotFound.
func (s *Service) Cameras(
	ctx context.Context, v briefing.Viewer, username string,
) ([]briefing.Camera, error) {
	if err := s.policy.ActFor(v, username); err != nil {
		return nil, err
	}
	stored, err := s.store.Cameras(ctx, username)
	if err != nil {
		return nil, err
	}
	first, err := s.settingsCamera()
	if err != nil {
		return nil, err
	}
	list := make([]briefing.Camera, 0, 1+len(stored))
	list = append(list, first)
	for _, c := range stored {
		list = append(list, s.shown(c))
	}
	s.withLastFrames(ctx, list)
	return list, nil
}

// RequestCamera returns the camera of a request that the viewer has got from this service. Of a
// camera that was deleted since, only the id and the user are known.
func (s *Service) RequestCamera(
	ctx context.Context, v briefing.Viewer, req briefing.Request,
) (briefing.Camera, error) {
	id := cmp.Or(req.CameraID, briefing.DefaultCamera)
	c, err := s.Camera(ctx, v, id)
	if errors.Is(err, briefing.ErrNotFound) {
		health := briefing.CameraHealth{State: briefing.CameraUnobserved, Since: req.StartedAt}
		if req.EndedAt != nil {
			health.Since = *req.EndedAt
		}
		return briefing.Camera{
			ID: id, Username: req.Username, KeepFrames: briefing.KeepNone,
			KeepDays: briefing.DefaultKeepDays, Health: health,
		}, nil
	}
	return c, err
}

// DeleteCamera deletes a camera. One that an active request uses is ErrConflict. An unknown one is
// ErrNotFound, and so is one that the viewer may not change.
func (s *Service) DeleteCamera(
	ctx context.Context, v briefing.Viewer, id briefing.CameraID,
) (briefing.CameraID, error) {
	normal, err := storedCameraID(id)
	if err != nil {
		return "", err
	}
	if !s.policy.ActForAll(v) { // the owner of the camera is in the store
		if _, err := s.ownCamera(ctx, v, normal); err != nil {
			return "", err // also of another user's camera, whose pictures stay
		}
	}
	err = s.store.DeleteCamera(ctx, normal)
	if err != nil && !errors.Is(err, briefing.ErrNotFound) {
		return "", err
	}
	// A deletion that was broken off before this has left pictures. Each repeat deletes them, and
	// package frame does within the hour.
	if err := s.dropAll(ctx, briefing.FramesOf{CameraID: normal}); err != nil {
		return "", err
	}
	return normal, err
}

// WatchCameras returns a stream of the present state of each stored camera of a user, and then of
// every change. It returns ErrNotFound for an unknown user, and waits for the store like Watch.
func (s *Service) WatchCameras(
	ctx context.Context, v briefing.Viewer, username string,
) (briefing.CameraStream, error) {
	_, err := patiently(ctx, func() (briefing.User, error) { return s.User(ctx, v, username) })
	if err != nil {
		return nil, err
	}
	stream, err := s.live.SubscribeCameras(ctx, username)
	if err != nil {
		return nil, err
	}
	return &shownCameras{CameraStream: stream, service: s}, nil
}

// shownCameras adds this process's last pictures to the cameras of a stream.
type shownCameras struct {
	briefing.CameraStream
	service *Service
}

// Next implements briefing.CameraStream.
func (c *shownCameras) Next(ctx context.Context) (briefing.Camera, error) {
	camera, err := c.CameraStream.Next(ctx)
	return c.service.shown(camera), err
}

// Poll implements briefing.CameraStream.
func (c *shownCameras) Poll() (briefing.Camera, bool) {
	camera, ok := c.CameraStream.Poll()
	return c.service.shown(camera), ok
}

// ownCamera returns a stored camera if the viewer may act for its user.
func (s *Service) ownCamera(
	ctx context.Context, v briefing.Viewer, id briefing.CameraID,
) (briefing.Camera, error) {
	normal, ok := briefing.NormalID(string(id))
	if !ok {
		return briefing.Camera{}, briefing.ErrNotFound
	}
	c, err := s.store.Camera(ctx, briefing.CameraID(normal))
	if err != nil {
		return briefing.Camera{}, err
	}
	if err := s.policy.ActFor(v, c.Username); err != nil {
		if errors.Is(err, briefing.ErrForbidden) {
			err = briefing.ErrNotFound // a caller learns nothing about the ids of others
		}
		return briefing.Camera{}, err
	}
	return c, nil
}

// knowsCamera returns ErrNotFound unless a camera of the user has this id. An empty id means none.
func (s *Service) knowsCamera(
	ctx context.Context, v briefing.Viewer, username string, id briefing.CameraID,
) error {
	if id == "" || id == briefing.DefaultCamera {
		return nil
	}
	c, err := s.ownCamera(ctx, v, id)
	if err == nil && !briefing.SameUser(c.Username, username) {
		err = briefing.ErrNotFound
	}
	return err
}

// errSettingsCamera refuses to change the camera of the settings.
var errSettingsCamera = briefing.Refuse(briefing.RefuseSettings, "id",
	"must not be %q: the server's settings choose that camera", briefing.DefaultCamera)

// storedCameraID returns the stored form of an id. The camera of the settings is an InvalidError,
// and a malformed id ErrNotFound, because no camera has it.
func storedCameraID(id briefing.CameraID) (briefing.CameraID, error) {
	if id == briefing.DefaultCamera {
		return "", errSettingsCamera
	}
	normal, ok := briefing.NormalID(string(id))
	if !ok {
		return "", briefing.ErrNotFound
	}
	return briefing.CameraID(normal), nil
}

// shown returns a stored camera with the last picture that this process has of it.
func (s *Service) shown(c briefing.Camera) briefing.Camera {
	c.LastFrame = nil
	here, err := s.cameras.Camera(c.ID)
	if err != nil || here.LastFrame == nil {
		return c
	}
	if _, err := s.cameras.Frame(here.LastFrame.ID); err == nil { // else it is stored at most
		c.LastFrame = here.LastFrame
	}
	return c
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

func (unobserved) Frame(string) (briefing.StoredFrame, error) {
	return briefing.StoredFrame{}, briefing.ErrNotFound
}

func (unobserved) Picture(string) ([]byte, error) { return nil, briefing.ErrNotFound }
