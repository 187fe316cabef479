package mongo

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"bis/internal/briefing"
)

// feedPipeline filters the stream on the server: inserts of briefings, requests and cameras,
// updates that change is_active, move ends_at or raise the revision of a camera, deletions of
// requests, cameras and users, and the loss of a collection.
// The field deleted_name, in an update or an insert, deletes a user. The mark of a deleted request
// is no briefing. A claim of an old server's request also sets ends_at, together with its owner,
// and is no move. An append also updates its request. These updates are most of the traffic, so the
// server must filter them out.
func feedPipeline() mongo.Pipeline {
	changed := func(field string, is bool) bson.E {
		return bson.E{Key: "updateDescription.updatedFields." + field,
			Value: bson.D{{Key: "$exists", Value: is}}}
	}
	update := func(collection string, fields ...bson.E) bson.D {
		return append(bson.D{{Key: "operationType", Value: "update"},
			{Key: "ns.coll", Value: collection}}, fields...)
	}
	kinds := bson.A{
		bson.D{{Key: "operationType", Value: "insert"},
			{Key: "ns.coll", Value: bson.D{{Key: "$in", Value: bson.A{"briefings", "requests", "cameras"}}}},
			{Key: "fullDocument.deleted_at", Value: bson.D{{Key: "$exists", Value: false}}}},
		update("requests", changed("is_active", true)),
		update("requests", changed("ends_at", true), changed("owner", false)),
		update("cameras", changed("revision", true)),
		update("users", changed("deleted_name", true)),
		bson.D{{Key: "operationType", Value: "insert"}, {Key: "ns.coll", Value: "users"},
			{Key: "fullDocument.deleted_name", Value: bson.D{{Key: "$exists", Value: true}}}},
		bson.D{{Key: "operationType", Value: "delete"},
			{Key: "ns.coll", Value: bson.D{{Key: "$in", Value: bson.A{"requests", "cameras"}}}}},
		bson.D{{Key: "operationType", Value: bson.D{
			{Key: "$in", Value: bson.A{"drop", "rename", "dropDatabase", "invalidate"}}}}},
	}
	return mongo.Pipeline{{{Key: "$match", Value: bson.D{{Key: "$or", Value: kinds}}}}}
}

// event has the fields of a change event that the feed uses.
type event struct {
	Operation string `bson:"operationType"`
	NS        struct {
		Coll string `bson:"coll"`
	} `bson:"ns"`
	Key struct {
		ID bson.RawValue `bson:"_id"` // an ObjectID, or a string in cameras
	} `bson:"documentKey"`
	Document bson.Raw `bson:"fullDocument"`
	Update   struct {
		Fields bson.Raw `bson:"updatedFields"`
	} `bson:"updateDescription"`
}

// updates reports whether the event is an update that sets a field.
func (e *event) updates(field string) bool {
	_, err := e.Update.Fields.LookupErr(field)
	return e.Operation == "update" && err == nil
}

// id returns the document's ObjectID, or zero if its id is of another type.
func (e *event) id() bson.ObjectID {
	id, _ := e.Key.ID.ObjectIDOK()
	return id
}

// deletedName returns the name key of a deleted user. An id precedes it.
func (e *event) deletedName() string {
	fields := e.Update.Fields
	if e.Operation == "insert" {
		fields = e.Document
	}
	name, _ := fields.Lookup("deleted_name").StringValueOK()
	return name[min(24, len(name)):]
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
	case e.NS.Coll == "cameras":
		return s.cameraChange(ctx, &e)
	case e.Operation == "delete":
		id := briefing.RequestID(e.id().Hex())
		return briefing.Change{Kind: briefing.RequestDeleted, Request: briefing.Request{ID: id}}, true, nil
	case e.NS.Coll == "users":
		return briefing.Change{Kind: briefing.UserDeleted, Username: e.deletedName()}, true, nil
	case e.updates("is_active"):
		return s.endChange(ctx, e.id())
	case e.Operation == "update":
		return s.moveChange(ctx, e.id())
	}
	return s.insertChange(ctx, &e)
}

// insertChange converts the insert of a briefing or a request.
func (s *Store) insertChange(
	ctx context.Context, e *event,
) (c briefing.Change, ok bool, err error) {
	if e.NS.Coll == "briefings" {
		var doc briefingDoc
		if err := bson.Unmarshal(e.Document, &doc); err != nil {
			s.log.WarnContext(ctx, "a briefing was not understood", "err", err)
			return c, false, nil
		}
		return briefing.Change{Kind: briefing.BriefingStored, Briefing: doc.briefing(s.cfg.Zone)}, true, nil
	}
	var doc requestDoc
	if err := bson.Unmarshal(e.Document, &doc); err != nil {
		s.log.WarnContext(ctx, "a request was not understood", "err", err)
		return c, false, nil
	}
	s.spellings.learn(doc.Username)
	return briefing.Change{Kind: briefing.RequestStarted, Request: doc.request(s.cfg.Zone)}, true, nil
}

// cameraChange converts a change of a camera. The camera is read, because the event of an update
// has only the fields that changed. A camera that was deleted since is left out, because its
// deletion follows.
func (s *Store) cameraChange(
	ctx context.Context, e *event,
) (c briefing.Change, ok bool, err error) {
	name, _ := e.Key.ID.StringValueOK()
	id := briefing.CameraID(name)
	if e.Operation == "delete" {
		return briefing.Change{Kind: briefing.CameraDeleted, Camera: briefing.Camera{ID: id}}, true, nil
	}
	camera, err := s.Camera(ctx, id)
	if errors.Is(err, briefing.ErrNotFound) {
		return c, false, nil
	}
	return briefing.Change{Kind: briefing.CameraChanged, Camera: camera.Public()}, err == nil, err
}

// endChange reads a request after an update of is_active. The event has only the fields that
// changed. An ended request does not change any more, so a later read returns the end.
func (s *Store) endChange(
	ctx context.Context, id bson.ObjectID,
) (briefing.Change, bool, error) {
	r, err := s.Request(ctx, briefing.RequestID(id.Hex()))
	if errors.Is(err, briefing.ErrNotFound) {
		return briefing.Change{}, false, nil // deleted since
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
		return briefing.Change{}, false, nil // deleted since
	}
	return briefing.Change{Kind: briefing.RequestMoved, Request: r}, err == nil && r.Active, err
}
