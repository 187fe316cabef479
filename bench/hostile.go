package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"bis/test/hostile"
)

// The size of the benchmark of hostile documents.
const (
	hostileRate   = 200                   // hostile documents per second
	hostileFrom   = "127.0.0.2"           // their caller's address
	honestPause   = 20 * time.Millisecond // between two calls of an honest caller
	honestCallers = 8                     // number of honest callers
	hostilePairs  = 10                    // number of stretches without and with hostile documents
	hostilePart   = 3 * time.Second       // length of one stretch
)

// beside measures the effect of hostile documents on honest callers: the p99 of a plain query
// without and with 200 hostile documents per second from another address. Stretches without and
// with hostile documents alternate, and the medians of their p99 count. The first row has no limits
// of callers. The second row has the default limits, and the honest callers stay below them.
//
// Wanted: less than a tenth or 1 ms more, and at most 300 MiB resident.
func beside(ctx context.Context, o options) error {
	y, err := newWorkspace(o)
	if err != nil {
		return err
	}
	defer y.close()
	var rows []string
	for _, c := range []besideCase{
		{"limits lifted", startOurs},
		{"limits on", startLimited},
	} {
		row, err := c.measure(ctx, y)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		rows = append(rows, row)
	}
	table("p99 of a plain query | alone | beside hostile documents | ratio | more | hostile documents | resident", rows...)
	fmt.Printf("   medians of %d stretches of %v each; wanted: at most 1.10 or 1 ms more, and 300 MiB\n", hostilePairs, hostilePart)
	return nil
}

// besideCase is one row of beside.
type besideCase struct {
	name  string
	start func(context.Context, *workspace) (*server, error)
}

// measure runs all stretches of a case and returns its row.
func (b besideCase) measure(ctx context.Context, y *workspace) (row string, err error) {
	s, err := b.start(ctx, y)
	if err != nil {
		return "", err
	}
	defer s.close()
	call := caller{addr: s.Addr, client: newClient()}
	if err := call.graphql(ctx, `mutation { login(username: "x") { outcome } }`, nil, nil); err != nil {
		return "", err
	}
	var alone, attacked []time.Duration
	sent := 0
	for range hostilePairs {
		quiet, err := askHonestly(ctx, call)
		if err != nil {
			return "", err
		}
		attack, stop := context.WithCancel(ctx)
		var n int
		ended := make(chan struct{})
		go func() { defer close(ended); n = sendHostile(attack, s.Addr, sent) }()
		loud, err := askHonestly(ctx, call)
		stop()
		<-ended
		if err != nil {
			return "", err
		}
		sent += n
		alone, attacked = append(alone, quantile(quiet, .99)), append(attacked, quantile(loud, .99))
	}
	slices.Sort(alone)
	slices.Sort(attacked)
	resident, err := s.Resident()
	if err != nil {
		return "", err
	}
	before, after := quantile(alone, .5), quantile(attacked, .5)
	return fmt.Sprintf("%s | %s | %s | %.2f | %s | %d | %d MiB",
		b.name, ms(before), ms(after), float64(after)/float64(before), ms(after-before), sent, resident>>20), nil
}

// askHonestly calls from all honest callers for one stretch, and returns the sorted durations.
// Every call must succeed, because hostile documents must not exhaust the limits of another
// address.
func askHonestly(ctx context.Context, call caller) ([]time.Duration, error) {
	body, err := json.Marshal(map[string]string{"query": questions("")[1].text})
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex // guards list and failed
	var list []time.Duration
	var failed error
	var all sync.WaitGroup
	end := time.Now().Add(hostilePart)
	for range honestCallers {
		all.Go(func() {
			pace := time.NewTicker(honestPause)
			defer pace.Stop()
			for time.Now().Before(end) {
				begin := time.Now()
				_, err := call.do(ctx, "/graphql", "application/json", body)
				took := time.Since(begin)
				mu.Lock()
				list, failed = append(list, took), errors.Join(failed, err)
				mu.Unlock()
				<-pace.C
			}
		})
	}
	all.Wait()
	slices.Sort(list)
	return list, failed
}

// sendHostile posts documents of the corpus at a steady rate until ctx ends, from the n-th on. It
// waits for the answers, ignores them, and returns the number of sent documents.
func sendHostile(ctx context.Context, addr string, n int) (sent int) {
	var bodies []hostile.Case
	for _, c := range hostile.Cases() {
		if c.Door == hostile.Post {
			bodies = append(bodies, c)
		}
	}
	from := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(hostileFrom)}}
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DialContext: from.DialContext, MaxIdleConnsPerHost: 64}}
	defer client.CloseIdleConnections()
	pace := time.NewTicker(time.Second / hostileRate)
	defer pace.Stop()
	var all sync.WaitGroup
	defer all.Wait()
	for {
		select {
		case <-ctx.Done():
			return sent
		case <-pace.C:
		}
		c := bodies[(n+sent)%len(bodies)].Nth(n + sent)
		all.Go(func() { postHostile(ctx, client, addr, c) })
		sent++
	}
}

// postHostile posts one document and reads the answer. The server may refuse or cut the call.
func postHostile(ctx context.Context, client *http.Client, addr string, c hostile.Call) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+addr+"/graphql", strings.NewReader(c.Body()))
	if err != nil {
		return
	}
	r.Header.Set("Content-Type", "application/json")
	if c.Type != "" {
		r.Header.Set("Content-Type", c.Type)
	}
	if c.Encoding != "" {
		r.Header.Set("Content-Encoding", c.Encoding)
	}
	res, err := client.Do(r)
	if err != nil {
		return
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body) // the answer does not matter
}
