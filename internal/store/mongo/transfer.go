package mongo

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"bis/internal/briefing"
	"bis/internal/retry"
)

// Alone returns an error if another process works on this database. The lease of a process that was
// killed looks like that of a live one, so Alone waits until each lease was renewed or has expired,
// which takes at most Config.LeaseTime.
func (s *Store) Alone(ctx context.Context) error {
	renewals := make(map[string]time.Time)
	for {
		others, err := s.otherLeases(ctx)
		if err != nil {
			return translate("read leases", err)
		}
		waiting := false
		for _, d := range others {
			before, known := renewals[d.ID]
			switch {
			case known && !d.Renewed.Equal(before): // renewed since the first reading: it lives
				return fmt.Errorf("another bis process (%s) works on this database: stop it first", d.ID)
			case !s.expired(d):
				renewals[d.ID], waiting = *d.Renewed, true
			}
		}
		if !waiting {
			return nil
		}
		if err := retry.Pause(ctx, s.cfg.RenewEvery/10); err != nil {
			return err
		}
	}
}

// otherLeases reads the leases of other processes that may be live.
func (s *Store) otherLeases(ctx context.Context) ([]instanceDoc, error) {
	ctx, cancel := s.call(ctx)
	defer cancel()
	docs, err := s.leases(ctx, s.cfg.LeaseTime)
	return slices.DeleteFunc(docs, func(d instanceDoc) bool { return d.Dead || d.ID == s.lease.instance() }), err
}

// Size implements transfer.Source. The counts are estimates, for a progress bar.
func (s *Store) Size(ctx context.Context) (users, requests, briefings int64, err error) {
	for _, of := range []struct {
		collection *mongo.Collection
		n          *int64
	}{{s.users, &users}, {s.requests, &requests}, {s.briefings, &briefings}} {
		ctx, cancel := s.call(ctx)
		*of.n, err = of.collection.EstimatedDocumentCount(ctx)
		cancel()
		if err != nil {
			return 0, 0, 0, translate("count", err)
		}
	}
	return users, requests, briefings, nil
}

// idAfter matches ids after id. An empty id is before all others.
func idAfter[T ~string](id T) bson.D {
	oid, _ := objectID(id)
	return bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: oid}}}}
}

// UsersAfter implements transfer.Source.
func (s *Store) UsersAfter(
	ctx context.Context, id briefing.UserID, limit int,
) ([]briefing.User, error) {
	ctx, cancel := s.call(ctx)
	defer cancel()
	// A document without a username is no user; see deleteUsers.
	named := append(idAfter(id), bson.E{Key: "username", Value: bson.D{{Key: "$ne", Value: nil}}})
	cur, err := s.users.Find(ctx, named, options.Find().SetSort(byID).SetLimit(int64(limit)))
	if err != nil {
		return nil, translate("users", err)
	}
	var docs []userDoc
	if err := cur.All(ctx, &docs); err != nil {
		return nil, translate("users", err)
	}
	list := make([]briefing.User, len(docs))
	for i := range docs {
		list[i] = docs[i].user()
	}
	return list, nil
}

// RequestsAfter implements transfer.Source. It inserts the intents of the requests first. Active
// requests of old servers are returned as if they were adopted: the briefings that are stored are
// their done ticks.
func (s *Store) RequestsAfter(
	ctx context.Context, id briefing.RequestID, limit int,
) ([]briefing.Request, error) {
	docs, err := s.findRequests(ctx, idAfter(id), options.Find().SetSort(byID).SetLimit(int64(limit)))
	if err == nil {
		err = s.insertIntents(ctx, docs)
	}
	list := make([]briefing.Request, len(docs))
	for i := range docs {
		list[i] = docs[i].request(s.cfg.Zone)
		if err == nil && docs[i].legacy() && docs[i].Active {
			err = s.presentAsAdopted(ctx, docs[i].ID, &list[i])
		}
	}
	if err != nil {
		return nil, translate("requests", err)
	}
	return list, nil
}

// presentAsAdopted sets the fields of a legacy request that adopt would write. It writes nothing.
func (s *Store) presentAsAdopted(
	ctx context.Context, oid bson.ObjectID, r *briefing.Request,
) error {
	ctx, cancel := s.call(ctx)
	defer cancel()
	newest, err := s.newestID(ctx, oid)
	if err != nil {
		return err
	}
	r.LastID, r.LastTick = briefing.BriefingID(newest), r.Grid(s.Now())
	r.Ticks, err = s.legacyTicks(ctx, oid, r.LastTick)
	return err
}

