package mongo

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"bis/internal/briefing"
	"bis/internal/store/mongo/mongotest"
)

// newCamera stores a camera of kim, who is made if needed.
func (p *pair) newCamera(s *Store) briefing.Camera {
	p.Helper()
	if _, _, err := s.EnsureUser(p.Context(), "kim", nil); err != nil {
		p.Fatal(err)
	}
	c, err := s.SaveCamera(p.Context(), briefing.Camera{Username: "kim", Source: "demo:", KeepFrames: briefing.KeepNone, KeepDays: 1})
	if err != nil {
		p.Fatal(err)
	}
	return c
}

// startOn starts a request of kim on a camera.
func (p *pair) startOn(s *Store, id briefing.CameraID) (briefing.Started, error) {
	now := s.Now().UTC().Truncate(time.Millisecond)
	end := now.Add(time.Hour)
	return s.StartRequest(p.Context(), briefing.Start{Request: briefing.Request{
		Username: "kim", Name: now.Format(briefing.NameLayout), Interval: 10, EndTime: "22:00", EndText: "22:00",
		CameraID: id, StartedAt: now, EndsAt: &end,
	}})
}

// orphan reports an active request whose camera is not stored.
func (p *pair) orphan(id briefing.CameraID) bool {
	p.Helper()
	r, none := p.b.LatestOfCamera(p.Context(), "kim", id)
	_, gone := p.b.Camera(p.Context(), id)
	return none == nil && r.Active && errors.Is(gone, briefing.ErrNotFound)
}

// A start and a deletion of its camera by another replica: wherever one of them pauses, the deletion
// fails or the start does. Each guard is needed.
func TestDeleteCamera_beside_a_start_of_another_replica(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pauses  string // where; the other call runs meanwhile
		deletes bool   // the deletion pauses
		without string
		started bool // the start wins
	}{
		{pauses: "before inserting", started: false},
		{pauses: "before inserting", without: "camera", started: true},
		{pauses: "request on a camera", started: true},
		{pauses: "camera marked", deletes: true, started: true},
		{pauses: "camera unused", deletes: true, started: true},
		{pauses: "camera unused", deletes: true, without: "mark", started: true},
	} {
		t.Run(c.pauses+" without "+c.without, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, c.without)
			cam := p.newCamera(p.a)
			start := func(s *Store) error { _, err := p.startOn(s, cam.ID); return err }
			remove := func(s *Store) error { return s.DeleteCamera(t.Context(), cam.ID) }
			first, second := start, remove
			if c.deletes {
				first, second = remove, start
			}
			var other error
			err := p.stopAt(c.pauses, func() error { return first(p.a) }, func() { other = second(p.b) })
			started, deleted := err, other
			if c.deletes {
				started, deleted = other, err
			}
			if c.without != "" {
				if !p.orphan(cam.ID) {
					t.Errorf("start: %v, deletion: %v; this guard is not needed", started, deleted)
				}
				return
			}
			fine := started == nil && errors.Is(deleted, briefing.ErrConflict) ||
				!c.started && errors.Is(started, briefing.ErrNotFound) && deleted == nil
			if _, err := p.b.LatestOfCamera(t.Context(), "kim", cam.ID); !fine || (err == nil) != c.started || p.orphan(cam.ID) {
				t.Errorf("start: %v, deletion: %v, request: %v", started, deleted, err)
			}
		})
	}
}

// A start that breaks off after its request was inserted has happened: the next claim returns the
// request. If the camera was deleted before, the claim deletes the request instead.
func TestStart_on_a_camera_that_breaks_off(t *testing.T) {
	t.Parallel()
	for _, deletes := range []bool{false, true} {
		t.Run(fmt.Sprint("the camera is deleted: ", deletes), func(t *testing.T) {
			t.Parallel()
			p := newPair(t, "")
			c := p.newCamera(p.a)
			lost := errors.New("lost")
			p.a.test.at = func(step string) error {
				switch {
				case step == "before inserting" && deletes:
					if err := p.b.DeleteCamera(t.Context(), c.ID); err != nil {
						t.Errorf("DeleteCamera: %v", err)
					}
				case step == "request on a camera":
					return lost
				}
				return nil
			}
			if _, err := p.startOn(p.a, c.ID); !errors.Is(err, lost) || p.orphan(c.ID) != deletes {
				t.Errorf("start: %v", err)
			}
			p.a.test.at = nil
			r, err := p.b.LatestOfCamera(t.Context(), "kim", c.ID)
			if err != nil {
				t.Fatal(err)
			}
			claimed := claimedBy(t, p.a)
			_, got := claimed[r.ID]
			_, err = p.b.Request(t.Context(), r.ID)
			if got == deletes || errors.Is(err, briefing.ErrNotFound) != deletes {
				t.Errorf("claimed: %v, the request: %v", got, err)
			}
		})
	}
}

