package sqlite_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/store/sqlite"
)

// Requests of earlier versions are of the camera of the settings, whether they name it or no camera.
// They stay active, and a start on another camera leaves them alone.
func TestOpen_reads_requests_of_before_cameras(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db, now := writeVersion(t, dir, 7), time.Now()
	ids := map[string]briefing.RequestID{}
	for i, camera := range []string{"", "default"} {
		user := fmt.Sprintf("user%d", i)
		ids[user] = briefing.RequestID(briefing.NewID(now))
		if _, err := db.Exec("INSERT INTO users VALUES (?, ?, '[]', ?, NULL)", user, briefing.NewID(now), user); err != nil {
			t.Fatal(err)
		}
		for _, r := range []struct {
			id     string
			active bool
		}{{briefing.NewID(now.Add(-time.Hour)), false}, {string(ids[user]), true}} {
			_, err := db.Exec(`INSERT INTO requests VALUES
				(?, ?, 'x', 5, '18:00', '18:00', ?, '', ?, ?, NULL, NULL, ?, 0, 0, 0, 0, '', '', 0, ?)`,
				r.id, user, camera, now.UnixMilli(), now.Add(time.Hour).UnixMilli(), r.active, user)
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	st := open(t, sqlite.Config{Dir: dir})
	for user, id := range ids {
		cam, err := st.SaveCamera(t.Context(), briefing.Camera{Username: user, Source: "demo:"})
		if err != nil {
			t.Fatal(err)
		}
		order := briefing.Start{Request: briefing.Request{
			Username: user, Interval: 5, EndText: "18:00", CameraID: cam.ID, StartedAt: now,
		}}
		if got, err := st.StartRequest(t.Context(), order); err != nil || got.Replaced != nil {
			t.Errorf("a start on a camera: %+v, %v", got.Replaced, err)
		}
		if r, err := st.ActiveRequest(t.Context(), user); err != nil || r.ID != id || r.CameraID != briefing.DefaultCamera {
			t.Errorf("the active request: %+v, %v", r, err)
		}
		state, err := st.RunState(t.Context(), id)
		if err != nil || state.Camera != nil {
			t.Errorf("its camera: %+v, %v", state.Camera, err)
		}
		order.Request.CameraID, order.ContinueSame = "", true
		if got, err := st.StartRequest(t.Context(), order); err != nil || !got.Continued || got.Request.ID != id {
			t.Errorf("the same order: %+v, %v", got, err)
		}
		ended, err := st.EndRequest(t.Context(), briefing.End{Username: user, CameraID: briefing.DefaultCamera, Reason: briefing.EndedByUser, At: now})
		if err != nil || ended.ID != id {
			t.Errorf("the ended request: %v, %v", ended.ID, err)
		}
		if err := st.DeleteCamera(t.Context(), cam.ID); !errors.Is(err, briefing.ErrConflict) {
			t.Errorf("DeleteCamera: %v", err)
		}
	}
}
