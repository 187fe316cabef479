package sqlite

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"

	"bis/internal/briefing"
)

// storedCamera is a row of cameras.
type storedCamera struct {
	briefing.Camera
	// The version in which the source was last changed, or the view accepted.
	sourceVersion int64
	// The place of the last report of the health.
	reportRequest briefing.RequestID
	reportTerm    int64
	reportTick    int64
}

// scanCamera reads a row with cameraColumns.
func scanCamera(row scanner) (storedCamera, error) {
	var c storedCamera
	var zones, masks, egress string
	var since, frameAt int64
	var frame briefing.Frame
	err := row.Scan(&c.ID, &c.Username, &c.Name, &c.Source, &c.Credentials, &c.Certificate,
		&c.TokenHash, &zones, &masks, &egress, &c.KeepFrames, &c.KeepDays, &c.Version,
		&c.Revision, &c.sourceVersion, &c.ViewVersion, &c.Health.State, &since, &c.Health.Reason,
		&c.Health.Words,
		&frame.ID, &frame.Width, &frame.Height, &frameAt, &c.reportRequest, &c.reportTerm,
		&c.reportTick)
	if err != nil {
		return storedCamera{}, err
	}
	c.Health.Since = fromMillis(since)
	if frame.ID != "" {
		frame.At = fromMillis(frameAt)
		c.LastFrame = &frame
	}
	err = errors.Join(json.Unmarshal([]byte(zones), &c.Zones),
		json.Unmarshal([]byte(masks), &c.Masks), json.Unmarshal([]byte(egress), &c.Egress))
	return c, err
}

// scanPlainCamera is scanCamera without the fields of the store.
func scanPlainCamera(row scanner) (briefing.Camera, error) {
	c, err := scanCamera(row)
	return c.Camera, err
}

// args are the values of cameraColumns and of name_key. The error is that of a number without a
// JSON form.
func (c *storedCamera) args() ([]any, error) {
	zones, err := json.Marshal(c.Zones)
	masks, err2 := json.Marshal(c.Masks)
	egress, err3 := json.Marshal(c.Egress)
	frame, frameAt := briefing.Frame{}, int64(0)
	if c.LastFrame != nil {
		frame, frameAt = *c.LastFrame, toMillis(c.LastFrame.At)
	}
	return []any{
		c.ID, c.Username, c.Name, c.Source, c.Credentials, c.Certificate, c.TokenHash,
		string(zones), string(masks), string(egress), c.KeepFrames, c.KeepDays, c.Version,
		c.Revision, c.sourceVersion, c.ViewVersion, c.Health.State, toMillis(c.Health.Since),
		c.Health.Reason, c.Health.Words,
		frame.ID, frame.Width, frame.Height, frameAt, c.reportRequest, c.reportTerm,
		c.reportTick,
		briefing.NameKey(c.Username),
	}, errors.Join(err, err2, err3)
}

// SaveCamera implements briefing.CameraStore.
func (s *Store) SaveCamera(ctx context.Context, c briefing.Camera) (briefing.Camera, error) {
	var saved briefing.Camera
	err := s.writer.do(ctx, func(t *tx) (err error) {
		if c.ID == "" {
			saved, err = t.addCamera(c)
		} else {
			saved, err = t.replaceCamera(c)
		}
		return err
	})
	if err != nil {
		return briefing.Camera{}, err // saved may still be written if ctx has ended
	}
	return saved, nil
}

// addCamera stores a new camera of a user.
func (t *tx) addCamera(c briefing.Camera) (briefing.Camera, error) {
	u, err := t.userOf(c.Username)
	if err != nil {
		return briefing.Camera{}, err
	}
	var n int
	if err := t.w.countCameras.QueryRow(briefing.NameKey(u.Username)).Scan(&n); err != nil {
		return briefing.Camera{}, errStatement{err}
	}
	if n >= briefing.MaxCameras {
		return briefing.Camera{}, briefing.ErrTooManyCameras
	}
	now := t.w.cfg.Clock()
	c.ID, c.Username = briefing.CameraID(briefing.NewID(now)), u.Username
	c = c.Saved(nil, now)
	t.publishCamera(c)
	return c, t.putCamera(storedCamera{Camera: c, sourceVersion: c.Version})
}

// replaceCamera stores another version of a camera.
func (t *tx) replaceCamera(c briefing.Camera) (briefing.Camera, error) {
	old, err := t.camera(c.ID)
	if err != nil {
		return briefing.Camera{}, err
	}
	if old.Version != c.Version {
		return briefing.Camera{}, briefing.ErrConflict
	}
	next := old
	next.Camera = c.Saved(&old.Camera, t.w.cfg.Clock())
	if !c.Shows(old.Camera) {
		next.sourceVersion = next.Version
	}
	t.publishCamera(next.Camera)
	return next.Camera, t.putCamera(next)
}

