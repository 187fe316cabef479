package mongo

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"bis/internal/briefing"
)

// A start and a deletion of its camera both write the camera:
//
//	start:    insert the request ── remove the mark of the camera; if there is none, undo
//	deletion: mark the camera ── read the active requests ── delete the camera if still marked
//
// A deletion that does not find the request has read before the insert, so the second step of the
// start comes after that read. Either it removes the mark, and the deletion begins again, or it
// finds no camera. A mark that a crash leaves behind means nothing: each deletion sets its own.
//
// No transaction is used, because a process that is killed within one blocks its documents for a
// minute. A process that is killed between the two steps of a start may leave a request without a
// camera. That start was never acknowledged, and the claim of the request deletes it.

// DeleteCamera implements briefing.CameraStore.
func (s *Store) DeleteCamera(ctx context.Context, id briefing.CameraID) error {
	if s.closed.Load() {
		return errClosed
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	doc, err := s.cameraDoc(ctx, id)
	if err != nil {
		return err
	}
	used := bson.D{{Key: "active_user", Value: activeKey(doc.NameKey, id)}, {Key: "is_active", Value: true}}
	for ctx.Err() == nil {
		marked, deleted, err := s.deleteUnused(ctx, bson.D{{Key: "_id", Value: doc.ID}}, used)
		switch {
		case err != nil:
			return translate("delete camera", err)
		case marked == 0:
			return briefing.ErrNotFound
		case deleted == 1:
			return nil
		}
	}
	return translate("delete camera", ctx.Err())
}

// deleteUnused marks the cameras that match filter, and deletes those that no start has unmarked
// since. If an active request matches used, it deletes none and returns ErrConflict.
func (s *Store) deleteUnused(
	ctx context.Context, filter, used bson.D,
) (marked, deleted int64, err error) {
	token := bson.NewObjectID()
	update := bson.D{{Key: "$set", Value: bson.D{{Key: "deleting", Value: token}}}}
	result, err := s.cameras.UpdateMany(ctx, filter, update)
	if err != nil || result.MatchedCount == 0 {
		return 0, 0, err
	}
	marked = result.MatchedCount
	if err := s.at("camera marked"); err != nil {
		return marked, 0, err
	}
	err = s.requests.FindOne(ctx, used,
		options.FindOne().SetProjection(bson.D{{Key: "_id", Value: 1}})).Err()
	switch {
	case err == nil:
		return marked, 0, briefing.ErrConflict
	case !errors.Is(err, mongo.ErrNoDocuments):
		return marked, 0, err
	}
	if err := s.at("camera unused"); err != nil {
		return marked, 0, err
	}
	unused := append(filter[:len(filter):len(filter)], bson.E{Key: "deleting", Value: token})
	if s.test.without == "mark" {
		unused = filter
	}
	done, err := s.cameras.DeleteMany(ctx, unused)
	if err != nil {
		return marked, 0, err
	}
	return marked, done.DeletedCount, nil
}

// deleteCameras deletes the cameras of a user who is being deleted, and returns how many there
// were. Cameras that a start was quicker to use stay until the next round, which deletes the
// request first.
func (s *Store) deleteCameras(ctx context.Context, username string) (int64, error) {
	user := briefing.NameKey(username)
	used := bson.D{{Key: "active_user", Value: anyCamera(user)}, {Key: "is_active", Value: true}}
	n, _, err := s.deleteUnused(ctx, bson.D{{Key: "name_key", Value: user}}, used)
	if err != nil && !errors.Is(err, briefing.ErrConflict) {
		return n, err
	}
	return n, s.at("cameras deleted")
}

// checkCamera returns ErrNotFound unless the camera of a start is that of the settings, or stored
// and the user's.
func (s *Store) checkCamera(ctx context.Context, want briefing.Request) error {
	if want.CameraID == briefing.DefaultCamera {
		return nil
	}
	doc, err := s.cameraDoc(ctx, want.CameraID)
	if err != nil {
		return err
	}
	u, err := s.user(ctx, want.Username)
	if err == nil && string(u.ID) != doc.Owner.Hex() {
		err = briefing.ErrNotFound
	}
	return err
}

// confirmCamera is the second step of a start on a stored camera. If the camera was deleted since
// checkCamera, the request is deleted again, and the start returns ErrNotFound.
func (s *Store) confirmCamera(ctx context.Context, done briefing.Started) error {
	if done.Continued || done.Request.CameraID == briefing.DefaultCamera {
		return nil
	}
	if err := s.at("request on a camera"); err != nil {
		return err
	}
	filter := bson.D{{Key: "_id", Value: string(done.Request.CameraID)}}
	used, err := s.cameras.UpdateOne(ctx, filter,
		bson.D{{Key: "$unset", Value: bson.D{{Key: "deleting", Value: ""}}}})
	if err != nil || used.MatchedCount == 1 || s.test.without == "camera" {
		return err
	}
	return errors.Join(briefing.ErrNotFound, s.undoStart(ctx, done.Request))
}

// undoStart deletes a request that has just been started.
func (s *Store) undoStart(ctx context.Context, r briefing.Request) error {
	doc, err := newRequestDoc(r)
	if err != nil {
		return err
	}
	_, err = s.deleteRequest(ctx, &doc, briefing.DeleteUser{At: s.Now()})
	return err
}

// dropCameraless deletes those of the requests of this process whose camera is not stored, and
// returns the others.
func (s *Store) dropCameraless(
	ctx context.Context, list []briefing.Request,
) ([]briefing.Request, error) {
	ids := bson.A{}
	for _, r := range list {
		if r.CameraID != briefing.DefaultCamera {
			ids = append(ids, string(r.CameraID))
		}
	}
	if len(ids) == 0 {
		return list, nil
	}
	stored := []string{}
	filter := bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}}
	if err := s.cameras.Distinct(ctx, "_id", filter).Decode(&stored); err != nil {
		return nil, err
	}
	exists := map[string]bool{string(briefing.DefaultCamera): true}
	for _, id := range stored {
		exists[id] = true
	}
	kept := list[:0:0]
	for _, r := range list {
		if exists[string(r.CameraID)] {
			kept = append(kept, r)
			continue
		}
		if err := s.undoStart(ctx, r); err != nil {
			return nil, err
		}
		s.log.InfoContext(ctx, "deleted a request whose camera is gone", "request", r.ID)
	}
	return kept, nil
}

