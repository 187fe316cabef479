package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"bis/bench/load"
)

// The size of the benchmark of losslessness.
const (
	losslessClients = 500
	losslessTexts   = 2000
	losslessPace    = 40 // texts per second
	cutEvery        = 2 * time.Second
	kills           = 3
)

// lossless publishes while half of the connections are cut every two seconds. Several times it
// kills the server and restarts it on the same data.
//
// Clients of this server resume after their last cursor. Clients of stock gqlgen can only subscribe
// again, so they lose the texts that were published in between. A text whose publishing was not
// acknowledged is due to all subscribers or to none. Wanted: nothing lost, doubled or reordered.
func lossless(ctx context.Context, o options) error {
	rows, err := compareServers(ctx, o, (*workspace).measureLossless)
	if err != nil {
		return err
	}
	table("server | deliveries due | connections cut | kills | not acknowledged | lost | of all | doubled | reordered", rows...)
	fmt.Println("   wanted: 0 lost, 0 doubled, 0 reordered. A text that was not acknowledged is due to all or to none")
	return nil
}

// measureLossless returns one server's row.
func (y *workspace) measureLossless(ctx context.Context, c contender) (string, error) {
	s, err := c.start(ctx, y)
	if err != nil {
		return "", err
	}
	defer func() { s.close() }()
	topics, err := s.topics(ctx, 1)
	if err != nil {
		return "", err
	}
	clients := y.clients(losslessClients)
	crowd, err := load.Start(ctx, load.Config{
		Protocol: c.protocol, Addr: s.Addr, Topics: topics, Size: clients,
		// Sooner than a stock client, for more seams between replay and live.
		Retry: func(int) time.Duration { return rand.N(500 * time.Millisecond) },
	})
	if err != nil {
		return "", err
	}
	defer crowd.Stop()
	if err := crowd.AwaitLive(ctx, s.publish, 30*time.Second); err != nil {
		return "", err
	}
	// Texts before this point only brought the subscriptions to life.
	from, before := topics[0].Last()+1, crowd.Verdict(1)
	refused, failed := 0, error(nil)
	stopCutting := startCutting(ctx, crowd)
	s, refused, failed = y.publishThroughKills(ctx, s, topics[0])
	stopCutting()
	// Stock gqlgen's clients have the newest text when one is published while they are connected.
	for range 3 {
		failed = errors.Join(failed, load.Pause(ctx, time.Second), topics[0].Publish(ctx, s.publish, 0))
	}
	if err := errors.Join(failed, crowd.AwaitAll(ctx, 60*time.Second), crowd.Err()); err != nil {
		return "", fmt.Errorf("%w; the server said: %s", err, s.Log())
	}
	v := crowd.Verdict(from)
	v.Doubled, v.Reordered = v.Doubled-before.Doubled, v.Reordered-before.Reordered
	return fmt.Sprintf("%s | %d | %d | %d | %d | %d | %.2f %% | %d | %d", c.name, v.Due, crowd.Returns.Load(), kills, refused,
		v.Lost, 100*float64(v.Lost)/float64(v.Due), v.Doubled, v.Reordered), nil
}

// startCutting cuts half of the connections every cutEvery, until stop is called.
func startCutting(ctx context.Context, crowd *load.Crowd) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var cutting sync.WaitGroup
	cutting.Go(func() {
		for load.Pause(ctx, cutEvery) == nil {
			crowd.Cut(.5)
		}
	})
	return func() { cancel(); cutting.Wait() }
}

// publishThroughKills publishes all texts and kills the server several times during a publishing.
// It returns the server that runs now and how many texts were not acknowledged.
func (y *workspace) publishThroughKills(ctx context.Context, s *server, topic *load.Topic) (now *server, refused int, err error) {
	texts := y.clients(losslessTexts)
	begin := time.Now()
	for i := 1; i <= texts; i++ {
		var killed chan struct{}
		if i%(texts/(kills+1)) == 0 && i < texts-kills { // spread evenly, and none at the very end
			killed = make(chan struct{})
			go func() { // while the text is being published
				time.Sleep(rand.N(2 * time.Millisecond))
				s.Kill()
				close(killed)
			}()
		}
		if topic.Publish(ctx, s.publish, 0) != nil {
			refused++
			if killed == nil {
				return s, refused, errors.New("a text was refused by a server that runs")
			}
		}
		if killed != nil {
			<-killed
			again, err := s.again(ctx)
			if err != nil {
				return s, refused, err
			}
			s = again
		}
		if err := load.Pause(ctx, time.Until(begin.Add(time.Duration(i)*time.Second/losslessPace))); err != nil {
			return s, refused, err
		}
	}
	return s, refused, nil
}
