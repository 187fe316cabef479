package socket

import (
	"context"
	"time"
)

// spreadStep is the time between two groups of Spread.
const spreadStep = 20 * time.Millisecond

// Spread calls end for each element of list, evenly over a time, so that the clients behind them
// do not all reconnect at once. It takes at most half of the time to ctx's deadline: the clients
// need the other half to answer. It returns early when left, the number of clients that are still
// open, is 0. If ctx ends first, it returns at once with the elements that end was not called for.
//
// The clock decides how many calls are due, so a busy machine makes the groups larger and not the
// whole longer.
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
		// The group of this step is due at its begin, so that the last one is in time.
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
