// Package schedule runs the ticks of the requests that this instance owns.
//
// gocron is the clock: one of its jobs for each request, and nothing else of it. Ticks
// lie on the grid start + n x interval; the number of a tick is the one nearest to the moment at which the
// clock fires, so a restart, a late clock or a clock that jumps stays on the grid. What gocron has
// for overlap (singleton mode) costs a goroutine and a queue for each job, so a job guards
// itself: a run that is still going makes the next tick skipped.
//
// A request that is owned always has a timer. What gocron refuses is set again, what came due
// meanwhile happens at once, and a timer that fires early by the store's clock is set anew. The
// timer of an end repeats until the store has settled the end.
//
// A run reads owner, term, activity and style, has the runner look and word, and appends
// with its term. While the store is away the result waits in memory, in order, within a bound;
// when the room is full no run starts, so what waits has no holes.
//
// The ticks of a request are told apart like this, always: done + skipped + missed is the last tick of the grid so far,
// less those that are running or waiting to be stored.
package schedule
