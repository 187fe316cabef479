package mongo

import (
	"errors"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"golang.org/x/text/unicode/norm"

	"bis/internal/briefing"
	"bis/internal/store/mongo/mongotest"
)

var (
	composed   = "김민수"
	decomposed = norm.NFD.String(composed)
	mixed      = "김" + norm.NFD.String("민수") + " "
)

// An old server stored one user twice and started a request under each spelling.
func TestClaim_of_old_requests_under_several_spellings(t *testing.T) {
	t.Parallel()
	uri, database := mongotest.Shared(t).URI(), mongotest.Database()
	db := rawDatabase(t, uri, database)
	ids := insertOld(t, db, time.UTC,
		old{user: mixed, age: 3 * time.Hour, ends: 2 * time.Hour}, old{user: decomposed, age: 2 * time.Hour, ends: 2 * time.Hour},
		old{user: composed, age: time.Hour, ends: 2 * time.Hour})
	s := openWith(t, uri, func(c *Config) { c.Database = database })
	claimed := claimedBy(t, s)
	if _, ok := claimed[ids[2]]; len(claimed) != 1 || !ok {
		t.Errorf("claimed %v, want %s alone", claimed, ids[2])
	}
	for i, id := range ids[:2] {
		if r, err := s.Request(t.Context(), id); err != nil || r.Active || *r.EndReason != briefing.Replaced {
			t.Errorf("older request %d: %+v, %v; want it replaced", i, r, err)
		}
	}
	for i, id := range ids {
		oid, _ := objectID(id)
		var doc requestDoc
		if err := db.Collection("requests").FindOne(t.Context(), bson.D{{Key: "_id", Value: oid}}).Decode(&doc); err != nil {
			t.Fatal(err)
		}
		if want := []string{mixed, decomposed, composed}[i]; doc.Username != want {
			t.Errorf("request %d is now %q's, was %q's", i, doc.Username, want)
		}
	}
	if _, _, err := s.EnsureUser(t.Context(), composed, nil); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{composed, decomposed, mixed} {
		if list, _, err := s.Requests(t.Context(), name, "", 9); err != nil || len(list) != 3 {
			t.Errorf("%d requests of %q, %v; want 3", len(list), name, err)
		}
	}
}

// An old server may start a request under another spelling after a request of this server. The
// older one ends.
func TestClaim_of_an_old_request_ends_ours_that_is_older(t *testing.T) {
	t.Parallel()
	uri := mongotest.Shared(t).URI()
	for _, name := range []string{composed, decomposed} {
		s := openWith(t, uri, func(c *Config) { c.Adopt, c.LegacyEvery = AdoptAlways, time.Nanosecond })
		at := time.Now().Add(-time.Hour).UTC().Truncate(time.Millisecond)
		ends := at.Add(3 * time.Hour)
		ours, err := s.StartRequest(t.Context(), briefing.Start{Request: briefing.Request{Username: composed, Interval: 10, StartedAt: at, EndsAt: &ends}})
		if err != nil {
			t.Fatal(err)
		}
		claimedBy(t, s)
		ids := insertOld(t, rawDatabase(t, uri, s.cfg.Database), time.UTC, old{user: name, age: -time.Second, ends: 2 * time.Hour})
		if _, ok := claimedBy(t, s)[ids[0]]; !ok {
			t.Errorf("the request of %q was not adopted", name)
		}
		if r, err := s.Request(t.Context(), ours.Request.ID); err != nil || r.Active || *r.EndReason != briefing.Replaced {
			t.Errorf("ours beside one of %q: %+v, %v; want it replaced", name, r, err)
		}
	}
}

// Old writers store names as typed while a process is running.
func TestUser_stored_by_an_old_writer_meanwhile(t *testing.T) {
	t.Parallel()
	uri := mongotest.Shared(t).URI()
	s := openWith(t, uri, func(c *Config) { c.LegacyEvery = time.Nanosecond })
	db := rawDatabase(t, uri, s.cfg.Database)
	claimedBy(t, s) // the first scan is over
	insert := func(name string) {
		t.Helper()
		if _, err := db.Collection("users").InsertOne(t.Context(), bson.D{{Key: "username", Value: name}, {Key: "custom", Value: bson.A{"old"}}}); err != nil {
			t.Fatal(err)
		}
	}
	insert(decomposed)
	if u, err := s.User(t.Context(), composed); err != nil || u.Username != decomposed {
		t.Errorf("a decomposed name, at once: %+v, %v", u, err)
	}
	insert("이 " + norm.NFD.String("영희") + "  ")
	claimedBy(t, s)
	if u, err := s.User(t.Context(), "이 영희"); err != nil || u.Custom[0] != "old" {
		t.Errorf("half of a name decomposed, after the next look at old data: %+v, %v", u, err)
	}
	if u, made, err := s.EnsureUser(t.Context(), "이 영희", nil); err != nil || made || u.Custom[0] != "old" {
		t.Errorf("EnsureUser: %+v, made %v, %v", u, made, err)
	}
}

// One process has stored a spelling that the other has not read yet.
func TestSpelling_of_another_process(t *testing.T) {
	t.Parallel()
	uri := mongotest.Shared(t).URI()
	a := openWith(t, uri, nil)
	b := openWith(t, uri, func(c *Config) { c.Database = a.cfg.Database })
	first, made, err := a.EnsureUser(t.Context(), mixed, nil)
	if err != nil || !made {
		t.Fatalf("made %v, %v", made, err)
	}
	if u, made, err := b.EnsureUser(t.Context(), composed, nil); err != nil || made || u.ID != first.ID {
		t.Errorf("EnsureUser in the other process: %+v, made %v, %v; want %s", u, made, err, first.ID)
	}
	c := openWith(t, uri, func(c *Config) { c.Database = a.cfg.Database })
	start := func(s *Store, name string) briefing.Started {
		t.Helper()
		now := time.Now().UTC().Truncate(time.Millisecond)
		ends := now.Add(time.Hour)
		done, err := s.StartRequest(t.Context(), briefing.Start{Request: briefing.Request{Username: name, Interval: 10, StartedAt: now, EndsAt: &ends}})
		if err != nil {
			t.Fatal(err)
		}
		return done
	}
	odd := "이 " + norm.NFD.String("영희") + " "
	req := start(a, odd).Request
	done := start(c, "이 영희")
	if done.Replaced == nil || done.Replaced.ID != req.ID || done.Request.ID <= req.ID {
		t.Errorf("a start in the other process: %+v, want %s replaced", done, req.ID)
	}
	if _, err := a.User(t.Context(), "이영희"); !errors.Is(err, briefing.ErrNotFound) {
		t.Errorf("another name: %v", err)
	}
}
