package mongo

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"bis/internal/briefing"
)

// SaveCamera implements briefing.CameraStore.
func (s *Store) SaveCamera(ctx context.Context, c briefing.Camera) (briefing.Camera, error) {
	if s.closed.Load() {
		return briefing.Camera{}, errClosed
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	save := s.replaceCamera
	if c.ID == "" {
		save = s.addCamera
	}
	c, err := save(ctx, c)
	return c, translate("save camera", err)
}

// addCamera inserts a new camera. The transaction also writes the user: of simultaneous saves each
// counts the cameras of those before it, and none follows the deletion of the user.
func (s *Store) addCamera(ctx context.Context, c briefing.Camera) (briefing.Camera, error) {
	user := briefing.NameKey(c.Username)
	held, err := s.starts.lock(ctx, user)
	if err != nil {
		return briefing.Camera{}, err
	}
	defer s.starts.unlock(user, held, false)
	u, err := s.user(ctx, c.Username)
	if err != nil {
		return briefing.Camera{}, err
	}
	now := s.Now()
	c.ID, c.Username = briefing.CameraID(briefing.NewID(now)), u.Username
	c = c.Saved(nil, now)
	owner, _ := objectID(u.ID)
	err = s.inTransaction(ctx, func(ctx context.Context) error {
		touched, err := s.users.UpdateOne(ctx, bson.D{{Key: "_id", Value: owner}},
			bson.D{{Key: "$inc", Value: bson.D{{Key: "camera_saves", Value: int64(1)}}}})
		if err != nil {
			return err
		}
		if touched.MatchedCount == 0 {
			return briefing.ErrNotFound
		}
		if err := s.at("user touched"); err != nil {
			return err
		}
		n, err := s.cameras.CountDocuments(ctx, bson.D{{Key: "name_key", Value: user}})
		if err != nil {
			return err
		}
		if n >= briefing.MaxCameras {
			return briefing.ErrTooManyCameras
		}
		_, err = s.cameras.InsertOne(ctx, newCameraDoc(c))
		return err
	})
	if err != nil {
		return briefing.Camera{}, err
	}
	return c, nil
}

// replaceCamera stores another version of a camera, if its version is still the one that was read.
func (s *Store) replaceCamera(ctx context.Context, c briefing.Camera) (briefing.Camera, error) {
	old, err := s.cameraDoc(ctx, c.ID)
	if err != nil {
		return briefing.Camera{}, err
	}
	if old.Version != c.Version {
		return briefing.Camera{}, briefing.ErrConflict
	}
	before := old.camera()
	c = c.Saved(&before, s.Now())
	set := []any{newCameraFields(c), bson.D{{Key: "version", Value: c.Version}}}
	if c.Source != before.Source {
		set = append(set, newHealthDoc(c.Health), bson.D{
			{Key: "last_frame", Value: nil}, {Key: "source_version", Value: c.Version},
		})
	}
	fields, err := merged(set...)
	if err != nil {
		return briefing.Camera{}, err
	}
	var next cameraDoc
	err = s.cameras.FindOneAndUpdate(ctx,
		bson.D{{Key: "_id", Value: old.ID}, {Key: "version", Value: old.Version}},
		bson.D{{Key: "$set", Value: fields}, announced},
		options.FindOneAndUpdate().SetReturnDocument(options.After)).Decode(&next)
	if errors.Is(err, mongo.ErrNoDocuments) { // another write came first, or a deletion
		if _, err = s.cameraDoc(ctx, c.ID); err == nil {
			err = briefing.ErrConflict
		}
	}
	return next.camera(), err
}

// announced is the part of an update that brings it into the feed.
var announced = bson.E{Key: "$inc", Value: bson.D{{Key: "revision", Value: int64(1)}}}

// cameraDoc reads a camera within ctx. An unknown one is briefing.ErrNotFound.
func (s *Store) cameraDoc(ctx context.Context, id briefing.CameraID) (cameraDoc, error) {
	var doc cameraDoc
	if !briefing.ValidID(string(id)) { // no camera has it, and the database refuses other encodings
		return doc, briefing.ErrNotFound
	}
	err := s.cameras.FindOne(ctx, bson.D{{Key: "_id", Value: string(id)}}).Decode(&doc)
	return doc, translate("camera", err)
}

// Camera implements briefing.CameraStore.
func (s *Store) Camera(ctx context.Context, id briefing.CameraID) (briefing.Camera, error) {
	if s.closed.Load() {
		return briefing.Camera{}, errClosed
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	doc, err := s.cameraDoc(ctx, id)
	if err != nil {
		return briefing.Camera{}, err
	}
	return doc.camera(), nil
}

// Cameras implements briefing.CameraStore.
func (s *Store) Cameras(ctx context.Context, username string) ([]briefing.Camera, error) {
	if s.closed.Load() {
		return nil, errClosed
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	if _, err := s.user(ctx, username); err != nil {
		return nil, err
	}
	list, err := s.findCameras(ctx, bson.D{{Key: "name_key", Value: briefing.NameKey(username)}},
		options.Find().SetSort(byID))
	return list, translate("cameras", err)
}

// findCameras reads the cameras that match filter, within ctx. Errors are the driver's.
func (s *Store) findCameras(
	ctx context.Context, filter bson.D, opts *options.FindOptionsBuilder,
) ([]briefing.Camera, error) {
	cur, err := s.cameras.Find(ctx, filter, opts)
	if err != nil {
		return nil, err
	}
	var docs []cameraDoc
	if err := cur.All(ctx, &docs); err != nil {
		return nil, err
	}
	var list []briefing.Camera
	for i := range docs {
		list = append(list, docs[i].camera())
	}
	return list, nil
}

// DeleteCamera implements briefing.CameraStore. A start writes the camera in its transaction, see
// useCamera. So of a start and a deletion at the same time one fails, and then runs again after the
// other.
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
	err = s.inTransaction(ctx, func(ctx context.Context) error {
		done, err := s.cameras.DeleteOne(ctx, bson.D{{Key: "_id", Value: doc.ID}})
		if err != nil {
			return err
		}
		if done.DeletedCount == 0 {
			return briefing.ErrNotFound
		}
		if err := s.at("camera deleted"); err != nil {
			return err
		}
		return s.refuseUsed(ctx, used)
	})
	return translate("delete camera", err)
}

// useCamera makes sure, within the transaction of a start, that the camera of a new request is
// stored and its user's. It writes the camera, so that DeleteCamera cannot overlook the start.
func (s *Store) useCamera(ctx context.Context, next *requestDoc) error {
	switch {
	case next.Camera == string(briefing.DefaultCamera):
		return nil
	case !briefing.ValidID(next.Camera):
		return briefing.ErrNotFound
	}
	filter := bson.D{{Key: "_id", Value: next.Camera}, {Key: "name_key", Value: briefing.NameKey(next.Username)}}
	if s.test.without == "camera" {
		if err := s.cameras.FindOne(ctx, filter).Err(); err != nil {
			return translate("camera", err)
		}
		return s.at("camera used")
	}
	used, err := s.cameras.UpdateOne(ctx, filter,
		bson.D{{Key: "$inc", Value: bson.D{{Key: "starts", Value: int64(1)}}}})
	if err != nil {
		return err
	}
	if used.MatchedCount == 0 {
		return briefing.ErrNotFound
	}
	return s.at("camera used")
}

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

// deleteCameras deletes the cameras of a user who is being deleted, and returns how many there were.
// If a start was quicker, nothing is deleted, and the next round deletes its request first.
func (s *Store) deleteCameras(ctx context.Context, username string) (int64, error) {
	user := briefing.NameKey(username)
	filter := bson.D{{Key: "name_key", Value: user}}
	n, err := s.cameras.CountDocuments(ctx, filter)
	if err != nil || n == 0 {
		return 0, err
	}
	used := bson.D{{Key: "active_user", Value: anyCamera(user)}, {Key: "is_active", Value: true}}
	err = s.inTransaction(ctx, func(ctx context.Context) error {
		if _, err := s.cameras.DeleteMany(ctx, filter); err != nil {
			return err
		}
		return s.refuseUsed(ctx, used)
	})
	if err != nil && !errors.Is(err, briefing.ErrConflict) {
		return n, err
	}
	return n, s.at("cameras deleted")
}

// refuseUsed returns ErrConflict if an active request matches used.
func (s *Store) refuseUsed(ctx context.Context, used bson.D) error {
	err := s.requests.FindOne(ctx, used,
		options.FindOne().SetProjection(bson.D{{Key: "_id", Value: 1}})).Err()
	switch {
	case err == nil:
		return briefing.ErrConflict
	case errors.Is(err, mongo.ErrNoDocuments):
		return nil
	}
	return err
}
