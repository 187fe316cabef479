package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"bis/bench/load"
)

// The size of the benchmark of churn.
const (
	churners    = 32
	churnTopics = 50
	churnTexts  = 5 // texts of each topic
	churnWarm   = 10 * time.Second
)

// churn makes clients connect, subscribe, unsubscribe and leave, over sockets and streams. It
// compares goroutines, heap, resident memory and open sockets before and after: a figure that grows
// shows a leak.
//
// A first round of visits does not count, because it fills caches and pools. Wanted: the same
// figures before and after.
func churn(ctx context.Context, o options) error {
	y, err := newWorkspace(o)
	if err != nil {
		return err
	}
	defer y.close()
	s, err := startOurs(ctx, y)
	if err != nil {
		return err
	}
	defer s.close()
	topics, err := s.topics(ctx, churnTopics)
	if err != nil {
		return err
	}
	if _, err := publishAt(ctx, s, nil, topics, oneByOne(1000), churnTopics*churnTexts*time.Millisecond); err != nil {
		return err
	}
	if _, err := visitMany(ctx, s, topics, churnWarm); err != nil {
		return err
	}
	before, err := y.measureResting(ctx, s)
	if err != nil {
		return err
	}
	visits, err := visitMany(ctx, s, topics, o.churn)
	if err != nil {
		return err
	}
	after, err := y.measureResting(ctx, s)
	if err != nil {
		return err
	}
	row := func(name string, a, b float64) string {
		return fmt.Sprintf("%s | %.0f | %.0f | %.2f", name, a, b, b/max(a, 1))
	}
	table(fmt.Sprintf("%d visits in %v | before | after | ratio", visits, o.churn),
		row("goroutines", before.goroutines, after.goroutines),
		row("heap in use, KiB", before.heap/1024, after.heap/1024),
		row("resident, KiB", before.resident/1024, after.resident/1024),
		row("open sockets and streams", before.sockets, after.sockets))
	fmt.Println("   goroutines and heap are the least of several looks while queries keep the collector at work. wanted: as before")
	return nil
}

// visitMany makes visits from many goroutines for d, every eighth over a stream, and returns
// their number.
func visitMany(ctx context.Context, s *server, topics []*load.Topic, d time.Duration) (int64, error) {
	var visits atomic.Int64
	var all sync.WaitGroup
	failed := make([]error, churners)
	client := &http.Client{Timeout: 10 * time.Second}
	defer client.CloseIdleConnections()
	begin := time.Now()
	for i := range churners {
		all.Go(func() {
			for n := i; failed[i] == nil && time.Since(begin) < d && ctx.Err() == nil; n++ {
				topic := topics[n%len(topics)]
				if n%8 == 0 {
					failed[i] = visitStream(ctx, client, s.Addr, topic)
				} else {
					failed[i] = load.Visit(ctx, ours.protocol, s.Addr, topic)
				}
				visits.Add(1)
			}
		})
	}
	all.Wait()
	return visits.Load(), errors.Join(append(failed, ctx.Err())...)
}

// visitStream reads the start of a subscription over SSE and leaves.
func visitStream(ctx context.Context, client *http.Client, addr string, topic *load.Topic) error {
	body, err := json.Marshal(map[string]any{"query": load.Operation, "variables": map[string]string{"id": topic.ID}})
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+addr+"/graphql", strings.NewReader(string(body)))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "text/event-stream")
	res, err := client.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, err = io.ReadFull(res.Body, make([]byte, 64))
	return err
}

// resting is a server's state without clients. heap and resident are bytes.
type resting struct{ goroutines, heap, resident, sockets float64 }

// measureResting returns the least figures of several samples. Queries in between make the
// collector run.
func (y *workspace) measureResting(ctx context.Context, s *server) (least resting, err error) {
	if err := load.Pause(ctx, 2*y.settle); err != nil {
		return least, err
	}
	// Goroutines of ended connections and garbage vary from sample to sample, so the least counts.
	const samples = 20
	for i := range samples {
		if _, err := runQueries(ctx, s, `{ __typename }`, 100*time.Millisecond); err != nil {
			return least, err
		}
		// The callers' connections close during the samples.
		if err := load.Pause(ctx, 100*time.Millisecond); err != nil {
			return least, err
		}
		figures, err := s.Metrics(ctx)
		if err != nil {
			return least, err
		}
		resident, err := s.Resident()
		if err != nil {
			return least, err
		}
		now := resting{
			figures["go_goroutines"], figures["go_memstats_heap_alloc_bytes"],
			float64(resident), figures["bis_sockets"],
		}
		if i == 0 {
			least = now
		}
		least = resting{
			min(least.goroutines, now.goroutines), min(least.heap, now.heap),
			min(least.resident, now.resident), min(least.sockets, now.sockets),
		}
	}
	return least, nil
}
