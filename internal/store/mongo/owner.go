package mongo

import (
	"context"
	"slices"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"bis/internal/briefing"
)

// claims is what Claim remembers from call to call.
type claims struct {
	mu sync.Mutex // guards what follows
	// unmet are requests that this process may own without having been told: the answer to the start or the claim was lost.
	unmet map[bson.ObjectID]struct{}
	// wanted are requests of other living processes that prefer this one, as last looked for.
	wanted  []bson.ObjectID
	live    []string  // as at that time
	lookAt  time.Time // when to look again
	tokens  float64   // hand-overs that may be made now
	filled  time.Time // when tokens was brought up
	legacy  time.Time // when to look for requests of old servers
	started bool      // the look at the start is over
}

func (c *claims) expect(ids ...bson.ObjectID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.unmet == nil {
		c.unmet = make(map[bson.ObjectID]struct{})
	}
	for _, id := range ids {
		c.unmet[id] = struct{}{}
	}
}

func (c *claims) met(ids ...bson.ObjectID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range ids {
		delete(c.unmet, id)
	}
}

// lost are the requests that may be owned unknown.
func (c *claims) lost() []bson.ObjectID {
	c.mu.Lock()
	defer c.mu.Unlock()
	ids := make([]bson.ObjectID, 0, len(c.unmet))
	for id := range c.unmet {
		ids = append(ids, id)
	}
	return ids
}

// Claim implements briefing.OwnerStore: first what was owned without being known, then what the dead left, then what
// old servers left, then what living processes are to hand over.
func (s *Store) Claim(ctx context.Context, limit int) ([]briefing.Request, error) {
	if s.closed.Load() {
		return nil, errClosed
	}
	list, err := s.claim(ctx, limit)
	return list, translate("claim", err)
}

func (s *Store) claim(ctx context.Context, limit int) ([]briefing.Request, error) {
	m, err := s.members(ctx)
	me := s.lease.instance()
	if err != nil || !slices.Contains(m.live, me) {
		return nil, err // this one was marked dead, and the next renewal will find out
	}
	for _, from := range []func(context.Context, members, string, int) ([]briefing.Request, error){
		s.claimLost, s.claimGone, s.claimLegacy, s.handOver,
	} {
		list, err := from(ctx, m, me, limit)
		if err != nil || len(list) > 0 {
			return list, err
		}
	}
	return nil, nil
}

// claimLost returns what this process owns without having been told. A start may still be under way, so what is not
// there yet stays expected until its starter knows.
func (s *Store) claimLost(ctx context.Context, _ members, me string, limit int) ([]briefing.Request, error) {
	ids := s.claims.lost()
	if len(ids) == 0 {
		return nil, nil
	}
	ids = ids[:min(len(ids), limit)]
	list, err := s.claimed(ctx, ids, me)
	for _, r := range list {
		oid, _ := objectID(r.ID)
		s.claims.met(oid)
	}
	s.forgetOld(ids)
	return list, err
}

// forgetOld stops expecting what was tried so long ago that it cannot come any more.
func (s *Store) forgetOld(ids []bson.ObjectID) {
	for _, id := range ids {
		if s.Now().Sub(id.Timestamp()) > time.Hour {
			s.claims.met(id)
		}
	}
}

// claimGone takes what dead processes owned and this one is preferred for.
func (s *Store) claimGone(ctx context.Context, m members, me string, limit int) ([]briefing.Request, error) {
	nobody := append([]string{""}, m.gone...)
	orphaned := bson.D{{Key: "is_active", Value: true}, {Key: "owner", Value: bson.D{{Key: "$in", Value: nobody}}}}
	ids, err := s.ids(ctx, orphaned)
	if err != nil {
		return nil, err
	}
	ids = slices.DeleteFunc(ids, func(id bson.ObjectID) bool { return preferred(id, m.live) != me })
	if len(ids) == 0 {
		return nil, nil
	}
	ids = ids[:min(len(ids), limit)]
	return s.take(ctx, append(orphaned, bson.E{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}), ids, me)
}

// take makes this process the owner of requests, in a later term, and returns them. What was announced for them is inserted after
// the term is up: from then on no earlier owner announces anything.
func (s *Store) take(ctx context.Context, which bson.D, ids []bson.ObjectID, me string) ([]briefing.Request, error) {
	s.claims.expect(ids...)
	ctx, cancel := s.call(ctx)
	defer cancel()
	_, err := s.requests.UpdateMany(ctx, which, mongo.Pipeline{{{Key: "$set", Value: bson.D{
		{Key: "owner", Value: me},
		{Key: "term", Value: bson.D{{Key: "$add", Value: bson.A{bson.D{{Key: "$ifNull", Value: bson.A{"$term", 0}}}, 1}}}},
	}}}})
	if err != nil {
		return nil, err
	}
	if err := s.at("claimed"); err != nil {
		return nil, err
	}
	list, err := s.claimed(ctx, ids, me)
	if err == nil {
		s.claims.met(ids...)
	}
	return list, err
}

