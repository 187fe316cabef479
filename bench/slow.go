package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bis/bench/load"
)

// The size of the benchmark of slow clients.
const (
	slowClients = 2000
	slowPace    = 10    // texts per second
	slowText    = 1_800 // bytes of a text: a client's kernel buffers fill within seconds
	slowRounds  = 3
	slowLimit   = 30 * time.Second // after this long a stuck client counts as never closed
	checkEvery  = 100 * time.Millisecond
)

// slow compares the latency of readers with and without one client in a hundred that has stopped
// reading. It also measures how long the server serves a client that is stuck, and how long a
// stop takes with stuck clients.
//
// A stuck client's socket stays open and is never read, like that of a phone without a network. Its
// time to the close counts from the last byte that the kernel accepted for it. Wanted: the p99 of
// the readers rises by at most a tenth, a stuck client is closed within 12 s, and the server stops
// within 5 s.
func slow(ctx context.Context, o options) error {
	rows, err := compareServers(ctx, o, (*workspace).measureSlow)
	if err != nil {
		return err
	}
	table("server | readers | stuck | p50 without | with | p99 without | with | ratio | longest until closed | stop with stuck ones", rows...)
	fmt.Printf("   latency of the readers, from publishing to the client; until closed: since the kernel took the last byte for a stuck one\n")
	fmt.Println("   wanted: p99 within a tenth, closed within 12 s, stopped within 5 s")
	return nil
}

// slowRun is the measurement of one server.
type slowRun struct {
	y       *workspace
	c       contender
	s       *server
	topics  []*load.Topic
	with    load.Latency
	without load.Latency
	longest time.Duration // the longest time from blocked to closed
	never   int           // stuck clients that were not closed
}

// measureSlow returns one server's row. It makes several rounds on one server, and then stops the
// server while clients are stuck.
func (y *workspace) measureSlow(ctx context.Context, c contender) (string, error) {
	s, err := c.start(ctx, y)
	if err != nil {
		return "", err
	}
	defer s.close()
	s.size = slowText
	m := &slowRun{y: y, c: c, s: s}
	if m.topics, err = s.topics(ctx, 1); err != nil {
		return "", err
	}
	few := max(1, y.clients(slowClients)/100)
	readers, err := load.Start(ctx, load.Config{Protocol: c.protocol, Addr: s.Addr, Topics: m.topics, Size: y.clients(slowClients) - few})
	if err != nil {
		return "", err
	}
	defer readers.Stop()
	if err := readers.AwaitLive(ctx, s.publish, 30*time.Second); err != nil {
		return "", err
	}
	for range slowRounds {
		if err := m.round(ctx, readers, few); err != nil {
			return "", errors.Join(err, readers.Err())
		}
	}
	stop, err := m.stop(ctx, few)
	if err != nil {
		return "", err
	}
	closed := fmt.Sprintf("%.1f s", m.longest.Seconds())
	if m.never > 0 {
		closed = fmt.Sprintf("%d of %d never", m.never, slowRounds*few)
	}
	before, after := m.without.Quantile(.99), m.with.Quantile(.99)
	return fmt.Sprintf("%s | %d | %d | %s | %s | %s | %s | %.2f | %s | %.1f s", c.name, readers.Size(), few, ms(m.without.Quantile(.5)), ms(m.with.Quantile(.5)),
		ms(before), ms(after), float64(after)/float64(before), closed, stop.Seconds()), nil
}

// round measures a stretch without stuck clients, and then one with them until they are closed.
func (m *slowRun) round(ctx context.Context, readers *load.Crowd, few int) error {
	readers.Measure(&m.without)
	defer readers.Measure(nil)
	if _, err := publishAt(ctx, m.s, nil, m.topics, oneByOne(slowPace), m.y.stretch); err != nil {
		return err
	}
	readers.Measure(nil)
	stuck, err := m.startNarrow(ctx, few)
	if err != nil {
		return err
	}
	defer stuck.Stop()
	stuck.Stall()
	readers.Measure(&m.with)
	watch := newStuckWatch(stuck.Ports())
	// The round lasts at least one stretch, and longer until the server has closed all stuck
	// clients.
	for begin := time.Now(); time.Since(begin) < m.y.stretch || !watch.over(); {
		if time.Since(begin) > max(slowLimit, m.y.stretch) {
			break
		}
		if _, err := publishAt(ctx, m.s, nil, m.topics, oneByOne(slowPace), checkEvery); err != nil {
			return err
		}
		if err := watch.check(m.s); err != nil {
			return err
		}
	}
	m.longest = max(m.longest, watch.longest)
	m.never += len(watch.open)
	return readers.AwaitAll(ctx, 10*time.Second)
}

// startNarrow opens clients with small buffers that still read. They start at the newest text,
// because a kernel enlarges the buffers of a client that has read much.
func (m *slowRun) startNarrow(ctx context.Context, n int) (*load.Crowd, error) {
	cfg := load.Config{Protocol: m.c.protocol, Addr: m.s.Addr, Topics: m.topics, Size: n, Narrow: true}
	if m.s.newest != nil {
		var err error
		if cfg.After, err = m.s.newest(ctx, m.topics[0].ID); err != nil {
			return nil, err
		}
	}
	crowd, err := load.Start(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err := crowd.AwaitLive(ctx, m.s.publish, 30*time.Second); err != nil {
		crowd.Stop()
		return nil, err
	}
	return crowd, nil
}

// stop measures how long the server's stop takes while clients are stuck.
func (m *slowRun) stop(ctx context.Context, few int) (time.Duration, error) {
	stuck, err := m.startNarrow(ctx, few)
	if err != nil {
		return 0, err
	}
	defer stuck.Stop()
	stuck.Stall()
	watch := newStuckWatch(stuck.Ports())
	for begin := time.Now(); !watch.blocked() && time.Since(begin) < slowLimit; {
		if _, err := publishAt(ctx, m.s, nil, m.topics, oneByOne(2*slowPace), checkEvery); err != nil {
			return 0, err
		}
		if err := watch.check(m.s); err != nil {
			return 0, err
		}
	}
	return m.s.Stop()
}

// stuckWatch watches stuck clients from outside, in the kernel's table of connections.
type stuckWatch struct {
	open    map[int]*sendQueue // those still open, by the client's port
	longest time.Duration      // from the last growth of a send queue to the close
}

// sendQueue is the kernel's send queue for one client.
type sendQueue struct {
	bytes int64
	since time.Time // when it last grew
}

// newStuckWatch watches the clients with these local ports, whose connections must be open.
func newStuckWatch(ports []int) *stuckWatch {
	w := &stuckWatch{open: map[int]*sendQueue{}}
	for _, port := range ports {
		w.open[port] = &sendQueue{since: time.Now()}
	}
	return w
}

// check reads the kernel's table once. A connection that is no longer in the table was closed by
// the server. Its time is exact to one pause between two checks.
func (w *stuckWatch) check(s *server) error {
	unsent, err := s.Unsent()
	if err != nil {
		return err
	}
	for port, f := range w.open {
		bytes, open := unsent[port]
		switch {
		case !open:
			w.longest = max(w.longest, time.Since(f.since))
			delete(w.open, port)
		case bytes > f.bytes:
			f.bytes, f.since = bytes, time.Now()
		}
	}
	return nil
}

// over reports whether all were closed.
func (w *stuckWatch) over() bool { return len(w.open) == 0 }

// blocked reports whether every send queue is full: none has grown for 2 s.
func (w *stuckWatch) blocked() bool {
	for _, f := range w.open {
		if f.bytes == 0 || time.Since(f.since) < 2*time.Second {
			return false
		}
	}
	return true
}
