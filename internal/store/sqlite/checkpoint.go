package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"time"
)

// Time limits of the checkpoint when the store is closed.
const (
	checkpointTime = time.Second            // for the whole checkpoint
	checkpointWait = 250 * time.Millisecond // for other programs that have the file open
)

// checkpoint moves the content of the log into bis.db, so that a copy of bis.db alone is complete.
// If another program prevents it, the log stays and nothing is lost.
func (s *Store) checkpoint() {
	ctx, cancel := context.WithTimeout(context.Background(), checkpointTime)
	defer cancel()
	err := func() error {
		conn, err := s.writes.Conn(ctx)
		if err != nil {
			return err
		}
		defer conn.Close()
		if _, err := conn.ExecContext(ctx, fmt.Sprintf("PRAGMA busy_timeout = %d", checkpointWait.Milliseconds())); err != nil {
			return err
		}
		return truncateLog(ctx, conn)
	}()
	if err != nil {
		s.cfg.Log.Warn("bis.db-wal stays and belongs to bis.db; copy both", "err", err)
	}
}

// emptyLog moves the content of the log into bis.db while the store works, so that a deleted text
// is nowhere in the folder. The connection is its own, and the writer waits meanwhile, as for
// another program. If a reader prevents it, the log stays until the next checkpoint. The end of ctx
// does not matter, because the deletion is complete.
func (s *Store) emptyLog(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), checkpointTime)
	defer cancel()
	err := func() error {
		db, err := sql.Open("sqlite", s.dsn("deferred", url.Values{"_pragma": {
			fmt.Sprintf("busy_timeout(%d)", checkpointWait.Milliseconds())}}))
		if err != nil {
			return err
		}
		defer db.Close()
		conn, err := db.Conn(ctx)
		if err != nil {
			return err
		}
		defer conn.Close()
		return truncateLog(ctx, conn)
	}()
	if err != nil {
		s.cfg.Log.Warn("bis.db-wal has deleted texts until its next checkpoint", "err", err)
	}
}

// truncateLog moves the content of the log into the database file and empties the log.
func truncateLog(ctx context.Context, conn *sql.Conn) error {
	var busy, frames, moved int
	if err := conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved); err != nil {
		return err
	}
	if busy != 0 { // SQLite reports this without an error
		return errors.New("another program has bis.db open")
	}
	return nil
}
