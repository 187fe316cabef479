package mongo

import (
	"cmp"
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"bis/internal/briefing"
)

// StartRequest implements briefing.RequestStore.
//
// A start that replaces nothing is one insert. The unique index over active_user lets one of
// several simultaneous starts succeed, and the others try again. A start that replaces a request is
// a transaction, because the end and the start belong together; it is rare.
//
// Within this process the lock of the user serializes the starts. Against other processes only the
// index and the transaction guard, and confirm against deletions of the user and the camera.
func (s *Store) StartRequest(ctx context.Context, start briefing.Start) (briefing.Started, error) {
	if s.closed.Load() {
		return briefing.Started{}, errClosed
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
	start.Request.CameraID = cmp.Or(start.Request.CameraID, briefing.DefaultCamera)
	user := briefing.NameKey(start.Request.Username)
	held, err := s.starts.lock(ctx, user)
	if err != nil {
		return briefing.Started{}, translate("start request", err)
	}
	defer s.starts.unlock(user, held, false)
	if start.User != briefing.AnyUser && !start.OnlyContinue {
		u, err := s.startUser(ctx, start)
		if err != nil {
			return briefing.Started{}, translate("start request", err)
		}
		start.Request.Username = u.Username
	}
	for {
		done, retry, err := s.start(ctx, start)
		if err == nil && !retry {
			if err = s.confirm(ctx, start, done); err == nil {
				return done, nil
			}
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return briefing.Started{}, translate("start request", err)
		}
	}
}

// confirm makes sure that a new request has its user and its camera. If that fails, the request may
// be stored, and is owned by this process.
func (s *Store) confirm(
	ctx context.Context, start briefing.Start, done briefing.Started,
) error {
	err := s.confirmUser(ctx, start, done)
	if err == nil {
		err = s.confirmCamera(ctx, done)
	}
	if oid, ok := objectID(done.Request.ID); ok && err != nil && !done.Continued {
		s.claims.noteAttempt(s.cfg.Clock(), oid)
	}
	return err
}

// confirmUser makes the user of a new request again, or deletes the request if its user must exist.
// Another process may have deleted the user since startUser. DeleteUser ends with a round that
// finds neither a request nor a user, so it finds either this user or this request.
func (s *Store) confirmUser(
	ctx context.Context, start briefing.Start, done briefing.Started,
) error {
	if start.User == briefing.AnyUser || done.Continued {
		return nil
	}
	_, err := s.startUser(ctx, start)
	if !errors.Is(err, briefing.ErrNotFound) {
		return err
	}
	return errors.Join(err, s.undoStart(ctx, done.Request))
}

// start makes one attempt. retry reports that another call has changed the user's requests.
func (s *Store) start(
	ctx context.Context, start briefing.Start,
) (done briefing.Started, retry bool, err error) {
	want := start.Request
	if want.Key != "" {
		old, err := s.newest(ctx, bson.D{s.nameFilter("username", want.Username), {Key: "key", Value: want.Key}})
		if !errors.Is(err, briefing.ErrNotFound) {
			return briefing.Started{Request: old, Continued: true}, false, err
		}
	}
	if start.OnlyContinue && !start.ContinueSame {
		return done, false, briefing.ErrNotFound
	}
	active, err := s.findRequests(ctx, s.activeOf(want.Username, want.CameraID),
		options.Find().SetSort(newestFirst))
	if err != nil {
		return done, false, err
	}
	if len(active) > 0 && start.ContinueSame {
		if old := active[0].request(s.cfg.Zone); old.Same(want) {
			return briefing.Started{Request: old, Continued: true}, false, nil
		}
	}
	if start.OnlyContinue {
		return done, false, briefing.ErrNotFound
	}
	if err := s.checkCamera(ctx, want); err != nil {
		return done, false, err
	}
	// No existing request fits, so a new one is stored.
	next, err := s.newDoc(ctx, want)
	if err != nil {
		return done, false, err
	}
	if len(active) == 0 {
		return s.insertFirst(ctx, next)
	}
	return s.replaceActive(ctx, next, active, start.Skipped)
}

// newDoc returns the document of a new request, with an id after all earlier ones of its user.
func (s *Store) newDoc(ctx context.Context, r briefing.Request) (requestDoc, error) {
	latest, err := s.LatestRequest(ctx, r.Username)
	if err != nil && !errors.Is(err, briefing.ErrNotFound) {
		return requestDoc{}, err
	}
	r.ID = briefing.RequestID(briefing.NextID(s.Now(), string(latest.ID)))
	r.StartedAt = r.StartedAt.UTC().Truncate(time.Millisecond)
	r.Owner = briefing.Owner{Instance: s.lease.instance(), Term: 1}
	s.spellings.learn(r.Username)
	return newRequestDoc(r)
}

// insertFirst inserts a request whose user has no active one of the camera.
func (s *Store) insertFirst(
	ctx context.Context, next requestDoc,
) (done briefing.Started, retry bool, err error) {
	if err := s.at("before inserting"); err != nil {
		return done, false, err
	}
	s.claims.noteAttempt(s.cfg.Clock(), next.ID)
	_, err = s.requests.InsertOne(ctx, next)
	if lost := s.at("owner written"); lost != nil {
		return done, false, lost
	}
	switch {
	case err == nil:
		s.claims.confirm(next.ID)
		return briefing.Started{Request: next.request(s.cfg.Zone)}, false, nil
	case mongo.IsDuplicateKeyError(err):
		s.claims.confirm(next.ID)
		return done, true, s.releaseActiveMark(ctx, &next)
	}
	return done, false, err
}

// releaseActiveMark removes active_user from requests of d's user and camera that are not active:
// an old server has ended them and does not write the field. If an active request has the mark,
// releaseActiveMark remembers its name, which may be a spelling that is unknown here.
func (s *Store) releaseActiveMark(ctx context.Context, d *requestDoc) error {
	key := activeKey(briefing.NameKey(d.Username), d.cameraID())
	mark := bson.E{Key: "active_user", Value: key}
	if d.cameraID() == briefing.DefaultCamera { // earlier versions stored other spellings
		mark = s.nameFilter("active_user", d.Username)
	}
	_, err := s.requests.UpdateMany(ctx,
		bson.D{mark, {Key: "is_active", Value: bson.D{{Key: "$ne", Value: true}}}},
		bson.D{{Key: "$unset", Value: bson.D{{Key: "active_user", Value: ""}}}})
	if err != nil {
		return err
	}
	return s.learnHolder(ctx, s.requests, bson.D{{Key: "active_user", Value: key}})
}

// errChanged aborts the transaction of replaceActive: a request has changed since it was read.
var errChanged = errors.New("request has changed")

// replaceActive ends the active requests as replaced and inserts the new one, all or nothing.
// active is newest first, and the newest is reported as Replaced. Each end has the conditions of
// endFilter.
func (s *Store) replaceActive(
	ctx context.Context, next requestDoc, active []requestDoc, skipped briefing.Skips,
) (done briefing.Started, retry bool, err error) {
	var filters, updates []bson.D
	for i := range active {
		old, err := s.readConfirmed(ctx, active[i].ID)
		if err != nil {
			return done, errors.Is(err, briefing.ErrNotFound), ignoreNotFound(err)
		}
		r := old.request(s.cfg.Zone)
		if !r.Active { // it has ended since it was read
			return done, true, nil
		}
		ended := r.Ended(briefing.End{
			Reason: briefing.Replaced, At: *next.StartedAt, Skipped: skipped,
		})
		if i == 0 {
			done.Replaced = &ended
		}
		filters = append(filters, s.endFilter(&old, r))
		updates = append(updates, endUpdate(ended))
	}
	if err := s.at("before replacing"); err != nil {
		return done, false, err
	}
	s.claims.noteAttempt(s.cfg.Clock(), next.ID)
	err = s.inTransaction(ctx, func(ctx context.Context) error {
		for i := range filters {
			res, err := s.requests.UpdateOne(ctx, filters[i], updates[i], hintByID())
			if err != nil {
				return err
			}
			if res.MatchedCount != 1 {
				return errChanged
			}
		}
		_, err := s.requests.InsertOne(ctx, next)
		return err
	})
	switch {
	case err == nil:
		s.claims.confirm(next.ID)
		done.Request = next.request(s.cfg.Zone)
		return done, false, nil
	case errors.Is(err, errChanged), mongo.IsDuplicateKeyError(err): // another call was first
		s.claims.confirm(next.ID)
		return briefing.Started{}, true, s.releaseActiveMark(ctx, &next)
	}
	return briefing.Started{}, false, err
}

// ignoreNotFound returns nil for ErrNotFound. A removed request must not make a start fail.
func ignoreNotFound(err error) error {
	if errors.Is(err, briefing.ErrNotFound) {
		return nil
	}
	return err
}

// inTransaction runs do in one transaction. The driver may run it several times.
func (s *Store) inTransaction(ctx context.Context, do func(context.Context) error) error {
	session, err := s.calls.StartSession()
	if err != nil {
		return err
	}
	defer session.EndSession(context.WithoutCancel(ctx))
	_, err = session.WithTransaction(ctx, func(ctx context.Context) (any, error) { return nil, do(ctx) })
	return err
}
