package mongo

import (
	"context"
	"slices"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// How often the leases of other processes are read.
const (
	membersEvery = 500 * time.Millisecond // between two readings of the recent leases, at least
	sweepEvery   = 30 * time.Second       // between two sweeps of the older leases
	recentLease  = 10 * time.Minute       // a lease that was renewed within this time is recent
)

// members are the processes on this database, according to their leases.
type members struct {
	live []string
	dead []string // their requests may be claimed
}

// membership is the state between two readings of the leases.
type membership struct {
	reading sync.Mutex // held for one reading; guards the fields below
	cached  members
	readAt  time.Time // zero: not read yet
	oldDead []string  // owners of requests that the last sweep found dead
	sweepAt time.Time // when the next sweep is due
	marked  bool      // a sweep of this process has marked expired leases
}

// members reads the recent leases and marks expired ones dead. Older leases are left to the sweep:
// the collection may have thousands of them, and almost none of them matters. A reading is used
// again for membersEvery, unless this process has got a new name since.
func (s *Store) members(ctx context.Context) (members, error) {
	r := &s.membership
	r.reading.Lock()
	defer r.reading.Unlock()
	if time.Since(r.readAt) < membersEvery && slices.Contains(r.cached.live, s.lease.instance()) {
		return r.cached, nil
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	// The sweep is nearly always not due. When it is, its result belongs to this reading.
	if err := s.sweep(ctx); err != nil {
		return members{}, err
	}
	docs, err := s.leases(ctx, recentLease)
	if err != nil {
		return members{}, err
	}
	// s.expired uses this process's estimate of the database's clock, which may be off. The
	// condition of markDead decides.
	if slices.ContainsFunc(docs, s.expired) && s.lease.mayMarkDead() {
		if err := s.markDead(ctx); err != nil {
			return members{}, err
		}
		if docs, err = s.leases(ctx, recentLease); err != nil {
			return members{}, err
		}
	}
	m := members{dead: slices.Clone(r.oldDead)}
	for _, d := range docs {
		if d.Dead {
			m.dead = append(m.dead, d.ID)
		} else {
			m.live = append(m.live, d.ID)
		}
	}
	r.cached, r.readAt = m, time.Now()
	return m, nil
}

// leases reads the leases that were renewed less than within ago.
func (s *Store) leases(ctx context.Context, within time.Duration) ([]instanceDoc, error) {
	cur, err := s.instances.Find(ctx,
		bson.D{{Key: "renewed_at", Value: bson.D{{Key: "$gt", Value: s.Now().Add(-within)}}}},
		options.Find().SetProjection(bson.D{{Key: "renewed_at", Value: 1}, {Key: "dead", Value: 1}}))
	if err != nil {
		return nil, err
	}
	var docs []instanceDoc
	return docs, cur.All(ctx, &docs)
}

// expired reports whether the lease of another process has expired and is not marked dead.
func (s *Store) expired(d instanceDoc) bool {
	return !d.Dead && d.ID != s.lease.instance() && d.Renewed != nil &&
		s.Now().Sub(*d.Renewed) > s.cfg.LeaseTime
}

// markDead marks every lease dead that has expired by the database's clock. It first renews this
// process's lease, which reads that clock. The clock was read before this update, so an expired
// lease is still expired. ($$NOW in the condition would serve as well, but not every server that
// speaks the protocol evaluates it there.)
func (s *Store) markDead(ctx context.Context) error {
	if err := s.lease.renew(ctx); err != nil {
		return err
	}
	done, err := s.instances.UpdateMany(ctx,
		bson.D{{Key: "_id", Value: bson.D{{Key: "$ne", Value: s.lease.instance()}}},
			{Key: "dead", Value: bson.D{{Key: "$ne", Value: true}}},
			{Key: "renewed_at", Value: bson.D{{Key: "$lt", Value: s.lease.lastRenewal().Add(-s.cfg.LeaseTime)}}}},
		bson.D{{Key: "$set", Value: bson.D{{Key: "dead", Value: true}}}})
	if err != nil {
		return err
	}
	if done.ModifiedCount > 0 {
		s.log.InfoContext(ctx, "processes are gone", "count", done.ModifiedCount)
	}
	return nil
}

// sweep finds the dead owners of active requests whose leases are not recent, and removes dead
// leases that own nothing. It is due at the start, again once this process may mark others dead,
// and then every sweepEvery. s.membership.reading is held.
//
// Dead is final, whether the lease says so or was removed: a renewal changes no dead lease and
// creates none. A paused process may still write a request under a name that was removed meanwhile.
// The next sweep finds that owner without a lease.
func (s *Store) sweep(ctx context.Context) error {
	r := &s.membership
	mayBury := s.lease.mayMarkDead()
	if time.Now().Before(r.sweepAt) && (r.marked || !mayBury) {
		return nil
	}
	if mayBury {
		if err := s.markDead(ctx); err != nil {
			return err
		}
	}
	if err := s.dateUndated(ctx); err != nil {
		return err
	}
	owners, dead, err := s.owners(ctx)
	if err != nil {
		return err
	}
	// Recent leases stay, so that members lists their processes as dead.
	old := bson.D{{Key: "$not", Value: bson.D{{Key: "$gt", Value: s.Now().Add(-recentLease)}}}}
	done, err := s.instances.DeleteMany(ctx, bson.D{{Key: "dead", Value: true}, {Key: "renewed_at", Value: old},
		{Key: "_id", Value: bson.D{{Key: "$nin", Value: owners}}}})
	if err != nil {
		return err
	}
	if done.DeletedCount > 0 {
		s.log.InfoContext(ctx, "leases of dead processes were removed", "count", done.DeletedCount)
	}
	r.oldDead, r.marked, r.sweepAt = dead, r.marked || mayBury, time.Now().Add(sweepEvery)
	return nil
}

// dateUndated gives leases without a renewal an old date, so that they expire. Their processes
// ended between register and the first renewal. A process that is just starting renews at once; if
// it is marked dead before that, it continues under a new name.
func (s *Store) dateUndated(ctx context.Context) error {
	_, err := s.instances.UpdateMany(ctx,
		bson.D{{Key: "renewed_at", Value: bson.D{{Key: "$exists", Value: false}}},
			{Key: "dead", Value: bson.D{{Key: "$ne", Value: true}}}},
		bson.D{{Key: "$set", Value: bson.D{{Key: "renewed_at", Value: s.Now().Add(-recentLease)}}}})
	return err
}

// owners returns the owners of active requests, and which of them are dead. The requests must be
// read before the leases: a process has a lease before it owns anything, so an owner whose lease is
// missing from the later read has lost it.
func (s *Store) owners(ctx context.Context) (all, dead []string, err error) {
	all = []string{}
	owned := bson.D{{Key: "is_active", Value: true}, {Key: "owner", Value: bson.D{{Key: "$gt", Value: ""}}}}
	if err := s.requests.Distinct(ctx, "owner", owned).Decode(&all); err != nil {
		return nil, nil, err
	}
	cur, err := s.instances.Find(ctx,
		bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: all}}},
			{Key: "dead", Value: bson.D{{Key: "$ne", Value: true}}}},
		options.Find().SetProjection(bson.D{{Key: "_id", Value: 1}}))
	if err != nil {
		return nil, nil, err
	}
	var live []instanceDoc
	if err := cur.All(ctx, &live); err != nil {
		return nil, nil, err
	}
	dead = slices.DeleteFunc(slices.Clone(all), func(name string) bool {
		return slices.ContainsFunc(live, func(d instanceDoc) bool { return d.ID == name })
	})
	return all, dead, nil
}
