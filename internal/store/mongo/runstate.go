package mongo

import (
	"context"
	"errors"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"bis/internal/briefing"
)

// Release implements briefing.OwnerStore. It marks this process's lease dead, so the others need
// not wait until it expires.
func (s *Store) Release(ctx context.Context) error {
	if s.closed.Load() {
		return errClosed
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	return translate("release", s.lease.release(ctx))
}

// Due implements briefing.OwnerStore. The index by_end has the requests of an owner by their ends.
func (s *Store) Due(ctx context.Context) ([]briefing.RequestID, error) {
	due, err := s.ids(ctx, bson.D{{Key: "is_active", Value: true}, {Key: "owner", Value: s.lease.instance()},
		{Key: "ends_at", Value: bson.D{{Key: "$lte", Value: s.Now()}}}})
	list := make([]briefing.RequestID, len(due))
	for i := range due {
		list[i] = briefing.RequestID(due[i].Hex())
	}
	return list, translate("due requests", err)
}

// RunState implements briefing.OwnerStore. It takes one round trip: look-ups join the camera, and
// the user by the stored name. A name with several spellings needs a second one, because the user
// may be stored under another spelling.
func (s *Store) RunState(ctx context.Context, id briefing.RequestID) (briefing.RunState, error) {
	if s.closed.Load() {
		return briefing.RunState{}, errClosed
	}
	oid, ok := objectID(id)
	if !ok {
		return briefing.RunState{}, briefing.ErrNotFound
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	// The join is by the stored name, which is the user's own spelling for nearly every request.
	cur, err := s.requests.Aggregate(ctx, runStatePipeline(oid))
	if err != nil {
		return briefing.RunState{}, translate("run state", err)
	}
	var found []struct {
		Doc   requestDoc `bson:",inline"`
		Users []userDoc  `bson:"users"`

		Cameras []cameraDoc `bson:"cameras"`
	}
	if err := cur.All(ctx, &found); err != nil {
		return briefing.RunState{}, translate("run state", err)
	}
	if len(found) == 0 {
		return briefing.RunState{}, briefing.ErrNotFound
	}
	f := found[0]
	req := f.Doc.request(s.cfg.Zone)
	state := briefing.RunState{Active: req.Active, Owner: req.Owner, EndsAt: req.EndsAt}
	if len(f.Cameras) > 0 {
		c := f.Cameras[0].camera()
		state.Camera = &c
	} else if req.Active && req.CameraID != briefing.DefaultCamera {
		return briefing.RunState{}, briefing.ErrNotFound
	}
	if key := briefing.NameKey(req.Username); req.Username != key || len(s.spellings.of(key)) > 0 {
		u, err := s.user(ctx, req.Username)
		if err != nil && !errors.Is(err, briefing.ErrNotFound) {
			return briefing.RunState{}, err
		}
		state.Custom = u.Custom
		return state, nil
	}
	if len(f.Users) > 0 {
		// The first of several users with one name, by id, is the user.
		first := slices.MinFunc(f.Users, func(a, b userDoc) int { return slices.Compare(a.ID[:], b.ID[:]) })
		state.Custom = first.user().Custom
	}
	return state, nil
}

// runStatePipeline reads a request with its camera and the users of its name.
func runStatePipeline(id bson.ObjectID) mongo.Pipeline {
	return mongo.Pipeline{
		{{Key: "$match", Value: bson.D{{Key: "_id", Value: id}}}},
		{{Key: "$lookup", Value: bson.D{{Key: "from", Value: "users"},
			{Key: "localField", Value: "username"}, {Key: "foreignField", Value: "username"},
			{Key: "as", Value: "users"}}}},
		{{Key: "$lookup", Value: bson.D{{Key: "from", Value: "cameras"},
			{Key: "localField", Value: "camera"}, {Key: "foreignField", Value: "_id"},
			{Key: "as", Value: "cameras"}}}},
		{{Key: "$project", Value: bson.D{{Key: "is_active", Value: 1}, {Key: "owner", Value: 1},
			{Key: "camera", Value: 1}, {Key: "cameras", Value: 1},
			{Key: "term", Value: 1}, {Key: "username", Value: 1}, {Key: "users", Value: 1},
			{Key: "ends_at", Value: 1}, {Key: "endtime", Value: 1}, {Key: "started_at", Value: 1},
			{Key: "request_name", Value: 1}}}},
	}
}
