package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bis/internal/briefing"
	"bis/internal/store/mongo/mongotest"
	"bis/internal/transfer"
)

// sealer is a key that only names itself. An empty one has no key.
type sealer string

func (s sealer) Seal(plain, host string) ([]byte, error) {
	if s == "" {
		return nil, briefing.ErrUnavailable
	}
	return []byte(string(s) + "|" + host + "|" + plain), nil
}

func (s sealer) Open(sealed []byte, host string) (string, error) {
	plain, ok := strings.CutPrefix(string(sealed), string(s)+"|"+host+"|")
	if !ok {
		return "", errors.New("sealed by another key")
	}
	return plain, nil
}

// host is the host of a source address.
func host(source string) (string, error) {
	u, err := url.Parse(source)
	if err != nil {
		return "", err
	}
	return u.Host, nil
}

// keys are those of the tests that need no other.
var keys = transfer.Keys{Old: sealer("old"), New: sealer("old"), Host: host}

// fillCameras stores cameras of two users, with health and last frames, and an active request on
// each of kim's cameras beside that on the camera of the settings.
func fillCameras(t *testing.T, st briefing.Store, key sealer) []briefing.Camera {
	t.Helper()
	square := briefing.Polygon{Points: []briefing.Point{{X: 0.1, Y: 0.2}, {X: 1, Y: 0}, {X: 0.5, Y: 0.75}}}
	var saved []briefing.Camera
	for i, c := range []briefing.Camera{
		{Username: "kim", Name: "계산대", Source: "http://192.168.0.10:81/snap.jpg", Certificate: "ab", TokenHash: []byte{1, 2}},
		{Username: "kim", Name: "door", Source: "rtsp://cam.local/live"},
		{Username: "lee", Name: "", Source: "push:"},
	} {
		if _, _, err := st.EnsureUser(t.Context(), c.Username, nil); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			at, _ := host(c.Source)
			c.Credentials, _ = key.Seal("me:비밀", at)
			c.Masks, c.Zones = []briefing.Polygon{square}, []briefing.Zone{{ID: "0a1b2c3d", Name: "문", Polygon: square}}
			c.Egress = []briefing.ProviderEgress{{Provider: "api.openai.com", Egress: briefing.EgressFull}}
		}
		c.KeepFrames, c.KeepDays = briefing.KeepLast, i+1
		c, err := st.SaveCamera(t.Context(), c)
		if err == nil && i < 2 { // a second version
			c, err = st.SaveCamera(t.Context(), c)
		}
		if err == nil {
			err = st.SetCameraHealth(t.Context(), briefing.HealthReport{
				CameraID: c.ID, Health: briefing.CameraHealth{State: briefing.CameraDark, Since: time.Now()},
				LastFrame: &briefing.Frame{ID: strings.Repeat("a", 32), Width: 1, Height: 1, At: time.Now()}, RequestID: "0123456789abcdef01234567",
			})
		}
		if err != nil {
			t.Fatal(err)
		}
		saved = append(saved, c)
	}
	now := st.Now().UTC().Truncate(time.Millisecond)
	end := now.Add(time.Hour)
	for i, id := range []briefing.CameraID{briefing.DefaultCamera, saved[0].ID, saved[1].ID} {
		r, err := st.StartRequest(t.Context(), briefing.Start{Request: briefing.Request{
			Username: "kim", Name: now.Format(briefing.NameLayout), Interval: 1, EndTime: "18:30", EndText: "6:30 PM",
			CameraID: id, StartedAt: now, EndsAt: &end,
		}})
		if err != nil {
			t.Fatal(err)
		}
		addBriefings(t, st, r.Request, 10*i+3)
	}
	return saved
}

// readCameras returns all cameras of a store without their revision and with opened credentials. It
// checks that none was observed.
func readCameras(t *testing.T, st testStore, key sealer) []briefing.Camera {
	t.Helper()
	list, err := st.CamerasAfter(t.Context(), "", 1_000)
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		c := &list[i]
		if c.Health.State != briefing.CameraUnobserved || c.Health.Since.IsZero() || c.LastFrame != nil {
			t.Errorf("camera %s has the health %+v and the frame %+v", c.ID, c.Health, c.LastFrame)
		}
		*c = plain(t, *c, key)
	}
	return list
}