// A deletion that breaks off leaves the camera as it was for everybody. The next start uses it, and
// the next deletion deletes it.
func TestDeleteCamera_that_breaks_off(t *testing.T) {
	t.Parallel()
	p := newPair(t, "")
	c := p.newCamera(p.a)
	lost := errors.New("lost")
	p.a.test.at = func(step string) error {
		if step == "camera unused" {
			return lost
		}
		return nil
	}
	if err := p.a.DeleteCamera(t.Context(), c.ID); !errors.Is(err, lost) {
		t.Errorf("DeleteCamera: %v", err)
	}
	if got, err := p.b.Camera(t.Context(), c.ID); err != nil || got.Version != c.Version || got.Revision != c.Revision {
		t.Errorf("Camera: %+v, %v", got, err)
	}
	started, err := p.startOn(p.b, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.b.EndRequest(t.Context(), briefing.End{ID: started.Request.ID, Reason: briefing.EndedByUser, At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if err := p.b.DeleteCamera(t.Context(), c.ID); err != nil {
		t.Errorf("DeleteCamera: %v", err)
	}
}

// A save beside a deletion of the user on another replica leaves no camera. What a crash leaves
// belongs to no later user of the name, and the next sweep deletes it.
func TestDeleteUser_while_a_camera_is_saved(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ pauses, without string }{
		{"before inserting a camera", ""}, {"camera inserted", ""}, {"before inserting a camera", "user"},
	} {
		t.Run(c.pauses+" without "+c.without, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, c.without)
			p.newCamera(p.a)
			var saved briefing.Camera
			err := p.stopAt(c.pauses, func() (err error) {
				saved, err = p.a.SaveCamera(t.Context(), briefing.Camera{Username: "kim", Source: "demo:"})
				return err
			}, func() {
				if _, err := p.delete(p.b); err != nil {
					t.Error(err)
				}
			})
			n, counted := p.b.cameras.CountDocuments(t.Context(), bson.D{})
			if counted != nil {
				t.Fatal(counted)
			}
			if c.without == "" {
				if !errors.Is(err, briefing.ErrNotFound) || n != 0 {
					t.Errorf("save: %v, %d cameras are left", err, n)
				}
				return
			}
			next := p.newCamera(p.b) // of a new user of that name
			list, err := p.b.Cameras(t.Context(), "kim")
			if err != nil || n != 1 || len(list) != 1 || list[0].ID != next.ID {
				t.Errorf("%d cameras were left, the new user has %d, %v", n, len(list), err)
			}
			if _, err := p.startOn(p.b, saved.ID); !errors.Is(err, briefing.ErrNotFound) {
				t.Errorf("a start on the camera that was left: %v", err)
			}
			for after, left := range map[time.Duration]bool{0: true, markTime + time.Minute: false} {
				if err := p.b.sweepCameras(t.Context(), p.b.Now().Add(after)); err != nil {
					t.Fatal(err)
				}
				if _, err := p.b.Camera(t.Context(), saved.ID); after > 0 && (err == nil) != left {
					t.Errorf("after a sweep in %v: %v", after, err)
				}
			}
			if _, err := p.b.Camera(t.Context(), next.ID); err != nil {
				t.Errorf("the camera of the new user: %v", err)
			}
		})
	}
}

