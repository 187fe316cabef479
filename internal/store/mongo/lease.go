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

// instanceDoc is a process's lease.
type instanceDoc struct {
	ID      string     `bson:"_id"`
	Renewed *time.Time `bson:"renewed_at,omitempty"` // by the database's clock
	Dead    bool       `bson:"dead,omitempty"`       // it has gone, or was found to be expired; for ever
}

// lease is this process's right to own requests.
type lease struct {
	store  *Store
	cancel context.CancelFunc
	done   chan struct{} // closed when the renewing has ended

	renewing sync.Mutex // one renewal at a time

	mu            sync.Mutex // guards what follows
	id            string
	clockOffset   time.Duration // the database's clock less this machine's
	uncertainty   time.Duration // how far ahead may be off
	measured      bool          // ahead has been read
	renewedAt     time.Time     // the database's clock at the last renewal
	renewingSince time.Time     // since when every renewal has succeeded, by this machine's clock; zero: the last one failed
	gaveUp        bool          // released: a stopped process takes no other lease
}

// takeLease makes this process's document and renews it until stop.
func acquireLease(ctx context.Context, s *Store) (*lease, error) {
	l := &lease{store: s, done: make(chan struct{})}
	if err := l.register(ctx, cmp.Or(s.cfg.Instance, briefing.NewID(s.cfg.Clock()))); err != nil {
		return nil, translate("take lease", err)
	}
	if err := l.renew(ctx); err != nil {
		return nil, translate("take lease", err)
	}
	ctx, l.cancel = context.WithCancel(context.Background())
	go l.run(ctx)
	return l, nil
}

// begin goes on under a name that no process has had.
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

func (l *lease) run(ctx context.Context) {
	defer close(l.done)
	const retryAfter = 500 * time.Millisecond // after a failure
	wait := l.store.cfg.RenewEvery
	for {
		if retry.Pause(ctx, wait) != nil {
			return
		}
		wait = l.store.cfg.RenewEvery
		limited, cancel := context.WithTimeout(ctx, min(callTime, max(wait, retryAfter)))
		err := l.renew(limited)
		cancel()
		if err != nil && ctx.Err() == nil {
			l.store.log.Warn("renew lease", "err", err)
			wait = min(wait, retryAfter)
		}
	}
}

// renew extends the lease, also one that has run out, unless it was marked dead; then this process drops what it had and goes
// on under a new name: what it still writes under the old one is refused once it is claimed.
func (l *lease) renew(ctx context.Context) error {
	l.renewing.Lock()
	defer l.renewing.Unlock()
	err := l.extend(ctx)
	if !errors.Is(err, mongo.ErrNoDocuments) {
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

// extend renews the lease's document and reads the database's clock off it. ErrNoDocuments says
// that the lease is dead, or so long dead that its document was removed.
func (l *lease) extend(ctx context.Context) error {
	clock := l.store.cfg.Clock
	before := clock()
	var doc instanceDoc
	err := l.store.instances.FindOneAndUpdate(ctx,
		bson.D{{Key: "_id", Value: l.instance()}, {Key: "dead", Value: bson.D{{Key: "$ne", Value: true}}}},
		mongo.Pipeline{{{Key: "$set", Value: bson.D{{Key: "renewed_at", Value: "$$NOW"}}}}},
		options.FindOneAndUpdate().SetReturnDocument(options.After)).Decode(&doc)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil || doc.Renewed == nil {
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

// set takes a new reading of the database's clock, which is sure up to half of its round trip, if it is surer than the one there is, or if
// both cannot be right: a clock was set, or has drifted. On a busy machine a trip may take seconds. l.mu is held.
func (l *lease) applyOffset(offset, roundTrip time.Duration) {
	const drift = 2 * time.Millisecond
	change := (offset - l.clockOffset).Abs()
	if l.measured && roundTrip/2 >= l.uncertainty && change <= roundTrip/2+l.uncertainty+drift {
		return
	}
	if l.measured && change <= drift { // times that tremble would move ticks
		l.uncertainty = min(l.uncertainty, roundTrip/2)
		return
	}
	l.clockOffset, l.uncertainty, l.measured = offset, roundTrip/2, true
}

// lost goes on under a new name.
func (l *lease) reregister(ctx context.Context) error {
	l.store.log.WarnContext(ctx, "lease was lost, going on under a new name", "instance", l.instance())
	return l.register(ctx, briefing.NewID(l.store.cfg.Clock()))
}

func (l *lease) released() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.gaveUp
}

// release marks the lease as dead, so that others claim at once.
func (l *lease) release(ctx context.Context) error {
	l.mu.Lock()
	l.gaveUp = true
	l.mu.Unlock()
	_, err := l.store.instances.UpdateOne(ctx, bson.D{{Key: "_id", Value: l.instance()}},
		bson.D{{Key: "$set", Value: bson.D{{Key: "dead", Value: true}}}})
	return err
}

// stop ends the renewing; the lease runs out.
func (l *lease) stop() {
	l.cancel()
	<-l.done
}

func (l *lease) instance() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.id
}

func (l *lease) offset() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.clockOffset
}

// asked is the database's clock at the last renewal.
func (l *lease) lastRenewal() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.renewedAt
}

// mayBury reports whether this process may find others dead: it has itself renewed without a break for as long as a
// lease is valid, so a database that was away for everybody shuffles nothing.
func (l *lease) mayMarkDead() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.renewingSince.IsZero() && l.store.cfg.Clock().Sub(l.renewingSince) >= l.store.cfg.LeaseTime
}
