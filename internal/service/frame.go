package service

import (
	"context"
	"errors"
	"time"

	"bis/internal/briefing"
)

// Picture returns a picture of a camera as JPEG, by the ID of its frame: one of the last two
// pictures of a camera in this process, or a stored one. Any other ID is ErrNotFound, and so is a
// picture of a user for whom the viewer may not act. The caller must not change the bytes.
func (s *Service) Picture(
	ctx context.Context, v briefing.Viewer, frame string,
) ([]byte, error) {
	here, err := s.cameras.Frame(frame)
	if err == nil {
		if err := s.maySee(v, here.Username); err != nil {
			return nil, err
		}
		err := s.stillShown(ctx, here)
		if err != nil && !errors.Is(err, briefing.ErrUnavailable) { // else the database is away
			return nil, err
		}
		if b, err := s.cameras.Picture(frame); err == nil {
			return b, nil
		} // it was replaced since
	}
	if s.frames == nil || !briefing.ValidFrameID(frame) {
		return nil, briefing.ErrNotFound
	}
	stored, err := s.frames.StoredFrame(ctx, frame)
	if err == nil {
		err = s.maySee(v, stored.Username)
	}
	if err == nil {
		err = s.stillShown(ctx, stored)
	}
	if err != nil {
		return nil, err
	}
	return stored.JPEG, nil
}

// stillShown returns ErrNotFound for a picture of a camera that was deleted, or that has another
// view since. Such a picture is there for a moment, or after a crash until the next sweep.
func (s *Service) stillShown(ctx context.Context, f briefing.StoredFrame) error {
	if f.Username == "" { // of the camera of the settings
		return nil
	}
	c, err := s.store.Camera(ctx, f.CameraID)
	if err == nil && f.View != "" && f.View != c.View() {
		err = briefing.ErrNotFound
	}
	return err
}

// maySee returns ErrNotFound unless the viewer may see the pictures of a user. Those of the camera
// of the settings belong to none.
func (s *Service) maySee(v briefing.Viewer, username string) error {
	if username == "" || s.policy.ActFor(v, username) == nil {
		return nil
	}
	return briefing.ErrNotFound
}

// Frames describes the pictures of briefings that the viewer has got from this service, by ID. What
// is not in memory is read in one round trip. Pictures that are not stored are left out, and so are
// all stored ones while the store is away.
func (s *Service) Frames(
	ctx context.Context, v briefing.Viewer, ids []string,
) (map[string]briefing.Frame, error) {
	found := make(map[string]briefing.Frame, len(ids))
	var rest []string
	for _, id := range ids {
		if here, err := s.cameras.Frame(id); err == nil {
			if s.maySee(v, here.Username) == nil {
				found[id] = here.Frame
			}
		} else if briefing.ValidFrameID(id) {
			rest = append(rest, id)
		}
	}
	if s.frames == nil || len(rest) == 0 {
		return found, nil
	}
	stored, err := s.frames.FrameSizes(ctx, rest)
	if errors.Is(err, briefing.ErrUnavailable) {
		return found, nil // the briefings are more important than their pictures
	}
	for id, frame := range stored {
		found[id] = frame
	}
	return found, err
}

// LastFrame returns the last picture of a camera that the viewer has got from this service, or nil:
// that of this process, or else the stored one.
func (s *Service) LastFrame(
	ctx context.Context, _ briefing.Viewer, c briefing.Camera,
) (*briefing.Frame, error) {
	if c.LastFrame != nil || s.frames == nil || c.Username == "" || c.KeepFrames == briefing.KeepNone {
		return c.LastFrame, nil
	}
	stored, err := s.frames.LastFrames(ctx, []briefing.CameraID{c.ID})
	if errors.Is(err, briefing.ErrUnavailable) {
		err = nil
	}
	if last, ok := stored[c.ID]; ok {
		return &last, err
	}
	return nil, err
}

// withLastFrames adds the stored pictures to cameras of which this process has none. Without them
// the list is still right, so an error does not matter.
func (s *Service) withLastFrames(ctx context.Context, list []briefing.Camera) {
	if s.frames == nil {
		return
	}
	var ids []briefing.CameraID
	for _, c := range list {
		if c.LastFrame == nil && c.Username != "" && c.KeepFrames != briefing.KeepNone {
			ids = append(ids, c.ID)
		}
	}
	if len(ids) == 0 {
		return
	}
	stored, err := s.frames.LastFrames(ctx, ids)
	if err != nil {
		return
	}
	for i := range list {
		if last, ok := stored[list[i].ID]; ok && list[i].LastFrame == nil {
			list[i].LastFrame = &last
		}
	}
}

var (
	// keptKinds are the pictures that KeepFrames is about.
	keptKinds = []briefing.FrameKind{briefing.FrameLast, briefing.FrameChanged}
	// pushedKind are those that devices send.
	pushedKind = []briefing.FrameKind{briefing.FramePushed}
)

// dropFrames deletes the stored pictures that a camera may no longer have after a save: those of
// another source, with other masks or with another choice of blurring, and those that are too old.
// A call that fails may be repeated: each save deletes anew. Package frame does the same within the
// hour after a crash.
func (s *Service) dropFrames(ctx context.Context, c briefing.Camera) error {
	if s.frames == nil {
		return nil
	}
	pushed := briefing.FramesOf{CameraID: c.ID, Kinds: pushedKind}
	if c.HasToken() {
		pushed.NotView = c.PushedView()
	}
	for _, of := range []briefing.FramesOf{
		{CameraID: c.ID, Kinds: keptKinds, NotView: c.View()}, pushed,
	} {
		if err := s.frames.DeleteFrames(ctx, of); err != nil {
			return err
		}
	}
	of := briefing.FramesOf{CameraID: c.ID, Kinds: keptKinds}
	if c.KeepFrames != briefing.KeepNone {
		of.Before = s.now().Add(-time.Duration(c.KeepDays) * 24 * time.Hour)
	}
	return s.frames.DeleteFrames(ctx, of)
}

// dropAll deletes stored pictures.
func (s *Service) dropAll(ctx context.Context, of briefing.FramesOf) error {
	if s.frames == nil {
		return nil
	}
	return s.frames.DeleteFrames(ctx, of)
}
