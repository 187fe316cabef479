package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"bis/internal/briefing"
)

// Size implements transfer.Source.
func (s *Store) Size(ctx context.Context) (users, requests, briefings int64, err error) {
	row := s.reads.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM users),
		(SELECT count(*) FROM requests), (SELECT count(*) FROM briefings)`)
	err = row.Scan(&users, &requests, &briefings)
	return users, requests, briefings, translate("count", err)
}

// UsersAfter implements transfer.Source.
func (s *Store) UsersAfter(
	ctx context.Context, id briefing.UserID, limit int,
) ([]briefing.User, error) {
	rows, err := s.reads.QueryContext(ctx,
		"SELECT "+userColumns+" FROM users WHERE id > ? ORDER BY id LIMIT ?", string(id), limit)
	if err != nil {
		return nil, translate("users", err)
	}
	list, err := collect(rows, scanUser)
	return list, translate("users", err)
}

// RequestsAfter implements transfer.Source.
func (s *Store) RequestsAfter(
	ctx context.Context, id briefing.RequestID, limit int,
) ([]briefing.Request, error) {
	rows, err := s.reads.QueryContext(ctx,
		"SELECT "+requestColumns+" FROM requests WHERE id > ? ORDER BY id LIMIT ?", string(id), limit)
	if err != nil {
		return nil, translate("requests", err)
	}
	list, err := collect(rows, scanRequest)
	return list, translate("requests", err)
}

// PutUser implements transfer.Target.
func (s *Store) PutUser(ctx context.Context, u briefing.User) (put bool, err error) {
	err = s.writer.do(ctx, func(t *tx) error {
		existing, err := scanUser(t.w.user.QueryRow(briefing.NameKey(u.Username)))
		if err = t.refusal("read user", err); !errors.Is(err, briefing.ErrNotFound) {
			put = existing.ID == u.ID
			return err
		}
		put = true
		return t.addUser(u)
	})
	return put && err == nil, err
}

// CamerasAfter implements transfer.Source.
func (s *Store) CamerasAfter(
	ctx context.Context, id briefing.CameraID, limit int,
) ([]briefing.Camera, error) {
	rows, err := s.reads.QueryContext(ctx,
		"SELECT "+cameraColumns+" FROM cameras WHERE id > ? ORDER BY id LIMIT ?", string(id), limit)
	if err != nil {
		return nil, translate("cameras", err)
	}
	list, err := collect(rows, scanPlainCamera)
	return list, translate("cameras", err)
}

// PutCamera implements transfer.Target.
func (s *Store) PutCamera(ctx context.Context, c briefing.Camera) error {
	return s.writer.do(ctx, func(t *tx) error {
		if _, err := t.userOf(c.Username); err != nil {
			return err
		}
		c := c.Unobserved(t.w.cfg.Clock())
		return t.putCamera(storedCamera{Camera: c, sourceVersion: c.Version})
	})
}

// PutRequest implements transfer.Target. The request has no owner, so the next Claim returns it.
func (s *Store) PutRequest(ctx context.Context, r briefing.Request) error {
	reason := ""
	if r.EndReason != nil {
		reason = string(*r.EndReason)
	}
	err := s.writer.do(ctx, func(t *tx) error {
		// A caller that leaves must not interrupt the transaction, which other writes share.
		ctx := context.WithoutCancel(ctx)
		if _, err := t.w.conn.ExecContext(ctx, "DELETE FROM requests WHERE id = ?", r.ID); err != nil {
			return errStatement{err}
		}
		query := "INSERT INTO requests (" + requestColumns + ", name_key) VALUES (" +
			strings.Repeat("?, ", 21) + "?)"
		_, err := t.w.conn.ExecContext(ctx, query,
			r.ID, r.Username, r.Name, r.Interval, r.EndTime, r.EndText, r.CameraID, r.Key,
			toMillis(r.StartedAt), optionalMillis(r.EndsAt), optionalMillis(r.EndedAt), nullable(reason),
			r.Active, r.Ticks.Done, r.Ticks.Skipped, r.Ticks.Missed, r.Ticks.Unchanged, r.LastTick, r.LastID,
			"", r.Owner.Term, briefing.NameKey(r.Username))
		if err != nil {
			return errStatement{err}
		}
		return nil
	})
	if err == nil {
		s.ownsAll.Store(false)
	}
	return err
}

// nullable is the database's value of a text: NULL for an empty one.
func nullable(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// PutBriefings implements transfer.Target, in one transaction.
func (s *Store) PutBriefings(ctx context.Context, list []briefing.Briefing) error {
	return s.writer.do(ctx, func(t *tx) error {
		for _, b := range list {
			parts, err := marshalParts(&b)
			if err != nil {
				return fmt.Errorf("briefing %s: %w", b.ID, err)
			}
			_, err = t.w.conn.ExecContext(context.WithoutCancel(ctx),
				"INSERT OR IGNORE"+addBriefings,
				b.RequestID, b.ID, b.Tick, toMillis(b.At), strings.TrimSuffix(b.Text, b.Caption), b.Caption,
				parts.facts, string(b.Degraded), b.Source, b.ReportedWrong, b.ReportNote, b.Unchanged,
				parts.words)
			if err != nil {
				return errStatement{err}
			}
		}
		return nil
	})
}
