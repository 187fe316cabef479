package socket

import (
	"context"
	"time"
)

// spreadStep is the time between two groups of Spread.
const spreadStep = 20 * time.Millisecond

// Spread calls end for each element of list, evenly over a time, so that the clients behind them
// do not all reconnect at once. It returns early when left, the number of clients that are still
// open, is 0. If ctx ends first, it returns at once with the elements that end was not called
// for.
func Spread[T any](
	ctx context.Context, over time.Duration, list []T, left func() int, end func(T),
) (rest []T) {
	steps := max(int(over/spreadStep), 1)
	tick := time.NewTicker(spreadStep)
	defer tick.Stop()
	for i := range steps {
		for _, one := range list[len(list)*i/steps : len(list)*(i+1)/steps] {
			end(one)
		}
		rest = list[len(list)*(i+1)/steps:]
		if i == steps-1 || left() == 0 {
			break
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return rest
		}
	}
	return nil
}
