package mongo

import (
	"context"
	"hash/fnv"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"bis/internal/briefing"
)

// Hand-overs between living processes.
const (
	handOversPerSecond = 100              // a second, at most
	wantedEvery        = 30 * time.Second // for requests that prefer this process, when no process came or went
	silentOwnerTicks   = 3                // an owner that has not stored for so many ticks has nothing to be waited for
	handOverMargin     = 200 * time.Millisecond
)

// preferred names the process that is to own a request: by rendezvous hashing, so each one that comes or goes
// moves no more than its own share.
func preferred(id bson.ObjectID, live []string) string {
	var best string
	var highest uint64
	for _, name := range live {
		h := fnv.New64a()
		_, _ = h.Write([]byte(name)) // a hash takes everything
		_, _ = h.Write(id[:])
		if n := mix(h.Sum64()); best == "" || n > highest || n == highest && name < best {
			best, highest = name, n
		}
	}
	return best
}

// mix spreads the bits of a hash whose inputs differ little (the finalizer of splitmix64).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// handOver takes from living processes what prefers this one, between two ticks, so that none is lost: the last tick
// is stored and the next is not there yet.
func (s *Store) handOver(ctx context.Context, m members, me string, limit int) ([]briefing.Request, error) {
	if len(m.live) < 2 {
		return nil, nil
	}
	if err := s.refreshWanted(ctx, m, me); err != nil {
		return nil, err
	}
	ids := s.popWanted(limit)
	if len(ids) == 0 {
		return nil, nil
	}
	list, err := s.claimLive(ctx, ids, me, func(d *requestDoc) bool {
		if preferred(d.ID, m.live) != me || !slices.Contains(m.live, d.Owner) {
			return false
		}
		ok := betweenTicks(d.request(s.cfg.Zone), s.Now())
		if !ok {
			s.requeue(d.ID) // at another time
		}
		return ok
	})
	if err != nil {
		s.requeueUnclaimed(ids, nil)
	}
	return list, err
}

// betweenTicks reports whether no run can be going on or begin at once.
func betweenTicks(r briefing.Request, now time.Time) bool {
	grid := r.Grid(now)
	done := r.LastTick == grid || grid-r.LastTick >= silentOwnerTicks
	return done && r.TickAt(grid+1).Sub(now) > min(handOverMargin, r.Every()/2)
}

// lookForWanted finds the requests of living processes that prefer this one, when processes came or went, and now and then.
func (s *Store) refreshWanted(ctx context.Context, m members, me string) error {
	c := &s.claims
	now := s.cfg.Clock()
	live := slices.Sorted(slices.Values(m.live))
	c.mu.Lock()
	due := !slices.Equal(live, c.live) || now.After(c.refreshAt)
	c.mu.Unlock()
	if !due {
		return nil
	}
	others := slices.DeleteFunc(slices.Clone(m.live), func(name string) bool { return name == me })
	ids, err := s.ids(ctx, bson.D{{Key: "is_active", Value: true}, {Key: "owner", Value: bson.D{{Key: "$in", Value: others}}}})
	if err != nil {
		return err
	}
	ids = slices.DeleteFunc(ids, func(id bson.ObjectID) bool { return preferred(id, m.live) != me })
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wanted, c.live, c.refreshAt = ids, live, now.Add(wantedEvery)
	return nil
}

// spend takes wanted requests, as many as the rate lets through.
func (s *Store) popWanted(limit int) []bson.ObjectID {
	c := &s.claims
	now := s.cfg.Clock()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.wanted) == 0 {
		c.refilledAt = now
		return nil
	}
	c.tokens = min(handOversPerSecond/2, c.tokens+now.Sub(c.refilledAt).Seconds()*handOversPerSecond)
	c.refilledAt = now
	n := min(int(c.tokens), limit, len(c.wanted))
	ids := slices.Clone(c.wanted[:n])
	c.wanted = slices.Delete(c.wanted, 0, n)
	c.tokens -= float64(n)
	return ids
}

// wantOthers puts back what was not got: another process was at it too, or the database was away.
func (s *Store) requeueUnclaimed(ids []bson.ObjectID, got []briefing.Request) {
	for _, id := range ids {
		if !slices.ContainsFunc(got, func(r briefing.Request) bool { return string(r.ID) == id.Hex() }) {
			s.requeue(id)
		}
	}
}

// want puts a request back.
func (s *Store) requeue(id bson.ObjectID) {
	s.claims.mu.Lock()
	defer s.claims.mu.Unlock()
	s.claims.wanted = append(s.claims.wanted, id)
}
