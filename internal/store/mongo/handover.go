package mongo

import (
	"context"
	"hash/fnv"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"bis/internal/briefing"
)

// Pace of hand-overs between live processes.
const (
	handOversPerSecond = 100
	// wantedEvery is the time between two queries while no process starts or ends.
	wantedEvery = 30 * time.Second
	// After silentOwnerTicks ticks without a briefing, a hand-over does not wait for a run.
	silentOwnerTicks = 3
	// handOverMargin is the least time from a hand-over to the next tick. With short intervals half
	// an interval is enough.
	handOverMargin = 200 * time.Millisecond
)

// preferred returns the process that should own a request, by rendezvous hashing: the live process
// with the highest hash of its name and the request's id. When a process comes or goes, only the
// requests that it gains or loses change their owner. An empty list has no preferred process, "".
func preferred(id bson.ObjectID, live []string) string {
	var best string
	var highest uint64
	for _, name := range live {
		h := fnv.New64a()
		_, _ = h.Write([]byte(name)) // writing to a hash never fails
		_, _ = h.Write(id[:])
		if n := mix(h.Sum64()); best == "" || n > highest || n == highest && name < best {
			best, highest = name, n
		}
	}
	return best
}

// mix spreads the bits of a hash, because the inputs differ in few bits. It is the finalizer of
// splitmix64.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// handOver claims requests of live processes that prefer this one, at most limit and no more than
// handOversPerSecond. A request changes its owner only between two ticks: its last tick is stored
// and its next one is not due yet, so no tick is lost. A request that is not between ticks is
// queued again.
func (s *Store) handOver(
	ctx context.Context, m members, me string, limit int,
) ([]briefing.Request, error) {
	if len(m.live) < 2 {
		return nil, nil
	}
	if err := s.refreshWanted(ctx, m, me); err != nil {
		return nil, err
	}
	// A request that is not claimed now is queued again: by the callback if it was not the time, by
	// claimLive if it has changed, and below if the database was unreachable.
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
			s.requeue(d.ID)
		}
		return ok
	})
	if err != nil {
		s.requeueUnclaimed(ids, nil)
	}
	return list, err
}

// betweenTicks reports whether no run of the request can be in flight or about to start. It does
// not wait for an owner that has stored nothing for silentOwnerTicks ticks.
func betweenTicks(r briefing.Request, now time.Time) bool {
	grid := r.Grid(now)
	done := r.LastTick == grid || grid-r.LastTick >= silentOwnerTicks // the last tick is stored
	return done && r.TickAt(grid+1).Sub(now) > min(handOverMargin, r.Every()/2)
}

// refreshWanted queries the requests of live processes that prefer this one, if processes have come
// or gone since the last query, or if that query is older than wantedEvery.
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
	ids, err := s.ids(ctx, bson.D{{Key: "is_active", Value: true},
		{Key: "owner", Value: bson.D{{Key: "$in", Value: others}}}})
	if err != nil {
		return err
	}
	ids = slices.DeleteFunc(ids, func(id bson.ObjectID) bool { return preferred(id, m.live) != me })
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wanted, c.live, c.refreshAt = ids, live, now.Add(wantedEvery)
	return nil
}

// popWanted removes and returns at most limit wanted requests, as many as the rate allows. The rate
// is a token bucket with the tokens of half a second.
func (s *Store) popWanted(limit int) []bson.ObjectID {
	c := &s.claims
	now := s.cfg.Clock()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.wanted) == 0 { // an idle bucket does not fill up
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

// requeueUnclaimed queues the ids again that are not among got. Another process may have written
// them, or the database was unreachable.
func (s *Store) requeueUnclaimed(ids []bson.ObjectID, got []briefing.Request) {
	for _, id := range ids {
		if !slices.ContainsFunc(got, func(r briefing.Request) bool { return string(r.ID) == id.Hex() }) {
			s.requeue(id)
		}
	}
}

// requeue puts a request back into the queue of wanted ones.
func (s *Store) requeue(id bson.ObjectID) {
	s.claims.mu.Lock()
	defer s.claims.mu.Unlock()
	s.claims.wanted = append(s.claims.wanted, id)
}
