package mongo

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"bis/internal/briefing"
)

// spellings has the stored names that differ from their briefing.NameKey. A look-up queries all
// spellings of a name, through an index over the stored names, so no document is rewritten.
type spellings struct {
	mu       sync.RWMutex // guards the fields below
	variants map[string][]string
	readUpTo time.Time // documents older than this, less nameLag, were read
}

// nameLag is how slow the clock of another writer may be. The ids of its documents then seem older
// than they are.
const nameLag = 10 * time.Minute

// learn remembers a stored name.
func (n *spellings) learn(name string) {
	key := briefing.NameKey(name)
	if name == key || slices.Contains(n.of(key), name) {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.variants == nil {
		n.variants = make(map[string][]string)
	}
	if !slices.Contains(n.variants[key], name) {
		n.variants[key] = append(slices.Clip(n.variants[key]), name)
	}
}

// of returns the stored spellings of a key other than the key itself.
func (n *spellings) of(key string) []string {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.variants[key]
}

// all returns every stored spelling that differs from its key.
func (n *spellings) all() []string {
	n.mu.RLock()
	defer n.mu.RUnlock()
	var list []string
	for _, names := range n.variants {
		list = append(list, names...)
	}
	return list
}

// nameFilter matches a field that is any spelling of a name. The composed and the decomposed form
// are always included, because another writer may just have stored either.
func (s *Store) nameFilter(field, username string) bson.E {
	list := briefing.Spellings(username)
	for _, name := range s.spellings.of(briefing.NameKey(username)) {
		if !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	if len(list) == 1 {
		return bson.E{Key: field, Value: list[0]}
	}
	return bson.E{Key: field, Value: bson.D{{Key: "$in", Value: list}}}
}

// learnNames reads the names that were stored since its last call, or all names at the first one.
func (s *Store) learnNames(ctx context.Context) error {
	now := s.Now()
	s.spellings.mu.RLock()
	upTo := s.spellings.readUpTo
	s.spellings.mu.RUnlock()
	for _, c := range []*mongo.Collection{s.users, s.requests} {
		var err error
		if upTo.IsZero() {
			err = s.learnAll(ctx, c)
		} else {
			err = s.learnSince(ctx, c, upTo.Add(-nameLag))
		}
		if err != nil {
			return err
		}
	}
	s.spellings.mu.Lock()
	defer s.spellings.mu.Unlock()
	s.spellings.readUpTo = now
	return nil
}

// learnAll reads each name of a collection once, from the index over the names.
func (s *Store) learnAll(ctx context.Context, c *mongo.Collection) error {
	ctx, cancel := context.WithTimeout(ctx, indexTime)
	defer cancel()
	cur, err := c.Aggregate(ctx, mongo.Pipeline{{{Key: "$group", Value: bson.D{{Key: "_id", Value: "$username"}}}}})
	if err != nil {
		return err
	}
	return s.learnFrom(ctx, cur, "_id")
}

// learnSince reads the names of the documents whose ids are not older than since.
func (s *Store) learnSince(ctx context.Context, c *mongo.Collection, since time.Time) error {
	ctx, cancel := s.call(ctx)
	defer cancel()
	first := bson.NewObjectIDFromTimestamp(since)
	cur, err := c.Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$gte", Value: first}}}},
		options.Find().SetProjection(bson.D{{Key: "username", Value: 1}}))
	if err != nil {
		return err
	}
	return s.learnFrom(ctx, cur, "username")
}

// learnFrom reads names from documents and closes the cursor. A name that is not a string belongs
// to no user and is left out.
func (s *Store) learnFrom(ctx context.Context, cur *mongo.Cursor, field string) error {
	defer cur.Close(context.WithoutCancel(ctx))
	for cur.Next(ctx) {
		if name, ok := cur.Current.Lookup(field).StringValueOK(); ok {
			s.spellings.learn(name)
		}
	}
	return cur.Err()
}

// learnHolder remembers the name of the document that matches filter. Another process has stored
// it, under a spelling that is unknown here.
func (s *Store) learnHolder(ctx context.Context, c *mongo.Collection, filter bson.D) error {
	cur, err := c.Find(ctx, filter,
		options.Find().SetLimit(1).SetProjection(bson.D{{Key: "username", Value: 1}}))
	if err != nil {
		return err
	}
	return s.learnFrom(ctx, cur, "username")
}

// namesPerQuery is the most names in one query.
const namesPerQuery = 1000

// endOlder ends, as replaced, the active requests that have a newer one of their user and camera
// under another spelling. Requests of old servers are left to claimLegacy.
func (s *Store) endOlder(ctx context.Context, m members, me string) error {
	for names := range slices.Chunk(s.spellings.all(), namesPerQuery) {
		docs, err := s.findRequests(ctx,
			bson.D{{Key: "username", Value: bson.D{{Key: "$in", Value: names}}}, {Key: "is_active", Value: true}},
			options.Find().SetProjection(noIntent))
		if err != nil {
			return err
		}
		for i := range docs {
			if preferred(docs[i].ID, m.live) != me {
				continue
			}
			if err := s.endOlderOfUser(ctx, docs[i].Username, docs[i].cameraID()); err != nil {
				return err
			}
		}
	}
	return nil
}

// endOlderOfUser does the same for one user and camera.
func (s *Store) endOlderOfUser(
	ctx context.Context, username string, camera briefing.CameraID,
) error {
	newest, err := s.findRequests(ctx, s.activeOf(username, camera),
		options.Find().SetSort(newestFirst).SetLimit(1).SetProjection(noIntent))
	if err != nil || len(newest) == 0 || newest[0].legacy() {
		return err
	}
	return s.endBefore(ctx, &newest[0])
}

// endBefore ends, as replaced, the active requests of d's user and camera with ids before d's.
// Requests of old servers are left out.
func (s *Store) endBefore(ctx context.Context, d *requestDoc) error {
	older, err := s.findRequests(ctx, append(s.activeOf(d.Username, d.cameraID()),
		bson.E{Key: "_id", Value: bson.D{{Key: "$lt", Value: d.ID}}},
	), options.Find().SetProjection(noIntent))
	if err != nil {
		return err
	}
	for i := range older {
		if older[i].legacy() {
			continue
		}
		_, err := s.EndRequest(ctx, briefing.End{
			ID: briefing.RequestID(older[i].ID.Hex()), Reason: briefing.Replaced, At: s.Now(),
		})
		ended := errors.Is(err, briefing.ErrConflict) || errors.Is(err, briefing.ErrNotFound)
		if err != nil && !ended {
			return err
		}
	}
	return nil
}