// plain returns a camera as readCameras does.
func plain(t *testing.T, c briefing.Camera, key sealer) briefing.Camera {
	t.Helper()
	if len(c.Credentials) > 0 {
		at, _ := host(c.Source)
		text, err := key.Open(c.Credentials, at)
		if err != nil {
			t.Errorf("camera %s: %v", c.ID, err)
		}
		c.Credentials = []byte(text)
	}
	c.Health, c.LastFrame, c.Revision = briefing.CameraHealth{}, nil, 0
	return c
}

func plainHealth(list []briefing.Camera) []briefing.Camera {
	for i := range list {
		list[i].Health = briefing.CameraHealth{}
	}
	return list
}

func TestRun_carries_cameras_there_and_back(t *testing.T) {
	t.Parallel()
	home, away, back := folder(t), database(t, mongotest.Database()), folder(t)
	var want []briefing.Camera
	for _, c := range fillCameras(t, home, "old") {
		want = append(want, plain(t, c, "old"))
	}
	requests := read(t, home)
	for _, step := range []struct {
		name     string
		from, to testStore
		old, new sealer
	}{{"from SQLite to MongoDB", home, away, "old", "new"}, {"from MongoDB to SQLite", away, back, "new", "third"}} {
		report, err := transfer.Run(t.Context(), step.from, step.to, transfer.Keys{Old: step.old, New: step.new, Host: host}, func(int64) {})
		if err != nil || report.Cameras != 3 || report.Ended+report.Ahead != 0 {
			t.Errorf("%s: %+v, %v", step.name, report, err)
		}
		if diff := cmp.Diff(want, plainHealth(readCameras(t, step.to, step.new))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
		if diff := cmp.Diff(requests, read(t, step.to)); diff != "" {
			t.Errorf("%s (-want +got):\n%.3000s", step.name, diff)
		}
		active, err := step.to.ActiveRequests(t.Context(), "kim")
		if err != nil || len(active) != 3 {
			t.Errorf("%s: %d active requests, %v", step.name, len(active), err)
		}
		// The same again writes no camera, and needs no key.
		report, err = transfer.Run(t.Context(), step.from, step.to, transfer.Keys{}, func(int64) {})
		if err != nil || report.Cameras != 0 {
			t.Errorf("%s, again: %+v, %v", step.name, report, err)
		}
	}
	for _, st := range []testStore{away, back} {
		goesOn(t, st, requests)
		goesOnWithCameras(t, st, want)
	}
}

// goesOnWithCameras runs a server on transferred cameras: a camera is used, saved and observed.
func goesOnWithCameras(t *testing.T, st testStore, was []briefing.Camera) {
	t.Helper()
	r, err := st.ActiveRequest(t.Context(), "kim")
	if err != nil || r.CameraID != briefing.DefaultCamera {
		t.Errorf("kim's active request: %+v, %v", r, err)
	}
	if err := st.DeleteCamera(t.Context(), was[0].ID); !errors.Is(err, briefing.ErrConflict) {
		t.Errorf("a camera in use: %v", err)
	}
	latest, err := st.LatestOfCamera(t.Context(), "kim", was[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	state, err := st.RunState(t.Context(), latest.ID)
	if err != nil || state.Camera == nil || state.Camera.Name != was[0].Name {
		t.Fatalf("RunState: %+v, %v", state.Camera, err)
	}
	err = st.SetCameraHealth(t.Context(), briefing.HealthReport{
		CameraID: was[0].ID, Version: state.Camera.Version, RequestID: latest.ID, Tick: latest.LastTick + 1,
		Health: briefing.CameraHealth{State: briefing.CameraOK, Since: time.Now()},
	})
	if err != nil {
		t.Error(err)
	}
	c, err := st.Camera(t.Context(), was[0].ID)
	if err != nil || c.Health.State != briefing.CameraOK || c.Version != was[0].Version {
		t.Errorf("after a report: %+v, %v", c, err)
	}
	if c, err = st.SaveCamera(t.Context(), c); err != nil || c.Version != was[0].Version+1 {
		t.Errorf("after a save: %+v, %v", c, err)
	}
}

// A newer version of the source replaces that of the target, and a newer one of the target stays.
func TestRun_again_keeps_the_newer_camera(t *testing.T) {
	t.Parallel()
	home, away := folder(t), database(t, mongotest.Database())
	saved := fillCameras(t, home, "old")
	transferAll(t, home, away)
	there, err := away.Camera(t.Context(), saved[1].ID)
	if err != nil {
		t.Fatal(err)
	}
	saved[0].Name, there.Name = "changed here", "changed there"
	if _, err := home.SaveCamera(t.Context(), saved[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := away.SaveCamera(t.Context(), there); err != nil {
		t.Fatal(err)
	}
	report, err := transfer.Run(t.Context(), home, away, keys, func(int64) {})
	if err != nil || report.Cameras != 1 {
		t.Errorf("again: %+v, %v", report, err)
	}
	for i, want := range []string{"changed here", "changed there"} {
		if c, err := away.Camera(t.Context(), saved[i].ID); err != nil || c.Name != want {
			t.Errorf("camera %d is %q, %v; want %q", i, c.Name, err, want)
		}
	}
}

// Credentials are never lost silently: without the right keys the transfer stops, and goes on once
// it has them. No error repeats the credentials.
func TestRun_of_credentials_without_their_keys(t *testing.T) {
	t.Parallel()
	home, away := folder(t), folder(t)
	saved := fillCameras(t, home, "old")
	for name, k := range map[string]transfer.Keys{
		"no keys":                 {},
		"another key":             {Old: sealer("other"), New: sealer("new"), Host: host},
		"no key of the target":    {Old: sealer("old"), New: sealer(""), Host: host},
		"an address with no host": {Old: sealer("old"), New: sealer("new"), Host: func(string) (string, error) { return "", errors.New("no host") }},
	} {
		report, err := transfer.Run(t.Context(), home, away, k, func(int64) {})
		if err == nil || !strings.Contains(err.Error(), string(saved[0].ID)) || strings.Contains(err.Error(), "비밀") {
			t.Errorf("%s: %v, %+v", name, err, report)
		}
		if _, err := away.Camera(t.Context(), saved[0].ID); !errors.Is(err, briefing.ErrNotFound) {
			t.Errorf("%s: the camera: %v", name, err)
		}
	}
	transferAll(t, home, away)
	if list := readCameras(t, away, "old"); len(list) != 3 {
		t.Errorf("%d cameras afterwards", len(list))
	}
}

func (b *failingTarget) PutCamera(ctx context.Context, c briefing.Camera) error {
	if err := b.spend(); err != nil {
		return err
	}
	return b.testStore.PutCamera(ctx, c)
}

func TestRun_of_cameras_goes_on_where_it_was_broken_off(t *testing.T) {
	t.Parallel()
	home := folder(t)
	fillCameras(t, home, "old")
	for name, to := range map[string]testStore{"MongoDB": database(t, mongotest.Database()), "SQLite": folder(t)} {
		t.Run(name, func(t *testing.T) {
			for writes := 0; ; writes++ {
				_, err := transfer.Run(t.Context(), home, &failingTarget{to, writes}, keys, func(int64) {})
				if err == nil {
					break
				}
				if !errors.Is(err, errBroken) {
					t.Fatal(err)
				}
				for _, r := range read(t, to).Requests { // a request comes after its camera
					if r.CameraID == briefing.DefaultCamera {
						continue
					}
					if _, err := to.Camera(t.Context(), r.CameraID); err != nil {
						t.Fatalf("after %d writes request %s: %v", writes, r.ID, err)
					}
				}
			}
			if got := fmt.Sprint(len(readCameras(t, to, "old")), len(read(t, to).Requests)); got != "3 3" {
				t.Errorf("cameras, requests: %s", got)
			}
		})
	}
}
