package mongo

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"bis/internal/briefing"
)

// Adopt is the rule for active requests that no process owns. An old server may still run them.
type Adopt string

// The ways to adopt.
const (
	AdoptAuto   Adopt = "auto"   // once the old server is silent for two intervals and 2 min
	AdoptAlways Adopt = "always" // at once, for installations without old servers
	AdoptNever  Adopt = "never"  // never: their briefings are streamed, and nothing else is done
)

// legacySilence is how long an old server may be silent, in addition to two intervals of its
// request, before AdoptAuto treats it as gone.
const legacySilence = 120 * time.Second

// claimLegacy scans the active requests without an owner, every Config.LegacyEvery. It ends those
// that are past their end time, ends all but the newest of a user, and adopts those that no old
// server runs. Each process handles the requests that prefer it. After an error the next call scans
// again.
func (s *Store) claimLegacy(
	ctx context.Context, m members, me string, limit int,
) ([]briefing.Request, error) {
	first, due := s.legacyDue()
	if !due {
		return nil, nil
	}
	err := s.learnNames(ctx)
	if err == nil {
		err = s.endOlder(ctx, m, me)
	}
	if err == nil && s.deletedDue() {
		err = s.sweepDeleted(ctx)
	}
	if err != nil {
		s.rescanLegacy()
		return nil, err
	}
	// Newest first, so that the first request of a user is the one that may continue.
	docs, err := s.findRequests(ctx, bson.D{{Key: "is_active", Value: true}, {Key: "owner", Value: nil}},
		options.Find().SetSort(newestFirst))
	if err != nil {
		s.rescanLegacy()
		return nil, err
	}
	var adopted []briefing.Request
	seen := make(map[string]bool) // by user and camera
	for i := range docs {
		d := &docs[i]
		user := activeKey(briefing.NameKey(d.Username), d.cameraID())
		hasNewer := seen[user]
		seen[user] = true
		if preferred(d.ID, m.live) != me || len(adopted) == limit {
			continue
		}
		r, ok, err := s.resolveLegacy(ctx, d, me, first, hasNewer)
		if err != nil {
			s.rescanLegacy()
			if len(adopted) == 0 {
				return nil, err
			}
			// The caller must get the adopted requests, because no other process runs them. The
			// next scan meets the error again, unless it has passed.
			s.log.WarnContext(ctx, "adopt requests", "err", err)
			return adopted, nil
		}
		if ok {
			adopted = append(adopted, r)
		}
	}
	return adopted, nil
}

// legacyDue reports whether a scan is due, and whether it is the first one of this process.
func (s *Store) legacyDue() (first, due bool) {
	c := &s.claims
	now := s.cfg.Clock()
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Before(c.legacyAt) {
		return false, false
	}
	first = !c.scanned
	c.scanned, c.legacyAt = true, now.Add(s.cfg.LegacyEvery)
	return first, true
}

// rescanLegacy makes a scan due at the next call of claimLegacy.
func (s *Store) rescanLegacy() {
	s.claims.mu.Lock()
	defer s.claims.mu.Unlock()
	s.claims.legacyAt = time.Time{}
}

// resolveLegacy ends, adopts or leaves one request of an old server. first means that this process
// has just started, hasNewer that the user has a newer active request. ok reports an adoption.
func (s *Store) resolveLegacy(
	ctx context.Context, d *requestDoc, me string, first, hasNewer bool,
) (briefing.Request, bool, error) {
	r := d.request(s.cfg.Zone)
	now := s.Now()
	deadline := now
	if !first {
		deadline = now.Add(-legacySilence) // an old server may still be storing its last briefing
	}
	newer := hasNewer
	if !newer { // the newer request may have an owner, and then the scan has not read it
		latest, err := s.newest(ctx, s.activeOf(d.Username, d.cameraID()))
		newer = err == nil && latest.ID > r.ID
	}
	switch {
	case r.EndsAt != nil && r.EndsAt.Before(deadline):
		return briefing.Request{}, false, s.endLegacy(ctx, d, briefing.EndedByTime, *r.EndsAt)
	case newer && s.cfg.Adopt != AdoptNever:
		return briefing.Request{}, false, s.endLegacy(ctx, d, briefing.Replaced, now)
	case newer || s.cfg.Adopt == AdoptNever:
		return briefing.Request{}, false, nil
	}
	newest, err := s.newestID(ctx, d.ID)
	if err != nil {
		return briefing.Request{}, false, err
	}
	// An id contains the second in which the old server made it.
	lastSeen := r.StartedAt
	if oid, ok := objectID(briefing.BriefingID(newest)); ok {
		lastSeen = oid.Timestamp()
	}
	if s.cfg.Adopt != AdoptAlways && now.Sub(lastSeen) <= 2*r.Every()+legacySilence {
		return briefing.Request{}, false, nil
	}
	if err := s.endBefore(ctx, d); err != nil {
		return briefing.Request{}, false, err
	}
	return s.adopt(ctx, d, r, me, newest)
}

