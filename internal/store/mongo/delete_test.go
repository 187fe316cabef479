package mongo

import (
	"errors"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"bis/internal/briefing"
)

// delete deletes kim, as s sees it.
func (p *pair) delete(s *Store) (briefing.Deleted, error) {
	return s.DeleteUser(p.Context(), briefing.DeleteUser{Username: "kim", At: s.Now()})
}

// leftOver counts the documents that have something of the user or of the request.
func (p *pair) leftOver(s *Store) (n int64) {
	p.Helper()
	oid, _ := objectID(p.req.ID)
	for _, count := range []func() (int64, error){
		func() (int64, error) { return s.users.CountDocuments(p.Context(), bson.D{}) },
		func() (int64, error) { return s.requests.CountDocuments(p.Context(), bson.D{}) },
		func() (int64, error) {
			return s.briefings.CountDocuments(p.Context(), bson.D{{Key: "request_id", Value: oid}})
		},
		func() (int64, error) {
			return s.briefings.CountDocuments(p.Context(), bson.D{{Key: "briefing", Value: bson.D{{Key: "$gt", Value: ""}}}})
		},
	} {
		got, err := count()
		if err != nil {
			p.Fatal(err)
		}
		n += got
	}
	return n
}

// A deletion that was broken off at any of its steps can be repeated by another process, and then
// nothing is left.
func TestDeleteUser_can_be_repeated_after_a_crash(t *testing.T) {
	t.Parallel()
	lost := errors.New("lost")
	for _, step := range []string{
		"before the end", "ended before its deletion", "last id removed", "marked as deleted",
		"briefings deleted", "request deleted", "user marked",
	} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, "")
			if _, _, err := p.a.EnsureUser(t.Context(), "kim", nil); err != nil {
				t.Fatal(err)
			}
			for tick := range int64(3) {
				if err := p.append(p.a, tick+1); err != nil {
					t.Fatal(err)
				}
			}
			p.a.test.at = func(at string) error {
				if at == step {
					return lost
				}
				return nil
			}
			if _, err := p.delete(p.a); !errors.Is(err, lost) {
				t.Fatalf("the deletion that is broken off: %v", err)
			}
			if _, err := p.delete(p.b); err != nil {
				t.Fatal(err)
			}
			if n := p.leftOver(p.b); n != 0 {
				t.Errorf("%d documents are left", n)
			}
			if got, err := p.delete(p.b); err != nil || len(got.Requests)+got.Briefings != 0 {
				t.Errorf("once more: %+v, %v", got, err)
			}
		})
	}
}

// A writer of another process that pauses between the two steps of its append, while the user is
// deleted, brings nothing back. Before the update it is refused, and after it its id is taken.
func TestDeleteUser_settles_intents(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"before update", "updated"} {
		for _, first := range []bool{true, false} {
			t.Run(step, func(t *testing.T) {
				t.Parallel()
				p := newPair(t, "")
				if !first {
					if err := p.append(p.a, 1); err != nil {
						t.Fatal(err)
					}
				}
				err := p.stopAt(step, func() error { return p.append(p.a, 2) }, func() {
					if _, err := p.delete(p.b); err != nil {
						t.Error(err)
					}
				})
				if !errors.Is(err, briefing.ErrNotFound) {
					t.Errorf("the writer that paused: %v, want ErrNotFound", err)
				}
				if n := p.leftOver(p.b); n != 0 {
					t.Errorf("%d documents are left", n)
				}
			})
		}
	}
}

// What an older writer inserts after the deletion is swept away.
func TestDeleteUser_sweeps_late_inserts(t *testing.T) {
	t.Parallel()
	p := newPair(t, "")
	if err := p.append(p.a, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := p.delete(p.b); err != nil {
		t.Fatal(err)
	}
	oid, _ := objectID(p.req.ID)
	if _, err := p.a.briefings.InsertOne(t.Context(), bson.D{{Key: "request_id", Value: oid}, {Key: "briefing", Value: "2026-03-01 12:00_x"}}); err != nil {
		t.Fatal(err)
	}
	if err := p.b.sweepDeleted(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := p.leftOver(p.b); n != 0 {
		t.Errorf("%d documents are left", n)
	}
}

// startAs starts a request of kim whose user must exist, or is made.
func (p *pair) startAs(s *Store, user briefing.StartUser) error {
	now := s.Now().UTC().Truncate(time.Millisecond)
	_, err := s.StartRequest(p.Context(), briefing.Start{User: user, Request: briefing.Request{
		Username: "kim", Name: now.Format(briefing.NameLayout), Interval: 10, EndTime: "22:00", EndText: "22:00",
		CameraID: briefing.DefaultCamera, StartedAt: now,
	}})
	return err
}

// A deletion on one replica while another starts a request leaves the request with its user, or
// neither.
func TestDeleteUser_beside_a_start_of_another_replica(t *testing.T) {
	t.Parallel()
	noUser := func(t *testing.T, p *pair, err error) {
		if n := p.leftOver(p.b); err == nil || n != 0 {
			t.Errorf("the start: %v, %d documents are left", err, n)
		}
	}
	both := func(t *testing.T, p *pair, err error) {
		_, lost := p.b.User(t.Context(), "kim")
		_, none := p.b.ActiveRequest(t.Context(), "kim")
		if err != nil || lost != nil || none != nil {
			t.Errorf("the start: %v, the user: %v, the request: %v", err, lost, none)
		}
	}
	for name, c := range map[string]struct {
		user  briefing.StartUser
		check func(*testing.T, *pair, error)
	}{
		"the user is made again":    {briefing.EnsuredUser, both},
		"the request is taken back": {briefing.KnownUser, noUser},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, "")
			if _, _, err := p.a.EnsureUser(t.Context(), "kim", nil); err != nil {
				t.Fatal(err)
			}
			if err := p.end(p.a); err != nil {
				t.Fatal(err)
			}
			err := p.stopAt("before inserting", func() error { return p.startAs(p.a, c.user) }, func() {
				if _, err := p.delete(p.b); err != nil {
					t.Error(err)
				}
			})
			c.check(t, p, err)
		})
	}
	// A start that finds the user just before the user is deleted is deleted, too.
	t.Run("the request is found", func(t *testing.T) {
		t.Parallel()
		p := newPair(t, "")
		if _, _, err := p.a.EnsureUser(t.Context(), "kim", nil); err != nil {
			t.Fatal(err)
		}
		if err := p.end(p.a); err != nil {
			t.Fatal(err)
		}
		if _, err := p.a.requests.DeleteMany(t.Context(), bson.D{}); err != nil {
			t.Fatal(err)
		}
		err := p.stopAt("user marked", func() error { _, err := p.delete(p.a); return err }, func() {
			if err := p.startAs(p.b, briefing.EnsuredUser); err != nil {
				t.Error(err)
			}
		})
		if n := p.leftOver(p.b); err != nil || n != 0 {
			t.Errorf("the deletion: %v, %d documents are left", err, n)
		}
	})
}