// ownerless is how long after its save a camera without a user may be found. A process that ends
// between the insert and the check of the user leaves such a camera, which nobody can list.
const ownerless = time.Hour

// sweepCameras deletes cameras that were saved while their user was deleted. It leaves those alone
// that a save may still be about to delete.
func (s *Store) sweepCameras(ctx context.Context, now time.Time) error {
	ctx, cancel := s.call(ctx)
	defer cancel()
	recent := bson.D{
		{Key: "$gt", Value: bson.NewObjectIDFromTimestamp(now.Add(-ownerless)).Hex()},
		{Key: "$lt", Value: bson.NewObjectIDFromTimestamp(now.Add(-markTime)).Hex()},
	}
	cur, err := s.cameras.Aggregate(ctx, mongo.Pipeline{
		{{Key: "$match", Value: bson.D{{Key: "_id", Value: recent}}}},
		{{Key: "$lookup", Value: bson.D{{Key: "from", Value: "users"}, {Key: "localField", Value: "owner"},
			{Key: "foreignField", Value: "_id"}, {Key: "as", Value: "users"}}}},
		{{Key: "$match", Value: bson.D{{Key: "users", Value: bson.D{{Key: "$size", Value: 0}}}}}},
		{{Key: "$project", Value: bson.D{{Key: "_id", Value: 1}}}},
	})
	if err != nil {
		return err
	}
	var found []struct {
		ID string `bson:"_id"`
	}
	if err := cur.All(ctx, &found); err != nil {
		return err
	}
	for _, d := range found {
		if _, err := s.cameras.DeleteOne(ctx, bson.D{{Key: "_id", Value: d.ID}}); err != nil {
			return err
		}
	}
	return nil
}
