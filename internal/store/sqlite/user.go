package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"bis/internal/briefing"
)

// scanner is a row of a result.
type scanner interface{ Scan(dest ...any) error }

// scanUser reads a row with userColumns.
func scanUser(row scanner) (briefing.User, error) {
	var u briefing.User
	var custom string
	var seen sql.NullInt64
	if err := row.Scan(&u.ID, &u.Username, &custom, &seen); err != nil {
		return briefing.User{}, err
	}
	u.SeenAt = optionalTime(seen)
	var err error
	u.Custom, err = decodeCustom(custom)
	return u, err
}

// decodeCustom parses the stored form of custom lines. The result is never nil.
func decodeCustom(s string) ([]string, error) {
	custom := []string{}
	err := json.Unmarshal([]byte(s), &custom)
	return custom, err
}

// encodeCustom returns the stored form of custom lines, a JSON list. It cannot fail: every list of
// strings has a JSON form.
func encodeCustom(custom []string) string {
	if custom == nil {
		custom = []string{}
	}
	b, _ := json.Marshal(custom)
	return string(b)
}

// EnsureUser implements briefing.UserStore. It reads first, because most calls are for users that
// exist and need no write.
func (s *Store) EnsureUser(
	ctx context.Context, username string, custom []string,
) (briefing.User, bool, error) {
	known, err := s.User(ctx, username)
	if !errors.Is(err, briefing.ErrNotFound) { // found, or the read has failed
		return known, false, err
	}
	var u briefing.User
	made := false
	err = s.writer.do(ctx, func(t *tx) (err error) {
		u, made, err = t.ensureUser(username, custom)
		return err
	})
	if err != nil {
		return briefing.User{}, false, err // u and made may still be written if ctx has ended
	}
	return u, made, nil
}

// ensureUser reads the user of a name, or stores a new one with those custom lines.
func (t *tx) ensureUser(username string, custom []string) (u briefing.User, made bool, err error) {
	u, err = t.userOf(username)
	if !errors.Is(err, briefing.ErrNotFound) {
		return u, false, err
	}
	u = briefing.User{
		ID:       briefing.UserID(briefing.NewID(t.w.cfg.Clock())),
		Username: username, Custom: append([]string{}, custom...),
	}
	return u, true, t.addUser(u)
}

// addUser stores a user.
func (t *tx) addUser(u briefing.User) error {
	return t.exec(t.w.addUser, u.ID, u.Username, encodeCustom(u.Custom), optionalMillis(u.SeenAt),
		briefing.NameKey(u.Username))
}

// userOf reads the user of a name, or returns ErrNotFound.
func (t *tx) userOf(username string) (briefing.User, error) {
	u, err := scanUser(t.w.user.QueryRow(briefing.NameKey(username)))
	return u, t.refusal("read user", err)
}

// startUser returns the user that a start names, and stores it if the start asks for that.
func (t *tx) startUser(start briefing.Start) (briefing.User, error) {
	if start.User == briefing.KnownUser {
		return t.userOf(start.Request.Username)
	}
	u, _, err := t.ensureUser(start.Request.Username, briefing.DefaultCustom())
	return u, err
}

// User implements briefing.UserStore.
func (s *Store) User(ctx context.Context, username string) (briefing.User, error) {
	u, err := scanUser(s.stmts.user.QueryRowContext(ctx, briefing.NameKey(username)))
	return u, translate("user", err)
}

// SetCustom implements briefing.UserStore.
func (s *Store) SetCustom(
	ctx context.Context, username string, custom []string,
) (briefing.User, error) {
	var u briefing.User
	err := s.writer.do(ctx, func(t *tx) (err error) {
		u, err = scanUser(t.w.setCustom.QueryRow(encodeCustom(custom), briefing.NameKey(username)))
		return t.refusal("set custom", err)
	})
	if err != nil {
		return briefing.User{}, err
	}
	return u, nil
}

// MarkSeen implements briefing.UserStore.
func (s *Store) MarkSeen(
	ctx context.Context, username string, at time.Time,
) (briefing.User, error) {
	var u briefing.User
	err := s.writer.do(ctx, func(t *tx) (err error) {
		u, err = scanUser(t.w.markSeen.QueryRow(toMillis(at), briefing.NameKey(username)))
		return t.refusal("mark seen", err)
	})
	if err != nil {
		return briefing.User{}, err
	}
	return u, nil
}

// refusal classifies the error of a query. For a missing row it returns ErrNotFound, which refuses
// the write, and for any other error an errStatement.
func (t *tx) refusal(operation string, err error) error {
	if err == nil {
		return nil
	}
	if err := translate(operation, err); errors.Is(err, briefing.ErrNotFound) {
		return err
	}
	return errStatement{err}
}
