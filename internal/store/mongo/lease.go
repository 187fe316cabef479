package mongo

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"bis/internal/briefing"
	"bis/internal/retry"
)

// instanceDoc is a document of instances: the lease of one process.
type instanceDoc struct {
	ID      string     `bson:"_id"`
	Renewed *time.Time `bson:"renewed_at,omitempty"` // by the database's clock
	Dead    bool       `bson:"dead,omitempty"`       // released, or found expired; final
}

// lease is this process's right to own requests. A goroutine renews it, and each renewal measures
// how far the database's clock is ahead of this machine's.
type lease struct {
	store  *Store
	cancel context.CancelFunc
	done   chan struct{} // closed when the goroutine has ended

	renewing sync.Mutex // held for one renewal

	mu          sync.Mutex // guards the fields below
	id          string
	clockOffset time.Duration // the database's clock minus this machine's
	uncertainty time.Duration // how far clockOffset may be off
	measured    bool          // clockOffset has been measured
	renewedAt   time.Time     // the database's clock at the last renewal
	gaveUp      bool          // release was called: no other lease follows
	// renewingSince is when the present series of successful renewals began, by this machine's
	// clock. Zero means that the last renewal failed.
	renewingSince time.Time
}

// acquireLease creates the document of this process, renews it once, and starts the goroutine that
// renews it until stop.
func acquireLease(ctx context.Context, s *Store) (*lease, error) {
	l := &lease{store: s, done: make(chan struct{})}
	if err := l.register(ctx, cmp.Or(s.cfg.Instance, briefing.NewID(s.cfg.Clock()))); err != nil {
		return nil, translate("take lease", err)
	}
	limited, cancel := s.call(ctx)
	defer cancel()
	if err := l.renew(limited); err != nil {
		return nil, translate("take lease", err)
	}
	ctx, l.cancel = context.WithCancel(context.Background())
	go l.run(ctx)
	return l, nil
}

// register creates a lease under a name that no process has had, and continues under that name. The
// lease is valid from its first renewal on.
func (l *lease) register(ctx context.Context, id string) error {
	ctx, cancel := l.store.call(ctx)
	defer cancel()
	if _, err := l.store.instances.InsertOne(ctx, instanceDoc{ID: id}); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.id = id
	return nil
}

// run renews the lease every RenewEvery until ctx ends, and sooner after a failure.
func (l *lease) run(ctx context.Context) {
	defer close(l.done)
	const retryAfter = 500 * time.Millisecond // after a failure
	wait := l.store.cfg.RenewEvery
	for {
		if retry.Pause(ctx, wait) != nil {
			return
		}
		wait = l.store.cfg.RenewEvery
		// A renewal that hangs must leave time for another one before the lease expires.
		limited, cancel := context.WithTimeout(ctx, min(callTime, max(wait, retryAfter)))
		err := l.renew(limited)
		cancel()
		if err != nil && ctx.Err() == nil {
			l.store.log.Warn("renew lease", "err", err)
			wait = min(wait, retryAfter)
		}
	}
}

// renew extends the lease. An expired lease can be renewed. If another process has marked it dead,
// this process owns nothing any more and continues under a new name: later writes under the old
// name are refused once the request is claimed. After release, renew does nothing.
func (l *lease) renew(ctx context.Context) error {
	l.renewing.Lock()
	defer l.renewing.Unlock()
	err := l.extend(ctx)
	if !errors.Is(err, mongo.ErrNoDocuments) { // renewed, or the database is unreachable
		return err
	}
	if l.released() {
		return nil
	}
	if err := l.reregister(ctx); err != nil {
		return err
	}
	return l.extend(ctx)
}

// extend renews the document of the lease and reads the database's clock from it. It returns
// mongo.ErrNoDocuments if the lease is dead, or was dead for so long that it was removed.
func (l *lease) extend(ctx context.Context) error {
	clock := l.store.cfg.Clock
	// The database reads $$NOW between before and after. Their middle is the estimate.
	before := clock()
	var doc instanceDoc
	err := l.store.instances.FindOneAndUpdate(ctx,
		bson.D{{Key: "_id", Value: l.instance()}, {Key: "dead", Value: bson.D{{Key: "$ne", Value: true}}}},
		mongo.Pipeline{{{Key: "$set", Value: bson.D{{Key: "renewed_at", Value: "$$NOW"}}}}},
		options.FindOneAndUpdate().SetReturnDocument(options.After)).Decode(&doc)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil || doc.Renewed == nil { // the series of successful renewals is broken
		l.renewingSince = time.Time{}
		return err
	}
	after := clock()
	l.renewedAt = *doc.Renewed
	if l.renewingSince.IsZero() {
		l.renewingSince = after
	}
	l.applyOffset(doc.Renewed.Sub(before.Add(after.Sub(before)/2)), after.Sub(before))
	return nil
}

// applyOffset records a measurement of the database's clock. A measurement is exact to half of its
// round trip, which may take seconds on a busy machine. So it replaces the present one only if it
// is more exact, or if both cannot be right because a clock was set or has drifted. l.mu is held.
func (l *lease) applyOffset(offset, roundTrip time.Duration) {
	const drift = 2 * time.Millisecond
	change := (offset - l.clockOffset).Abs()
	// Less exact, and both measurements can be right: the present one stays.
	if l.measured && roundTrip/2 >= l.uncertainty && change <= roundTrip/2+l.uncertainty+drift {
		return
	}
	if l.measured && change <= drift { // small corrections would move ticks back and forth
		l.uncertainty = min(l.uncertainty, roundTrip/2)
		return
	}
	l.clockOffset, l.uncertainty, l.measured = offset, roundTrip/2, true
}

// reregister continues under a new name after the lease was marked dead.
func (l *lease) reregister(ctx context.Context) error {
	l.store.log.WarnContext(ctx, "lease was lost, going on under a new name", "instance", l.instance())
	return l.register(ctx, briefing.NewID(l.store.cfg.Clock()))
}

// released reports whether release was called.
func (l *lease) released() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.gaveUp
}

// release marks the lease dead, so that other processes claim its requests at once. No new lease
// follows.
func (l *lease) release(ctx context.Context) error {
	l.mu.Lock()
	l.gaveUp = true
	l.mu.Unlock()
	_, err := l.store.instances.UpdateOne(ctx, bson.D{{Key: "_id", Value: l.instance()}},
		bson.D{{Key: "$set", Value: bson.D{{Key: "dead", Value: true}}}})
	return err
}

// stop ends the renewals and waits for the goroutine. The lease then expires, unless it was
// released.
func (l *lease) stop() {
	l.cancel()
	<-l.done
}

// instance is the name of this process as an owner.
func (l *lease) instance() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.id
}

// offset is how far the database's clock is ahead of this machine's.
func (l *lease) offset() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.clockOffset
}

// lastRenewal is the time of the last renewal by the database's clock.
func (l *lease) lastRenewal() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.renewedAt
}

// mayMarkDead reports whether this process may mark other leases dead. It may if all its own
// renewals of the last LeaseTime have succeeded. So if the database was unreachable for all
// processes, each of them has time to renew first, and no request changes its owner.
func (l *lease) mayMarkDead() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.renewingSince.IsZero() && l.store.cfg.Clock().Sub(l.renewingSince) >= l.store.cfg.LeaseTime
}
