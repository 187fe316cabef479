package mongo

import (
	"context"
	"slices"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// How the leases of other processes are read.
const (
	membersEvery = 500 * time.Millisecond // at most this often
	sweepEvery   = 30 * time.Second       // for leases that are too old to be read each time
	recentLease  = 10 * time.Minute       // leases that were renewed within this time are read each time
)

// members are the processes as their leases tell.
type members struct {
	live []string
	dead []string // dead ones, whose requests may be claimed
}

// roll is what is remembered of the leases from one reading to the next.
type membership struct {
	reading sync.Mutex // one reading at a time; guards what follows
	cached  members
	readAt  time.Time // zero: not read yet
	oldDead []string  // processes that own requests and were found dead by the last sweep
	sweepAt time.Time // when the next sweep is due
	marked  bool      // a sweep has marked the dead since this process started
}

// members reads the leases that were renewed a short time ago, and marks as dead what has run out.
// Older ones are swept now and then: the collection may hold thousands, and almost none of them
// matters.
func (s *Store) members(ctx context.Context) (members, error) {
	r := &s.membership
	r.reading.Lock()
	defer r.reading.Unlock()
	if time.Since(r.readAt) < membersEvery && slices.Contains(r.cached.live, s.lease.instance()) {
		return r.cached, nil
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	if err := s.sweep(ctx); err != nil {
		return members{}, err
	}
	docs, err := s.leases(ctx, recentLease)
	if err != nil {
		return members{}, err
	}
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

// leases reads the leases that were renewed within a time before now.
func (s *Store) leases(ctx context.Context, within time.Duration) ([]instanceDoc, error) {
	cur, err := s.instances.Find(ctx, bson.D{{Key: "renewed_at", Value: bson.D{{Key: "$gt", Value: s.Now().Add(-within)}}}},
		options.Find().SetProjection(bson.D{{Key: "renewed_at", Value: 1}, {Key: "dead", Value: 1}}))
	if err != nil {
		return nil, err
	}
	var docs []instanceDoc
	return docs, cur.All(ctx, &docs)
}

// expired reports whether the lease of another process has run out and is not marked as dead.
func (s *Store) expired(d instanceDoc) bool {
	return !d.Dead && d.ID != s.lease.instance() && d.Renewed != nil && s.Now().Sub(*d.Renewed) > s.cfg.LeaseTime
}

// bury marks every process as dead whose lease has run out by the database's clock. That clock is
// asked by a renewal: what it tells is not after the moment of the marking, so a lease that had run
// out by then still has. ($$NOW in the condition itself would do the same; not every server that
// speaks the protocol evaluates it there.)
func (s *Store) markDead(ctx context.Context) error {
	if err := s.lease.renew(ctx); err != nil {
		return err
	}
	done, err := s.instances.UpdateMany(ctx,
		bson.D{{Key: "_id", Value: bson.D{{Key: "$ne", Value: s.lease.instance()}}}, {Key: "dead", Value: bson.D{{Key: "$ne", Value: true}}},
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

// sweep finds the owners of active requests that are dead and too old to be read each time, and
// removes the leases of the dead that own nothing. It is due at the start, once this process may
// mark others as dead, and then every sweepEvery. s.roll.reading is held.
//
// Dead is for ever, whether the lease says so or has been removed: a renewal changes no dead lease
// and makes no new one. A paused process may still write a request under a name that was removed
// meanwhile; the next sweep finds the owner without a lease.
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

// dateUndated gives an old date to leases that have none: their processes ended between making and
// renewing them. A process that is just starting renews its own at once; if it is marked as dead
// before that, it goes on under a new name.
func (s *Store) dateUndated(ctx context.Context) error {
	_, err := s.instances.UpdateMany(ctx,
		bson.D{{Key: "renewed_at", Value: bson.D{{Key: "$exists", Value: false}}}, {Key: "dead", Value: bson.D{{Key: "$ne", Value: true}}}},
		bson.D{{Key: "$set", Value: bson.D{{Key: "renewed_at", Value: s.Now().Add(-recentLease)}}}})
	return err
}

// owners reads who owns active requests, and which of them are dead. The leases are read after the
// requests: a process has a lease before it owns anything, so an owner without one has had it
// removed.
func (s *Store) owners(ctx context.Context) (all, dead []string, err error) {
	all = []string{}
	if err := s.requests.Distinct(ctx, "owner", bson.D{{Key: "is_active", Value: true}, {Key: "owner", Value: bson.D{{Key: "$gt", Value: ""}}}}).Decode(&all); err != nil {
		return nil, nil, err
	}
	cur, err := s.instances.Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: all}}}, {Key: "dead", Value: bson.D{{Key: "$ne", Value: true}}}},
		options.Find().SetProjection(bson.D{{Key: "_id", Value: 1}}))
	if err != nil {
		return nil, nil, err
	}
	var living []instanceDoc
	if err := cur.All(ctx, &living); err != nil {
		return nil, nil, err
	}
	dead = slices.DeleteFunc(slices.Clone(all), func(name string) bool {
		return slices.ContainsFunc(living, func(d instanceDoc) bool { return d.ID == name })
	})
	return all, dead, nil
}