// publishCamera publishes a camera that has changed.
func (t *tx) publishCamera(c briefing.Camera) {
	t.publish(briefing.Change{Kind: briefing.CameraChanged, Camera: c.Public()})
}

// putCamera writes a camera.
func (t *tx) putCamera(c storedCamera) error {
	args, err := c.args()
	if err != nil {
		return err
	}
	return t.exec(t.w.putCamera, args...)
}

// camera reads a camera, or returns ErrNotFound.
func (t *tx) camera(id briefing.CameraID) (storedCamera, error) {
	c, err := scanCamera(t.w.camera.QueryRow(id))
	return c, t.refusal("read camera", err)
}

// Camera implements briefing.CameraStore.
func (s *Store) Camera(ctx context.Context, id briefing.CameraID) (briefing.Camera, error) {
	c, err := scanCamera(s.stmts.camera.QueryRowContext(ctx, string(id)))
	return c.Camera, translate("camera", err)
}

// Cameras implements briefing.CameraStore.
func (s *Store) Cameras(ctx context.Context, username string) ([]briefing.Camera, error) {
	if _, err := s.User(ctx, username); err != nil {
		return nil, err
	}
	rows, err := s.stmts.cameras.QueryContext(ctx, briefing.NameKey(username))
	if err != nil {
		return nil, translate("cameras", err)
	}
	list, err := collect(rows, scanPlainCamera)
	return list, translate("cameras", err)
}

// DeleteCamera implements briefing.CameraStore. Starts pass the same writer, so each of them is
// before or after the deletion.
func (s *Store) DeleteCamera(ctx context.Context, id briefing.CameraID) error {
	return s.writer.do(ctx, func(t *tx) error {
		c, err := t.camera(id)
		if err != nil {
			return err
		}
		_, used, err := t.find(t.w.activeRequest, briefing.NameKey(c.Username), c.ID)
		if err != nil {
			return err
		}
		if used {
			return briefing.ErrConflict
		}
		return t.deleteCamera(c.Camera)
	})
}

// deleteCamera deletes a camera and publishes that.
func (t *tx) deleteCamera(c briefing.Camera) error {
	t.publish(briefing.Change{
		Kind: briefing.CameraDeleted, Camera: briefing.Camera{ID: c.ID, Username: c.Username},
	})
	return t.exec(t.w.deleteCamera, c.ID)
}

// deleteCameras deletes all cameras of a user.
func (t *tx) deleteCameras(user string) error {
	rows, err := t.w.cameras.Query(user)
	if err != nil {
		return errStatement{err}
	}
	list, err := collect(rows, scanCamera)
	if err != nil {
		return errStatement{err}
	}
	for _, c := range list {
		if err := t.deleteCamera(c.Camera); err != nil {
			return err
		}
	}
	return nil
}

// SetCameraHealth implements briefing.CameraStore. The place of a report is stored even if the
// health is the same: it is what refuses older reports.
func (s *Store) SetCameraHealth(ctx context.Context, r briefing.HealthReport) error {
	r = r.Stored()
	return s.writer.do(ctx, func(t *tx) error {
		c, err := t.camera(r.CameraID)
		if err != nil {
			return err
		}
		place := cmp.Or(cmp.Compare(r.RequestID, c.reportRequest),
			cmp.Compare(r.Term, c.reportTerm), cmp.Compare(r.Tick, c.reportTick))
		if place < 0 || r.Version != 0 && r.Version < c.sourceVersion {
			return nil
		}
		changed := c.Health != r.Health
		c.Health, c.reportRequest = r.Health, r.RequestID
		c.reportTerm, c.reportTick = r.Term, r.Tick
		if r.LastFrame != nil {
			c.LastFrame = r.LastFrame
		}
		if changed {
			c.Revision++
			t.publishCamera(c.Camera)
		}
		return t.putCamera(c)
	})
}

// runCamera returns the camera of a request's next run. ErrNotFound means that an active request
// has none; nil means the camera of the settings.
func (s *Store) runCamera(
	ctx context.Context, id briefing.CameraID, active bool,
) (*briefing.Camera, error) {
	if id == briefing.DefaultCamera {
		return nil, nil
	}
	c, err := s.Camera(ctx, id)
	switch {
	case errors.Is(err, briefing.ErrNotFound) && !active:
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &c, nil
}
