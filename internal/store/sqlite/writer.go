package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"bis/internal/briefing"
)

// Bounds of the writer.
const (
	queueLen = 4_096 // writes that wait; then callers do
	groupLen = 512   // writes in one transaction

	lockTime  = 4 * time.Second        // a write waits for another program's lock on the file
	lockRetry = 100 * time.Millisecond // of it, until the writer looks after waiting writes and Close
	closeTime = 200 * time.Millisecond // a write waits for that lock once the store is being closed
)

// writer is the one goroutine that writes.
type writer struct {
	cfg   Config
	conn  *sql.Conn
	queue chan *write
	done  chan struct{} // closed when the goroutine has ended

	mu            sync.RWMutex // guards closed and the right to send on queue
	closed        bool
	closeDeadline atomic.Int64 // when writes stop waiting for a lock, in nanoseconds of Unix time; 0: not closed

	feeds   feeds
	changes []briefing.Change // room for a transaction's

	beginTx, commitTx                                *sql.Stmt
	health, user, addUser, setCustom                 *sql.Stmt
	request, activeRequest, keyRequest, newestOf     *sql.Stmt
	addRequest, endRequest, settle, claimable, claim *sql.Stmt
	addBriefing, touch                               *sql.Stmt
	probe, rollbackProbe                             *sql.Stmt
}

// write is one caller's write.
type write struct {
	do       func(*tx) error
	queuedAt time.Time
	done     chan error // gets one answer; has room for it
}

// tx is the transaction that a write runs in. It collects what to publish.
type tx struct {
	w       *writer
	changes []briefing.Change
}

// publish has a change told after the commit.
func (t *tx) publish(c briefing.Change) { t.changes = append(t.changes, c) }

// done leaves the room for changes to the next transaction.
func (t *tx) release() {
	clear(t.changes) // lets go of their texts
	t.w.changes = t.changes
}

// errStatement marks an error of a statement: the shared transaction is spoiled.
type errStatement struct{ error }

func (e errStatement) Unwrap() error { return e.error }

// exec runs a statement.
func (t *tx) exec(s *sql.Stmt, args ...any) error {
	if _, err := s.Exec(args...); err != nil {
		return errStatement{err}
	}
	return nil
}

// newWriter prepares the statements and starts the goroutine.
func newWriter(ctx context.Context, db *sql.DB, cfg Config) (*writer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, fmt.Sprintf("PRAGMA busy_timeout = %d", lockRetry.Milliseconds())); err != nil {
		conn.Close()
		return nil, err
	}
	w := &writer{cfg: cfg, conn: conn, queue: make(chan *write, queueLen), done: make(chan struct{})}
	for _, s := range w.statements() {
		if *s.stmt, err = conn.PrepareContext(ctx, s.sql); err != nil {
			conn.Close()
			return nil, fmt.Errorf("prepare %q: %w", s.sql, err)
		}
	}
	go w.run()
	return w, nil
}

// do hands a write to the writer and waits for the commit. When ctx ends first the
// caller gets its error, and the write may still happen.
func (w *writer) do(ctx context.Context, do func(*tx) error) error {
	wr := &write{do: do, queuedAt: time.Now(), done: make(chan error, 1)}
	if err := w.send(ctx, wr); err != nil {
		return err
	}
	select {
	case err := <-wr.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *writer) send(ctx context.Context, wr *write) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return fmt.Errorf("store is closed: %w", briefing.ErrUnavailable)
	}
	select {
	case w.queue <- wr:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close lets what is queued be written, then ends the goroutine and the feeds. It waits little for
// a lock of another program.
func (w *writer) close() {
	w.closeDeadline.Store(time.Now().Add(closeTime).UnixNano()) // first: senders that wait for room hold the lock
	w.mu.Lock()
	w.closed = true
	close(w.queue)
	w.mu.Unlock()
	<-w.done
	w.feeds.close()
	for _, s := range w.statements() {
		(*s.stmt).Close() // an open statement keeps the connection to the file open
	}
	w.conn.Close()
}

// run writes group after group until the queue is closed.
func (w *writer) run() {
	defer close(w.done)
	group := make([]*write, 0, groupLen)
	for first := range w.queue {
		group = append(group[:0], first)
	fill:
		for len(group) < groupLen {
			select {
			case wr, ok := <-w.queue:
				if !ok {
					break fill
				}
				group = append(group, wr)
			default:
				break fill
			}
		}
		w.commit(group)
	}
}

// commit runs a group in one transaction. If that is spoiled, each of its writes gets one of its own,
// so that a bad one harms itself alone.
func (w *writer) commit(group []*write) {
	if group = w.beginGroup(group); len(group) == 0 {
		return
	}
	err := w.transact(group)
	if err == nil {
		return
	}
	if len(group) == 1 {
		group[0].done <- err
		return
	}
	for i := range group {
		one := w.beginGroup(group[i : i+1])
		if len(one) == 0 {
			continue
		}
		if err := w.transact(one); err != nil {
			one[0].done <- err
		}
	}
}

// lock begins the transaction of a group. While another program holds the lock on the file it tries
// again, and answers the writes that have waited long enough. It returns those that are left; if
// there are none, nothing was begun.
func (w *writer) beginGroup(group []*write) []*write {
	for len(group) > 0 {
		_, err := w.beginTx.ExecContext(context.Background()) // callers that leave do not undo a shared transaction
		if err == nil {
			break
		}
		now, left := time.Now(), group[:0]
		for _, wr := range group {
			if isLocked(err) && now.Before(w.lockDeadline(wr)) {
				left = append(left, wr)
				continue
			}
			wr.done <- translate("begin", err)
		}
		group = left
	}
	return group
}

// waits tells until when a write waits for a lock.
func (w *writer) lockDeadline(wr *write) time.Time {
	until := wr.queuedAt.Add(lockTime)
	if closes := w.closeDeadline.Load(); closes != 0 && closes < until.UnixNano() {
		return time.Unix(0, closes)
	}
	return until
}

// transact runs writes in the transaction that lock has begun, commits, publishes and answers them.
// On an error nothing was stored and nobody was answered.
func (w *writer) transact(group []*write) error {
	ctx := context.Background()
	t := &tx{w: w, changes: w.changes[:0]}
	defer t.release()
	refused := make([]error, len(group))
	for i, wr := range group {
		before := len(t.changes)
		refused[i] = wr.do(t)
		var spoiled errStatement
		if errors.As(refused[i], &spoiled) {
			return w.rollback(ctx, spoiled.error)
		}
		if refused[i] != nil {
			clear(t.changes[before:])
			t.changes = t.changes[:before]
		}
	}
	if _, err := w.commitTx.ExecContext(ctx); err != nil {
		return w.rollback(ctx, err)
	}
	w.feeds.publish(t.changes)
	for i, wr := range group {
		wr.done <- translate("write", refused[i])
	}
	return nil
}

// rollback undoes the transaction that err has spoiled.
func (w *writer) rollback(ctx context.Context, err error) error {
	// SQLite has rolled back by itself after some errors; then this one fails without harm.
	_, _ = w.conn.ExecContext(ctx, "ROLLBACK")
	return translate("write", err)
}
