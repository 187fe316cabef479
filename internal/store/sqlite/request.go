package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"time"

	"bis/internal/briefing"
)

// toMillis is the stored form of a time.
func toMillis(t time.Time) int64 { return t.UnixMilli() }

// fromMillis is the time of a stored form, in UTC.
func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// scanRequest reads a row with requestColumns.
func scanRequest(row scanner) (briefing.Request, error) {
	var r briefing.Request
	var started int64
	var ends, ended sql.NullInt64
	var reason sql.NullString
	err := row.Scan(&r.ID, &r.Username, &r.Name, &r.Interval, &r.EndTime, &r.EndText, &r.CameraID,
		&r.Key, &started, &ends, &ended, &reason, &r.Active, &r.Ticks.Done, &r.Ticks.Skipped,
		&r.Ticks.Missed, &r.Ticks.Unchanged, &r.LastTick, &r.LastID, &r.Owner.Instance, &r.Owner.Term)
	if err != nil {
		return briefing.Request{}, err
	}
	r.StartedAt = fromMillis(started)
	r.EndsAt, r.EndedAt = optionalTime(ends), optionalTime(ended)
	if reason.Valid {
		why := briefing.EndReason(reason.String)
		r.EndReason = &why
	}
	return r, nil
}

// optionalTime is the time of a stored form, or nil for NULL.
func optionalTime(ms sql.NullInt64) *time.Time {
	if !ms.Valid {
		return nil
	}
	t := fromMillis(ms.Int64)
	return &t
}

// optionalMillis is the stored form of a time, NULL for nil.
func optionalMillis(t *time.Time) sql.NullInt64 {
	if t == nil {
		return sql.NullInt64{}
	}
	return sql.NullInt64{Int64: toMillis(*t), Valid: true}
}

// StartRequest implements briefing.RequestStore, in one transaction.
func (s *Store) StartRequest(ctx context.Context, start briefing.Start) (briefing.Started, error) {
	if ctx.Err() != nil {
		return briefing.Started{}, ctx.Err()
	}
	var done briefing.Started
	// A started request must reach the schedule even if its caller has left. So StartRequest waits
	// for the write even if ctx ends.
	err := s.writer.do(context.WithoutCancel(ctx), func(t *tx) (err error) {
		done, err = t.start(start)
		return err
	})
	if err != nil {
		return briefing.Started{}, err
	}
	return done, nil
}

// start continues a request that fits the order, or ends the active one and stores a new one. The
// order of the checks is part of the contract: a known key comes before everything else.
func (t *tx) start(start briefing.Start) (briefing.Started, error) {
	want := start.Request
	want.CameraID = cmp.Or(want.CameraID, briefing.DefaultCamera)
	if start.User != briefing.AnyUser && !start.OnlyContinue {
		u, err := t.startUser(start)
		if err != nil {
			return briefing.Started{}, err
		}
		want.Username = u.Username
	}
	user := briefing.NameKey(want.Username)
	// The unique index allows at most one.
	active, hasActive, err := t.find(t.w.activeRequest, user, want.CameraID)
	if err != nil {
		return briefing.Started{}, err
	}
	if old, found, err := t.find(t.w.keyRequest, user, want.Key); err != nil || found {
		return briefing.Started{Request: old, Continued: true}, err
	}
	if hasActive && start.ContinueSame && active.Same(want) {
		return briefing.Started{Request: active, Continued: true}, nil
	}
	if start.OnlyContinue {
		return briefing.Started{}, briefing.ErrNotFound
	}
	if err := t.checkCamera(want); err != nil {
		return briefing.Started{}, err
	}
	var done briefing.Started
	if hasActive {
		ended, err := t.end(active, briefing.End{
			Reason: briefing.Replaced, At: want.StartedAt, Skipped: start.Skipped,
		})
		if err != nil {
			return briefing.Started{}, err
		}
		done.Replaced = &ended
	}
	done.Request, err = t.addRequest(want)
	return done, err
}

// checkCamera returns ErrNotFound unless the camera of a new request is that of the settings, or
// stored and its user's.
func (t *tx) checkCamera(want briefing.Request) error {
	if want.CameraID == briefing.DefaultCamera {
		return nil
	}
	c, err := t.camera(want.CameraID)
	if err == nil && !briefing.SameUser(c.Username, want.Username) {
		err = briefing.ErrNotFound
	}
	return err
}

// find reads one request. found is false, without an error, if there is none.
func (t *tx) find(stmt *sql.Stmt, args ...any) (r briefing.Request, found bool, err error) {
	r, err = scanRequest(stmt.QueryRow(args...))
	if errors.Is(err, sql.ErrNoRows) {
		return briefing.Request{}, false, nil
	}
	return r, err == nil, t.refusal("read request", err)
}

// addRequest stores a new request, with an id after all earlier ones of its user, and publishes it.
func (t *tx) addRequest(r briefing.Request) (briefing.Request, error) {
	var newest string
	user := briefing.NameKey(r.Username)
	if err := t.w.newestOf.QueryRow(user).Scan(&newest); err != nil {
		return r, errStatement{err}
	}
	r.ID = briefing.RequestID(briefing.NextID(t.w.cfg.Clock(), newest))
	r.StartedAt = r.StartedAt.UTC().Truncate(time.Millisecond)
	r.Active, r.EndedAt, r.EndReason = true, nil, nil
	r.Ticks, r.LastTick, r.LastID = briefing.TickCounts{}, 0, ""
	r.Owner = briefing.Owner{Instance: t.w.cfg.Instance, Term: 1}
	err := t.exec(t.w.addRequest, r.ID, r.Username, r.Name, r.Interval, r.EndTime, r.EndText,
		r.CameraID, r.Key, toMillis(r.StartedAt), optionalMillis(r.EndsAt), r.Owner.Instance, user)
	t.publish(briefing.Change{Kind: briefing.RequestStarted, Request: r})
	return r, err
}