// PutUser implements transfer.Target.
func (s *Store) PutUser(ctx context.Context, u briefing.User) (put bool, err error) {
	existing, err := s.User(ctx, u.Username)
	if !errors.Is(err, briefing.ErrNotFound) {
		return existing.ID == u.ID, err
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	id, ok := objectID(u.ID)
	if !ok {
		return false, briefing.ErrInvalid
	}
	_, err = s.users.InsertOne(ctx, userDoc{
		ID: id, Username: u.Username, Custom: append([]string{}, u.Custom...),
		NameKey: briefing.NameKey(u.Username), SeenAt: utc(u.SeenAt),
	})
	if err == nil {
		s.spellings.learn(u.Username)
	}
	return err == nil, translate("put user", err)
}

// CamerasAfter implements transfer.Source.
func (s *Store) CamerasAfter(
	ctx context.Context, id briefing.CameraID, limit int,
) ([]briefing.Camera, error) {
	ctx, cancel := s.call(ctx)
	defer cancel()
	list, err := s.findCameras(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: string(id)}}}},
		options.Find().SetSort(byID).SetLimit(int64(limit)))
	return list, translate("cameras", err)
}

// PutCamera implements transfer.Target.
func (s *Store) PutCamera(ctx context.Context, c briefing.Camera) error {
	if !briefing.ValidID(string(c.ID)) {
		return briefing.ErrInvalid
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	u, err := s.user(ctx, c.Username)
	if err != nil {
		return err
	}
	doc := newCameraDoc(c.Unobserved(s.Now()), u)
	if _, err := s.cameras.DeleteOne(ctx, bson.D{{Key: "_id", Value: doc.ID}}); err != nil {
		return translate("put camera", err)
	}
	return translate("put camera", s.insertInSlot(ctx, &doc, math.MaxInt))
}

// PutRequest implements transfer.Target. The request has an empty owner, so the next Claim of any
// process returns it.
func (s *Store) PutRequest(ctx context.Context, r briefing.Request) error {
	r.Owner.Instance = ""
	s.spellings.learn(r.Username)
	doc, err := newRequestDoc(r)
	if err != nil {
		return err
	}
	doc.Done, doc.Skipped, doc.Missed, doc.LastTick = r.Ticks.Done, r.Ticks.Skipped, r.Ticks.Missed, r.LastTick
	doc.Unchanged = r.Ticks.Unchanged
	doc.Active, doc.EndedAt = r.Active, r.EndedAt
	if r.EndReason != nil {
		doc.EndReason = string(*r.EndReason)
	}
	if !r.Active {
		doc.ActiveUser = ""
	}
	if last, ok := objectID(r.LastID); ok {
		doc.LastID = last
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	if err := s.setOddTimes(ctx, &doc, r); err != nil {
		return translate("put request", err)
	}
	raw, err := bson.Marshal(doc)
	if err != nil {
		return err
	}
	var fields bson.D
	if err := bson.Unmarshal(raw, &fields); err != nil {
		return err
	}
	// An empty owner is claimed at once; a missing one would mean an old server's request.
	fields = append(fields, bson.E{Key: "owner", Value: ""})
	put := func() error {
		_, err := s.requests.ReplaceOne(ctx, bson.D{{Key: "_id", Value: doc.ID}}, fields,
			options.Replace().SetUpsert(true))
		return err
	}
	err = put()
	if mongo.IsDuplicateKeyError(err) { // an ended request still has active_user
		if err = s.releaseActiveMark(ctx, &doc); err == nil {
			err = put()
		}
	}
	return translate("put request", err)
}

// PutBriefings implements transfer.Target. The documents are inserted in order, so an interrupted
// call leaves no gap, and a repeated transfer can continue after the newest.
func (s *Store) PutBriefings(ctx context.Context, list []briefing.Briefing) error {
	docs := make([]any, len(list))
	for i, b := range list {
		id, ok := objectID(b.ID)
		request, okRequest := objectID(b.RequestID)
		if !ok || !okRequest {
			return briefing.ErrInvalid
		}
		doc := newBriefingDoc(request, id, b)
		doc.Wrong, doc.Note = b.ReportedWrong, b.ReportNote
		docs[i] = doc
	}
	ctx, cancel := context.WithTimeout(ctx, 10*callTime)
	defer cancel()
	if err := s.widenOddTimes(ctx, list); err != nil {
		return translate("put briefings", err)
	}
	for len(docs) > 0 {
		_, err := s.briefings.InsertMany(ctx, docs)
		if err == nil {
			return nil
		}
		stored, ok := duplicate(err)
		if !ok {
			return translate("put briefings", err)
		}
		docs = docs[stored+1:] // an earlier transfer has stored it; the insert stopped there
	}
	return nil
}

// duplicate returns the index of the document that was refused because it is stored already. ok is
// false for any other refusal.
func duplicate(err error) (index int, ok bool) {
	var bulk mongo.BulkWriteException
	if !errors.As(err, &bulk) || bulk.WriteConcernError != nil || len(bulk.WriteErrors) != 1 ||
		bulk.WriteErrors[0].Code != 11000 {
		return 0, false
	}
	return bulk.WriteErrors[0].Index, true
}
