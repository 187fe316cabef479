package mongo

import (
	"context"
	"errors"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"bis/internal/briefing"
)

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
		s.claimUnconfirmed, s.claimOrphans, s.claimLegacy, s.handOver,
	} {
		list, err := from(ctx, m, me, limit)
		if err != nil || len(list) > 0 {
			return list, err
		}
	}
	return nil, nil
}

// claimLost returns what this process owns without having been told. A write may still be under
// way, so what is not there yet stays expected for unmetTime after it was tried.
func (s *Store) claimUnconfirmed(ctx context.Context, _ members, me string, limit int) ([]briefing.Request, error) {
	ids := s.claims.attempted()
	if len(ids) == 0 {
		return nil, nil
	}
	ids = ids[:min(len(ids), limit)]
	list, err := s.readOwned(ctx, ids, me)
	if err != nil {
		return nil, err // nothing is known, so nothing is forgotten
	}
	for _, r := range list {
		oid, _ := objectID(r.ID)
		s.claims.confirm(oid)
	}
	s.claims.expire(s.cfg.Clock(), ids)
	return list, nil
}

// claimGone takes what dead processes owned and this one is preferred for.
func (s *Store) claimOrphans(ctx context.Context, m members, me string, limit int) ([]briefing.Request, error) {
	dead := append([]string{""}, m.dead...)
	if list, err := s.takeOver(ctx, s.claims.popOrphans(min(limit, orphanBatch)), me, dead); err != nil || len(list) > 0 {
		return list, err
	}
	ids, err := s.ids(ctx, bson.D{{Key: "is_active", Value: true}, {Key: "owner", Value: bson.D{{Key: "$in", Value: dead}}}})
	if err != nil {
		return nil, err
	}
	ids = slices.DeleteFunc(ids, func(id bson.ObjectID) bool { return preferred(id, m.live) != me })
	s.claims.setOrphans(ids)
	return s.takeOver(ctx, s.claims.popOrphans(min(limit, orphanBatch)), me, dead)
}

// takeLen is how many requests are taken over in one go. They tick again as soon as they are, so it is few.
const orphanBatch = 100

// takeOrphans takes over what belongs to one of gone, in one update: the new term fences the old owner, so what it had announced
// until then, and nothing else, is read and inserted afterwards.
func (s *Store) takeOver(ctx context.Context, ids []bson.ObjectID, me string, dead []string) ([]briefing.Request, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	s.claims.noteAttempt(s.cfg.Clock(), ids...)
	limited, cancel := s.call(ctx)
	defer cancel()
	_, err := s.requests.UpdateMany(limited,
		bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}, {Key: "is_active", Value: true}, {Key: "owner", Value: bson.D{{Key: "$in", Value: dead}}}},
		bson.D{{Key: "$set", Value: bson.D{{Key: "owner", Value: me}}}, {Key: "$inc", Value: bson.D{{Key: "term", Value: int64(1)}}}},
		options.UpdateMany().SetHint(byID))
	if err = errors.Join(err, s.at("owner written")); err != nil {
		return nil, err
	}
	list, err := s.readOwned(ctx, ids, me)
	if err == nil {
		s.claims.confirm(ids...)
	}
	return list, err
}

// take reads requests of living owners, inserts what was announced for them, and takes those over in which nothing has moved since:
// a tick that was stored meanwhile would be run twice.
func (s *Store) claimLive(ctx context.Context, ids []bson.ObjectID, me string, eligible func(*requestDoc) bool) ([]briefing.Request, error) {
	docs, err := s.findRequests(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}}, options.Find())
	if err != nil {
		return nil, err
	}
	docs = slices.DeleteFunc(docs, func(d requestDoc) bool { return !d.Active || d.Owner == me || !eligible(&d) })
	if len(docs) == 0 {
		return nil, nil
	}
	if err := s.insertIntents(ctx, docs); err != nil {
		return nil, err
	}
	claiming := make([]bson.ObjectID, len(docs))
	writes := make([]mongo.WriteModel, len(docs))
	for i := range docs {
		d := &docs[i]
		claiming[i] = d.ID
		filter := bson.D{{Key: "_id", Value: d.ID}, {Key: "is_active", Value: true}, {Key: "owner", Value: d.Owner}, {Key: "last_id", Value: lastIDValue(d)}}
		if d.Term > 0 {
			filter = append(filter, bson.E{Key: "term", Value: d.Term})
		}
		d.Owner, d.Term = me, d.Term+1
		writes[i] = mongo.NewUpdateOneModel().SetHint(byID).SetFilter(filter).SetUpdate(bson.D{{Key: "$set", Value: bson.D{{Key: "owner", Value: me}, {Key: "term", Value: d.Term}}}})
	}
	s.claims.noteAttempt(s.cfg.Clock(), claiming...)
	limited, cancel := s.call(ctx)
	defer cancel()
	done, err := s.requests.BulkWrite(limited, writes, options.BulkWrite().SetOrdered(false))
	if err = errors.Join(err, s.at("owner written")); err != nil {
		return nil, err
	}
	list := make([]briefing.Request, len(docs))
	for i := range docs {
		list[i] = docs[i].request(s.cfg.Zone)
	}
	if done.MatchedCount < int64(len(docs)) { // something has moved: see which are ours
		if list, err = s.readOwned(ctx, claiming, me); err != nil {
			return nil, err
		}
		s.requeueUnclaimed(claiming, list)
	}
	s.claims.confirm(claiming...)
	return list, nil
}

// claimed reads those of the requests that this process owns, and sees to it that what was announced for them is inserted.
func (s *Store) readOwned(ctx context.Context, ids []bson.ObjectID, me string) ([]briefing.Request, error) {
	if err := s.at("reading claims"); err != nil {
		return nil, err
	}
	docs, err := s.findRequests(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}}, options.Find())
	if err != nil {
		return nil, err
	}
	docs = slices.DeleteFunc(docs, func(d requestDoc) bool { return !d.Active || d.Owner != me })
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
	ids := bson.A{}
	for i := range docs {
		if intent := docs[i].Intent; intent != nil && intent.ID == docs[i].LastID {
			intents[intent.ID] = intent
			ids = append(ids, intent.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	cur, err := s.briefings.Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}},
		options.Find().SetProjection(bson.D{{Key: "request_id", Value: 1}}))
	if err != nil {
		return err
	}
	var stored []briefingDoc
	if err := cur.All(ctx, &stored); err != nil {
		return err
	}
	for _, d := range stored {
		if intent := intents[d.ID]; intent.RequestID == d.RequestID {
			delete(intents, d.ID)
		}
	}
	for _, intent := range intents {
		if _, err := s.readConfirmed(ctx, intent.RequestID); err != nil {
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
