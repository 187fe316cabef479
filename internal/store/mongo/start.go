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

// StartRequest implements briefing.RequestStore. A start that replaces nothing is one insert; the unique index over
// active_user lets one of several win. A start that replaces is a transaction: it is rare, and the end and the start belong together.
func (s *Store) StartRequest(ctx context.Context, start briefing.Start) (briefing.Started, error) {
	if s.closed.Load() {
		return briefing.Started{}, errClosed
	}
	ctx, cancel := s.call(ctx)
	defer cancel()
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
		done, again, err := s.start(ctx, start)
		if err == nil && !again {
			return done, nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return briefing.Started{}, translate("start request", err)
		}
	}
}

// start tries once. again: the user's requests have moved meanwhile.
func (s *Store) start(ctx context.Context, start briefing.Start) (done briefing.Started, again bool, err error) {
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
	active, err := s.findRequests(ctx, bson.D{s.nameFilter("username", want.Username), {Key: "is_active", Value: true}},
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
	next, err := s.newDoc(ctx, want)
	if err != nil {
		return done, false, err
	}
	if len(active) == 0 {
		return s.insertFirst(ctx, next)
	}
	return s.replaceActive(ctx, next, active, start.Skipped)
}

// fresh is the document of a new request, with an id after all of its user's.
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

// startFirst inserts a request where there is nothing to end.
func (s *Store) insertFirst(ctx context.Context, next requestDoc) (done briefing.Started, again bool, err error) {
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
		return done, true, s.releaseActiveMark(ctx, next.Username)
	}
	return done, false, err
}

// freeName takes the mark of being active from what an old server has ended: it knows nothing of
// the mark. What still bears it may have a spelling that is unknown here.
func (s *Store) releaseActiveMark(ctx context.Context, username string) error {
	_, err := s.requests.UpdateMany(ctx,
		bson.D{s.nameFilter("active_user", username), {Key: "is_active", Value: bson.D{{Key: "$ne", Value: true}}}},
		bson.D{{Key: "$unset", Value: bson.D{{Key: "active_user", Value: ""}}}})
	if err != nil {
		return err
	}
	return s.learnHolder(ctx, s.requests, "active_user", username)
}

// errMoved says that a request is not as it was read.
var errChanged = errors.New("request has moved")

// startReplacing ends what is active and inserts the new request, both or neither.
func (s *Store) replaceActive(ctx context.Context, next requestDoc, active []requestDoc, skipped briefing.Skips) (done briefing.Started, again bool, err error) {
	var filters, updates []bson.D
	for i := range active {
		old, err := s.readConfirmed(ctx, active[i].ID)
		if err != nil {
			return done, errors.Is(err, briefing.ErrNotFound), ignoreNotFound(err)
		}
		r := old.request(s.cfg.Zone)
		if !r.Active {
			return done, true, nil
		}
		ended := r.Ended(briefing.End{Reason: briefing.Replaced, At: *next.StartedAt, Skipped: skipped})
		if i == 0 {
			done.Replaced = &ended
		}
		filters, updates = append(filters, s.endFilter(old.ID, r)), append(updates, endUpdate(ended))
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
	case errors.Is(err, errChanged), mongo.IsDuplicateKeyError(err):
		s.claims.confirm(next.ID)
		return briefing.Started{}, true, s.releaseActiveMark(ctx, next.Username)
	}
	return briefing.Started{}, false, err
}

func ignoreNotFound(err error) error {
	if errors.Is(err, briefing.ErrNotFound) {
		return nil
	}
	return err
}

// together does writes in one transaction.
func (s *Store) inTransaction(ctx context.Context, do func(context.Context) error) error {
	session, err := s.calls.StartSession()
	if err != nil {
		return err
	}
	defer session.EndSession(context.WithoutCancel(ctx))
	_, err = session.WithTransaction(ctx, func(ctx context.Context) (any, error) { return nil, do(ctx) })
	return err
}
