package subscribe

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// task is something that has work to do now and then.
type task interface {
	// work does what there is to do, and does not wait for more. It is called again after the next
	// pool.add.
	work(r *Round)
	// queued is set while the task waits in a pool's queue. It belongs to the pool.
	queued() *atomic.Bool
}

// pool works off tasks in the order in which they were added, with as many goroutines as there are
// processors. The goroutines live while there are tasks.
type pool struct {
	working *sync.WaitGroup
	// roundLen is how many waiting tasks a goroutine works off in one round. Zero means 1.
	roundLen int

	mu      sync.Mutex // guards what follows
	queue   []task
	workers int
}

// add has a task worked on soon, and returns at once. A task that waits already is not queued
// twice.
func (p *pool) add(t task) {
	if !t.queued().CompareAndSwap(false, true) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queue = append(p.queue, t)
	if p.workers < runtime.GOMAXPROCS(0) {
		p.workers++
		p.working.Go(p.run)
	}
}

// run is one worker. It ends when the queue is empty.
func (p *pool) run() {
	var tasks []task
	var r Round
	for {
		if tasks = p.next(tasks[:0]); len(tasks) == 0 {
			return
		}
		for _, t := range tasks {
			t.queued().Store(false) // an add from here on needs another turn
			t.work(&r)
		}
		r.flush()
		clear(tasks)
	}
}

// next appends the oldest tasks to list. With none it signs the worker off. A worker gets at most
// its fair part of the queue, so that all workers have something to do.
func (p *pool) next(list []task) []task {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.queue) == 0 {
		p.queue = nil
		p.workers--
		return list
	}
	workers := runtime.GOMAXPROCS(0)
	n := min(max(p.roundLen, 1), (len(p.queue)+workers-1)/workers)
	list = append(list, p.queue[:n]...)
	clear(p.queue[:n])
	p.queue = p.queue[n:]
	return list
}

// turn admits one worker at a time to a task, and lets the others go instead of waiting. Its zero
// value is ready. It is safe for concurrent use.
type turn struct{ calls atomic.Int64 }

// claim reports whether the caller has the turn, and must call release. If not, the holder of the
// turn learns from release that somebody came.
func (t *turn) claim() bool { return t.calls.Add(1) == 1 }

// release ends the turn. It reports whether others came meanwhile: the task must be worked on
// again.
func (t *turn) release() (again bool) { return t.calls.Swap(0) > 1 }
