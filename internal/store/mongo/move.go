package mongo

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"bis/internal/briefing"
)

// MoveEnd implements briefing.RequestStore. Any process may move an end. The owner's timer may
// still be set for the old one, so an end by time checks the stored end; see end.
func (s *Store) MoveEnd(ctx context.Context, m briefing.Move) (briefing.Request, error) {
	if s.closed.Load() {
		return briefing.Request{}, errClosed
	}
	oid, ok := objectID(m.ID)
	if !ok {
		return briefing.Request{}, briefing.ErrNotFound
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	at := m.EndsAt.UTC().Truncate(time.Millisecond)
	for {
		var doc requestDoc
		err := s.requests.FindOne(ctx, bson.D{{Key: "_id", Value: oid}}).Decode(&doc)
		if err != nil {
			return briefing.Request{}, translate("request", err)
		}
		r := doc.request(s.cfg.Zone)
		if !r.Active {
			return briefing.Request{}, briefing.ErrConflict
		}
		// The document of an old server has no end_text: its endtime is the text of the start.
		update := bson.D{{Key: "$set", Value: bson.D{
			{Key: "ends_at", Value: at}, {Key: "endtime", Value: m.EndTime},
			{Key: "end_text", Value: r.EndText},
		}}}
		done, err := s.requests.UpdateOne(ctx, append(s.activeFilter(oid), endsAtIs(&doc)), update, hintByID())
		if err != nil {
			return briefing.Request{}, translate("move end", err)
		}
		if done.MatchedCount == 1 {
			r.EndsAt, r.EndTime = &at, m.EndTime
			return r, nil
		}
	}
}

// endsAtIs matches a request whose end was not moved since d was read. Null also matches a missing
// field, which documents of old servers have.
func endsAtIs(d *requestDoc) bson.E {
	if d.EndsAt == nil {
		return bson.E{Key: "ends_at", Value: nil}
	}
	return bson.E{Key: "ends_at", Value: *d.EndsAt}
}
