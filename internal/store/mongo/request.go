package mongo

import (
	"context"
	"errors"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"bis/internal/briefing"
)

// newestFirst orders by id, newest first.
var newestFirst = bson.D{{Key: "_id", Value: -1}}

// Request implements briefing.RequestStore. A malformed id names no request.
func (s *Store) Request(ctx context.Context, id briefing.RequestID) (briefing.Request, error) {
	oid, ok := objectID(id)
	if !ok && !s.closed.Load() {
		return briefing.Request{}, briefing.ErrNotFound
	}
	return s.newest(ctx, bson.D{{Key: "_id", Value: oid}})
}

// ActiveRequest implements briefing.RequestStore. If old data has several active requests of a
// camera, the newest counts.
func (s *Store) ActiveRequest(ctx context.Context, username string) (briefing.Request, error) {
	list, err := s.ActiveRequests(ctx, username)
	if err != nil {
		return briefing.Request{}, err
	}
	for _, r := range list {
		if r.CameraID == briefing.DefaultCamera {
			return r, nil
		}
	}
	if len(list) == 0 {
		return briefing.Request{}, briefing.ErrNotFound
	}
	return list[0], nil
}

// ActiveRequests implements briefing.RequestStore.
func (s *Store) ActiveRequests(ctx context.Context, username string) ([]briefing.Request, error) {
	docs, err := s.findRequests(ctx, bson.D{s.nameFilter("username", username), {Key: "is_active", Value: true}},
		options.Find().SetSort(newestFirst).SetProjection(noIntent))
	if err != nil {
		return nil, translate("active requests", err)
	}
	var list []briefing.Request
	seen := make(map[briefing.CameraID]bool)
	for i := range docs {
		if r := docs[i].request(s.cfg.Zone); !seen[r.CameraID] {
			seen[r.CameraID] = true
			list = append(list, r)
		}
	}
	return list, nil
}

// activeOf matches the active requests of a user's camera.
func (s *Store) activeOf(username string, camera briefing.CameraID) bson.D {
	return bson.D{s.nameFilter("username", username), {Key: "is_active", Value: true}, ofCamera(camera)}
}

// ofCamera matches requests of a camera. Null also matches a missing field: old servers know only
// the camera of the settings.
func ofCamera(id briefing.CameraID) bson.E {
	switch {
	case id == briefing.DefaultCamera:
		return bson.E{Key: "camera", Value: bson.D{{Key: "$in", Value: bson.A{string(id), "", nil}}}}
	case !utf8.ValidString(string(id)): // no request has it, and the database refuses it
		return bson.E{Key: "camera", Value: bson.D{{Key: "$in", Value: bson.A{}}}}
	}
	return bson.E{Key: "camera", Value: string(id)}
}

// LatestOfCamera implements briefing.RequestStore.
func (s *Store) LatestOfCamera(
	ctx context.Context, username string, id briefing.CameraID,
) (briefing.Request, error) {
	return s.newest(ctx, bson.D{s.nameFilter("username", username), ofCamera(id)})
}

// LatestRequest implements briefing.RequestStore.
func (s *Store) LatestRequest(ctx context.Context, username string) (briefing.Request, error) {
	return s.newest(ctx, bson.D{s.nameFilter("username", username)})
}

// newest reads the newest request that matches filter.
func (s *Store) newest(ctx context.Context, filter bson.D) (briefing.Request, error) {
	if s.closed.Load() {
		return briefing.Request{}, errClosed
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	var doc requestDoc
	err := s.requests.FindOne(ctx, filter,
		options.FindOne().SetSort(newestFirst).SetProjection(noIntent)).Decode(&doc)
	if err != nil {
		return briefing.Request{}, translate("request", err)
	}
	return doc.request(s.cfg.Zone), nil
}

// noIntent leaves out the intent, a whole briefing that readers of a request do not need.
var noIntent = bson.D{{Key: "intent", Value: 0}}

// Requests implements briefing.RequestStore. It reads one document more than the limit, to know
// whether there are more.
func (s *Store) Requests(
	ctx context.Context, username string, after briefing.RequestID, limit int,
) ([]briefing.Request, bool, error) {
	if _, err := s.User(ctx, username); err != nil { // an unknown user is an error
		return nil, false, err
	}
	filter := bson.D{s.nameFilter("username", username)}
	if oid, ok := objectID(after); ok {
		filter = append(filter, bson.E{Key: "_id", Value: bson.D{{Key: "$lt", Value: oid}}})
	}
	docs, err := s.findRequests(ctx, filter,
		options.Find().SetSort(newestFirst).SetLimit(int64(limit+1)).SetProjection(noIntent))
	if err != nil {
		return nil, false, translate("requests", err)
	}
	more := len(docs) > limit
	list := make([]briefing.Request, min(len(docs), limit))
	for i := range list {
		list[i] = docs[i].request(s.cfg.Zone)
	}
	return list, more, nil
}

// RequestStates implements briefing.RequestStore, in one query.
func (s *Store) RequestStates(
	ctx context.Context, ids []briefing.RequestID,
) (map[briefing.RequestID]briefing.Request, error) {
	list := bson.A{}
	for _, id := range ids {
		if oid, ok := objectID(id); ok {
			list = append(list, oid)
		}
	}
	docs, err := s.findRequests(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: list}}}},
		options.Find().SetProjection(noIntent))
	if err != nil {
		return nil, translate("request states", err)
	}
	states := make(map[briefing.RequestID]briefing.Request, len(docs))
	for i := range docs {
		r := docs[i].request(s.cfg.Zone)
		states[r.ID] = r
	}
	return states, nil
}

