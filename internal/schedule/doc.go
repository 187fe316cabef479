// Package schedule runs the ticks of the requests that this instance owns.
//
//	Store.Claim ──> job ──tick──> run: slot, RunState, Runner.Run ──> Store.Append
//	                 │                                                   │ store unreachable
//	                 │                                                   ▼
//	                 └──end time──> Store.EndRequest        results wait, the late writer retries
//
// # The grid
//
// Ticks are on the grid start + n × interval, by the store's clock. The number of a tick is the one
// nearest to the moment at which its timer fires. So a restart, a late timer or a clock that jumps
// stays on the grid.
//
// gocron is the clock: it has one timer for each request and does nothing else. Its singleton mode
// would need a goroutine and a queue for each job, so a job guards itself against overlap.
//
// # States of a job
//
// Each accepted request has one job. A tick leads to one of four verdicts:
//
//	             ┌─────── finishRun ────────┐
//	             ▼                          │
//	Add ──arm──> idle ──tick, runTick──> running     tick while running: skipTick (skipped)
//	             │ │                                 no room for results: missTick (missed)
//	             │ └─last tick handled──> ending     tick of the past: ignoreTick
//	             │                          │ Move to a later end: idle again
//	             │                          │ nothing runs, nothing waits: claimEnd, EndRequest
//	             │                          ▼
//	             └──Remove, not owner──> removed: run cancelled, waiting results discarded
//
// A job always has a timer. A timer that gocron refuses is set again. A moment that passes while
// its timer is set happens at once. A timer that fires early by the store's clock is set again. The
// timer for the end repeats until the store has settled the end.
//
// # Ownership
//
// The store says who owns a request: an instance, in a term. Each claim starts a new term. With
// MongoDB an instance proves that it lives by a lease, which the store renews for it. When the
// lease expires, or Release ends it, other instances claim its requests. With the embedded store
// there is one instance at a time, and the next start claims everything. Claims are tried every
// Config.ClaimEvery. A new owner continues on the same grid, and ticks that nobody ran in between
// count as missed.
//
// A run asks the store before it starts whether the request is still active and owned in this term.
// The check only saves work. The fence is in Append and EndRequest: the store refuses another owner
// or term, so two instances never store for one request at the same time.
//
// # Moved ends
//
// Any process may move the end of a request. The store's feed has the move, and the feed's pump
// calls Move in every process. Moves may be reported out of order, so Move only makes the schedule
// read the stored end. A feed that was opened may have missed moves. Then FeedOpened makes the next
// turn of claims read the end of every request that runs here. The pump also calls Remove for every
// request that has ended or was deleted. While the feed is lost, Store.Due finds the requests whose
// ends were moved to an earlier time. The schedule calls it every Config.DueEvery.
//
// A run reads the end before it starts. A schedule that does not know a move does no harm: the
// store refuses an end before the stored one by ErrNotDue, and a tick after it by ErrConflict. Then
// the end is read.
//
// # Late results
//
// While the store is unreachable, runs continue. Their results wait in memory, in order of their
// ticks, and one late writer retries with growing pauses. A result also waits if earlier results of
// its request do. Config.WaitBytes bounds what waits. When it is full no run starts, so the results
// that wait have no holes.
//
// # Cameras
//
// A run gets its request's camera as it is stored then, or as it was last read. What the run saw of
// the camera's health is stored after its briefing, when it differs from what is stored. That write
// delays no tick. One that fails is made up for by the next run.
//
// # Promises
//
// For every request done + skipped + missed is the last tick of the grid so far, less the ticks
// that are running or waiting. Runs of one request never overlap. At most Config.MaxRuns runs are
// in flight. Run returns within Grace + LastWrites and a moment after its context has ended, even
// if the store hangs.
//
// The work of a run is left to the Runner. Durability, leases and fencing are the store's.
package schedule
