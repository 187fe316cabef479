package mongo

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"bis/internal/briefing"
)

// errIDTaken reports that a briefing of another request has the id. The intent has a new id by
// then, so the caller repeats its step.
var errIDTaken = errors.New("id is taken")

// insertBriefing is step 3 of the protocol. The writer of the intent calls it, and every other
// process that finds the intent. A briefing that is inserted already counts as success.
func (s *Store) insertBriefing(ctx context.Context, d *briefingDoc) error {
	_, err := s.briefings.InsertOne(ctx, d)
	if err == nil || s.closed.Load() {
		return err
	}
	if !mongo.IsDuplicateKeyError(err) {
		return translate("insert briefing", err)
	}
	// The id exists already: another process has inserted this intent, or an old writer's briefing
	// has the id.
	mine, err := s.isStored(ctx, d)
	if mine || err != nil {
		return err
	}
	return s.reassignID(ctx, d)
}

// sameTick matches the tick of a document.
func (d *briefingDoc) sameTick() bson.E {
	if d.Tick == 0 {
		return bson.E{Key: "tick", Value: nil}
	}
	return bson.E{Key: "tick", Value: d.Tick}
}

// isStored reports whether the briefing is stored under its id, its request and its tick.
func (s *Store) isStored(ctx context.Context, d *briefingDoc) (bool, error) {
	n, err := s.briefings.CountDocuments(ctx,
		bson.D{{Key: "_id", Value: d.ID}, {Key: "request_id", Value: d.RequestID}, d.sameTick()})
	return n > 0, translate("look for briefing", err)
}

// findRenumbered reports whether the briefing is stored under another id, because another process
// has called reassignID. Then d gets that id.
func (s *Store) findRenumbered(ctx context.Context, d *briefingDoc) (bool, error) {
	docs, err := s.findBriefings(ctx, bson.D{{Key: "request_id", Value: d.RequestID},
		{Key: "_id", Value: bson.D{{Key: "$gt", Value: d.ID}}}, {Key: "first_id", Value: d.firstID()}, d.sameTick()}, byID, 1)
	if err != nil || len(docs) == 0 {
		return false, translate("look for briefing", err)
	}
	*d = docs[0]
	return true, nil
}

// reassignID gives the intent of a request a new id, because an old writer's briefing of another
// request has its id. Several processes may try at once: the filter on last_id lets one succeed.
// The intent also stores its first id, so that its writer recognizes it. The result is always
// errIDTaken, or the database's error.
func (s *Store) reassignID(ctx context.Context, d *briefingDoc) error {
	id, _ := objectID(briefing.NextID(s.Now(), d.ID.Hex()))
	first := d.firstID()
	done, err := s.requests.UpdateOne(ctx,
		bson.D{{Key: "_id", Value: d.RequestID}, {Key: "last_id", Value: d.ID}},
		bson.D{{Key: "$set", Value: bson.D{{Key: "last_id", Value: id}, {Key: "intent._id", Value: id},
			{Key: "intent.first_id", Value: first}}}},
		hintByID())
	if err != nil {
		return translate("renumber briefing", err)
	}
	if done.MatchedCount == 1 {
		d.ID, d.FirstID = id, first
	}
	s.log.WarnContext(ctx, "briefing id was taken by another request", "request", d.RequestID.Hex())
	return fmt.Errorf("briefing %s: %w", d.ID.Hex(), errIDTaken)
}
