package service

import (
	"cmp"
	"context"
	"time"

	"bis/internal/briefing"
)

// testTime bounds TestCamera. A tester has a shorter bound of its own.
const testTime = 15 * time.Second

// TestCamera gets one picture of a camera now and stores nothing. The camera is a new one, or a
// stored one after the changes of the input; its name does not matter. A camera that fails is a
// result. A server without a tester returns ErrUnavailable.
func (s *Service) TestCamera(
	ctx context.Context, v briefing.Viewer, in CameraInput,
) (briefing.CameraTest, error) {
	in.Name = Given[string]{}
	var old *briefing.Camera
	username := cmp.Or(in.Username, v.Username)
	if in.ID != "" {
		if _, err := storedCameraID(in.ID); err != nil {
			return briefing.CameraTest{}, err
		}
		stored, err := s.ownCamera(ctx, v, in.ID)
		if err != nil {
			return briefing.CameraTest{}, err
		}
		if in.Username != "" && !briefing.SameUser(in.Username, stored.Username) {
			return briefing.CameraTest{}, briefing.ErrNotFound
		}
		old, username = &stored, stored.Username
	} else if err := s.policy.ActFor(v, username); err != nil {
		return briefing.CameraTest{}, err
	}
	if old == nil && !in.Source.Given {
		return briefing.CameraTest{}, errNoSource
	}
	e, err := s.edit(old, in)
	if err != nil {
		return briefing.CameraTest{}, err
	}
	e.camera.Username = username
	return s.testCamera(ctx, e)
}

// testCamera tests a camera after the limits have allowed it.
func (s *Service) testCamera(caller context.Context, e edited) (t briefing.CameraTest, err error) {
	if s.tester == nil {
		return briefing.CameraTest{}, briefing.ErrUnavailable
	}
	if err := s.limiter.AllowTest(caller, e.camera.Username); err != nil {
		return briefing.CameraTest{}, err
	}
	ctx, cancel := context.WithTimeout(caller, testTime)
	defer cancel()
	defer func() { err = late(caller, ctx, err) }()
	return s.tester.Test(ctx, briefing.CameraTrial{Camera: e.camera, Plain: e.plain})
}
