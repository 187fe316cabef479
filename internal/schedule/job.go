package schedule

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"bis/internal/briefing"
)

// job is the schedule's state of one request. doc.go has its states.
type job struct {
	req briefing.Request // as it was added; never changes. EndsAt may be older than ends

	timing sync.Mutex // locked while the timer is chosen and set; before mu

	mu          sync.Mutex         // guards the fields below
	ends        *time.Time         // the end time, which moves
	endsRead    uint64             // counts the reads of the end that were applied
	timer       uuid.UUID          // gocron's id of the timer; Nil means none yet
	ending      bool               // no tick is left: the end is next
	endTimerSet bool               // the timer is set for the end
	endClaimed  bool               // one goroutine is writing the end
	handled     int64              // the last tick that was started, skipped or missed
	running     int64              // the tick of the current run; 0: none
	skips       []int64            // skipped ticks that the store has not settled yet, ascending
	waiting     []result           // results that wait for the store, by ascending tick
	cancel      context.CancelFunc // cancels the run; nil: none
	custom      []string           // the user's style lines as last read
	seen        cameraState        // of the request's camera
	removed     bool               // no tick, result or end follows
}

// result is the outcome of a run on its way into the store.
type result struct {
	tick   int64
	report briefing.Report
	health *briefing.HealthReport // of the camera; nil: nothing to store
	unsure bool                   // an earlier append got no answer, so it may be stored
}

// size estimates the memory of a result, in bytes.
func (r result) size() int64 {
	size := int64(len(r.report.Caption)) + int64(r.report.Facts.Size()+r.report.WordSize()) + 256
	if r.health != nil {
		size += 256
	}
	return size
}

// newJob returns a job that starts after the settled ticks and after those that passed while
// nobody ran the request.
func newJob(req briefing.Request, now time.Time) *job {
	return &job{req: req, ends: req.EndsAt, handled: max(req.LastTick, req.Grid(now))}
}

// request returns the request with its present end.
func (j *job) request() briefing.Request {
	j.mu.Lock()
	defer j.mu.Unlock()
	req := j.req
	req.EndsAt = j.ends
	return req
}

// endCount returns the count for move. It must be read before the store is.
func (j *job) endCount() uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.endsRead
}

// move applies an end time that was read from the store. ok is false if another read was applied
// since endCount returned seen. If the end has changed, the caller sets the timer.
func (j *job) move(seen uint64, end *time.Time) (changed, ok bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.endsRead != seen {
		return false, false
	}
	j.endsRead++
	present := briefing.Request{EndsAt: j.ends}
	if j.removed || present.SameEnd(briefing.Request{EndsAt: end}) {
		return false, true
	}
	j.ends, j.endTimerSet = end, false // a timer may be set for the end before
	return true, true
}

// dropAfter forgets the ticks after one, because the end has moved to before them.
func (j *job) dropAfter(last int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.handled = min(j.handled, last)
	j.skips = slices.DeleteFunc(j.skips, func(n int64) bool { return n > last })
}

// lastTick returns the last tick of a request that is not after its end time.
func lastTick(req briefing.Request) int64 {
	if req.EndsAt == nil {
		return 1<<62 - 1
	}
	return req.Grid(*req.EndsAt)
}

// verdict is what becomes of a tick when its timer fires.
type verdict uint8

const (
	ignoreTick verdict = iota // it was handled before, or is after the end
	runTick                   // it runs now
	skipTick                  // the previous run is still in flight
	missTick                  // no room is left for its result
)

// accept decides about tick n and records it as handled. room says whether results may still be
// added to those that wait. After runTick, finishRun must follow.
func (j *job) accept(n int64, room bool) verdict {
	last := lastTick(j.request())
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.removed || n <= j.handled || n > last {
		return ignoreTick
	}
	j.handled = n
	switch {
	case j.running != 0:
		j.skips = append(j.skips, n)
		return skipTick
	case !room:
		return missTick
	}
	j.running = n
	return runTick
}

// finishRun ends the run of a tick. It may be called twice.
func (j *job) finishRun() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.running, j.cancel = 0, nil
}

// skippedBefore returns how many skipped ticks before tick n are not settled.
func (j *job) skippedBefore(n int64) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	count := 0
	for _, t := range j.skips {
		if t < n {
			count++
		}
	}
	return count
}

// settled discards the skipped ticks up to n, because the store has counted them.
func (j *job) settled(n int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	i := 0
	for i < len(j.skips) && j.skips[i] <= n {
		i++
	}
	if j.skips = j.skips[i:]; len(j.skips) == 0 {
		j.skips = nil
	}
}

// counts returns the settled counts of req plus what became of the ticks since. A handled tick
// that was not skipped, does not run and does not wait was missed.
func (j *job) counts(req briefing.Request) briefing.TickCounts {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := req.Ticks
	if j.handled <= req.LastTick {
		return n
	}
	gap := int(j.handled - req.LastTick)
	for _, t := range j.skips {
		if t > req.LastTick {
			n.Skipped++
			gap--
		}
	}
	if j.running > req.LastTick {
		gap--
	}
	for _, r := range j.waiting {
		if r.tick > req.LastTick {
			gap--
		}
	}
	n.Missed += gap
	return n
}

// claimEnd reports whether the caller may write the job's end now: no other goroutine writes it, no
// run is in flight and no result waits. Everything that started before the end precedes it.
// releaseEnd must follow if so.
func (j *job) claimEnd() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.removed || !j.ending || j.endClaimed || j.running != 0 || len(j.waiting) > 0 {
		return false
	}
	j.endClaimed = true
	return true
}

// releaseEnd lets others write the end.
func (j *job) releaseEnd() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.endClaimed = false
}
