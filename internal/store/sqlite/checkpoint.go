package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
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

// Pauses between two tries to empty the log after a deletion.
const (
	leastEmptyPause = time.Second
	mostEmptyPause  = time.Minute
)

// emptyLog moves the content of the log into bis.db while the store works, so that a deleted text
// is nowhere in the folder. If another program prevents it, emptyLog warns, and a goroutine tries
// again until Close. The end of ctx does not matter, because the deletion is complete.
func (s *Store) emptyLog(ctx context.Context) {
	err := s.tryEmptyLog(context.WithoutCancel(ctx))
	if err == nil {
		return
	}
	s.emptying.mu.Lock()
	defer s.emptying.mu.Unlock()
	if s.emptying.closed || s.emptying.running {
		return
	}
	s.cfg.Log.Warn("bis.db-wal may have deleted texts until other programs close bis.db", "err", err)
	s.emptying.running = true
	s.emptying.work.Go(s.emptyLater)
}

// emptying is the goroutine that empties the log after a failure.
type emptying struct {
	ctx    context.Context // ended by cancel
	cancel context.CancelFunc
	work   sync.WaitGroup

	mu              sync.Mutex // guards the fields below
	running, closed bool
}

// emptyLater tries to empty the log, with growing pauses, until it succeeds or the store is closed.
func (s *Store) emptyLater() {
	for pause := leastEmptyPause; ; pause = min(2*pause, mostEmptyPause) {
		select {
		case <-s.emptying.ctx.Done():
			return
		case <-time.After(pause):
		}
		if s.tryEmptyLog(s.emptying.ctx) == nil {
			break
		}
	}
	s.emptying.mu.Lock()
	defer s.emptying.mu.Unlock()
	s.emptying.running = false
	s.cfg.Log.Info("bis.db-wal has no deleted texts any more")
}

// close ends the goroutine and waits for it. The checkpoint of Close then empties the log.
func (e *emptying) close() {
	e.mu.Lock()
	e.closed = true
	e.mu.Unlock()
	e.cancel()
	e.work.Wait()
}

// tryEmptyLog empties the log between two transactions of the writer. The log cannot be emptied
// while a reader uses it, so tryEmptyLog first waits for all reading connections.
func (s *Store) tryEmptyLog(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, checkpointTime)
	defer cancel()
	for range readConns {
		conn, err := s.reads.Conn(ctx)
		if err != nil {
			return err
		}
		defer conn.Close()
	}
	return s.writer.between(ctx, func(conn *sql.Conn) error { return truncateLog(ctx, conn) })
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
