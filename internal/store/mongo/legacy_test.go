package mongo

import (
	"errors"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"bis/internal/briefing"
	"bis/internal/store/mongo/mongotest"
)

func contains(err error, text string) bool { return strings.Contains(err.Error(), text) }

// old describes a request of an old server.
type old struct {
	user   string
	age    time.Duration // since its start
	ends   time.Duration // from now
	silent time.Duration // since its newest briefing; 0: it has none
}

// insertOld stores requests as the old server did, and returns their ids.
func insertOld(t *testing.T, db *mongo.Database, zone *time.Location, list ...old) []briefing.RequestID {
	t.Helper()
	now := time.Now()
	ids := make([]briefing.RequestID, len(list))
	for i, o := range list {
		id := bson.NewObjectIDFromTimestamp(now.Add(-o.age))
		ids[i] = briefing.RequestID(id.Hex())
		doc := bson.D{
			{Key: "_id", Value: id}, {Key: "username", Value: o.user}, {Key: "request_name", Value: now.Add(-o.age).In(zone).Format(briefing.NameLayout)},
			{Key: "interval", Value: int32(10)}, {Key: "endtime", Value: now.Add(o.ends).In(zone).Format("15:04")}, {Key: "is_active", Value: true},
		}
		if _, err := db.Collection("requests").InsertOne(t.Context(), doc); err != nil {
			t.Fatal(err)
		}
		if o.silent == 0 {
			continue
		}
		at := now.Add(-o.silent)
		if _, err := db.Collection("briefings").InsertOne(t.Context(), bson.D{
			{Key: "_id", Value: bson.NewObjectIDFromTimestamp(at)}, {Key: "request_id", Value: id}, {Key: "briefing", Value: at.In(zone).Format(briefing.TextLayout) + "_x"},
		}); err != nil {
			t.Fatal(err)
		}
	}
	return ids
}

