package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bis/bench/load"
)

// The size of the reconnect storm.
const (
	stormClients = 5000
	stormPace    = 5 // briefings per second during the storm
	stormLimit   = 60 * time.Second
)

// storm cuts all clients at once while briefings continue, as a restart of a proxy does. The limits
// of a caller are those of the defaults: all clients come from one address.
//
// They reconnect with the stock client's back-off, after 1.3 to 4 s. A client is back when it
// receives the text that is newest at that moment. Wanted: all are back within 8 s, 99 % of them
// from the ring and not from the store, and nothing is lost, doubled or reordered.
func storm(ctx context.Context, o options) error {
	y, err := newWorkspace(o)
	if err != nil {
		return err
	}
	defer y.close()
	s, err := startLimited(ctx, y)
	if err != nil {
		return err
	}
	defer s.close()
	topics, err := s.topics(ctx, 1)
	if err != nil {
		return err
	}
	crowd, err := load.Start(ctx, load.Config{
		Protocol: ours.protocol, Addr: s.Addr, Topics: topics, Size: o.clients(stormClients), Retry: load.Retry,
	})
	if err != nil {
		return err
	}
	defer crowd.Stop()
	if err := crowd.AwaitLive(ctx, s.publish, 60*time.Second); err != nil {
		return err
	}
	before, err := s.Metrics(ctx)
	if err != nil {
		return err
	}
	took, err := y.cutAll(ctx, s, crowd, topics[0])
	if err != nil {
		return errors.Join(err, crowd.Err())
	}
	after, err := s.Metrics(ctx)
	if err != nil {
		return err
	}
	v := crowd.Verdict(1)
	table("clients | all caught up after | pages read from the store | resumes from memory | from the store | share of memory | lost | doubled | reordered",
		fmt.Sprintf("%d | %.1f s | %s | %d | %d | %d", crowd.Size(), took.Seconds(), replays(before, after, crowd.Returns.Load()), v.Lost, v.Doubled, v.Reordered))
	fmt.Println("   caught up: has the newest briefing there was when it came; of it 1.3 to 4 s are the clients' back-off")
	fmt.Println("   wanted: within 8 s, 99 % from memory, 0 lost, 0 doubled, 0 reordered")
	return nil
}

// cutAll cuts all clients and publishes until all are back. It returns the time from the cut to the
// last client's return. It completes a started publishing, because an interrupted one would not
// count as due.
func (y *workspace) cutAll(ctx context.Context, s *server, crowd *load.Crowd, topic *load.Topic) (time.Duration, error) {
	// The publisher runs during the storm, so clients miss texts while they are away.
	over, published := make(chan struct{}), make(chan error, 1)
	go func() {
		for {
			select {
			case <-over:
				published <- nil
				return
			default:
			}
			if _, err := publishAt(ctx, s, nil, []*load.Topic{topic}, oneByOne(stormPace), time.Second/stormPace); err != nil {
				published <- err
				return
			}
		}
	}()
	err := load.Pause(ctx, time.Second)
	crowd.CutAll()
	took, late := crowd.AwaitBack(ctx, stormLimit)
	close(over)
	err = errors.Join(err, late, <-published)
	return took, errors.Join(err, crowd.AwaitAll(ctx, 10*time.Second))
}

// replays formats where the missed briefings came from. For a server that does not count resumes,
// the pages that it read are compared with the reconnections.
func replays(before, after map[string]float64, returns int64) string {
	grown := func(name string) float64 { return after[name] - before[name] }
	const memory, store = `bis_resumes_total{from="memory"}`, `bis_resumes_total{from="store"}`
	pages := grown("bis_replays")
	if _, counted := after[memory]; counted {
		share := grown(memory) / max(grown(memory)+grown(store), 1)
		return fmt.Sprintf("%.0f | %.0f | %.0f | %.2f %%", pages, grown(memory), grown(store), 100*share)
	}
	share := 1 - pages/max(float64(returns), 1)
	return fmt.Sprintf("%.0f | - | - | %.2f %%", pages, 100*share)
}
