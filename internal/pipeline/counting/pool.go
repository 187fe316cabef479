package counting

import (
	"context"
	"slices"
	"sync"
	"time"
)

// worker is an open reader.
type worker struct {
	reader Reader
	since  time.Time // when it became idle
}

// pool lends readers to captures, in the order in which these ask.
type pool struct {
	wanted chan struct{} // has an element when a capture waits and another reader may be opened
	done   chan struct{} // closed when the pool is closed and all readers are idle

	mu      sync.Mutex // guards the fields below
	most    int        // readers
	open    int        // readers, idle or not
	idle    []*worker  // the last one was used last; empty while captures wait
	waiting []chan *worker
	moved   time.Time // when a reader was released last
	closed  bool
}

// newPool returns a pool without readers, for at most a number of them.
func newPool(most int) *pool {
	return &pool{wanted: make(chan struct{}, 1), done: make(chan struct{}), most: most}
}

// acquire returns a reader for the caller alone, or nil if there is none within wait or before ctx
// ends.
func (p *pool) acquire(ctx context.Context, wait time.Duration) *worker {
	p.mu.Lock()
	if n := len(p.idle); n > 0 && !p.closed {
		w := p.idle[n-1]
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		return w
	}
	if p.closed || wait <= 0 {
		p.mu.Unlock()
		return nil
	}
	turn := make(chan *worker, 1)
	p.waiting = append(p.waiting, turn)
	if p.open < p.most {
		select {
		case p.wanted <- struct{}{}:
		default:
		}
	}
	p.mu.Unlock()
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case w := <-turn:
		return w
	case <-timer.C:
	case <-ctx.Done():
	}
	return p.leave(ctx, turn)
}

// leave ends a wait. A turn that came at the same moment is used, unless ctx has ended.
func (p *pool) leave(ctx context.Context, turn chan *worker) *worker {
	p.mu.Lock()
	if i := slices.Index(p.waiting, turn); i >= 0 {
		p.waiting = slices.Delete(p.waiting, i, i+1)
		p.mu.Unlock()
		return nil
	}
	p.mu.Unlock()
	w := <-turn
	if w != nil && ctx.Err() != nil {
		p.release(w)
		return nil
	}
	return w
}

// release gives a reader to the capture that has waited longest.
func (p *pool) release(w *worker) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.moved = time.Now()
	if len(p.waiting) > 0 {
		p.waiting[0] <- w
		p.waiting = slices.Delete(p.waiting, 0, 1)
		return
	}
	w.since = time.Now()
	p.idle = append(p.idle, w)
	p.finish()
}

// add adds an open reader.
func (p *pool) add(r Reader) {
	p.mu.Lock()
	p.open++
	p.mu.Unlock()
	p.release(&worker{reader: r})
}

// stuck reports whether no reader was released since a moment.
func (p *pool) stuck(since time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.moved.After(since)
}

// size returns the number of open readers.
func (p *pool) size() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.open
}

// crowded reports whether captures wait.
func (p *pool) crowded() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.waiting) > 0
}

// short reports whether captures wait and another reader may be opened.
func (p *pool) short() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.waiting) > 0 && p.open < p.most
}

// limit sets the most readers to those that are open.
func (p *pool) limit() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.most = max(1, p.open)
}

// unused removes the readers that have been idle for some time, but not the last one.
func (p *pool) unused(idle time.Duration) (removed []*worker) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.open > 1 && len(p.idle) > 0 && time.Since(p.idle[0].since) >= idle {
		removed = append(removed, p.idle[0])
		p.idle = slices.Delete(p.idle, 0, 1)
		p.open--
	}
	return removed
}

// close ends all waits. When done is closed, the caller may close the idle readers.
func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, turn := range p.waiting {
		close(turn)
	}
	p.waiting = nil
	p.finish()
}

// finish closes done after the last release. The caller must hold mu.
func (p *pool) finish() {
	if p.closed && len(p.idle) == p.open {
		close(p.done)
	}
}
