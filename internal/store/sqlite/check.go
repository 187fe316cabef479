package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// checkTime bounds the check of the file at the start. A file of several GiB is not read to its end
// in that time.
const checkTime = 2 * time.Second

// corrupt are SQLite's codes for a damaged database.
var corrupt = []int{sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}

// check refuses a damaged file before anything is written into it. It uses a read-only connection,
// so a refused file is not changed and may be rescued.
func (s *Store) check(ctx context.Context) error {
	db, err := sql.Open("sqlite", address(filepath.Join(s.cfg.Dir, fileName), "ro",
		url.Values{"_pragma": {"busy_timeout(1000)"}}))
	if err != nil {
		return err
	}
	defer db.Close()
	// quick_check reads every page but compares no index with its table: that would take much
	// longer.
	limited, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	version, err := schemaVersion(limited, db)
	found := "ok"
	if err == nil {
		err = db.QueryRowContext(limited, "PRAGMA quick_check(1)").Scan(&found)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case hasCode(err, corrupt...):
		return errDamaged(err.Error())
	case hasCode(err, sqlite3.SQLITE_READONLY):
		return nil // a journal must be rolled back first, which a reader cannot do
	case limited.Err() != nil:
		s.cfg.Log.InfoContext(ctx, "bis.db is too large to be checked to its end", "checked_for", checkTime)
	case err != nil:
		return translate("check bis.db", err)
	case found != "ok":
		return errDamaged(found)
	case version == 0: // createDatabase leaves no file without tables, so this is not its file
		s.cfg.Log.WarnContext(ctx,
			"bis.db has no tables, so the store starts empty; if it is a copy, bis.db-wal belongs to it")
	}
	return nil
}

// errForeign refuses a database with other tables than a store's.
var errForeign = errors.New("bis.db is the database of another program, or lacks tables of the store, " +
	"and nothing was written into it: move it away, put a backup in its place, " +
	"or choose another folder with --data")

// schemaVersion returns the number of the last migration that a database has seen, 0 for a database
// without tables. It returns errForeign if the tables are not a store's.
func schemaVersion(ctx context.Context, db *sql.DB) (version int, err error) {
	var tables, known int
	err = db.QueryRowContext(ctx, "SELECT user_version FROM pragma_user_version").Scan(&version)
	if err == nil {
		err = db.QueryRowContext(ctx, `SELECT count(*),
			count(*) FILTER (WHERE name IN ('users', 'requests', 'briefings')) FROM sqlite_schema WHERE name NOT LIKE 'sqlite\_%' ESCAPE '\'`).Scan(&tables, &known)
	}
	switch {
	case err != nil:
		return 0, err
	case version == 0 && tables > 0, version > 0 && known < 3:
		return 0, errForeign
	}
	return version, nil
}

// errDamaged says what to do about a damaged file. found is what SQLite reports.
func errDamaged(found string) error {
	lines := strings.Split(strings.TrimSpace(found), "\n") // the first line only names the database
	return fmt.Errorf("bis.db is damaged (%s): keep a copy of the folder, then put a backup in its place", lines[len(lines)-1])
}

// hasCode reports whether err has one of SQLite's primary codes, which are the low byte of a code.
func hasCode(err error, codes ...int) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && slices.Contains(codes, e.Code()&0xff)
}