// endLegacy ends a request without an owner. Briefings of the old server count as its done ticks.
func (s *Store) endLegacy(
	ctx context.Context, d *requestDoc, reason briefing.EndReason, at time.Time,
) error {
	r := d.request(s.cfg.Zone)
	r.LastTick = r.Grid(at)
	var err error
	if r.Ticks, err = s.legacyTicks(ctx, d.ID, r.LastTick); err != nil {
		return err
	}
	ended := r.Ended(briefing.End{Reason: reason, At: at})
	_, err = s.requests.UpdateOne(ctx, unowned(d), endUpdate(ended), hintByID())
	s.log.InfoContext(ctx, "ended a request of an old server", "request", r.ID, "reason", reason)
	return err
}

// unowned matches the request while it is as an old server left it.
func unowned(d *requestDoc) bson.D {
	return bson.D{
		{Key: "_id", Value: d.ID}, {Key: "is_active", Value: true}, {Key: "owner", Value: nil},
		{Key: "last_id", Value: lastIDValue(d)}, endsAtIs(d),
	}
}

// lastIDValue is the value of last_id in a filter. Null also matches a missing field.
func lastIDValue(d *requestDoc) any {
	if d.LastID.IsZero() {
		return nil
	}
	return d.LastID
}

// legacyTicks counts the briefings that an old server stored as done ticks, at most grid, and the
// rest of the grid as missed.
func (s *Store) legacyTicks(
	ctx context.Context, id bson.ObjectID, grid int64,
) (briefing.TickCounts, error) {
	n, err := s.briefings.CountDocuments(ctx, bson.D{{Key: "request_id", Value: id}})
	done := min(n, grid)
	return briefing.TickCounts{Done: int(done), Missed: int(grid - done)}, err
}

// adopt writes this process as the owner of an old server's request and adds the fields of new
// requests. Its ticks so far are settled. ok is false if the request has changed since it was read.
func (s *Store) adopt(
	ctx context.Context, d *requestDoc, r briefing.Request, me, newest string,
) (briefing.Request, bool, error) {
	grid := r.Grid(s.Now())
	counts, err := s.legacyTicks(ctx, d.ID, grid)
	if err != nil {
		return r, false, err
	}
	set := bson.D{
		{Key: "active_user", Value: activeKey(briefing.NameKey(d.Username), r.CameraID)}, {Key: "started_at", Value: r.StartedAt},
		{Key: "end_text", Value: r.EndText}, {Key: "camera", Value: string(r.CameraID)},
		{Key: "owner", Value: me}, {Key: "term", Value: max(d.Term, 0) + 1}, {Key: "last_tick", Value: grid},
		{Key: "done", Value: counts.Done}, {Key: "missed", Value: counts.Missed},
	}
	if r.EndsAt != nil {
		set = append(set, bson.E{Key: "ends_at", Value: *r.EndsAt})
	}
	if oid, ok := objectID(briefing.BriefingID(newest)); ok && d.LastID.IsZero() {
		set = append(set, bson.E{Key: "last_id", Value: oid})
	}
	// The update makes this process the owner, so it is noted before and confirmed afterwards.
	s.claims.noteAttempt(s.cfg.Clock(), d.ID)
	res, err := s.requests.UpdateOne(ctx, unowned(d), bson.D{{Key: "$set", Value: set}}, hintByID())
	if lost := s.at("owner written"); lost != nil {
		return r, false, lost
	}
	switch {
	case mongo.IsDuplicateKeyError(err): // the user has started another request since
		s.claims.confirm(d.ID)
		return r, false, s.releaseActiveMark(ctx, d)
	case err != nil:
		return r, false, err
	case res.MatchedCount == 0:
		s.claims.confirm(d.ID)
		return r, false, nil
	}
	list, err := s.readOwned(ctx, []bson.ObjectID{d.ID}, me)
	if err != nil || len(list) == 0 {
		return r, false, err
	}
	s.claims.confirm(d.ID)
	s.log.InfoContext(ctx, "adopted a request of an old server", "request", r.ID, "user", d.Username)
	return list[0], true, nil
}
