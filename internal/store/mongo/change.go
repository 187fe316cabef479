package mongo

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/v2/bson"

	"bis/internal/briefing"
)

// event has the fields of a change event that the feed uses.
type event struct {
	Operation string `bson:"operationType"`
	NS        struct {
		Coll string `bson:"coll"`
	} `bson:"ns"`
	Key struct {
		ID bson.ObjectID `bson:"_id"`
	} `bson:"documentKey"`
	Document bson.Raw `bson:"fullDocument"`
	Update   struct {
		Fields bson.Raw `bson:"updatedFields"`
	} `bson:"updateDescription"`
}

// ends reports whether the event is an update of is_active.
func (e *event) ends() bool {
	_, err := e.Update.Fields.LookupErr("is_active")
	return err == nil
}

// change converts a change event. ok is false if the event is not a change of the feed, or if a
// document of another writer cannot be decoded. The feed skips such an event.
func (s *Store) change(ctx context.Context, raw bson.Raw) (c briefing.Change, ok bool, err error) {
	var e event
	if err := bson.Unmarshal(raw, &e); err != nil {
		s.log.WarnContext(ctx, "a change was not understood", "err", err)
		return c, false, nil
	}
	switch {
	case e.Operation == "invalidate", e.Operation == "dropDatabase":
		return c, false, errDropped
	case e.Operation == "drop", e.Operation == "rename":
		if err := s.ensureIndexes(ctx); err != nil { // the indexes went with the collection
			return c, false, err
		}
		return c, false, nil
	case e.Operation == "update" && e.ends():
		return s.endChange(ctx, e.Key.ID)
	case e.Operation == "update":
		return s.moveChange(ctx, e.Key.ID)
	case e.NS.Coll == "briefings":
		var doc briefingDoc
		if err := bson.Unmarshal(e.Document, &doc); err != nil {
			s.log.WarnContext(ctx, "a briefing was not understood", "err", err)
			return c, false, nil
		}
		return briefing.Change{Kind: briefing.BriefingStored, Briefing: doc.briefing(s.cfg.Zone)}, true, nil
	default:
		var doc requestDoc
		if err := bson.Unmarshal(e.Document, &doc); err != nil {
			s.log.WarnContext(ctx, "a request was not understood", "err", err)
			return c, false, nil
		}
		s.spellings.learn(doc.Username)
		return briefing.Change{Kind: briefing.RequestStarted, Request: doc.request(s.cfg.Zone)}, true, nil
	}
}

// endChange reads a request after an update of is_active. The event has only the fields that
// changed. An ended request does not change any more, so a later read returns the end.
func (s *Store) endChange(ctx context.Context, id bson.ObjectID) (briefing.Change, bool, error) {
	r, err := s.Request(ctx, briefing.RequestID(id.Hex()))
	if errors.Is(err, briefing.ErrNotFound) {
		return briefing.Change{}, false, nil // removed since, by another program
	}
	return briefing.Change{Kind: briefing.RequestEnded, Request: r}, err == nil && !r.Active, err
}

// moveChange reads a request after an update of ends_at. A request that has ended since is left
// out, because its end follows.
func (s *Store) moveChange(
	ctx context.Context, id bson.ObjectID,
) (briefing.Change, bool, error) {
	r, err := s.Request(ctx, briefing.RequestID(id.Hex()))
	if errors.Is(err, briefing.ErrNotFound) {
		return briefing.Change{}, false, nil // removed since, by another program
	}
	return briefing.Change{Kind: briefing.RequestMoved, Request: r}, err == nil && r.Active, err
}
