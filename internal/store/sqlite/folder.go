package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// Names in the data folder.
const (
	fileName = "bis.db"
	lockName = "bis.lock"
	newName  = "bis.db.new" // a database that is being created
)

// prepareFolder creates the data folder, or makes sure that only its owner can write there.
func prepareFolder(dir string, log *slog.Logger) error {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return fmt.Errorf("data folder %s is a file; choose another with --data", dir)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil { // does nothing if the folder exists
		return fmt.Errorf("data folder %s cannot be made: %w", dir, cause(err))
	}
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("data folder %s cannot be read: %w", dir, cause(err))
	}
	if err := checkWritable(dir); err != nil {
		return fmt.Errorf("data folder %s cannot be written: %w", dir, err)
	}
	return secureFolder(dir, info, log)
}

// createDatabase creates bis.db if it does not exist; now is the store's clock. The file is renamed
// when it is complete, so an empty bis.db never comes from a start that was killed.
func createDatabase(ctx context.Context, dir string, now time.Time) error {
	path := filepath.Join(dir, fileName)
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return cause(err)
	}
	temporary := filepath.Join(dir, newName)
	// A start that was killed leaves these files, without data.
	for _, leftover := range []string{temporary, temporary + "-journal", path + "-wal", path + "-shm"} {
		if err := os.Remove(leftover); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s cannot be removed: %w", filepath.Base(leftover), cause(err))
		}
	}
	// SQLite would create the file with the permissions of the umask, so it is created here.
	f, err := os.OpenFile(temporary, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("the folder cannot be written: %w", cause(err))
	}
	if err := errors.Join(f.Close(), chownToFolder(temporary)); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", address(temporary, "rw", url.Values{"_pragma": {"synchronous(FULL)"}}))
	if err != nil {
		return err
	}
	if err := errors.Join(migrate(ctx, db, now), db.Close()); err != nil {
		return err
	}
	if err := os.Rename(temporary, path); err != nil {
		return fmt.Errorf("bis.db cannot be made: %w", cause(err))
	}
	return syncFolder(dir)
}

// address is the driver's address of a database file that must exist. mode is "rw" or "ro".
func address(path, mode string, q url.Values) string {
	q.Set("mode", mode)
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?" + q.Encode()
}

// cause returns the operating system's message alone. The caller names the operation and the path.
func cause(err error) error {
	var (
		path *fs.PathError
		link *os.LinkError
	)
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}