// findRequests reads the requests that match filter. It bounds the time of the call. The driver's
// errors are not translated.
func (s *Store) findRequests(
	ctx context.Context, filter bson.D, opts *options.FindOptionsBuilder,
) ([]requestDoc, error) {
	if s.closed.Load() {
		return nil, errClosed
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	cur, err := s.requests.Find(ctx, filter, opts)
	if err != nil {
		return nil, err
	}
	var docs []requestDoc
	return docs, cur.All(ctx, &docs)
}

// EndRequest implements briefing.RequestStore.
func (s *Store) EndRequest(ctx context.Context, e briefing.End) (briefing.Request, error) {
	if s.closed.Load() {
		return briefing.Request{}, errClosed
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	if e.Username != "" {
		return s.endOfUser(ctx, e)
	}
	return s.endByID(ctx, e)
}

// endOfUser ends the active request of a user, or of a user and camera. If another call ends that
// request first, endOfUser tries again with the next active one.
func (s *Store) endOfUser(ctx context.Context, e briefing.End) (briefing.Request, error) {
	if _, err := s.user(ctx, e.Username); err != nil {
		return briefing.Request{}, err
	}
	for {
		active, err := s.activeToEnd(ctx, e)
		if errors.Is(err, briefing.ErrNotFound) {
			return briefing.Request{}, briefing.ErrConflict
		}
		if err != nil {
			return briefing.Request{}, err
		}
		e.ID = active.ID
		ended, err := s.endByID(ctx, e)
		if !errors.Is(err, briefing.ErrConflict) && !errors.Is(err, briefing.ErrNotFound) {
			return ended, err
		}
	}
}

// activeToEnd reads the active request that an end by user name means.
func (s *Store) activeToEnd(ctx context.Context, e briefing.End) (briefing.Request, error) {
	if e.CameraID == "" {
		return s.ActiveRequest(ctx, e.Username)
	}
	return s.newest(ctx, s.activeOf(e.Username, e.CameraID))
}

// endByID ends a request under its lock in this process. This process no longer runs it, so its
// append state is not retained.
func (s *Store) endByID(ctx context.Context, e briefing.End) (briefing.Request, error) {
	oid, ok := objectID(e.ID)
	if !ok {
		return briefing.Request{}, briefing.ErrNotFound
	}
	held, err := s.appends.lock(ctx, e.ID)
	if err != nil {
		return briefing.Request{}, translate("end request", err)
	}
	defer s.appends.unlock(e.ID, held, false)
	held.value.current, held.value.owned = false, false
	r, err := s.end(ctx, oid, e)
	return r, translate("end request", err)
}

// end reads the request by readConfirmed and updates it if it has not changed since. It repeats
// both until the update succeeds. The last id is confirmed before the update, and a later append
// fails on is_active, so every briefing is inserted before the end.
func (s *Store) end(
	ctx context.Context, oid bson.ObjectID, e briefing.End,
) (briefing.Request, error) {
	for ctx.Err() == nil {
		doc, err := s.readConfirmed(ctx, oid)
		if err != nil {
			return briefing.Request{}, err
		}
		r := doc.request(s.cfg.Zone)
		switch {
		case !r.Active:
			return briefing.Request{}, briefing.ErrConflict
		case e.Owner != (briefing.Owner{}) && e.Owner != r.Owner:
			return briefing.Request{}, briefing.ErrNotOwner
		case e.TooEarly(r, s.Now()):
			return briefing.Request{}, briefing.ErrNotDue
		}
		if err := s.at("before the end"); err != nil {
			return briefing.Request{}, err
		}
		ended := r.Ended(e)
		done, err := s.requests.UpdateOne(ctx, s.endFilter(&doc, r), endUpdate(ended), hintByID())
		if err != nil {
			return briefing.Request{}, err
		}
		if done.MatchedCount == 1 {
			return ended, nil
		}
	}
	return briefing.Request{}, ctx.Err()
}

// endFilter matches the request of a document only if it is active and has the last id, end, owner
// and term of r.
func (s *Store) endFilter(d *requestDoc, r briefing.Request) bson.D {
	filter := append(s.activeFilter(d.ID), endsAtIs(d))
	if s.test.without == "last_id" {
		return filter
	}
	filter = append(filter, lastIDIs(r.LastID))
	if r.Owner.Term == 0 { // a request of an old server has no term
		return append(filter, bson.E{Key: "term", Value: nil})
	}
	return append(filter, bson.E{Key: "owner", Value: r.Owner.Instance},
		bson.E{Key: "term", Value: r.Owner.Term})
}

// endUpdate is the update that ends a request; r is the ended request. Without active_user the user
// may start another one.
func endUpdate(r briefing.Request) bson.D {
	return bson.D{
		{Key: "$set", Value: bson.D{
			{Key: "is_active", Value: false}, {Key: "ended_at", Value: *r.EndedAt},
			{Key: "end_reason", Value: string(*r.EndReason)}, {Key: "done", Value: r.Ticks.Done},
			{Key: "skipped", Value: r.Ticks.Skipped}, {Key: "missed", Value: r.Ticks.Missed},
			{Key: "last_tick", Value: r.LastTick},
		}},
		{Key: "$unset", Value: bson.D{{Key: "active_user", Value: ""}}},
	}
}
