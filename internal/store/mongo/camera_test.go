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

// meanwhile calls do in a goroutine. It returns when do has returned, or when do has waited for so
// long that it waits for another transaction. finish waits for the end of do.
func meanwhile(do func() error) (finish func() error) {
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case err := <-done:
		done <- err
	case <-time.After(time.Second):
	}
	return func() error { return <-done }
}

// orphan reports an active request whose camera is not stored.
func (p *pair) orphan(id briefing.CameraID) bool {
	p.Helper()
	r, none := p.b.LatestOfCamera(p.Context(), "kim", id)
	_, gone := p.b.Camera(p.Context(), id)
	return none == nil && r.Active && errors.Is(gone, briefing.ErrNotFound)
}

// A start that pauses within its transaction makes a deletion by another replica wait, and then
// fail. Without the write of the camera, the deletion would overlook the start.
func TestDeleteCamera_while_a_start_is_under_way(t *testing.T) {
	t.Parallel()
	for _, without := range []string{"", "camera"} {
		t.Run("without "+without, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, without)
			c := p.newCamera(p.a)
			var finish func() error
			err := p.stopAt("camera used", func() error { _, err := p.startOn(p.a, c.ID); return err }, func() {
				finish = meanwhile(func() error { return p.b.DeleteCamera(t.Context(), c.ID) })
			})
			deleted := finish()
			if without != "" {
				if !p.orphan(c.ID) {
					t.Errorf("start: %v, deletion: %v; this guard is not needed", err, deleted)
				}
				return
			}
			if err != nil || !errors.Is(deleted, briefing.ErrConflict) || p.orphan(c.ID) {
				t.Errorf("start: %v, deletion: %v", err, deleted)
			}
		})
	}
}

// A deletion that pauses within its transaction makes a start on another replica wait, and then
// fail. If the deletion fails instead, the start succeeds.
func TestStart_while_its_camera_is_deleted(t *testing.T) {
	t.Parallel()
	for _, breaks := range []bool{false, true} {
		t.Run(fmt.Sprint("the deletion breaks: ", breaks), func(t *testing.T) {
			t.Parallel()
			p := newPair(t, "")
			c := p.newCamera(p.a)
			p.req.ID = "" // the request of the pair does not matter
			lost := errors.New("lost")
			reached, goOn := make(chan struct{}), make(chan struct{})
			p.a.test.at = func(step string) error {
				if step != "camera deleted" {
					return nil
				}
				close(reached)
				<-goOn
				if breaks {
					return lost
				}
				return nil
			}
			deleted := make(chan error, 1)
			go func() { deleted <- p.a.DeleteCamera(t.Context(), c.ID) }()
			<-reached
			finish := meanwhile(func() error { _, err := p.startOn(p.b, c.ID); return err })
			close(goOn)
			deletion, start := <-deleted, finish()
			if !breaks && (deletion != nil || !errors.Is(start, briefing.ErrNotFound)) {
				t.Errorf("deletion: %v, start: %v", deletion, start)
			}
			if breaks && (!errors.Is(deletion, lost) || start != nil) {
				t.Errorf("deletion: %v, start: %v", deletion, start)
			}
			if p.orphan(c.ID) {
				t.Error("a request is active without its camera")
			}
		})
	}
}

// A start whose answer is lost has happened as a whole or not at all, and the next claim returns a
// request that was stored.
func TestStart_on_a_camera_that_breaks_off(t *testing.T) {
	t.Parallel()
	p := newPair(t, "")
	c := p.newCamera(p.a)
	lost := errors.New("lost")
	p.a.test.at = func(step string) error {
		if step == "camera used" {
			return lost
		}
		return nil
	}
	if _, err := p.startOn(p.a, c.ID); !errors.Is(err, lost) {
		t.Errorf("start: %v", err)
	}
	p.a.test.at = nil
	if _, err := p.b.LatestOfCamera(t.Context(), "kim", c.ID); !errors.Is(err, briefing.ErrNotFound) {
		t.Errorf("the broken start: %v", err)
	}
	if err := p.b.DeleteCamera(t.Context(), c.ID); err != nil {
		t.Errorf("DeleteCamera: %v", err)
	}
}

// A save that pauses within its transaction makes a deletion of the user on another replica wait.
// The deletion then deletes the camera, too.
func TestDeleteUser_while_a_camera_is_saved(t *testing.T) {
	t.Parallel()
	p := newPair(t, "")
	if _, _, err := p.a.EnsureUser(t.Context(), "kim", nil); err != nil {
		t.Fatal(err)
	}
	var saved briefing.Camera
	var finish func() error
	err := p.stopAt("user touched", func() (err error) {
		saved, err = p.a.SaveCamera(t.Context(), briefing.Camera{Username: "kim", Source: "demo:"})
		return err
	}, func() {
		finish = meanwhile(func() error { _, err := p.delete(p.b); return err })
	})
	if deleted := finish(); err != nil || deleted != nil {
		t.Errorf("save: %v, deletion: %v", err, deleted)
	}
	if _, err := p.b.Camera(t.Context(), saved.ID); !errors.Is(err, briefing.ErrNotFound) {
		t.Errorf("the camera of the deleted user: %v", err)
	}
	if n := p.leftOver(p.b); n != 0 {
		t.Errorf("%d documents are left", n)
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
