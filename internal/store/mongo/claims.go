package mongo

import (
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// claims is what Claim remembers from call to call.
type claims struct {
	mu sync.Mutex // guards what follows
	// unmet are requests that this process may own without having been told, because the answer to
	// the start or the claim was lost, and when that was tried last.
	unconfirmed map[bson.ObjectID]time.Time
	// orphans are requests of dead processes that prefer this one, as last looked for.
	orphans []bson.ObjectID
	// wanted are requests of other living processes that prefer this one, as last looked for.
	wanted     []bson.ObjectID
	live       []string  // as at that time
	refreshAt  time.Time // when to look again
	tokens     float64   // hand-overs that may be made now
	refilledAt time.Time // when tokens was brought up
	legacyAt   time.Time // when to look for requests of old servers
	scanned    bool      // the look at the start is over
}

// unmetTime is how long after a start or a claim its write is taken to be still under way.
const unconfirmedTime = time.Hour

// expect notes that a write is about to be tried at a moment.
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

// met notes that the outcome of a write is known, and told to whoever runs the requests.
func (c *claims) confirm(ids ...bson.ObjectID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range ids {
		delete(c.unconfirmed, id)
	}
}

// forget drops those of the requests that were tried too long ago to be owned yet. They must have
// been read since.
func (c *claims) expire(now time.Time, ids []bson.ObjectID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range ids {
		if now.Sub(c.unconfirmed[id]) > unconfirmedTime {
			delete(c.unconfirmed, id)
		}
	}
}

// keepOrphans keeps what is to be taken over, part after part.
func (c *claims) setOrphans(ids []bson.ObjectID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.orphans = ids
}

// nextOrphans hands out the next n.
func (c *claims) popOrphans(n int) []bson.ObjectID {
	c.mu.Lock()
	defer c.mu.Unlock()
	n = min(n, len(c.orphans))
	ids := c.orphans[:n:n]
	c.orphans = c.orphans[n:]
	return ids
}

// lost are the requests that may be owned unknown.
func (c *claims) attempted() []bson.ObjectID {
	c.mu.Lock()
	defer c.mu.Unlock()
	ids := make([]bson.ObjectID, 0, len(c.unconfirmed))
	for id := range c.unconfirmed {
		ids = append(ids, id)
	}
	return ids
}
