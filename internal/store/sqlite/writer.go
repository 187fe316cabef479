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
	queueLen = 4_096 // queued writes; beyond that, callers wait for room
	groupLen = 512   // writes in one transaction

	// lockTime is how long a write waits for another program's lock on the file.
	lockTime = 4 * time.Second
	// lockRetry is how long one attempt lasts. After it, overdue writes are answered.
	lockRetry = 100 * time.Millisecond
	// closeTime is how long a write waits for that lock while the store closes.
	closeTime = 200 * time.Millisecond
)

// writer is the goroutine that writes, with its connection and its queue.
type writer struct {
	cfg   Config
	conn  *sql.Conn
	queue chan *write
	chore chan func(*sql.Conn) // to do between two transactions
	done  chan struct{}        // closed when the goroutine has ended

	mu            sync.RWMutex // guards closed; held for reading while sending on queue
	closed        bool
	closeDeadline atomic.Int64 // Unix time in ns until which writes wait for a lock; 0: not closing

	feeds   feeds
	changes []briefing.Change // buffer for the changes of a transaction, used again

	// The statements, prepared on conn. See statements for their text.
	beginTx, commitTx                                         *sql.Stmt
	health, user, addUser, setCustom, markSeen                *sql.Stmt
	request, activeRequest, keyRequest, newestOf              *sql.Stmt
	addRequest, endRequest, moveEnd, settle, claimable, claim *sql.Stmt
	addBriefing, idTaken, touch, briefing, report             *sql.Stmt
	requestOf, deleteBriefings, deleteRequest, deleteUsers    *sql.Stmt
	camera, cameras, countCameras, putCamera, deleteCamera    *sql.Stmt
	activeOfUser                                              *sql.Stmt
	putSheet, boundSheets, putRefused, deleteExpired          *sql.Stmt
	deleteRefused, addUsage, deleteUsage                      *sql.Stmt
	probe, rollbackProbe                                      *sql.Stmt
}

// write is one caller's write.
type write struct {
	do       func(*tx) error
	queuedAt time.Time
	done     chan error // receives one answer; has room for it
}

// tx is the transaction that a write runs in. It collects the changes to publish.
type tx struct {
	w       *writer
	changes []briefing.Change
}

// publish adds a change, which the feeds get after the commit.
func (t *tx) publish(c briefing.Change) { t.changes = append(t.changes, c) }

// release returns the buffer for changes to the writer.
func (t *tx) release() {
	clear(t.changes) // so that their texts can be freed
	t.w.changes = t.changes
}

// errStatement marks the error of a statement. The shared transaction must be rolled back then,
// while any other error refuses only its own write.
type errStatement struct{ error }

func (e errStatement) Unwrap() error { return e.error }

// exec runs a statement. Its error is an errStatement.
func (t *tx) exec(s *sql.Stmt, args ...any) error {
	if _, err := s.Exec(args...); err != nil {
		return errStatement{err}
	}
	return nil
}

// newWriter prepares the statements and starts the goroutine. close ends it.
func newWriter(ctx context.Context, db *sql.DB, cfg Config) (*writer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, fmt.Sprintf("PRAGMA busy_timeout = %d", lockRetry.Milliseconds())); err != nil {
		conn.Close()
		return nil, err
	}
	w := &writer{
		cfg: cfg, conn: conn, queue: make(chan *write, queueLen),
		chore: make(chan func(*sql.Conn)), done: make(chan struct{}),
	}
	for _, s := range w.statements() {
		if *s.stmt, err = conn.PrepareContext(ctx, s.sql); err != nil {
			conn.Close()
			return nil, fmt.Errorf("prepare %q: %w", s.sql, err)
		}
	}
	go w.run()
	return w, nil
}

// do queues a write and waits for its commit. If ctx ends first, do returns ctx's error and the
// write may still happen. The write runs on the writer's goroutine, so it must not wait for
// anything.
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

// send queues a write. It waits while the queue is full, until ctx ends.
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

