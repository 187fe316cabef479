package mongo

import (
	"context"
	"errors"
	"slices"

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

// addCamera inserts a new camera. Each camera of a user has another slot, under a unique index, so
// a user has no more cameras than there are slots.
//
// Another process may delete the user meanwhile. DeleteUser ends with a round that finds neither a
// camera nor a user, so it finds this camera, or the user is missing afterwards.
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
	doc := newCameraDoc(c, u)
	if err := s.insertInSlot(ctx, &doc, briefing.MaxCameras); err != nil {
		return briefing.Camera{}, err
	}
	if err := s.at("camera inserted"); err != nil {
		return briefing.Camera{}, err
	}
	if s.test.without == "user" {
		return c, nil
	}
	n, err := s.users.CountDocuments(ctx, bson.D{{Key: "_id", Value: doc.Owner}})
	if err == nil && n == 0 {
		_, err = s.cameras.DeleteOne(ctx, bson.D{{Key: "_id", Value: doc.ID}})
		err = errors.Join(briefing.ErrNotFound, err)
	}
	return c, err
}

// insertInSlot inserts a camera with the first free slot below most.
func (s *Store) insertInSlot(ctx context.Context, doc *cameraDoc, most int) error {
	for {
		var taken []int
		err := s.cameras.Distinct(ctx, "slot", bson.D{{Key: "owner", Value: doc.Owner}}).Decode(&taken)
		if err != nil {
			return err
		}
		for doc.Slot = 0; slices.Contains(taken, doc.Slot); doc.Slot++ {
		}
		if doc.Slot >= most {
			return briefing.ErrTooManyCameras
		}
		if err := s.at("before inserting a camera"); err != nil {
			return err
		}
		_, err = s.cameras.InsertOne(ctx, doc)
		if !mongo.IsDuplicateKeyError(err) { // else another save was first
			return err
		}
	}
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
	shows := c.Shows(before)
	c = c.Saved(&before, s.Now())
	set := []any{newCameraFields(c), bson.D{{Key: "version", Value: c.Version}}}
	if !shows {
		set = append(set, newHealthDoc(c.Health), bson.D{
			{Key: "source_version", Value: c.Version}, {Key: "view_version", Value: c.ViewVersion},
		})
	}
	if c.Source != before.Source {
		set = append(set, bson.D{{Key: "last_frame", Value: nil}})
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
	u, err := s.user(ctx, username)
	if err != nil {
		return nil, err
	}
	owner, _ := objectID(u.ID)
	list, err := s.findCameras(ctx, bson.D{{Key: "owner", Value: owner}},
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
