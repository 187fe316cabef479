package mongo

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"bis/internal/briefing"
	"bis/internal/store/mongo/mongotest"
)

// move moves the end of the pair's request by a store.
func (p *pair) move(s *Store, to time.Time, clock string) briefing.Request {
	p.Helper()
	r, err := s.MoveEnd(p.Context(), briefing.Move{ID: p.req.ID, EndsAt: to, EndTime: clock})
	if err != nil {
		p.Fatal(err)
	}
	return r
}

// endByTime ends the pair's request as its owner's timer does.
func (p *pair) endByTime(at time.Time) error {
	_, err := p.a.EndRequest(p.Context(), briefing.End{
		ID: p.req.ID, Reason: briefing.EndedByTime, At: at, Owner: p.req.Owner,
	})
	return err
}

// next reads the next change of the feed. The feed may first return the start of the request, and
// the end of the request that it replaced: they were committed shortly before its opening.
func (p *pair) next() briefing.Change {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.Context(), time.Minute)
	defer cancel()
	for {
		c, err := p.feed.Next(ctx)
		if err != nil {
			p.Fatal(err)
		}
		replaced := c.Kind == briefing.RequestEnded && c.Request.ID != p.req.ID
		if c.Kind != briefing.RequestStarted && !replaced {
			return c
		}
	}
}

// Another replica moves the end. The owner's timer still has the old one, and must not end the
// request. The feed of every replica has the move.
func TestMoveEnd_of_a_request_that_another_replica_runs(t *testing.T) {
	t.Parallel()
	p := newPair(t, "")
	now := p.a.Now().UTC().Truncate(time.Millisecond)
	due := now.Add(-time.Second)
	p.move(p.b, due, "09:00")
	p.next()
	later := now.Add(3 * time.Hour)
	moved := p.move(p.b, later, "12:00")
	if err := p.endByTime(due); !errors.Is(err, briefing.ErrNotDue) {
		t.Fatalf("a stale timer: %v, want %v", err, briefing.ErrNotDue)
	}
	if c := p.next(); c.Kind != briefing.RequestMoved || !c.Request.EndsAt.Equal(later) || c.Request.EndTime != "12:00" {
		t.Errorf("the feed has %+v", c)
	}
	if moved.Owner != p.req.Owner || moved.EndText != p.req.EndText {
		t.Errorf("the move answers %+v", moved)
	}
	if err := p.append(p.a, 1); err != nil {
		t.Errorf("the owner's next run: %v", err)
	}
	p.move(p.b, due, "09:00")
	if err := p.endByTime(due); err != nil {
		t.Errorf("the end of a due request: %v", err)
	}
	if fault := p.verify(); fault != "" {
		t.Error(fault)
	}
}

// The move comes between the check and the write of an end by time.
func TestMoveEnd_while_the_owner_ends_the_request(t *testing.T) {
	t.Parallel()
	p := newPair(t, "")
	now := p.a.Now().UTC().Truncate(time.Millisecond)
	due := now.Add(-time.Second)
	p.move(p.b, due, "09:00")
	err := p.stopAt("before the end", func() error { return p.endByTime(due) },
		func() { p.move(p.b, now.Add(time.Hour), "12:00") })
	if !errors.Is(err, briefing.ErrNotDue) {
		t.Errorf("the end is %v, want %v", err, briefing.ErrNotDue)
	}
	if r, err := p.a.Request(t.Context(), p.req.ID); err != nil || !r.Active {
		t.Errorf("the request is %+v, %v", r, err)
	}
}

// The owner has read the old end when another replica moves it to before the tick.
func TestMoveEnd_while_the_owner_appends(t *testing.T) {
	t.Parallel()
	for _, without := range []string{"", "ends_at"} {
		p := newPair(t, without)
		if err := p.append(p.a, 1); err != nil {
			t.Fatal(err)
		}
		err := p.stopAt("before update", func() error { return p.append(p.a, 3) },
			func() { p.move(p.b, p.req.StartedAt.Add(25*time.Second), "12:00") })
		if refused := errors.Is(err, briefing.ErrConflict); refused != (without == "") {
			t.Errorf("without %q the append after the end is %v", without, err)
		}
		if err == nil {
			continue
		}
		if err := p.append(p.a, 2); err != nil {
			t.Errorf("the append before the end: %v", err)
		}
		if fault := p.verify(); fault != "" {
			t.Error(fault)
		}
	}
}

