package mongo

import (
	"context"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"bis/internal/briefing"
)

// Briefing implements briefing.BriefingStore. A look-up joins the request, so it takes one round
// trip.
func (s *Store) Briefing(
	ctx context.Context, id briefing.BriefingID,
) (briefing.Briefing, string, error) {
	if s.closed.Load() {
		return briefing.Briefing{}, "", errClosed
	}
	oid, ok := objectID(id)
	if !ok {
		return briefing.Briefing{}, "", briefing.ErrNotFound
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	cur, err := s.briefings.Aggregate(ctx, mongo.Pipeline{
		{{Key: "$match", Value: bson.D{{Key: "_id", Value: oid}}}},
		{{Key: "$lookup", Value: bson.D{{Key: "from", Value: "requests"}, {Key: "localField", Value: "request_id"},
			{Key: "foreignField", Value: "_id"}, {Key: "as", Value: "requests"}}}},
		{{Key: "$project", Value: bson.D{{Key: "requests.intent", Value: 0}}}},
	})
	if err != nil {
		return briefing.Briefing{}, "", translate("briefing", err)
	}
	var found []struct {
		Doc      briefingDoc `bson:",inline"`
		Requests []struct {
			Username string `bson:"username"`
		} `bson:"requests"`
	}
	if err := cur.All(ctx, &found); err != nil {
		return briefing.Briefing{}, "", translate("briefing", err)
	}
	if len(found) == 0 || len(found[0].Requests) == 0 {
		return briefing.Briefing{}, "", briefing.ErrNotFound
	}
	return found[0].Doc.briefing(s.cfg.Zone), found[0].Requests[0].Username, nil
}

// ReportBriefing implements briefing.BriefingStore. The first update decides whether this call
// changes the mark, because its filter demands the other one. The feed skips updates of briefings.
func (s *Store) ReportBriefing(
	ctx context.Context, id briefing.BriefingID, m briefing.Mark,
) (b briefing.Briefing, changed bool, err error) {
	if s.closed.Load() {
		return briefing.Briefing{}, false, errClosed
	}
	oid, ok := objectID(id)
	if !ok {
		return briefing.Briefing{}, false, briefing.ErrNotFound
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	fields := bson.D{{Key: "wrong", Value: m.Wrong}, {Key: "wrong_note", Value: m.Note}}
	update := bson.D{{Key: "$set", Value: fields}}
	other := bson.E{Key: "wrong", Value: bson.D{{Key: "$ne", Value: true}}}
	if !m.Wrong { // the document is then as before the first report
		update, other.Value = bson.D{{Key: "$unset", Value: fields}}, true
	}
	same := bson.D{{Key: "_id", Value: oid}, {Key: "deleted_at", Value: nil}}
	done, err := s.briefings.UpdateOne(ctx, append(slices.Clone(same), other), update)
	if err != nil {
		return briefing.Briefing{}, false, translate("report briefing", err)
	}
	var doc briefingDoc
	err = s.briefings.FindOneAndUpdate(ctx, same, update,
		options.FindOneAndUpdate().SetReturnDocument(options.After)).Decode(&doc)
	if err != nil {
		return briefing.Briefing{}, false, translate("report briefing", err)
	}
	return doc.briefing(s.cfg.Zone), done.MatchedCount == 1, nil
}
