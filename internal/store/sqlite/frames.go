package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"bis/internal/briefing"
)

// framesName is the file of the pictures in the data folder. They are apart from bis.db, so that
// large writes do not delay briefings, and that a copy of bis.db has no picture.
const framesName = "frames.db"

// framesSchema creates the table of an empty file.
//
//go:embed frames.sql
var framesSchema string

// framesVersion is the user_version of framesSchema.
const framesVersion = 2

// FramesConfig is what OpenFrames needs. Dir is required.
type FramesConfig struct {
	Dir string // the data folder of an open Store, whose lock also protects the pictures
	// MaxBytes bounds the bytes of all pictures. Zero means 1 GiB.
	MaxBytes int64
	Clock    func() time.Time // nil: time.Now
}

// Frames is a briefing.FrameStore in one file. It is safe for concurrent use.
type Frames struct {
	cfg    FramesConfig
	writes *sql.DB // has one connection
	reads  *sql.DB // read-only

	mu    sync.Mutex // serializes writes and guards total
	total int64      // bytes of all pictures

	closing sync.Once
	closed  error
}

var _ briefing.FrameStore = (*Frames)(nil)

// OpenFrames opens the pictures in a data folder, and creates their file if needed. Its errors are
// sentences for the operator.
func OpenFrames(ctx context.Context, cfg FramesConfig) (*Frames, error) {
	if cfg.MaxBytes <= 0 {
		cfg.MaxBytes = 1 << 30
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	f := &Frames{cfg: cfg}
	if err := f.open(ctx); err != nil {
		_ = f.Close()
		switch {
		case hasCode(err, corrupt...):
			err = errors.New("the file is damaged; remove it, and its pictures are lost")
		case isLocked(err):
			err = errors.New("another program holds its lock: close it, and start again")
		}
		return nil, fmt.Errorf("open %s in %s: %w", framesName, cfg.Dir, cause(err))
	}
	return f, nil
}

// open does the steps of OpenFrames. If one fails, Close releases what was opened.
func (f *Frames) open(ctx context.Context) error {
	path := filepath.Join(f.cfg.Dir, framesName)
	if err := makeFramesFile(path); err != nil {
		return err
	}
	// auto_vacuum comes before the file has its first page. The system may lose the newest commits
	// with synchronous=NORMAL, but the file stays intact. Deleted pictures are overwritten.
	pragmas := []string{
		"busy_timeout(4000)", "auto_vacuum(incremental)", "journal_mode(WAL)", "synchronous(NORMAL)",
		"secure_delete(1)", "journal_size_limit(16777216)", "cache_size(-2048)", "temp_store(MEMORY)",
	}
	var err error
	if f.writes, err = sql.Open("sqlite", address(path, "rw", url.Values{
		"_txlock": {"immediate"}, "_pragma": pragmas,
	})); err != nil {
		return err
	}
	f.writes.SetMaxOpenConns(1)
	var version int
	if err := f.writes.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	switch {
	case version > framesVersion:
		return errors.New("the file was written by a newer version of bis: " +
			"start that version, or choose another folder with --data")
	case version < framesVersion:
		if _, err := f.writes.ExecContext(ctx, framesSchema); err != nil {
			return err
		}
	}
	if err := f.writes.QueryRowContext(ctx,
		"SELECT coalesce(sum(bytes), 0) FROM frames").Scan(&f.total); err != nil {
		return err
	}
	if f.reads, err = sql.Open("sqlite", address(path, "rw", url.Values{
		"_pragma": {"busy_timeout(4000)", "query_only(1)", "cache_size(-1024)"},
	})); err != nil {
		return err
	}
	f.reads.SetMaxOpenConns(2)
	f.reads.SetMaxIdleConns(2)
	return f.DeleteExpired(ctx)
}

// makeFramesFile creates an empty file that only its owner can read, or checks the one that exists.
func makeFramesFile(path string) error {
	info, err := os.Lstat(path)
	switch {
	case err == nil:
		return checkPlain(info)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), chownToFolder(path))
}

// SaveFrame implements briefing.FrameStore.
func (f *Frames) SaveFrame(ctx context.Context, s briefing.StoredFrame) error {
	if err := s.Check(); err != nil {
		return err
	}
	return f.write(ctx, "save frame", func(tx *frameTx) error { return tx.save(s, f.cfg.MaxBytes) })
}

// frameTx is a transaction on the pictures.
type frameTx struct {
	*sql.Tx
	ctx   context.Context
	total int64 // bytes of all pictures
}

