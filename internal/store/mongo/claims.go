package mongo

import (
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// claims is what Claim remembers between calls. All times are by this machine's clock.
type claims struct {
	mu sync.Mutex // guards the fields below
	// unconfirmed has the requests that this process may own without knowing it, because the answer
	// to a start or a claim was lost. The value is the time of the last attempt.
	unconfirmed map[bson.ObjectID]time.Time
	// orphans are requests of dead processes that prefer this process, as of the last query. They
	// are claimed batch by batch.
	orphans []bson.ObjectID
	// wanted are requests of other live processes that prefer this process, as of the last query.
	wanted     []bson.ObjectID
	live       []string  // the live processes at that query
	refreshAt  time.Time // when the query is due again
	tokens     float64   // hand-overs that the rate allows now
	refilledAt time.Time // when tokens was last refilled

	legacyAt  time.Time // when the scan for requests of old servers is due
	deletedAt time.Time // when sweepDeleted is due
	scanned   bool      // the first of those scans was started
}

// unconfirmedTime is how long a write without an answer may still reach the database. It is far
// beyond any timeout of the driver or of TCP.
const unconfirmedTime = time.Hour

// noteAttempt records that a write which makes this process the owner is about to be sent. It must
// be called before the write.
func (c *claims) noteAttempt(now time.Time, ids ...bson.ObjectID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.unconfirmed == nil {
		c.unconfirmed = make(map[bson.ObjectID]time.Time)
	}
	for _, id := range ids {
		c.unconfirmed[id] = now
	}
}

// confirm records that the outcome of the write is known, and that the schedule gets the requests
// that are owned.
func (c *claims) confirm(ids ...bson.ObjectID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range ids {
		delete(c.unconfirmed, id)
	}
}

// expire removes those of the requests whose last attempt is older than unconfirmedTime. The caller
// must have read them since that attempt.
func (c *claims) expire(now time.Time, ids []bson.ObjectID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range ids {
		if now.Sub(c.unconfirmed[id]) > unconfirmedTime {
			delete(c.unconfirmed, id)
		}
	}
}

// setOrphans replaces the requests that popOrphans returns.
func (c *claims) setOrphans(ids []bson.ObjectID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.orphans = ids
}

// popOrphans removes and returns at most n orphans.
func (c *claims) popOrphans(n int) []bson.ObjectID {
	c.mu.Lock()
	defer c.mu.Unlock()
	n = min(n, len(c.orphans))
	ids := c.orphans[:n:n]
	c.orphans = c.orphans[n:]
	return ids
}

// attempted returns the requests whose outcome is unknown.
func (c *claims) attempted() []bson.ObjectID {
	c.mu.Lock()
	defer c.mu.Unlock()
	ids := make([]bson.ObjectID, 0, len(c.unconfirmed))
	for id := range c.unconfirmed {
		ids = append(ids, id)
	}
	return ids
}
