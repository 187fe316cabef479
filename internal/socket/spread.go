package socket

import (
	"context"
	"time"
)

// spreadStep is the time between two groups of Spread.
const spreadStep = 20 * time.Millisecond

// Spread calls end for each element of list, evenly over the time over, so that not all clients
// reconnect at the same time. It takes at most half of the time to ctx's deadline, because the
// clients need the other half to answer. Spread returns early when left, the number of open
// clients, returns 0. If ctx ends first, Spread returns at once with the elements that end was not
// called for.
//
// The clock decides how many calls are due, so the total time does not grow on a busy machine.
func Spread[T any](
	ctx context.Context, over time.Duration, list []T, left func() int, end func(T),
) (rest []T) {
	started := time.Now()
	if deadline, ok := ctx.Deadline(); ok {
		over = min(over, deadline.Sub(started)/2)
	}
	tick := time.NewTicker(spreadStep)
	defer tick.Stop()
	for called := 0; ; {
		due := len(list)
		// The group of a step is due at the beginning of the step, so that the last group is in
		// time.
		if elapsed := time.Since(started) + spreadStep; elapsed < over {
			due = int(int64(len(list)) * int64(elapsed) / int64(over))
		}
		for ; called < due; called++ {
			end(list[called])
		}
		if called == len(list) || left() == 0 {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return list[called:]
		}
	}
}
