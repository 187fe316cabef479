package mongo

import (
	"context"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// markTime is the least time that the mark of a deleted request stays, and how long a request
// counts as just ended. A writer of this server that pauses longer between its two steps has no
// call any more: calls end after callTime.
const markTime = 10 * time.Minute

// longestDay is the longest time of an old server's request: its end is a time of the day.
const longestDay = 25 * time.Hour

// markDoc is the mark of a deleted request. It takes the place of the newest briefing, and has
// nothing of it but the id. Old servers require the fields request_id and briefing.
type markDoc struct {
	ID      bson.ObjectID `bson:"_id"`
	None    bson.ObjectID `bson:"request_id"` // of no request: the id of this document
	Text    string        `bson:"briefing"`   // empty
	Request bson.ObjectID `bson:"deleted_request"`
	At      time.Time     `bson:"deleted_at"`
	Until   time.Time     `bson:"deleted_until"` // when the mark may be removed
}

// markUntil returns when the mark of a request may be removed. needed reports whether a writer may
// still insert briefings, so that the request needs a mark. The job of an old server is in its
// memory: it inserts until the end time, whatever happens to the request. An old server ends a
// request without an ended_at.
func (s *Store) markUntil(doc *requestDoc) (until time.Time, needed bool) {
	now := s.Now().UTC()
	needed = doc.Active || doc.EndedAt == nil || now.Sub(*doc.EndedAt) < markTime ||
		!doc.DeletedLast.IsZero()
	r := doc.request(s.cfg.Zone)
	end := r.StartedAt
	switch {
	case r.EndsAt != nil:
		end = *r.EndsAt
	case doc.legacy():
		end = end.Add(longestDay)
	}
	until = now.Add(markTime)
	if last := end.Add(legacySilence); last.After(now) {
		needed = true
		if last.After(until) {
			until = last
		}
	}
	return until, needed
}

// markDeleted stores the mark of an ended request, and returns how many briefings it has replaced:
// the newest, if a new server has inserted it. The mark has the id of the newest briefing also if
// its writer has not inserted it yet, and then finds the id taken.
func (s *Store) markDeleted(
	ctx context.Context, oid bson.ObjectID, until time.Time,
) (replaced int, err error) {
	id, err := s.takeLastID(ctx, oid)
	if err != nil {
		return 0, err
	}
	if err := s.at("last id removed"); err != nil {
		return 0, err
	}
	if id.IsZero() {
		id = bson.NewObjectID()
	}
	for {
		mark := markDoc{ID: id, None: id, Request: oid, At: s.Now().UTC(), Until: until}
		result, err := s.briefings.ReplaceOne(ctx,
			bson.D{{Key: "_id", Value: id}, {Key: "request_id", Value: oid}}, mark)
		if err != nil {
			return 0, err
		}
		if result.MatchedCount > 0 {
			return 1, nil
		}
		_, err = s.briefings.InsertOne(ctx, mark)
		if !mongo.IsDuplicateKeyError(err) {
			return 0, err
		}
		var taken markDoc
		err = s.briefings.FindOne(ctx, bson.D{{Key: "_id", Value: id}}).Decode(&taken)
		switch err = ignoreNotFound(translate("mark", err)); {
		case err != nil:
			return 0, err
		case taken.Request == oid: // an earlier call has stored the mark
			return 0, nil
		case taken.None != oid && !taken.None.IsZero(): // a briefing of another request
			id = bson.NewObjectID()
		}
	}
}

// takeLastID moves last_id of an ended request to deleted_last, and returns it. So no writer
// inserts the missing briefing as an intent, and a repeated call still knows the id. The id is zero
// if the request has no briefing of a new server.
func (s *Store) takeLastID(ctx context.Context, oid bson.ObjectID) (bson.ObjectID, error) {
	for {
		var doc requestDoc
		err := s.requests.FindOne(ctx, bson.D{{Key: "_id", Value: oid}},
			options.FindOne().SetProjection(noIntent)).Decode(&doc)
		if err != nil {
			return doc.DeletedLast, ignoreNotFound(translate("request", err))
		}
		if doc.LastID.IsZero() {
			return doc.DeletedLast, nil
		}
		done, err := s.requests.UpdateOne(ctx,
			bson.D{{Key: "_id", Value: oid}, {Key: "last_id", Value: doc.LastID}},
			bson.D{{Key: "$set", Value: bson.D{{Key: "deleted_last", Value: doc.LastID}}},
				{Key: "$unset", Value: bson.D{{Key: "last_id", Value: ""}, {Key: "intent", Value: ""}}}},
			hintByID())
		if err != nil || done.MatchedCount == 1 {
			return doc.LastID, err
		}
	}
}

// sweptEvery is how often a process calls sweepDeleted.
const sweptEvery = time.Minute

// deletedDue reports whether a call of sweepDeleted is due.
func (s *Store) deletedDue() bool {
	now := s.cfg.Clock()
	s.claims.mu.Lock()
	defer s.claims.mu.Unlock()
	if now.Before(s.claims.deletedAt) {
		return false
	}
	s.claims.deletedAt = now.Add(sweptEvery)
	return true
}

// sweepLen is how many marks one query of sweepDeleted has.
const sweepLen = 500

// sweepDeleted deletes briefings that a writer has inserted after their request was deleted, the
// marks whose time is over, names that deleteUsers has left in the users, cameras without their
// user, and refused texts that have expired.
func (s *Store) sweepDeleted(ctx context.Context) error {
	if err := s.sweepCameras(ctx, s.Now()); err != nil {
		return err
	}
	if err := s.sweepRefused(ctx, s.Now()); err != nil {
		return err
	}
	return s.sweepDeletedAt(ctx, s.Now())
}

// sweepDeletedAt is sweepDeleted at a given time.
func (s *Store) sweepDeletedAt(ctx context.Context, now time.Time) error {
	ctx, cancel := s.call(ctx)
	defer cancel()
	_, err := s.users.DeleteMany(ctx, bson.D{{Key: "username", Value: nil},
		{Key: "deleted_name", Value: bson.D{{Key: "$gt", Value: ""}}}})
	if err != nil {
		return err
	}
	cur, err := s.briefings.Find(ctx,
		bson.D{{Key: "deleted_at", Value: bson.D{{Key: "$gt", Value: time.Unix(0, 0)}}}})
	if err != nil {
		return err
	}
	var marks []markDoc
	if err := cur.All(ctx, &marks); err != nil {
		return err
	}
	for list := range slices.Chunk(marks, sweepLen) {
		requests, over := bson.A{}, bson.A{}
		for _, m := range list {
			requests = append(requests, m.Request)
			if now.After(m.Until) {
				over = append(over, m.ID)
			}
		}
		_, err := s.briefings.DeleteMany(ctx,
			bson.D{{Key: "request_id", Value: bson.D{{Key: "$in", Value: requests}}}})
		if err == nil && len(over) > 0 {
			_, err = s.briefings.DeleteMany(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: over}}},
				{Key: "deleted_at", Value: bson.D{{Key: "$gt", Value: time.Unix(0, 0)}}}})
		}
		if err != nil {
			return err
		}
	}
	return nil
}
