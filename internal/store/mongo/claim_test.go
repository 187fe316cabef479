package mongo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"bis/internal/briefing"
	"bis/internal/store/mongo/mongotest"
)

// storeOwned stores n active requests of an age that belong to owner.
func storeOwned(t *testing.T, s *Store, owner string, age time.Duration, n int) []briefing.RequestID {
	t.Helper()
	start := s.Now().Add(-age).UTC().Truncate(time.Millisecond)
	end := s.Now().Add(24 * time.Hour)
	ids := make([]briefing.RequestID, n)
	for i := range ids {
		ids[i] = briefing.RequestID(briefing.NewID(start))
		doc, err := newRequestDoc(briefing.Request{
			ID: ids[i], Username: fmt.Sprintf("%s%s%d", owner, age, i), Interval: 3600, EndTime: "22:00", EndText: "22:00",
			CameraID: briefing.DefaultCamera, StartedAt: start, EndsAt: &end, Owner: briefing.Owner{Instance: owner, Term: 1},
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.requests.InsertOne(t.Context(), doc); err != nil {
			t.Fatal(err)
		}
	}
	return ids
}

// otherLease stores the lease of another process.
func otherLease(t *testing.T, s *Store, doc instanceDoc) {
	t.Helper()
	if _, err := s.instances.InsertOne(t.Context(), doc); err != nil {
		t.Fatal(err)
	}
}

// ownedBy returns the active requests of an owner.
func ownedBy(t *testing.T, s *Store, owner string) []briefing.RequestID {
	t.Helper()
	ids, err := s.ids(t.Context(), bson.D{{Key: "is_active", Value: true}, {Key: "owner", Value: owner}})
	if err != nil {
		t.Fatal(err)
	}
	list := make([]briefing.RequestID, len(ids))
	for i, id := range ids {
		list[i] = briefing.RequestID(id.Hex())
	}
	return list
}

// Claim or StartRequest returns every request that this process owns, even if it is old or any call
// fails. Otherwise no process would run it.
func TestClaim_tells_everything_that_is_owned(t *testing.T) {
	t.Parallel()
	const each = 6
	uri := mongotest.Shared(t).URI()
	seeds := uint64(6)
	if testing.Short() {
		seeds = 2
	}
	for seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			s := openWith(t, uri, func(c *Config) { c.Instance, c.Adopt, c.LegacyEvery = "me", AdoptAlways, time.Millisecond })
			far := time.Now().Add(time.Hour)
			otherLease(t, s, instanceDoc{ID: "living", Renewed: &far})
			otherLease(t, s, instanceDoc{ID: "dead", Renewed: &far, Dead: true})
			for _, age := range []time.Duration{0, 2 * time.Hour, 48 * time.Hour} {
				storeOwned(t, s, "living", age, each)
				storeOwned(t, s, "dead", age, each)
			}
			for i := range each {
				insertOld(t, s.requests.Database(), time.UTC, old{user: fmt.Sprint("old", i), age: time.Duration(i) * time.Hour, ends: 2 * time.Hour})
			}
			random := rand.New(rand.NewPCG(seed, 1)) // used by this goroutine alone
			failing := true
			s.test.at = func(step string) error {
				if failing && (step == "owner written" || step == "reading claims") && random.IntN(2) == 0 {
					return briefing.ErrUnavailable
				}
				return nil
			}
			told := map[briefing.RequestID]bool{}
			for i := range each {
				now := s.Now().UTC()
				end := now.Add(time.Hour)
				if done, err := s.StartRequest(t.Context(), briefing.Start{Request: briefing.Request{
					Username: fmt.Sprint("new", i), Interval: 3600, EndTime: "22:00", CameraID: briefing.DefaultCamera, StartedAt: now, EndsAt: &end,
				}}); err == nil {
					told[done.Request.ID] = true
				}
			}
			for calm, deadline := 0, time.Now().Add(30*time.Second); calm < 100 && time.Now().Before(deadline); {
				list, err := s.Claim(t.Context(), 10)
				if err == nil {
					for _, r := range list {
						told[r.ID] = true
					}
				}
				if calm++; len(list) > 0 || err != nil {
					calm = 0
				}
				failing = calm < 20 && failing
			}
			owned := ownedBy(t, s, "me")
			if len(owned) < each {
				t.Errorf("owns only %d requests", len(owned))
			}
			for _, id := range owned {
				if !told[id] {
					oid, _ := objectID(id)
					t.Errorf("owns request %s of %s without having been told", id, oid.Timestamp())
				}
			}
		})
	}
}

// A request that may be owned stays noted while it cannot be read, and while the write may still be
// on its way. The time counts from the attempt, not from the start of the request, and it ends.
func TestClaim_expects_what_may_be_owned(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	s := openWith(t, mongotest.Shared(t).URI(), func(c *Config) {
		c.Instance, c.LeaseTime = "me", time.Hour
		c.Clock = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	})
	far := time.Now().Add(time.Hour)
	otherLease(t, s, instanceDoc{ID: "living", Renewed: &far})
	ids := storeOwned(t, s, "living", 3*time.Hour, 1)
	oid, _ := objectID(ids[0])
	lost := func() {
		t.Helper()
		list, err := s.claimUnconfirmed(t.Context(), members{}, "me", 10)
		if err != nil || len(list) != 0 {
			t.Fatalf("claimed %v, %v", list, err)
		}
	}
	s.claims.noteAttempt(s.cfg.Clock(), oid) // its write is on its way
	lost()
	if !slices.Contains(s.claims.attempted(), oid) {
		t.Error("not expected any more after a moment")
	}
	ahead.Store(int64(2 * time.Hour))
	s.test.at = func(string) error { return briefing.ErrUnavailable }
	if _, err := s.claimUnconfirmed(t.Context(), members{}, "me", 10); err == nil {
		t.Fatal("read while the database is away")
	}
	if !slices.Contains(s.claims.attempted(), oid) {
		t.Error("not expected any more after a reading that failed")
	}
	s.test.at = nil
	lost()
	if slices.Contains(s.claims.attempted(), oid) {
		t.Error("still expected after two hours and a reading that found it another's")
	}
}
