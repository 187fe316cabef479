package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// Backup copies the state of the store in dir at one moment into a new file, and returns the file's
// size. Refused texts stay behind, because they expire. Only this user can read the file. Backup
// needs no lock, so a server may be working in dir. The file appears when it is complete and safe
// on the disk; after an error there is none. Errors are sentences for the operator.
func Backup(ctx context.Context, dir, file string) (size int64, err error) {
	if err := backupSource(dir); err != nil {
		return 0, fmt.Errorf("back up %s: %w", dir, err)
	}
	if err := backupTarget(dir, file); err != nil {
		return 0, fmt.Errorf("back up onto %s: %w", file, err)
	}
	// CreateTemp creates the file with mode 0600.
	part, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".*.part")
	if err != nil {
		return 0, fmt.Errorf("back up onto %s: the folder cannot be written: %w", file, cause(err))
	}
	defer os.Remove(part.Name()) // fails without harm once the file is published
	defer part.Close()
	// The copy is complete and synced under a temporary name before it gets its own. A reader of
	// the folder never finds half a backup.
	if err := copyInto(ctx, dir, part.Name()); err != nil {
		return 0, fmt.Errorf("back up %s: %w", dir, err)
	}
	if err := removeRefused(ctx, part.Name()); err != nil {
		return 0, fmt.Errorf("back up onto %s: %w", file, cause(err))
	}
	if err := part.Sync(); err != nil { // VACUUM INTO does not sync
		return 0, fmt.Errorf("back up onto %s: %w", file, cause(err))
	}
	info, err := part.Stat()
	if err != nil {
		return 0, fmt.Errorf("back up onto %s: %w", file, cause(err))
	}
	if err := publishFile(part.Name(), file); err != nil {
		return 0, fmt.Errorf("back up onto %s: %w", file, err)
	}
	return info.Size(), nil
}

// backupSource refuses a folder without a store that can be read.
func backupSource(dir string) error {
	err := eachFile(dir, func(_ string, info fs.FileInfo) error { return checkPlain(info) })
	if err != nil {
		return err
	}
	if err := checkIntact(dir); err != nil {
		return err
	}
	if _, err := os.Lstat(filepath.Join(dir, fileName)); err != nil {
		return errors.New("there is no bis.db; name the data folder with --data")
	}
	return nil
}

// backupTarget refuses a file that exists, and the names of the store's own files: SQLite would
// read a backup called bis.db-wal as its log.
func backupTarget(dir, file string) error {
	if _, err := os.Lstat(file); err == nil {
		return errExists
	}
	own, err := os.Stat(dir)
	if err != nil {
		return cause(err)
	}
	to, err := os.Stat(filepath.Dir(file))
	if err != nil {
		return fmt.Errorf("its folder: %w", cause(err))
	}
	// The folder is compared by identity: dir may be reached under several paths.
	if base := filepath.Base(file); os.SameFile(own, to) && (strings.HasPrefix(base, fileName) || base == lockName) {
		return errors.New("this name belongs to the store itself; choose another")
	}
	return nil
}

// errExists refuses a backup onto an existing file.
var errExists = errors.New("it exists already; a backup goes into a new file")

// copyInto copies the database of dir, in one read transaction, into an existing empty file.
func copyInto(ctx context.Context, dir, file string) error {
	path, err := filepath.Abs(file) // a relative name could look like an address to SQLite
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", address(filepath.Join(dir, fileName), "ro",
		url.Values{"_pragma": {"busy_timeout(5000)"}}))
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", path)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case hasCode(err, corrupt...):
		return errDamaged(err.Error())
	case reason(err) != "":
		return fmt.Errorf("bis.db cannot be copied: %s", reason(err))
	}
	return err
}

// removeRefused deletes the refused texts of a copy, and overwrites them. A copy of an earlier
// version has none. No other process knows the file, so its journal is in memory.
func removeRefused(ctx context.Context, file string) error {
	path, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", address(path, "rw",
		url.Values{"_pragma": {"journal_mode(MEMORY)", "secure_delete(1)"}}))
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	var known bool
	err = db.QueryRowContext(ctx,
		"SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'refused')").Scan(&known)
	if err == nil && known {
		_, err = db.ExecContext(ctx, "DELETE FROM refused")
	}
	return errors.Join(err, db.Close())
}

// publishFile renames the complete file part to file, which must not exist.
func publishFile(part, file string) error {
	err := os.Link(part, file) // unlike a rename, a link never replaces an existing file
	switch {
	case errors.Is(err, fs.ErrExist):
		return errExists
	case err != nil: // the file system has no hard links, like that of many memory sticks
		if _, err := os.Lstat(file); err == nil {
			return errExists
		}
		if err := os.Rename(part, file); err != nil {
			return cause(err)
		}
	default:
		_ = os.Remove(part) // if that fails, the second name does no harm
	}
	return syncFolder(filepath.Dir(file))
}
