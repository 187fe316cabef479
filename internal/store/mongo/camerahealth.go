package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"bis/internal/briefing"
)

// SetCameraHealth implements briefing.CameraStore. A report that repeats the health moves its place
// and the last frame alone. That is one round trip, and in no feed.
func (s *Store) SetCameraHealth(ctx context.Context, r briefing.HealthReport) error {
	if s.closed.Load() {
		return errClosed
	}
	if !briefing.ValidID(string(r.CameraID)) {
		return briefing.ErrNotFound
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	r = r.Stored()
	filter := append(bson.D{{Key: "_id", Value: string(r.CameraID)}}, notLate(r)...)
	if r.Version != 0 {
		filter = append(filter, bson.E{Key: "source_version", Value: bson.D{{Key: "$lte", Value: r.Version}}})
	}
	set := bson.D{
		{Key: "report_request", Value: string(r.RequestID)}, {Key: "report_term", Value: r.Term},
		{Key: "report_tick", Value: r.Tick},
	}
	if r.LastFrame != nil {
		set = append(set, bson.E{Key: "last_frame", Value: newFrameDoc(r.LastFrame)})
	}
	health, err := merged(newHealthDoc(r.Health))
	if err != nil {
		return err
	}
	same := append(filter[:len(filter):len(filter)], health...)
	for _, attempt := range []struct{ filter, update bson.D }{
		{same, bson.D{{Key: "$set", Value: set}}},
		{filter, bson.D{{Key: "$set", Value: append(health, set...)}, announced}},
	} {
		done, err := s.cameras.UpdateOne(ctx, attempt.filter, attempt.update, hintByID())
		if err != nil || done.MatchedCount == 1 {
			return translate("set camera health", err)
		}
	}
	_, err = s.cameraDoc(ctx, r.CameraID) // a late report is no error
	return err
}

// notLate matches a camera without a report of a later place: of a later request, of a later term
// of this one, or of a later tick of this term.
func notLate(r briefing.HealthReport) bson.D {
	request := bson.E{Key: "report_request", Value: string(r.RequestID)}
	term := bson.E{Key: "report_term", Value: r.Term}
	return bson.D{{Key: "$or", Value: bson.A{
		bson.D{{Key: "report_request", Value: bson.D{{Key: "$lt", Value: string(r.RequestID)}}}},
		bson.D{request, {Key: "report_term", Value: bson.D{{Key: "$lt", Value: r.Term}}}},
		bson.D{request, term, {Key: "report_tick", Value: bson.D{{Key: "$lte", Value: r.Tick}}}},
	}}}
}