// write runs a transaction.
func (f *Frames) write(ctx context.Context, operation string, do func(*frameTx) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	tx, err := f.writes.BeginTx(ctx, nil)
	if err != nil {
		return translate(operation, err)
	}
	defer tx.Rollback() // does nothing after the commit
	t := &frameTx{Tx: tx, ctx: ctx, total: f.total}
	if err := do(t); err != nil {
		return translate(operation, err)
	}
	if err := tx.Commit(); err != nil {
		return translate(operation, err)
	}
	f.total = t.total
	return nil
}

// save stores a picture and deletes those that it replaces, and then the oldest beyond the bound.
func (t *frameTx) save(s briefing.StoredFrame, most int64) error {
	at, replaced, others := toMillis(s.At), briefing.FrameLast, "kind <> ?"
	if s.Kind == briefing.FramePushed {
		replaced, others = briefing.FramePushed, "kind = ?"
	}
	if s.Kind != briefing.FrameChanged {
		var newer bool
		err := t.QueryRowContext(t.ctx,
			"SELECT EXISTS (SELECT 1 FROM frames WHERE camera_id = ? AND at > ? AND "+others+")",
			s.CameraID, at, briefing.FramePushed).Scan(&newer)
		if err != nil || newer {
			return err
		}
	}
	if err := t.remove("camera_id = ? AND kind = ? AND at <= ?", s.CameraID, replaced, at); err != nil {
		return err
	}
	_, err := t.ExecContext(t.ctx, `INSERT INTO frames (id, camera_id, name_key, username, request_id,
		kind, at, until, width, height, bytes, view, jpeg)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		s.ID, s.CameraID, briefing.NameKey(s.Username), s.Username, s.RequestID,
		s.Kind, at, toMillis(s.Until), s.Width, s.Height, len(s.JPEG), s.View, s.JPEG)
	if err != nil {
		return err
	}
	t.total += int64(len(s.JPEG))
	for t.total > most {
		before := t.total
		err := t.remove("id = (SELECT id FROM frames ORDER BY at, bytes LIMIT 1)")
		if err != nil {
			return err
		}
		if t.total == before { // there is none
			break
		}
	}
	return nil
}

// remove deletes the pictures that match a condition.
func (t *frameTx) remove(where string, args ...any) error {
	rows, err := t.QueryContext(t.ctx, "DELETE FROM frames WHERE "+where+" RETURNING bytes", args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var bytes int64
		if err := rows.Scan(&bytes); err != nil {
			return err
		}
		t.total -= bytes
	}
	return rows.Err()
}

// DeleteFrames implements briefing.FrameStore. The log, which may still have the pictures, is
// emptied.
func (f *Frames) DeleteFrames(ctx context.Context, of briefing.FramesOf) error {
	var where []string
	var args []any
	if of.Username != "" {
		where, args = append(where, "name_key = ?"), append(args, briefing.NameKey(of.Username))
	}
	if of.CameraID != "" {
		where, args = append(where, "camera_id = ?"), append(args, of.CameraID)
	}
	if len(where) == 0 {
		return nil
	}
	if !of.Before.IsZero() {
		where, args = append(where, "at < ?"), append(args, toMillis(of.Before))
	}
	if of.NotView != "" {
		where, args = append(where, "view <> ?"), append(args, of.NotView)
	}
	if len(of.Kinds) > 0 {
		where = append(where, "kind IN ("+marks(len(of.Kinds))+")")
		for _, kind := range of.Kinds {
			args = append(args, kind)
		}
	}
	return f.clean(ctx, "delete frames", strings.Join(where, " AND "), args...)
}

// DeleteExpired implements briefing.FrameStore.
func (f *Frames) DeleteExpired(ctx context.Context) error {
	return f.clean(ctx, "delete old frames", "until <= ?", toMillis(f.cfg.Clock()))
}

// clean deletes the pictures that match a condition, and returns their pages to the file system.
func (f *Frames) clean(ctx context.Context, operation, where string, args ...any) error {
	deleted := false
	err := f.write(ctx, operation, func(tx *frameTx) error {
		before := tx.total
		err := tx.remove(where, args...)
		deleted = tx.total != before
		return err
	})
	if err != nil || !deleted {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, step := range []string{"PRAGMA incremental_vacuum", "PRAGMA wal_checkpoint(TRUNCATE)"} {
		// The pictures are deleted. A reader may keep a part of the log until the next time.
		_, _ = f.writes.ExecContext(ctx, step)
	}
	return nil
}

// Close implements briefing.FrameStore.
func (f *Frames) Close() error {
	f.closing.Do(func() {
		for _, db := range []*sql.DB{f.reads, f.writes} {
			if db != nil {
				f.closed = errors.Join(f.closed, db.Close())
			}
		}
	})
	return f.closed
}

// marks returns n question marks for a statement.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }
