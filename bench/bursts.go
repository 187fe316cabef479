package main

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"bis/bench/load"
)

// How differences measures.
const (
	burstPairs   = 40    // pairs of bursts, with and without subscribers
	burstTexts   = 5_000 // texts in a burst
	burstCallers = 16
)

// differences measures the cost of a delivery if each text has only one delivery and publishing
// costs far more than delivering. It publishes bursts to topics with and without subscribers in
// turn, as fast as they are acknowledged, and subtracts neighbours.
//
// The result is the mean of the middle three quarters of the differences. Neighbours share any
// drift of the machine. Some bursts contain one garbage collection more than their neighbour; the
// mean over many pairs evens that out.
func (r *result) differences(ctx context.Context, s *server, crowd *load.Crowd, topics, spare []*load.Topic) error {
	var with, without, more []time.Duration
	for pair := range burstPairs {
		var cost [2]time.Duration // without, with
		for turn := range 2 {
			which := (pair + turn) % 2 // the order alternates
			list := spare
			if which == 1 {
				list = topics
			}
			var err error
			if cost[which], err = burst(ctx, s, crowd, list, pair); err != nil {
				return err
			}
		}
		without, with = append(without, cost[0]), append(with, cost[1])
		more = append(more, cost[1]-cost[0])
	}
	r.publishing, r.delivery = median(without), trimmedMean(more)
	r.spread = quartiles(more)
	return nil
}

// burst publishes a burst and waits until all texts are delivered. It returns the server's
// processor time per text.
func burst(ctx context.Context, s *server, crowd *load.Crowd, topics []*load.Topic, round int) (time.Duration, error) {
	before, err := s.CPU()
	if err != nil {
		return 0, err
	}
	// Many callers at once keep the server busy, so no idle time is measured.
	callers, calling := errgroup.WithContext(ctx)
	for c := range burstCallers {
		callers.Go(func() error {
			// Each topic has one caller, so its texts keep their order.
			for i := c; i < burstTexts; i += burstCallers {
				t := (round*burstTexts + i) % len(topics)
				if err := topics[t].Publish(calling, s.publish, s.size); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := callers.Wait(); err != nil {
		return 0, err
	}
	if err := crowd.AwaitAll(ctx, 30*time.Second); err != nil {
		return 0, err
	}
	after, err := s.CPU()
	return (after - before) / burstTexts, err
}

// trimmedMean returns the mean without the least and the greatest eighth.
func trimmedMean(list []time.Duration) time.Duration {
	list = slices.Sorted(slices.Values(list))
	list = list[len(list)/8 : len(list)-len(list)/8]
	var sum time.Duration
	for _, d := range list {
		sum += d
	}
	return sum / time.Duration(len(list))
}

// quartiles returns the first and the third quartile.
func quartiles(list []time.Duration) [2]time.Duration {
	list = slices.Sorted(slices.Values(list))
	return [2]time.Duration{list[len(list)/4], list[len(list)*3/4]}
}
