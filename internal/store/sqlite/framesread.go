package sqlite

import (
	"context"
	"fmt"
	"slices"

	"bis/internal/briefing"
)

// StoredFrame implements briefing.FrameStore.
func (f *Frames) StoredFrame(ctx context.Context, id string) (briefing.StoredFrame, error) {
	return f.one(ctx, "id = ? AND kind <> ?", id, briefing.FramePushed)
}

// PushedFrame implements briefing.FrameStore.
func (f *Frames) PushedFrame(
	ctx context.Context, camera briefing.CameraID,
) (briefing.StoredFrame, error) {
	return f.one(ctx, "camera_id = ? AND kind = ?", camera, briefing.FramePushed)
}

// one returns the picture that matches a condition.
func (f *Frames) one(
	ctx context.Context, where string, args ...any,
) (s briefing.StoredFrame, err error) {
	var at, until int64
	err = f.reads.QueryRowContext(ctx, `SELECT id, camera_id, username, request_id, kind, at, until,
		width, height, view, jpeg FROM frames WHERE `+where+` AND until > ?`,
		append(args, toMillis(f.cfg.Clock()))...).Scan(&s.ID, &s.CameraID, &s.Username, &s.RequestID,
		&s.Kind, &at, &until, &s.Width, &s.Height,
		&s.View, &s.JPEG)
	if err != nil {
		return briefing.StoredFrame{}, translate("frame", err)
	}
	s.At, s.Until = fromMillis(at), fromMillis(until)
	return s, nil
}

// FrameSizes implements briefing.FrameStore.
func (f *Frames) FrameSizes(
	ctx context.Context, ids []string,
) (map[string]briefing.Frame, error) {
	found := make(map[string]briefing.Frame, len(ids))
	err := list(ctx, f, ids, `SELECT id, camera_id, width, height, at FROM frames
		WHERE id IN (%s) AND kind <> ? AND until > ?`,
		func(frame briefing.Frame, _ briefing.CameraID) { found[frame.ID] = frame })
	return found, err
}

// LastFrames implements briefing.FrameStore.
func (f *Frames) LastFrames(
	ctx context.Context, cameras []briefing.CameraID,
) (map[briefing.CameraID]briefing.Frame, error) {
	found := make(map[briefing.CameraID]briefing.Frame, len(cameras))
	// With max(at), SQLite returns the other columns of the row that has it.
	err := list(ctx, f, cameras, `SELECT id, camera_id, width, height, max(at) FROM frames
		WHERE camera_id IN (%s) AND kind <> ? AND until > ? GROUP BY camera_id`,
		func(frame briefing.Frame, camera briefing.CameraID) { found[camera] = frame })
	return found, err
}

// FrameCameras implements briefing.FrameStore.
func (f *Frames) FrameCameras(ctx context.Context) ([]briefing.CameraID, error) {
	rows, err := f.reads.QueryContext(ctx, "SELECT DISTINCT camera_id FROM frames")
	if err != nil {
		return nil, translate("cameras of frames", err)
	}
	defer rows.Close()
	var cameras []briefing.CameraID
	for rows.Next() {
		var id briefing.CameraID
		if err := rows.Scan(&id); err != nil {
			return nil, translate("cameras of frames", err)
		}
		cameras = append(cameras, id)
	}
	return cameras, translate("cameras of frames", rows.Err())
}

// listLen is how many values one statement of list has. SQLite's bound is 32,766.
const listLen = 10_000

// list calls found with the description of each picture that a query selects by values.
func list[T ~string](
	ctx context.Context, f *Frames, values []T, query string,
	found func(briefing.Frame, briefing.CameraID),
) error {
	for part := range slices.Chunk(values, listLen) {
		args := make([]any, 0, len(part)+2)
		for _, v := range part {
			args = append(args, string(v))
		}
		args = append(args, briefing.FramePushed, toMillis(f.cfg.Clock()))
		if err := f.scan(ctx, fmt.Sprintf(query, marks(len(part))), args, found); err != nil {
			return translate("frames", err)
		}
	}
	return nil
}

// scan calls found with each row of a query.
func (f *Frames) scan(
	ctx context.Context, query string, args []any, found func(briefing.Frame, briefing.CameraID),
) error {
	rows, err := f.reads.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var frame briefing.Frame
		var camera briefing.CameraID
		var at int64
		err := rows.Scan(&frame.ID, &camera, &frame.Width, &frame.Height, &at)
		if err != nil {
			return err
		}
		frame.At = fromMillis(at)
		found(frame, camera)
	}
	return rows.Err()
}