// claimed reads those of the requests that this process owns, and sees to it that what was announced for them is inserted.
func (s *Store) claimed(ctx context.Context, ids []bson.ObjectID, me string) ([]briefing.Request, error) {
	docs, err := s.findRequests(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}, {Key: "is_active", Value: true},
		{Key: "owner", Value: me}}, options.Find())
	if err != nil {
		return nil, err
	}
	if err := s.insertIntents(ctx, docs); err != nil {
		return nil, err
	}
	list := make([]briefing.Request, len(docs))
	for i := range docs {
		list[i] = docs[i].request(s.cfg.Zone)
	}
	return list, nil
}

// insertIntents inserts what was announced and is not there, for many requests at once.
func (s *Store) insertIntents(ctx context.Context, docs []requestDoc) error {
	if s.test.without == "intent" {
		return nil
	}
	intents := make(map[bson.ObjectID]*briefingDoc)
	list := bson.A{}
	for i := range docs {
		if in := docs[i].Intent; in != nil && in.ID == docs[i].LastID {
			intents[in.ID] = in
			list = append(list, in.ID)
		}
	}
	if len(list) == 0 {
		return nil
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	cur, err := s.briefings.Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: list}}}},
		options.Find().SetProjection(bson.D{{Key: "request_id", Value: 1}}))
	if err != nil {
		return err
	}
	var there []briefingDoc
	if err := cur.All(ctx, &there); err != nil {
		return err
	}
	for _, d := range there {
		if in := intents[d.ID]; in.RequestID == d.RequestID {
			delete(intents, d.ID)
		}
	}
	for _, in := range intents {
		if _, err := s.settled(ctx, in.RequestID); err != nil {
			return err
		}
	}
	return nil
}

// ids reads the ids of the requests that fit.
func (s *Store) ids(ctx context.Context, filter bson.D) ([]bson.ObjectID, error) {
	docs, err := s.findRequests(ctx, filter, options.Find().SetProjection(bson.D{{Key: "_id", Value: 1}}))
	ids := make([]bson.ObjectID, len(docs))
	for i := range docs {
		ids[i] = docs[i].ID
	}
	return ids, err
}

// Release implements briefing.OwnerStore.
func (s *Store) Release(ctx context.Context) error {
	if s.closed.Load() {
		return errClosed
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	return translate("release", s.lease.release(ctx))
}

// RunState implements briefing.OwnerStore, in one round trip.
func (s *Store) RunState(ctx context.Context, id briefing.RequestID) (briefing.RunState, error) {
	if s.closed.Load() {
		return briefing.RunState{}, errClosed
	}
	oid, ok := objectID(id)
	if !ok {
		return briefing.RunState{}, briefing.ErrNotFound
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	cur, err := s.requests.Aggregate(ctx, mongo.Pipeline{
		{{Key: "$match", Value: bson.D{{Key: "_id", Value: oid}}}},
		{{Key: "$lookup", Value: bson.D{{Key: "from", Value: "users"}, {Key: "localField", Value: "username"},
			{Key: "foreignField", Value: "username"}, {Key: "as", Value: "users"}}}},
		{{Key: "$project", Value: bson.D{{Key: "is_active", Value: 1}, {Key: "owner", Value: 1}, {Key: "term", Value: 1}, {Key: "users", Value: 1}}}},
	})
	if err != nil {
		return briefing.RunState{}, translate("run state", err)
	}
	var found []struct {
		Active bool      `bson:"is_active"`
		Owner  string    `bson:"owner"`
		Term   int64     `bson:"term"`
		Users  []userDoc `bson:"users"`
	}
	if err := cur.All(ctx, &found); err != nil {
		return briefing.RunState{}, translate("run state", err)
	}
	if len(found) == 0 {
		return briefing.RunState{}, briefing.ErrNotFound
	}
	f := found[0]
	state := briefing.RunState{Active: f.Active, Owner: briefing.Owner{Instance: f.Owner, Term: f.Term}}
	if len(f.Users) > 0 {
		first := slices.MinFunc(f.Users, func(a, b userDoc) int { return slices.Compare(a.ID[:], b.ID[:]) })
		state.Custom = first.user().Custom
	}
	return state, nil
}