// claimedBy claims until nothing is left.
func claimedBy(t *testing.T, s *Store) map[briefing.RequestID]briefing.Request {
	t.Helper()
	all := map[briefing.RequestID]briefing.Request{}
	begin := time.Now()
	for {
		list, err := s.Claim(t.Context(), 10)
		if errors.Is(err, briefing.ErrUnavailable) && time.Since(begin) < time.Minute {
			continue // a busy machine's database may miss a deadline; the call may be repeated
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 0 {
			return all
		}
		for _, r := range list {
			all[r.ID] = r
		}
	}
}

func TestClaim_requests_of_old_servers(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Asia/Seoul")
	if err != nil {
		t.Fatal(err)
	}
	uri := mongotest.Shared(t).URI()
	const hour = time.Hour
	olds := []old{
		// 0: an old server may still run it.
		{user: "fresh", age: 30 * time.Second, ends: 2 * hour},
		// 1: an old server runs it.
		{user: "heard", age: hour, ends: 2 * hour, silent: 60 * time.Second},
		// 2: nobody runs it.
		{user: "silent", age: hour, ends: 2 * hour, silent: 30 * time.Minute},
		// 3: nobody runs it.
		{user: "never ran", age: hour, ends: 2 * hour},
		// 4: past its end.
		{user: "over", age: 2 * hour, ends: -hour, silent: 65 * time.Minute},
		// 5: the older of two.
		{user: "twice", age: 3 * hour, ends: 2 * hour, silent: 100 * time.Minute},
		// 6: the newer.
		{user: "twice", age: 2 * hour, ends: 2 * hour, silent: 90 * time.Minute},
		// 7: the older of two.
		{user: "twice heard", age: 3 * hour, ends: 2 * hour, silent: 100 * time.Minute},
		// 8: an old server runs it.
		{user: "twice heard", age: 20 * time.Minute, ends: 2 * hour, silent: 1500 * time.Millisecond},
	}
	for _, c := range []struct {
		adopt    Adopt
		adopted  []int
		replaced []int
		alone    []int
	}{
		{"", []int{2, 3, 6}, []int{5, 7}, []int{0, 1, 8}},
		{AdoptAuto, []int{2, 3, 6}, []int{5, 7}, []int{0, 1, 8}},
		{AdoptAlways, []int{0, 1, 2, 3, 6, 8}, []int{5, 7}, nil},
		{AdoptNever, nil, nil, []int{0, 1, 2, 3, 5, 6, 7, 8}},
	} {
		t.Run("adopt "+string(c.adopt), func(t *testing.T) {
			t.Parallel()
			database := mongotest.Database()
			ids := insertOld(t, rawDatabase(t, uri, database), zone, olds...)
			s := openWith(t, uri, func(cfg *Config) { cfg.Database, cfg.Zone, cfg.Adopt = database, zone, c.adopt })
			claimed := claimedBy(t, s)
			if len(claimed) != len(c.adopted) {
				t.Errorf("claimed %d, want %d", len(claimed), len(c.adopted))
			}
			for _, i := range c.adopted {
				checkAdopted(t, s, olds[i], claimed[ids[i]])
			}
			state := func(i int) briefing.Request {
				r, err := s.Request(t.Context(), ids[i])
				if err != nil {
					t.Fatal(err)
				}
				return r
			}
			for _, i := range c.replaced {
				if r := state(i); r.Active || r.EndReason == nil || *r.EndReason != briefing.Replaced {
					t.Errorf("request of %s: %+v, want it replaced", olds[i].user, r)
				}
			}
			for _, i := range c.alone {
				if r := state(i); !r.Active || r.Owner != (briefing.Owner{}) {
					t.Errorf("request of %s: %+v, want it left alone", olds[i].user, r)
				}
			}
			over := state(4)
			if over.Active || over.EndReason == nil || *over.EndReason != briefing.EndedByTime || !over.EndedAt.Equal(*over.EndsAt) {
				t.Errorf("the one past its end: %+v", over)
			}
			if sum := int64(over.Ticks.Done + over.Ticks.Missed); over.Ticks.Done != 1 || sum != over.Grid(*over.EndsAt) {
				t.Errorf("its ticks: %+v", over.Ticks)
			}
		})
	}
}

// checkAdopted compares an adopted request with the old one, and appends its next tick.
func checkAdopted(t *testing.T, s *Store, o old, r briefing.Request) {
	t.Helper()
	if r.Owner.Instance != s.lease.instance() || r.Owner.Term != 1 || !r.Active || r.Interval != 10 {
		t.Errorf("request of %s: %+v, want it adopted", o.user, r)
		return
	}
	grid := r.Grid(s.Now())
	if r.LastTick < grid-1 || int64(r.Ticks.Done+r.Ticks.Missed) != r.LastTick {
		t.Errorf("request of %s: last tick %d with a grid of %d, %+v", o.user, r.LastTick, grid, r.Ticks)
	}
	before, _, err := s.Briefings(t.Context(), r.ID, briefing.Slice{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	b, err := s.Append(t.Context(), briefing.Append{RequestID: r.ID, Owner: r.Owner, Tick: r.LastTick + 1, Briefing: briefing.Briefing{At: r.TickAt(r.LastTick + 1), Text: "2026-03-01 12:00_x"}})
	if err != nil {
		t.Errorf("request of %s: %v", o.user, err)
	}
	if len(before) > 0 && b.ID <= before[len(before)-1].ID {
		t.Errorf("request of %s: id %s after %s", o.user, b.ID, before[len(before)-1].ID)
	}
}

func TestStart_beside_an_old_server(t *testing.T) {
	t.Parallel()
	uri := mongotest.Shared(t).URI()
	p := newPair(t, "")
	db := rawDatabase(t, uri, p.a.cfg.Database)
	// An old server ends a request of this server and leaves active_user in place.
	oid, _ := objectID(p.req.ID)
	if _, err := db.Collection("requests").UpdateByID(t.Context(), oid, bson.D{{Key: "$set", Value: bson.D{{Key: "is_active", Value: false}}}}); err != nil {
		t.Fatal(err)
	}
	next := p.start(p.a, "kim")
	if !next.Active || next.ID <= p.req.ID {
		t.Errorf("after an old server's end: %+v", next)
	}
	// It starts a request of its own. The next start of this server replaces both.
	ids := insertOld(t, db, time.UTC, old{user: "kim", ends: time.Hour})
	last := p.start(p.a, "kim")
	for _, id := range append(ids, next.ID) {
		if r, err := p.a.Request(t.Context(), id); err != nil || r.Active || *r.EndReason != briefing.Replaced {
			t.Errorf("request %s: %+v, %v; want it replaced", id, r, err)
		}
	}
	active, err := p.a.ActiveRequest(t.Context(), "kim")
	if err != nil || active.ID != last.ID {
		t.Errorf("active: %+v, %v", active, err)
	}
}

func TestUsers_of_old_data(t *testing.T) {
	t.Parallel()
	uri, database := mongotest.Shared(t).URI(), mongotest.Database()
	db := rawDatabase(t, uri, database)
	var first bson.ObjectID
	for i := range 3 { // old data may have a name several times
		id := bson.NewObjectID()
		if i == 0 {
			first = id
		}
		if _, err := db.Collection("users").InsertOne(t.Context(), bson.D{{Key: "_id", Value: id}, {Key: "username", Value: "kim"}, {Key: "custom", Value: bson.A{"a"}}}); err != nil {
			t.Fatal(err)
		}
	}
	s := openWith(t, uri, func(c *Config) { c.Database = database })
	u, made, err := s.EnsureUser(t.Context(), "kim", nil)
	if err != nil || made || string(u.ID) != first.Hex() {
		t.Errorf("EnsureUser: %+v, made %v, %v; want the first", u, made, err)
	}
	if u, err = s.SetCustom(t.Context(), "kim", []string{"b"}); err != nil || string(u.ID) != first.Hex() {
		t.Errorf("SetCustom: %+v, %v", u, err)
	}
	if u, err = s.User(t.Context(), "kim"); err != nil || len(u.Custom) != 1 || u.Custom[0] != "b" {
		t.Errorf("User: %+v, %v", u, err)
	}
}
