package schedule

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"

	"bis/internal/briefing"
)

// job is what the schedule knows of one request.
type job struct {
	req briefing.Request // as it was when it was added

	mu          sync.Mutex         // guards what follows
	timer       uuid.UUID          // gocron's name for it
	ending      bool               // no tick is left: the end is what comes
	endTimerSet bool               // the timer is the one for the end
	endClaimed  bool               // the end is being written
	handled     int64              // the last tick that was begun, skipped or passed over
	running     int64              // the tick whose run goes on; 0: none
	skips       []int64            // skipped ticks that the store has not settled yet, growing
	waiting     []result           // results that wait for the store, in the order of their ticks
	cancel      context.CancelFunc // of the run
	custom      []string           // the style as last read
	removed     bool
}

// result is a run's outcome on its way into the store.
type result struct {
	tick   int64
	report briefing.Report
}

// size is what a result holds in memory, roughly.
func (r result) size() int64 {
	return int64(len(r.report.Caption)) + int64(len(r.report.Facts.Counts))*48 + 256
}

// newJob begins after what is settled and what the grid has passed over while nobody ran it.
func newJob(req briefing.Request, now time.Time) *job {
	return &job{req: req, handled: max(req.LastTick, req.Grid(now))}
}

// last is the last tick that the end time lets run.
func (j *job) last() int64 {
	if j.req.EndsAt == nil {
		return 1<<62 - 1
	}
	return j.req.Grid(*j.req.EndsAt)
}

// turn is what becomes of a tick when the clock fires.
type verdict uint8

const (
	ignoreTick verdict = iota // handled before, or not of the grid: nothing to do
	runTick                   // it runs now
	skipTick                  // the run before it goes on
	missTick                  // nobody runs it: missed
)

// take handles tick n.
func (j *job) accept(n int64, room bool) verdict {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.removed || n <= j.handled || n > j.last() {
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

// release ends the run of a tick.
func (j *job) finishRun() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.running, j.cancel = 0, nil
}

// skippedBefore returns how many skipped ticks lie before tick n and are not settled.
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

// settled forgets the skipped ticks up to n: the store has them.
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

// skippedAfter returns how many ticks after n were skipped or are running.
func (j *job) skippedAfter(n int64) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	count := 0
	for _, t := range j.skips {
		if t > n {
			count++
		}
	}
	if j.running > n {
		count++
	}
	return count
}

// counts adds to the settled counts of req what became of the ticks since.
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

// settle claims the writing of the job's end: nobody else is at it, nothing is going on and nothing
// waits, as what was begun before the end precedes it. unsettle must follow.
func (j *job) claimEnd() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.removed || !j.ending || j.endClaimed || j.running != 0 || len(j.waiting) > 0 {
		return false
	}
	j.endClaimed = true
	return true
}

// unsettle gives the writing of the end back.
func (j *job) releaseEnd() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.endClaimed = false
}