// An old server ends a request on a camera and leaves active_user in place. The next start on that
// camera goes on, and so does a deletion.
func TestStart_on_a_camera_beside_an_old_server(t *testing.T) {
	t.Parallel()
	p := newPair(t, "")
	c := p.newCamera(p.a)
	endByPython := func(id briefing.RequestID) {
		t.Helper()
		oid, _ := objectID(id)
		db := rawDatabase(t, mongotest.Shared(t).URI(), p.a.cfg.Database)
		set := bson.D{{Key: "$set", Value: bson.D{{Key: "is_active", Value: false}}}}
		if _, err := db.Collection("requests").UpdateByID(t.Context(), oid, set); err != nil {
			t.Fatal(err)
		}
	}
	first, err := p.startOn(p.a, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	endByPython(first.Request.ID)
	next, err := p.startOn(p.b, c.ID)
	if err != nil || next.Replaced != nil || !next.Request.Active {
		t.Errorf("after an old server's end: %+v, %v", next, err)
	}
	if shop, err := p.a.Request(t.Context(), p.req.ID); err != nil || !shop.Active {
		t.Errorf("the request of the settings' camera: %+v, %v", shop, err)
	}
	endByPython(next.Request.ID)
	if err := p.b.DeleteCamera(t.Context(), c.ID); err != nil {
		t.Errorf("DeleteCamera: %v", err)
	}
}

// The camera of the settings has the bare name in active_user, as earlier versions wrote it. Other
// cameras have an addition that no name has.
func TestStart_writes_active_user(t *testing.T) {
	t.Parallel()
	p := newPair(t, "")
	c := p.newCamera(p.a)
	started, err := p.startOn(p.a, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[briefing.RequestID]string{p.req.ID: "kim", started.Request.ID: "kim\x1f" + string(c.ID) + " "} {
		oid, _ := objectID(id)
		var doc requestDoc
		if err := p.a.requests.FindOne(t.Context(), bson.D{{Key: "_id", Value: oid}}).Decode(&doc); err != nil || doc.ActiveUser != want {
			t.Errorf("active_user is %q, %v; want %q", doc.ActiveUser, err, want)
		}
	}
}

// FuzzActiveKey checks that two users and cameras have different keys, whatever the names of old
// data are, and that no user has the key of another one's camera.
func FuzzActiveKey(f *testing.F) {
	id := strings.Repeat("0a", 12)
	f.Add("kim", "kim\x1f"+id)
	f.Add("kim", "kim\x1f"+id+" ")
	f.Add(" 김민수", "김민수\u3000")
	f.Add("a\x1f"+id, "a")
	f.Fuzz(func(t *testing.T, a, b string) {
		ids := []briefing.CameraID{briefing.DefaultCamera, briefing.CameraID(id), briefing.CameraID(strings.Repeat("f", 24))}
		userA, userB := briefing.NameKey(a), briefing.NameKey(b)
		if len(userA) > briefing.MaxNameBytes-26 || len(userB) > briefing.MaxNameBytes-26 {
			t.Skip("too long for a name")
		}
		for _, x := range ids {
			for _, y := range ids {
				same := userA == userB && x == y
				if (activeKey(userA, x) == activeKey(userB, y)) != same {
					t.Errorf("%q on %s and %q on %s", userA, x, userB, y)
				}
			}
		}
	})
}

// A start on a camera beside a deletion of the user on another replica is deleted with the camera,
// at whatever step of the deletion it comes. Until then no request is without its camera.
func TestDeleteUser_beside_a_start_on_a_camera(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"request deleted", "cameras deleted", "user marked"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, "")
			c := p.newCamera(p.a)
			var started error
			err := p.stopAt(step, func() error { _, err := p.delete(p.a); return err }, func() {
				_, started = p.startOn(p.b, c.ID)
				if p.orphan(c.ID) {
					t.Error("a request is active without its camera")
				}
			})
			if quick := step == "request deleted"; quick != (started == nil) || !quick && !errors.Is(started, briefing.ErrNotFound) {
				t.Errorf("the start: %v", started)
			}
			if n := p.leftOver(p.b); err != nil || n != 0 {
				t.Errorf("the deletion: %v, %d documents are left", err, n)
			}
			if _, err := p.b.Camera(t.Context(), c.ID); !errors.Is(err, briefing.ErrNotFound) {
				t.Errorf("the camera: %v", err)
			}
		})
	}
}
