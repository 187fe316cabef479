package subscribe

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// task is something that may have work to do, now and then. work does what there is, and is called again after what comes later.
type task interface {
	work()
	flag() *atomic.Bool
}

// pool works off tasks in the order in which they came, by as many goroutines as there are processors. They live while there are
// tasks.
type pool struct {
	working *sync.WaitGroup

	mu      sync.Mutex // guards what follows
	queue   []task
	workers int
}

// add has a task worked on soon. It does not wait, and a task that waits already is not added twice.
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
	for {
		t := p.next()
		if t == nil {
			return
		}
		t.flag().Store(false) // what comes from here on needs another turn
		t.work()
	}
}

// next takes the oldest task, or ends the worker.
func (p *pool) next() task {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.queue) == 0 {
		p.queue = nil
		p.workers--
		return nil
	}
	t := p.queue[0]
	p.queue[0] = nil
	p.queue = p.queue[1:]
	return t
}
