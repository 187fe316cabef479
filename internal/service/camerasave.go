package service

import (
	"cmp"
	"context"
	"errors"

	"bis/internal/briefing"
)

// SavedCamera is the result of SaveCamera.
type SavedCamera struct {
	Camera briefing.Camera
	// Cleared says that stored credentials were removed, because the address has another authority
	// than the one that they were saved for.
	Cleared bool
}

// saveTries is how often a change is made anew when another write comes first.
const saveTries = 5

// SaveCamera stores a new camera of a user, or changes one. What the input leaves out stays. An
// unknown user or camera is ErrNotFound, and so is a camera that the viewer may not change. Another
// write at the same time is never lost: the change is then made to what that write has stored.
//
// A save of a camera that has moved, with or without changes, accepts its view as the right one.
func (s *Service) SaveCamera(
	ctx context.Context, v briefing.Viewer, in CameraInput,
) (SavedCamera, error) {
	if in.ID != "" {
		return s.changeCamera(ctx, v, in.ID, in.Username, func(old briefing.Camera) (edited, error) {
			e, err := s.edit(&old, in)
			if old.Health.State == briefing.CameraMoved { // what the owner saves is right
				e.camera.ViewVersion = old.Version + 1
			}
			return e, err
		})
	}
	username := cmp.Or(in.Username, v.Username)
	if username == "" {
		return SavedCamera{}, briefing.CheckUsername(username)
	}
	if err := s.policy.ActFor(v, username); err != nil {
		return SavedCamera{}, err
	}
	switch {
	case !in.Name.Given:
		return SavedCamera{}, errNoName
	case !in.Source.Given:
		return SavedCamera{}, errNoSource
	}
	e, err := s.edit(nil, in)
	if err != nil {
		return SavedCamera{}, err
	}
	e.camera.Username = username
	return s.putCamera(ctx, e)
}

// changeCamera changes a stored camera. A username that is not empty must be that of its user.
func (s *Service) changeCamera(
	ctx context.Context, v briefing.Viewer, id briefing.CameraID, username string,
	change func(old briefing.Camera) (edited, error),
) (saved SavedCamera, err error) {
	normal, err := storedCameraID(id)
	if err != nil {
		return SavedCamera{}, err
	}
	for range saveTries {
		old, err := s.ownCamera(ctx, v, normal)
		if err != nil {
			return SavedCamera{}, err
		}
		if username != "" && !briefing.SameUser(old.Username, username) {
			return SavedCamera{}, briefing.ErrNotFound
		}
		e, err := change(old)
		if err != nil {
			return SavedCamera{}, err
		}
		saved, err = s.putCamera(ctx, e)
		if !errors.Is(err, briefing.ErrConflict) {
			return saved, err
		}
	}
	return SavedCamera{}, briefing.ErrConflict
}

// putCamera encrypts new credentials and stores a camera.
func (s *Service) putCamera(ctx context.Context, e edited) (SavedCamera, error) {
	if e.plain != "" {
		sealed, err := s.seal(e)
		if err != nil {
			return SavedCamera{}, err
		}
		e.camera.Credentials = sealed
	}
	stored, err := s.store.SaveCamera(ctx, e.camera)
	if err != nil {
		return SavedCamera{}, err
	}
	s.saved(stored)
	if stored.Version > 1 { // a new camera has no pictures
		if err := s.dropFrames(ctx, stored); err != nil {
			return SavedCamera{}, err
		}
	}
	return SavedCamera{Camera: s.shown(stored), Cleared: e.cleared}, nil
}

// seal encrypts the credentials of an edited camera. Without a key the input is refused: a later
// try would not succeed either.
func (s *Service) seal(e edited) ([]byte, error) {
	if s.sealer == nil {
		return nil, e.noKey()
	}
	sealed, err := s.sealer.Seal(e.plain, e.authority)
	if errors.Is(err, briefing.ErrUnavailable) {
		return nil, e.noKey()
	}
	return sealed, err
}
