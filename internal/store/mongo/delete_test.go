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

// A crash while a name without a user is brought into the feed leaves no user of that name.
func TestDeleteUser_of_an_unknown_name_and_a_crash(t *testing.T) {
	t.Parallel()
	p := newPair(t, "")
	if _, err := p.delete(p.a); err != nil {
		t.Fatal(err)
	}
	lost := errors.New("lost")
	p.a.test.at = func(at string) error {
		if at == "user marked" {
			return lost
		}
		return nil
	}
	if _, err := p.delete(p.a); !errors.Is(err, lost) {
		t.Fatalf("the deletion that is broken off: %v", err)
	}
	if _, err := p.b.User(t.Context(), "kim"); !errors.Is(err, briefing.ErrNotFound) {
		t.Errorf("User: %v", err)
	}
	if list, err := p.b.UsersAfter(t.Context(), "", 9); len(list) != 0 || err != nil {
		t.Errorf("an export has the users %v, %v", list, err)
	}
	p.sweep(0)
	if n := p.leftOver(p.b); n != 0 {
		t.Errorf("%d documents are left", n)
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

// python inserts a briefing of a deleted request, as the job of an old server does.
func (p *pair) python(id briefing.RequestID) {
	p.Helper()
	oid, _ := objectID(id)
	_, err := p.a.briefings.InsertOne(p.Context(), bson.D{{Key: "request_id", Value: oid}, {Key: "briefing", Value: "2026-03-01 12:00_x"}})
	if err != nil {
		p.Fatal(err)
	}
}

// sweep calls sweepDeleted some time from now.
func (p *pair) sweep(after time.Duration) {
	p.Helper()
	if err := p.b.sweepDeletedAt(p.Context(), p.b.Now().Add(after)); err != nil {
		p.Fatal(err)
	}
}

// What an old server inserts after the deletion is swept away, until the end time of the request. An
// old server ends it without a time, and its job is in its memory: whether the request is active, has
// an owner, or has a last id makes no difference. Then the mark goes.
func TestDeleteUser_sweeps_late_inserts(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]func(*testing.T, *pair) bson.D{
		"of this server": func(*testing.T, *pair) bson.D { return nil },
		"ended": func(t *testing.T, p *pair) bson.D {
			if err := p.end(p.a); err != nil {
				t.Fatal(err)
			}
			return nil
		},
		"ended long ago": func(_ *testing.T, p *pair) bson.D {
			return bson.D{{Key: "$set", Value: bson.D{{Key: "is_active", Value: false}, {Key: "ended_at", Value: p.a.Now().Add(-40 * time.Minute)}}}}
		},
		"ended by an old server": func(*testing.T, *pair) bson.D {
			return bson.D{{Key: "$set", Value: bson.D{{Key: "is_active", Value: false}}}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, "")
			if err := p.append(p.a, 1); err != nil {
				t.Fatal(err)
			}
			if update := before(t, p); update != nil {
				if _, err := p.a.requests.UpdateMany(t.Context(), bson.D{}, update); err != nil {
					t.Fatal(err)
				}
			}
			p.sweepsUntil(p.req.ID, time.Hour+legacySilence)
		})
	}
}

// sweepsUntil deletes kim, and checks that what an old server inserts afterwards is swept away for a
// time, and that nothing is left then.
func (p *pair) sweepsUntil(id briefing.RequestID, last time.Duration) {
	p.Helper()
	if _, err := p.delete(p.b); err != nil {
		p.Fatal(err)
	}
	for _, after := range []time.Duration{0, last - time.Minute, last + time.Minute} {
		p.python(id)
		p.sweep(after)
		if n := p.leftOver(p.b); n != 0 {
			p.Errorf("%v after the deletion %d documents are left", after, n)
		}
	}
	if n, err := p.a.briefings.CountDocuments(p.Context(), bson.D{}); n != 0 || err != nil {
		p.Errorf("%d marks are left, %v", n, err)
	}
}

// A request of an old server has neither a last id nor a time of its end.
func TestDeleteUser_sweeps_late_inserts_of_an_old_servers_job(t *testing.T) {
	t.Parallel()
	for _, endtime := range []string{"in an hour", "whenever"} {
		for _, active := range []bool{true, false} {
			t.Run(endtime, func(t *testing.T) {
				t.Parallel()
				p := newPair(t, "")
				if _, err := p.delete(p.a); err != nil {
					t.Fatal(err)
				}
				if _, err := p.a.briefings.DeleteMany(t.Context(), bson.D{}); err != nil { // its mark
					t.Fatal(err)
				}
				now := p.a.Now().In(p.a.cfg.Zone)
				id, last := bson.NewObjectIDFromTimestamp(now), longestDay+legacySilence
				text := endtime
				if endtime == "in an hour" {
					text, last = now.Add(time.Hour).Format("15:04"), time.Hour+legacySilence-30*time.Second
				}
				_, err := p.a.requests.InsertOne(t.Context(), bson.D{
					{Key: "_id", Value: id}, {Key: "username", Value: "kim"}, {Key: "request_name", Value: now.Format(briefing.NameLayout)},
					{Key: "interval", Value: int32(10)}, {Key: "endtime", Value: text}, {Key: "is_active", Value: active},
				})
				if err != nil {
					t.Fatal(err)
				}
				p.req.ID = briefing.RequestID(id.Hex())
				p.python(p.req.ID)
				p.sweepsUntil(p.req.ID, last)
			})
		}
	}
}

// A writer that pauses before its insert, while an old server ends the request and the user is
// deleted, brings nothing back: the mark has its id.
func TestDeleteUser_after_the_end_by_an_old_server(t *testing.T) {
	t.Parallel()
	p := newPair(t, "")
	err := p.stopAt("updated", func() error { return p.append(p.a, 1) }, func() {
		_, err := p.b.requests.UpdateMany(t.Context(), bson.D{}, bson.D{{Key: "$set", Value: bson.D{{Key: "is_active", Value: false}}}})
		if err != nil {
			t.Error(err)
		}
		if _, err := p.delete(p.b); err != nil {
			t.Error(err)
		}
	})
	if n := p.leftOver(p.b); n != 0 || !errors.Is(err, briefing.ErrNotFound) {
		t.Errorf("the writer that paused: %v, %d documents are left", err, n)
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
