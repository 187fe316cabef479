package storetest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/store/sqlite"
	"bis/internal/store/storetest"
)

// careless is a good store that breaks one promise about cameras.
type careless struct {
	briefing.Store
	breaks string
}

func (c careless) SaveCamera(ctx context.Context, cam briefing.Camera) (briefing.Camera, error) {
	if stored, err := c.Store.Camera(ctx, cam.ID); err == nil && c.breaks == "versions" {
		cam.Version = stored.Version
	}
	saved, err := c.Store.SaveCamera(ctx, cam)
	if c.breaks == "the limit" && errors.Is(err, briefing.ErrInvalid) {
		return cam, nil
	}
	return saved, err
}

func (c careless) DeleteCamera(ctx context.Context, id briefing.CameraID) error {
	cam, err := c.Store.Camera(ctx, id)
	if err == nil && c.breaks == "the use" {
		_, _ = c.Store.EndRequest(ctx, briefing.End{Username: cam.Username, CameraID: id, At: time.Now()})
	}
	return c.Store.DeleteCamera(ctx, id)
}

func (c careless) SetCameraHealth(ctx context.Context, r briefing.HealthReport) error {
	switch c.breaks {
	case "late reports":
		r.RequestID = "ffffffffffffffffffffffff"
		r.Tick = 1 << 40
	case "the owner's term":
		r.Term = 0
	case "the source":
		r.Version = 0
	}
	return c.Store.SetCameraHealth(ctx, r)
}

func (c careless) StartRequest(ctx context.Context, s briefing.Start) (briefing.Started, error) {
	got, err := c.Store.StartRequest(ctx, s)
	if c.breaks == "foreign cameras" && errors.Is(err, briefing.ErrNotFound) {
		s.Request.CameraID = briefing.DefaultCamera
		return c.Store.StartRequest(ctx, s)
	}
	return got, err
}

func (c careless) EndRequest(ctx context.Context, e briefing.End) (briefing.Request, error) {
	if c.breaks == "the camera of an end" {
		e.CameraID = ""
	}
	return c.Store.EndRequest(ctx, e)
}

func (c careless) ActiveRequests(ctx context.Context, username string) ([]briefing.Request, error) {
	list, err := c.Store.ActiveRequests(ctx, username)
	if c.breaks == "the others" {
		list = list[:min(len(list), 1)]
	}
	return list, err
}

func (c careless) LatestOfCamera(ctx context.Context, username string, id briefing.CameraID) (briefing.Request, error) {
	if c.breaks == "the latest" {
		return c.Store.LatestRequest(ctx, username)
	}
	return c.Store.LatestOfCamera(ctx, username, id)
}

func (c careless) RunState(ctx context.Context, id briefing.RequestID) (briefing.RunState, error) {
	state, err := c.Store.RunState(ctx, id)
	if c.breaks == "the camera of a run" {
		state.Camera = nil
	}
	return state, err
}

func (c careless) DeleteUser(ctx context.Context, d briefing.DeleteUser) (briefing.Deleted, error) {
	list, _ := c.Store.Cameras(ctx, d.Username)
	done, err := c.Store.DeleteUser(ctx, d)
	if c.breaks == "the user's cameras" && len(list) > 0 {
		_, _, _ = c.Store.EnsureUser(ctx, d.Username, nil)
		_, _ = c.Store.SaveCamera(ctx, briefing.Camera{Username: d.Username})
	}
	return done, err
}

func (c careless) OpenFeed(ctx context.Context, fresh bool) (briefing.Feed, error) {
	f, err := c.Store.OpenFeed(ctx, fresh)
	return carelessFeed{f, c}, err
}

type carelessFeed struct {
	briefing.Feed
	store careless
}

func (f carelessFeed) Next(ctx context.Context) (briefing.Change, error) {
	c, err := f.Feed.Next(ctx)
	switch changed := c.Kind == briefing.CameraChanged; {
	case changed && f.store.breaks == "secrets":
		c.Camera.Credentials = []byte{0, 1, 0xff}
	case changed && f.store.breaks == "changes" && c.Camera.Health.Words == "401 Unauthorized":
		return f.Feed.Next(ctx)
	case c.Kind == briefing.CameraDeleted && f.store.breaks == "deletions":
		return f.Feed.Next(ctx)
	}
	return c, err
}

// TestRun_notices_a_careless_store runs on broken stores the checks that must fail.
func TestRun_notices_a_careless_store(t *testing.T) {
	t.Parallel()
	for breaks, check := range map[string]string{
		"versions":             "SaveCamera/of_another_version_is_ErrConflict",
		"the limit":            "SaveCamera/of_one_too_many_is_invalid",
		"secrets":              "Feed/tells_saved_cameras_without_secrets",
		"changes":              "Feed/tells_changed_healths",
		"deletions":            "DeleteCamera/deletes_a_camera",
		"the use":              "DeleteCamera/of_a_used_camera_is_ErrConflict",
		"late reports":         "SetCameraHealth/ignores_late_reports",
		"the owner's term":     "SetCameraHealth/ignores_late_reports",
		"the source":           "SetCameraHealth/ignores_what_another_source_has_shown",
		"foreign cameras":      "StartRequest/on_a_foreign_camera_is_ErrNotFound",
		"the camera of an end": "EndRequest/of_a_user_and_camera_ends_that_request",
		"the others":           "StartRequest/ends_the_active_one_of_the_same_camera_alone",
		"the latest":           "LatestOfCamera/is_the_newest_of_that_camera",
		"the camera of a run":  "RunState/reads_the_camera_as_it_is_now",
		"the user's cameras":   "DeleteUser/deletes_the_cameras",
	} {
		t.Run(breaks, func(t *testing.T) {
			t.Parallel()
			h := func(breaks string) storetest.Harness {
				return storetest.Harness{Open: func(t storetest.T, instance string) briefing.Store {
					st, err := sqlite.Open(t.Context(), sqlite.Config{Dir: t.TempDir(), Instance: instance})
					if err != nil {
						t.Fatalf("open: %v", err)
					}
					t.Cleanup(func() { st.Close() })
					return careless{st, breaks}
				}}
			}
			if good := failuresOf(t, check, h(""), time.Minute); len(good) > 0 {
				t.Fatalf("a good store fails: %s", good)
			}
			if bad := failuresOf(t, check, h(breaks), 10*time.Second); len(bad) == 0 {
				t.Errorf("%s does not notice", check)
			}
		})
	}
}
