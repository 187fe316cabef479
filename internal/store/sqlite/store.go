package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"
	_ "modernc.org/sqlite" // the driver, called "sqlite"

	"bis/internal/briefing"
)

// Config is what Open needs. Dir and Instance are required.
type Config struct {
	Dir string // data folder; created with mode 0700 if it is missing
	// Instance is the name of this process as an owner. New requests belong to it.
	Instance string
	Log      *slog.Logger     // nil: slog.Default()
	Clock    func() time.Time // the store's clock; nil: time.Now
	// FeedLen is how many changes may wait for the reader of a feed. One more and the feed is
	// lost. Zero means 65,536.
	FeedLen int
	// MaxPages bounds the database's size in pages of 4 KiB, for tests of a full disk. Zero means
	// no bound.
	MaxPages int
}

// Store is a briefing.Store in one file. It is safe for concurrent use.
type Store struct {
	cfg    Config
	lock   *flock.Flock // on the folder; held until Close
	writes *sql.DB      // has one connection, for the writer
	reads  *sql.DB      // read-only
	stmts  readStmts
	writer *writer

	ownsAll   atomic.Bool // cfg.Instance owns every active request, so Claim needs no query
	file      os.FileInfo // of bis.db when it was opened
	readProbe readProbe
	emptying  emptying
	maxSheets int // briefing.MaxSheets, fewer in tests

	closing sync.Once
	closed  error
}

var _ briefing.Store = (*Store)(nil)

// Open opens the store in cfg.Dir, creates it if needed, and applies the migrations that are
// missing. Its errors are sentences for the operator, for instance that another process works in
// the folder, that the folder cannot be written, or that the file is damaged or was written by a
// newer version.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if cfg.Dir == "" {
		return nil, errors.New("open store: no data folder given")
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	cfg.FeedLen = cmp.Or(cfg.FeedLen, 1<<16)
	if err := prepareFolder(cfg.Dir, cfg.Log); err != nil {
		return nil, err
	}
	lock, err := lockFile(filepath.Join(cfg.Dir, lockName), cfg.Log)
	if err != nil {
		return nil, fmt.Errorf("open store in %s: %w", cfg.Dir, err)
	}
	s := &Store{cfg: cfg, lock: lock, maxSheets: briefing.MaxSheets}
	s.emptying.ctx, s.emptying.cancel = context.WithCancel(context.Background())
	if err := s.open(ctx); err != nil {
		_ = s.Close() // the error of opening matters more
		switch {
		case ctx.Err() != nil:
			err = errors.New("the start was broken off before the store was open")
		case isLocked(err):
			err = errors.New("another program holds the lock of bis.db: close it, and start again")
		}
		return nil, fmt.Errorf("open store in %s: %w", cfg.Dir, err)
	}
	return s, nil
}

// open does the steps of Open that come after the lock. If one fails, Close releases what was
// opened.
func (s *Store) open(ctx context.Context) error {
	// Every check that can refuse the folder comes before the first write into it.
	if err := inspectFiles(s.cfg.Dir, s.cfg.Log); err != nil {
		return err
	}
	if err := createDatabase(ctx, s.cfg.Dir, s.cfg.Clock()); err != nil {
		return err
	}
	if err := s.check(ctx); err != nil {
		return err
	}
	var err error
	// What is deleted is overwritten, so that a deleted text does not stay in unused pages.
	secure := url.Values{"_pragma": {"secure_delete(1)"}}
	if s.writes, err = sql.Open("sqlite", s.dsn("immediate", secure)); err != nil {
		return err
	}
	s.writes.SetMaxOpenConns(1) // one connection, because SQLite allows one writer
	if err := migrate(ctx, s.writes, s.cfg.Clock()); err != nil {
		return err
	}
	if s.reads, err = sql.Open("sqlite", s.dsn("deferred", url.Values{"_pragma": {"query_only(1)"}})); err != nil {
		return err
	}
	// A read needs microseconds, so few connections serve many callers. None is closed at rest,
	// because each has the read statements prepared.
	s.reads.SetMaxOpenConns(readConns)
	s.reads.SetMaxIdleConns(readConns)
	if s.stmts, err = prepareReads(ctx, s.reads); err != nil {
		return err
	}
	if s.file, err = os.Stat(filepath.Join(s.cfg.Dir, fileName)); err != nil {
		return err
	}
	if s.writer, err = newWriter(ctx, s.writes, s.cfg); err != nil {
		return err
	}
	s.emptyLog(ctx) // a deletion may have been answered just before a crash
	s.emptying.work.Go(s.expireRefused)
	return nil
}

// readConns is the number of reading connections.
const readConns = 4

// dsn is the data source name of the file, with the settings of each connection. more adds to them.
func (s *Store) dsn(txlock string, more url.Values) string {
	q := url.Values{"_txlock": {txlock}, "_pragma": {
		"busy_timeout(4000)", // ms; the writer sets a shorter one for itself

		// Readers do not wait for the writer, and a commit is on the disk before it is answered.
		"journal_mode(WAL)", "synchronous(FULL)",

		// Each connection has 4 MiB of cache. The log is moved into the file at 4,000 pages (16
		// MiB), and cut to 64 MiB if it was longer.
		"cache_size(-4096)", "wal_autocheckpoint(4000)", "journal_size_limit(67108864)",

		"temp_store(MEMORY)", // the folder may be the only place that can be written
	}}
	if s.cfg.MaxPages > 0 {
		q.Add("_pragma", fmt.Sprintf("max_page_count(%d)", s.cfg.MaxPages))
	}
	for key, list := range more {
		q[key] = append(q[key], list...)
	}
	return address(filepath.Join(s.cfg.Dir, fileName), "rw", q)
}

// Now implements briefing.Store. It is the clock of this machine.
func (s *Store) Now() time.Time { return s.cfg.Clock() }

// Close implements briefing.Store. Queued writes are committed first. The lock is released last, so
// no other process finds the files open.
func (s *Store) Close() error {
	s.closing.Do(func() {
		s.emptying.close()
		if s.writer != nil {
			s.writer.close()
		}
		if s.reads != nil {
			s.closed = s.reads.Close()
		}
		if s.writes != nil {
			if s.writer != nil { // without one, the store was never open
				s.checkpoint()
			}
			s.closed = errors.Join(s.closed, s.writes.Close())
		}
		s.closed = errors.Join(s.closed, s.lock.Close())
	})
	return s.closed
}
