package subscribe

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// task is work that a pool repeats whenever the task is added.
type task interface {
	// work does the work that is due, and does not wait for more. It is called again after the next
	// pool.add.
	work(r *Round)
	// queued returns a flag that is set while the task waits in a pool's queue. Only the pool uses
	// it.
	queued() *atomic.Bool
}

// pool runs tasks in the order in which they were added, on at most GOMAXPROCS goroutines. The
// goroutines end when no task waits. It is safe for concurrent use.
type pool struct {
	working *sync.WaitGroup
	// roundLen is how many waiting tasks a goroutine runs at most in one round. Zero means 1.
	roundLen int

	mu      sync.Mutex // guards the fields below
	queue   []task
	workers int
}

// add queues a task and returns at once. It does nothing if the task waits already.
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

// run is the loop of one worker. It returns when the queue is empty.
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

// next removes the oldest tasks from the queue and appends them to list. A worker receives at most
// its even part of the queue, so that all workers have tasks. If the queue is empty, next returns
// list unchanged, and the calling worker counts as ended.
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

// turn admits one worker at a time to a task. The other workers do not wait: the admitted worker
// repeats the task for them. The zero value is ready. It is safe for concurrent use.
type turn struct{ calls atomic.Int64 }

// claim reports whether the caller has the turn, and then the caller must call release. If claim
// reports false, release reports true to the worker that has the turn.
func (t *turn) claim() bool { return t.calls.Add(1) == 1 }

// release ends the turn. It reports whether claim was called in the meantime, so that the task must
// be run again.
func (t *turn) release() (again bool) { return t.calls.Swap(0) > 1 }
