package sqlite

import (
	"context"
	"database/sql"

	"bis/internal/briefing"
)

// deleteLen is how many briefings one transaction of a deletion deletes, so that other writes wait
// only briefly.
const deleteLen = 1_000

// DeleteUser implements briefing.UserStore, in a transaction for every deleteLen briefings. The
// first one ends the active request, so nothing is added afterwards. A deletion that is broken off
// leaves requests with fewer briefings, which the next one finds again. The deleted texts are
// overwritten in bis.db, and at the end the log that still has them is emptied.
func (s *Store) DeleteUser(
	ctx context.Context, d briefing.DeleteUser,
) (done briefing.Deleted, err error) {
	for {
		var step deletion
		err := s.writer.do(ctx, func(t *tx) (err error) {
			step, err = t.deleteStep(d)
			return err
		})
		if err != nil {
			return done, err
		}
		done.Briefings += step.briefings
		switch {
		case step.complete:
			if step.users > 0 || step.texts > 0 || len(done.Requests) > 0 {
				s.emptyLog(ctx)
			}
			return done, nil
		case step.request != "":
			done.Requests = append(done.Requests, step.request)
		}
		if err := ctx.Err(); err != nil {
			return done, err
		}
	}
}

// deletion is the result of one transaction of a deletion.
type deletion struct {
	request   briefing.RequestID // that was deleted; empty: none
	briefings int                // that were deleted
	users     int64              // that were deleted
	texts     int64              // references of refused texts that were deleted
	complete  bool               // nothing is left of the user
}

// deleteStep ends the user's active requests, and deletes briefings of the oldest request, or that
// request if it has none, or the cameras and the user.
func (t *tx) deleteStep(d briefing.DeleteUser) (step deletion, err error) {
	user := briefing.NameKey(d.Username)
	if err := t.endAll(user, d); err != nil {
		return step, err
	}
	r, found, err := t.find(t.w.requestOf, user)
	if err != nil {
		return step, err
	}
	if !found {
		step.complete = true
		if err := t.deleteCameras(user); err != nil {
			return step, err
		}
		if step.texts, err = t.count(t.w.deleteRefused, user); err != nil {
			return step, err
		}
		if err := t.exec(t.w.deleteUsage, user); err != nil {
			return step, err
		}
		t.publish(briefing.Change{Kind: briefing.UserDeleted, Username: user})
		step.users, err = t.count(t.w.deleteUsers, user)
		return step, err
	}
	n, err := t.count(t.w.deleteBriefings, r.ID, deleteLen)
	if err != nil {
		return step, err
	}
	step.briefings = int(n)
	if n == deleteLen {
		return step, nil
	}
	step.request = r.ID
	t.publish(briefing.Change{
		Kind: briefing.RequestDeleted, Request: briefing.Request{ID: r.ID},
	})
	return step, t.exec(t.w.deleteRequest, r.ID)
}

// endAll ends the active requests of a user who is being deleted.
func (t *tx) endAll(user string, d briefing.DeleteUser) error {
	for {
		r, found, err := t.find(t.w.activeOfUser, user)
		if err != nil || !found {
			return err
		}
		_, err = t.end(r, briefing.End{
			Reason: briefing.EndedByUser, At: d.At, Skipped: d.Skipped,
		})
		if err != nil {
			return err
		}
	}
}

// count runs a statement and returns how many rows it changed. Its error is an errStatement.
func (t *tx) count(s *sql.Stmt, args ...any) (int64, error) {
	result, err := s.Exec(args...)
	if err != nil {
		return 0, errStatement{err}
	}
	n, err := result.RowsAffected()
	if err != nil {
		return 0, errStatement{err}
	}
	return n, nil
}