// close commits what is queued, then ends the goroutine and the feeds. It waits for another
// program's lock no longer than closeTime.
func (w *writer) close() {
	// The deadline is set first: senders that wait for room have locked w.mu, and the deadline
	// makes room.
	w.closeDeadline.Store(time.Now().Add(closeTime).UnixNano())
	w.mu.Lock()
	w.closed = true
	close(w.queue)
	w.mu.Unlock()
	<-w.done
	w.feeds.close()
	for _, s := range w.statements() {
		(*s.stmt).Close() // an open statement would leave the file open
	}
	w.conn.Close()
}

// isClosed reports whether close was called.
func (w *writer) isClosed() bool {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.closed
}

// run commits group after group until the queue is closed, and does chores between them.
func (w *writer) run() {
	defer close(w.done)
	group := make([]*write, 0, groupLen)
	for {
		select {
		case do := <-w.chore:
			do(w.conn)
		case first, ok := <-w.queue:
			if !ok {
				return
			}
			w.commit(w.fill(append(group[:0], first)))
		}
	}
}

// fill adds the writes that are queued at this moment to a group. While a group is committed, the
// next one queues up. So groups grow with the load, and a single write at rest waits for nothing.
func (w *writer) fill(group []*write) []*write {
	for len(group) < groupLen {
		select {
		case wr, ok := <-w.queue:
			if !ok {
				return group
			}
			group = append(group, wr)
		default:
			return group
		}
	}
	return group
}

// between calls do on the writer's goroutine and connection, between two transactions. It waits for
// the result.
func (w *writer) between(ctx context.Context, do func(*sql.Conn) error) error {
	result := make(chan error, 1)
	select {
	case w.chore <- func(conn *sql.Conn) { result <- do(conn) }:
		return <-result
	case <-w.done:
		return fmt.Errorf("store is closed: %w", briefing.ErrUnavailable)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// commit runs a group in one transaction. If a statement fails, each write of the group runs again
// in a transaction of its own, so a bad write fails alone.
func (w *writer) commit(group []*write) {
	if group = w.beginGroup(group); len(group) == 0 {
		return
	}
	err := w.transact(group)
	if err == nil {
		return
	}
	if len(group) == 1 { // it was alone already
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

// beginGroup begins the transaction of a group. While another program has locked the file, it tries
// again and answers the writes whose lockDeadline has passed. It returns the remaining writes; if
// none remain, no transaction was begun.
func (w *writer) beginGroup(group []*write) []*write {
	for len(group) > 0 {
		// A caller that leaves must not interrupt a transaction that others share.
		_, err := w.beginTx.ExecContext(context.Background())
		if err == nil {
			break
		}
		now, remaining := time.Now(), group[:0]
		for _, wr := range group {
			if isLocked(err) && now.Before(w.lockDeadline(wr)) {
				remaining = append(remaining, wr)
				continue
			}
			wr.done <- translate("begin", err)
		}
		group = remaining
	}
	return group
}

// lockDeadline is the time until which a write waits for another program's lock.
func (w *writer) lockDeadline(wr *write) time.Time {
	until := wr.queuedAt.Add(lockTime)
	if closes := w.closeDeadline.Load(); closes != 0 && closes < until.UnixNano() {
		return time.Unix(0, closes)
	}
	return until
}

// transact runs writes in the transaction that beginGroup has begun, commits it, publishes the
// changes and answers the writes. After an error nothing is stored and no write is answered.
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
		if refused[i] != nil { // a refused write publishes nothing
			clear(t.changes[before:])
			t.changes = t.changes[:before]
		}
	}
	if _, err := w.commitTx.ExecContext(ctx); err != nil {
		return w.rollback(ctx, err)
	}
	// Feeds come before the answers: a caller that has its answer finds the change in the feed.
	w.feeds.publish(t.changes)
	for i, wr := range group {
		wr.done <- translate("write", refused[i])
	}
	return nil
}

// rollback rolls the transaction back after err and returns err, translated.
func (w *writer) rollback(ctx context.Context, err error) error {
	// After some errors SQLite has rolled back by itself, and this fails without harm.
	_, _ = w.conn.ExecContext(ctx, "ROLLBACK")
	return translate("write", err)
}