// EndRequest implements briefing.RequestStore. The writer has one order for all writes, so the
// briefings of the request precede its end in the feed.
func (s *Store) EndRequest(ctx context.Context, e briefing.End) (briefing.Request, error) {
	var ended briefing.Request
	err := s.writer.do(ctx, func(t *tx) error {
		r, err := t.requestToEnd(e)
		if err != nil {
			return err
		}
		if e.Owner != (briefing.Owner{}) && e.Owner != r.Owner {
			return briefing.ErrNotOwner
		}
		if e.TooEarly(r, t.w.cfg.Clock()) {
			return briefing.ErrNotDue
		}
		ended, err = t.end(r, e)
		return err
	})
	if err != nil {
		return briefing.Request{}, err
	}
	return ended, nil
}

// requestToEnd reads the request that e names, by its id or as an active one of a user.
func (t *tx) requestToEnd(e briefing.End) (briefing.Request, error) {
	if e.Username == "" {
		return t.active(e.ID)
	}
	u, err := t.userOf(e.Username)
	if err != nil {
		return briefing.Request{}, err
	}
	user := briefing.NameKey(u.Username)
	r, found, err := t.find(t.w.activeOfUser, user)
	if e.CameraID != "" {
		r, found, err = t.find(t.w.activeRequest, user, e.CameraID)
	}
	if err == nil && !found {
		err = briefing.ErrConflict
	}
	return r, err
}

// active reads a request that must be active. It returns ErrConflict for an ended one.
func (t *tx) active(id briefing.RequestID) (briefing.Request, error) {
	r, err := scanRequest(t.w.request.QueryRow(id))
	if err != nil {
		return r, t.refusal("request", err)
	}
	if !r.Active {
		return r, briefing.ErrConflict
	}
	return r, nil
}

// end stores the end of an active request, with its ticks settled, and publishes it.
func (t *tx) end(r briefing.Request, e briefing.End) (briefing.Request, error) {
	r = r.Ended(e)
	err := t.exec(t.w.endRequest, endArgs(r)...)
	t.publish(briefing.Change{Kind: briefing.RequestEnded, Request: r})
	return r, err
}

// endArgs are the arguments of the statement endRequest for an ended request.
func endArgs(r briefing.Request) []any {
	return []any{
		toMillis(*r.EndedAt), string(*r.EndReason),
		r.Ticks.Done, r.Ticks.Skipped, r.Ticks.Missed, r.LastTick, r.ID,
	}
}

// Request implements briefing.RequestStore.
func (s *Store) Request(ctx context.Context, id briefing.RequestID) (briefing.Request, error) {
	return s.one(ctx, s.stmts.request, string(id))
}

// ActiveRequest implements briefing.RequestStore.
func (s *Store) ActiveRequest(ctx context.Context, username string) (briefing.Request, error) {
	return s.one(ctx, s.stmts.activeRequest, briefing.NameKey(username))
}

// ActiveRequests implements briefing.RequestStore.
func (s *Store) ActiveRequests(ctx context.Context, username string) ([]briefing.Request, error) {
	rows, err := s.stmts.activeRequests.QueryContext(ctx, briefing.NameKey(username))
	if err != nil {
		return nil, translate("active requests", err)
	}
	list, err := collect(rows, scanRequest)
	return list, translate("active requests", err)
}

// LatestOfCamera implements briefing.RequestStore.
func (s *Store) LatestOfCamera(
	ctx context.Context, username string, id briefing.CameraID,
) (briefing.Request, error) {
	return s.one(ctx, s.stmts.latestOfCamera, briefing.NameKey(username), string(id))
}

// LatestRequest implements briefing.RequestStore.
func (s *Store) LatestRequest(ctx context.Context, username string) (briefing.Request, error) {
	return s.one(ctx, s.stmts.latestRequest, briefing.NameKey(username))
}

// one reads the request that a statement finds, or returns ErrNotFound.
func (s *Store) one(ctx context.Context, stmt *sql.Stmt, args ...any) (briefing.Request, error) {
	r, err := scanRequest(stmt.QueryRowContext(ctx, args...))
	return r, translate("request", err)
}

// Requests implements briefing.RequestStore. It reads one row more than the limit, to know whether
// there are more.
func (s *Store) Requests(
	ctx context.Context, username string, after briefing.RequestID, limit int,
) ([]briefing.Request, bool, error) {
	if _, err := s.User(ctx, username); err != nil {
		return nil, false, err
	}
	before := string(after)
	if before == "" {
		before = afterAllIDs
	}
	rows, err := s.stmts.requests.QueryContext(ctx, briefing.NameKey(username), before, limit+1)
	if err != nil {
		return nil, false, translate("requests", err)
	}
	list, err := collect(rows, scanRequest)
	if err != nil {
		return nil, false, translate("requests", err)
	}
	more := len(list) > limit
	return list[:min(len(list), limit)], more, nil
}

// RequestStates implements briefing.RequestStore. A query here costs microseconds, so each request
// gets its own.
func (s *Store) RequestStates(
	ctx context.Context, ids []briefing.RequestID,
) (map[briefing.RequestID]briefing.Request, error) {
	states := make(map[briefing.RequestID]briefing.Request, len(ids))
	for _, id := range ids {
		r, err := s.Request(ctx, id)
		if errors.Is(err, briefing.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		states[id] = r
	}
	return states, nil
}

// collect reads all rows by scan, and closes them.
func collect[T any](rows *sql.Rows, scan func(scanner) (T, error)) ([]T, error) {
	defer rows.Close()
	var list []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}
