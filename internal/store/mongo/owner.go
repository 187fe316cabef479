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

// Claim implements briefing.OwnerStore. It returns the first of these that is not empty: requests
// that this process owns without knowing it, requests of dead processes, requests of old servers,
// and requests of live processes that prefer this one.
func (s *Store) Claim(ctx context.Context, limit int) ([]briefing.Request, error) {
	if s.closed.Load() {
		return nil, errClosed
	}
	list, err := s.claim(ctx, limit)
	return list, translate("claim", err)
}

// claim is Claim without the translation of errors.
func (s *Store) claim(ctx context.Context, limit int) ([]briefing.Request, error) {
	m, err := s.members(ctx)
	me := s.lease.instance()
	if err != nil || !slices.Contains(m.live, me) {
		return nil, err // this process was marked dead; its next renewal gets a new name
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

// claimUnconfirmed returns requests that this process owns although the answer to its write was
// lost. The write may still be on its way, so a request that is not owned yet stays noted for
// unconfirmedTime.
func (s *Store) claimUnconfirmed(
	ctx context.Context, _ members, me string, limit int,
) ([]briefing.Request, error) {
	ids := s.claims.attempted()
	if len(ids) == 0 {
		return nil, nil
	}
	ids = ids[:min(len(ids), limit)]
	list, err := s.readOwned(ctx, ids, me)
	if err != nil {
		return nil, err // the read failed, so every request stays noted
	}
	for _, r := range list {
		oid, _ := objectID(r.ID)
		s.claims.confirm(oid)
	}
	s.claims.expire(s.cfg.Clock(), ids)
	return list, nil
}

// claimOrphans claims the requests of dead processes that prefer this process. An empty owner also
// counts as dead: a request that was transferred from another store has it.
func (s *Store) claimOrphans(
	ctx context.Context, m members, me string, limit int,
) ([]briefing.Request, error) {
	dead := append([]string{""}, m.dead...)
	list, err := s.takeOver(ctx, s.claims.popOrphans(min(limit, orphanBatch)), me, dead)
	if err != nil || len(list) > 0 {
		return list, err
	}
	ids, err := s.ids(ctx,
		bson.D{{Key: "is_active", Value: true}, {Key: "owner", Value: bson.D{{Key: "$in", Value: dead}}}})
	if err != nil {
		return nil, err
	}
	ids = slices.DeleteFunc(ids, func(id bson.ObjectID) bool { return preferred(id, m.live) != me })
	s.claims.setOrphans(ids)
	return s.takeOver(ctx, s.claims.popOrphans(min(limit, orphanBatch)), me, dead)
}

// orphanBatch is how many requests of dead processes are claimed in one call. It is small because
// they tick again only when the call has returned.
const orphanBatch = 100

// takeOver claims requests whose owner is dead, in one update. The new term fences the old owner,
// so after the update no further intent of that owner can appear. The intents that are there are
// inserted by readOwned.
func (s *Store) takeOver(
	ctx context.Context, ids []bson.ObjectID, me string, dead []string,
) ([]briefing.Request, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	s.claims.noteAttempt(s.cfg.Clock(), ids...)
	limited, cancel := s.call(ctx)
	defer cancel()
	_, err := s.requests.UpdateMany(limited,
		bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}, {Key: "is_active", Value: true},
			{Key: "owner", Value: bson.D{{Key: "$in", Value: dead}}}},
		bson.D{{Key: "$set", Value: bson.D{{Key: "owner", Value: me}}},
			{Key: "$inc", Value: bson.D{{Key: "term", Value: int64(1)}}}},
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

// claimLive claims those requests of live owners that eligible accepts. It inserts their intents
// first and then claims a request only if it has not changed since, because a tick that was stored
// in between would run twice. Requests that have changed are queued again.
func (s *Store) claimLive(ctx context.Context, ids []bson.ObjectID, me string,
	eligible func(*requestDoc) bool) ([]briefing.Request, error) {
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
		filter := bson.D{
			{Key: "_id", Value: d.ID}, {Key: "is_active", Value: true}, {Key: "owner", Value: d.Owner},
			{Key: "last_id", Value: lastIDValue(d)},
		}
		if d.Term > 0 { // a document without a term is matched by its other fields
			filter = append(filter, bson.E{Key: "term", Value: d.Term})
		}
		d.Owner, d.Term = me, d.Term+1
		update := bson.D{{Key: "$set", Value: bson.D{{Key: "owner", Value: me}, {Key: "term", Value: d.Term}}}}
		writes[i] = mongo.NewUpdateOneModel().SetHint(byID).SetFilter(filter).SetUpdate(update)
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
	if done.MatchedCount < int64(len(docs)) { // some requests have changed: read which are owned
		if list, err = s.readOwned(ctx, claiming, me); err != nil {
			return nil, err
		}
		s.requeueUnclaimed(claiming, list)
	}
	s.claims.confirm(claiming...)
	return list, nil
}

// readOwned reads those of the requests that this process owns, with their intents inserted. A
// request whose camera is not stored is deleted.
func (s *Store) readOwned(
	ctx context.Context, ids []bson.ObjectID, me string,
) ([]briefing.Request, error) {
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
	return s.dropCameraless(ctx, list)
}

// insertIntents inserts the intents of the requests that are not stored yet. It reads all of them
// in one query, because nearly all are stored.
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
	// The remaining intents are not stored, or their ids belong to briefings of other requests.
	for _, intent := range intents {
		_, err := s.readConfirmed(ctx, intent.RequestID)
		if ignoreNotFound(err) != nil { // a request that was deleted since has no intent
			return err
		}
	}
	return nil
}

// ids reads the ids of the requests that match filter.
func (s *Store) ids(ctx context.Context, filter bson.D) ([]bson.ObjectID, error) {
	docs, err := s.findRequests(ctx, filter, options.Find().SetProjection(bson.D{{Key: "_id", Value: 1}}))
	ids := make([]bson.ObjectID, len(docs))
	for i := range docs {
		ids[i] = docs[i].ID
	}
	return ids, err
}
