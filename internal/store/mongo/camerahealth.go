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
	filter := bson.D{{Key: "_id", Value: string(r.CameraID)}, {Key: "$or", Value: bson.A{
		bson.D{{Key: "report_request", Value: bson.D{{Key: "$lt", Value: string(r.RequestID)}}}},
		bson.D{{Key: "report_request", Value: string(r.RequestID)},
			{Key: "report_tick", Value: bson.D{{Key: "$lte", Value: r.Tick}}}},
	}}}
	if r.Version != 0 {
		filter = append(filter, bson.E{Key: "source_version", Value: bson.D{{Key: "$lte", Value: r.Version}}})
	}
	set := bson.D{{Key: "report_request", Value: string(r.RequestID)}, {Key: "report_tick", Value: r.Tick}}
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
