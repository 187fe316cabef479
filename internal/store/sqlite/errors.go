package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"bis/internal/briefing"
)

// translate turns an error of the driver into one of briefing's kinds, and wraps the cause for the
// log. An error that has a kind and the errors of a context are returned unchanged.
func translate(operation string, err error) error {
	if err == nil {
		return nil
	}
	var e *sqlite.Error
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("%s: %w", operation, briefing.ErrNotFound)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), hasKind(err):
		return err
	case errors.As(err, &e) && isTransient(e.Code()), errors.Is(err, sql.ErrConnDone),
		err.Error() == "sql: database is closed": // database/sql has no value for it
		return fmt.Errorf("%s: %w: %w", operation, briefing.ErrUnavailable, err)
	}
	return fmt.Errorf("%s: %w", operation, err)
}

// isTransient reports whether SQLite's code means that the same call may succeed later: a full
// disk, a folder that cannot be written, a fault of the device. The low byte of a code is the
// primary code.
func isTransient(code int) bool {
	switch code & 0xff {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN,
		sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PERM:
		return true
	}
	return false
}

// isLocked reports whether err means that another program has locked the file.
func isLocked(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_BUSY
}

// hasKind reports whether err is a refusal that a store makes itself.
func hasKind(err error) bool {
	for _, kind := range []error{
		briefing.ErrNotFound, briefing.ErrConflict, briefing.ErrInvalid, briefing.ErrNotOwner, briefing.ErrNotDue, briefing.ErrUnavailable,
	} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// reason says in plain words why SQLite cannot do something. It is empty for rare causes.
func reason(err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded), hasCode(err, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
		return "no answer in time; another program may hold the lock of bis.db"
	case hasCode(err, corrupt...):
		return "bis.db is damaged"
	case hasCode(err, sqlite3.SQLITE_FULL):
		return "the disk is full"
	case hasCode(err, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN):
		return "bis.db or its folder cannot be written"
	case hasCode(err, sqlite3.SQLITE_IOERR):
		return "the disk fails"
	}
	return ""
}