// A user's end that a move overtakes returns the moved end.
func TestMoveEnd_while_the_user_ends_the_request(t *testing.T) {
	t.Parallel()
	p := newPair(t, "")
	later := p.a.Now().UTC().Truncate(time.Millisecond).Add(5 * time.Hour)
	var ended briefing.Request
	err := p.stopAt("before the end", func() (err error) {
		ended, err = p.a.EndRequest(t.Context(), briefing.End{ID: p.req.ID, Reason: briefing.EndedByUser, At: p.a.Now()})
		return err
	}, func() { p.move(p.b, later, "12:00") })
	if err != nil || ended.EndsAt == nil || !ended.EndsAt.Equal(later) {
		t.Errorf("the ended request is %+v, %v", ended, err)
	}
}

// The document of an old server has no end_text. A move leaves the text of the start in it, the old
// field has the new end, and the claim that follows leaves the moved end and is no move.
func TestMoveEnd_of_a_request_of_an_old_server(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("KST", 9*60*60)
	database := mongotest.Database()
	s, err := Open(t.Context(), Config{
		URI: mongotest.Shared(t).URI(), Database: database, Instance: "a", Zone: zone, Adopt: AdoptAlways, Await: 50 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	db := s.calls.Database(database)
	id := insertOld(t, db, zone, old{user: "kim", age: time.Minute, ends: 2 * time.Hour})[0]
	before, err := s.Request(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	f, err := s.OpenFeed(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	later := s.Now().UTC().Truncate(time.Millisecond).Add(26 * time.Hour)
	clock := later.In(zone).Format(briefing.ClockLayout)
	moved, err := s.MoveEnd(t.Context(), briefing.Move{ID: id, EndsAt: later, EndTime: clock})
	if err != nil || moved.EndText != before.EndText || !moved.EndsAt.Equal(later) {
		t.Fatalf("the move answers %+v, %v", moved, err)
	}
	claimed := claimedBy(t, s)[id]
	if claimed.EndText != before.EndText || claimed.EndsAt == nil || !claimed.EndsAt.Equal(later) || claimed.EndTime != clock {
		t.Errorf("claimed: %+v, want the moved end and the text %q", claimed, before.EndText)
	}
	var doc bson.M
	oid, _ := objectID(id)
	if err := db.Collection("requests").FindOne(t.Context(), bson.D{{Key: "_id", Value: oid}}).Decode(&doc); err != nil || doc["endtime"] != clock {
		t.Errorf("old servers read the end %v, %v, want %s", doc["endtime"], err, clock)
	}
	b, err := s.AddBriefing(t.Context(), briefing.Briefing{RequestID: id, At: time.Now(), Caption: "x", Text: "2026-03-01 12:00_x"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var kinds []briefing.ChangeKind
	for range 2 {
		c, err := f.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, c.Kind)
		if c.Kind == briefing.BriefingStored && c.Briefing.ID != b.ID {
			t.Errorf("the feed has %+v", c)
		}
	}
	if kinds[0] != briefing.RequestMoved || kinds[1] != briefing.BriefingStored {
		t.Errorf("the feed has the kinds %v, want one move and the briefing", kinds)
	}
}

// Another replica moves the end to the past. The owner finds the request among the due ones without
// the feed, and the other replica does not.
func TestDue_of_a_request_that_another_replica_has_moved(t *testing.T) {
	t.Parallel()
	p := newPair(t, "")
	due := func(s *Store) []briefing.RequestID {
		t.Helper()
		list, err := s.Due(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	if list := due(p.a); len(list) != 0 {
		t.Errorf("before the move: %v", list)
	}
	p.move(p.b, p.a.Now().Add(-time.Second), "09:00")
	if list := due(p.a); len(list) != 1 || list[0] != p.req.ID {
		t.Errorf("the owner has %v", list)
	}
	if list := due(p.b); len(list) != 0 {
		t.Errorf("the other replica has %v", list)
	}
	if err := p.end(p.a); err != nil {
		t.Fatal(err)
	}
	if list := due(p.a); len(list) != 0 {
		t.Errorf("after the end: %v", list)
	}
}
