package subscribe

import (
	"runtime"
	"sync"
	"sync/atomic"

	"bis/internal/socket"
)

// task is something that may have work to do, now and then. work does what there is, and is called
// again after what comes later.
type task interface {
	work(r *round)
	flag() *atomic.Bool
}

// pool works off tasks in the order in which they came, by as many goroutines as there are
// processors. The goroutines live while there are tasks.
type pool struct {
	working *sync.WaitGroup
	// roundLen is how many waiting tasks a goroutine works off in one round. Zero means 1.
	roundLen int

	mu      sync.Mutex // guards what follows
	queue   []task
	workers int
}

// add has a task worked on soon. It does not wait, and a task that waits already is not added
// twice.
func (p *pool) add(t task) {
	if !t.flag().CompareAndSwap(false, true) {
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

func (p *pool) run() {
	var tasks []task
	var r round
	for {
		if tasks = p.next(tasks[:0]); len(tasks) == 0 {
			return
		}
		for _, t := range tasks {
			t.flag().Store(false) // what comes from here on needs another turn
			t.work(&r)
		}
		r.flush()
		clear(tasks)
	}
}

// next appends the oldest tasks to list, or ends the worker.
func (p *pool) next(list []task) []task {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.queue) == 0 {
		p.queue = nil
		p.workers--
		return list
	}
	n := min(max(p.roundLen, 1), (len(p.queue)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0)) // a fair part
	list = append(list, p.queue[:n]...)
	clear(p.queue[:n])
	p.queue = p.queue[n:]
	return list
}

// round is one turn of a worker: the connections whose messages wait until the turn is over, so
// that what several groups have for one of them goes out in one write. Nil stands for writing at
// once.
type round struct{ held []*socket.Conn }

// hold notes a connection for flush.
func (r *round) hold(c *socket.Conn) {
	if n := len(r.held); n == 0 || r.held[n-1] != c {
		r.held = append(r.held, c)
	}
}

func (r *round) flush() {
	if r == nil {
		return
	}
	for _, c := range r.held {
		c.Flush()
	}
	clear(r.held)
	r.held = r.held[:0]
}

// turn lets one worker at a time do a task's work, without anybody waiting for it. Its zero value is
// ready.
type turn struct{ calls atomic.Int64 }

// begin reports whether the caller may work. If not, whoever works now is told so by end.
func (t *turn) begin() bool { return t.calls.Add(1) == 1 }

// end ends what begin has allowed. It reports whether others came meanwhile: the task must be worked on
// again.
func (t *turn) end() (again bool) { return t.calls.Swap(0) > 1 }
