package mongo

import (
	"context"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"bis/internal/briefing"
)

// Briefings implements briefing.BriefingStore. It reads one document more than the limit, to know
// whether there are more.
func (s *Store) Briefings(
	ctx context.Context, id briefing.RequestID, p briefing.Slice,
) ([]briefing.Briefing, bool, error) {
	if s.closed.Load() {
		return nil, false, errClosed
	}
	oid, ok := objectID(id)
	if !ok {
		return nil, false, nil
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	direction := 1
	if p.Backward {
		direction = -1
	}
	docs, err := s.findBriefings(ctx,
		bson.D{{Key: "request_id", Value: oid}, {Key: "_id", Value: idRange(p)}},
		bson.D{{Key: "_id", Value: direction}}, p.Limit+1)
	if err != nil {
		return nil, false, translate("briefings", err)
	}
	more := len(docs) > p.Limit
	docs = docs[:min(len(docs), p.Limit)]
	if p.Backward {
		slices.Reverse(docs)
	}
	list := make([]briefing.Briefing, len(docs))
	for i := range docs {
		list[i] = docs[i].briefing(s.cfg.Zone)
	}
	return list, more, nil
}

// idRange is the condition on the id for a stretch. A malformed After is before the first briefing,
// and a malformed Before is after the newest.
func idRange(p briefing.Slice) bson.D {
	after, _ := objectID(p.After) // the zero id is before every id
	d := bson.D{{Key: "$gt", Value: after}}
	if before, ok := objectID(p.Before); ok {
		d = append(d, bson.E{Key: "$lt", Value: before})
	}
	return d
}

// findBriefings reads at most limit briefings that match filter, in the order of sort.
func (s *Store) findBriefings(
	ctx context.Context, filter, sort bson.D, limit int,
) ([]briefingDoc, error) {
	cur, err := s.briefings.Find(ctx, filter, options.Find().SetSort(sort).SetLimit(int64(limit)))
	if err != nil {
		return nil, err
	}
	var docs []briefingDoc
	return docs, cur.All(ctx, &docs)
}

// newestID returns the id of a request's newest briefing in hexadecimal, or "" if it has none.
func (s *Store) newestID(ctx context.Context, oid bson.ObjectID) (string, error) {
	docs, err := s.findBriefings(ctx, bson.D{{Key: "request_id", Value: oid}}, bson.D{{Key: "_id", Value: -1}}, 1)
	if err != nil || len(docs) == 0 {
		return "", translate("newest briefing", err)
	}
	return docs[0].ID.Hex(), nil
}

// catchUpLen is how many briefings CatchUp reads in one round trip. It bounds the size of an
// answer.
const catchUpLen = 4_000

// CatchUp implements briefing.BriefingStore. One query reads for all positions, ordered by request.
// If the answer is full, CatchUp asks again for the requests that it did not reach.
func (s *Store) CatchUp(
	ctx context.Context, at []briefing.Position, limit int,
) (map[briefing.RequestID][]briefing.Briefing, error) {
	if s.closed.Load() {
		return nil, errClosed
	}
	rest := sortedPositions(at)
	found := make(map[briefing.RequestID][]briefing.Briefing)
	for len(rest) > 0 {
		ctx, cancel := s.call(ctx)
		pageLen := max(catchUpLen, limit)
		docs, err := s.findBriefings(ctx, anyAfter(rest),
			bson.D{{Key: "request_id", Value: 1}, {Key: "_id", Value: 1}}, pageLen)
		cancel()
		if err != nil {
			return nil, translate("catch up", err)
		}
		partial := len(docs) == pageLen
		var last bson.ObjectID
		for i := range docs {
			d := &docs[i]
			last = d.RequestID
			if id := briefing.RequestID(last.Hex()); len(found[id]) < limit {
				found[id] = append(found[id], d.briefing(s.cfg.Zone))
			}
		}
		if !partial {
			return found, nil
		}
		rest = s.unread(rest, last, found, limit)
	}
	return found, nil
}

// sortedPositions returns the well-formed positions, ordered by request as the database answers.
func sortedPositions(at []briefing.Position) []briefing.Position {
	valid := make([]briefing.Position, 0, len(at))
	for _, p := range at {
		if _, ok := objectID(p.RequestID); ok {
			valid = append(valid, p)
		}
	}
	slices.SortFunc(valid, func(a, b briefing.Position) int {
		if a.RequestID < b.RequestID {
			return -1
		}
		return 1
	})
	return valid
}

// unread returns the positions that an answer cut off at the request last has not covered. The
// request last stays among them, with the position of its last briefing read, unless it has reached
// the limit.
func (s *Store) unread(rest []briefing.Position, last bson.ObjectID,
	found map[briefing.RequestID][]briefing.Briefing, limit int) []briefing.Position {
	id := briefing.RequestID(last.Hex())
	i := slices.IndexFunc(rest, func(p briefing.Position) bool { return p.RequestID == id })
	if list := found[id]; len(list) < limit {
		rest[i].After = list[len(list)-1].ID
		return rest[i:]
	}
	return rest[i+1:]
}

// anyAfter matches the briefings that are after any of the positions.
func anyAfter(at []briefing.Position) bson.D {
	branches := make(bson.A, len(at))
	for i, p := range at {
		oid, _ := objectID(p.RequestID)
		branches[i] = bson.D{{Key: "request_id", Value: oid},
			{Key: "_id", Value: idRange(briefing.Slice{After: p.After})}}
	}
	return bson.D{{Key: "$or", Value: branches}}
}
