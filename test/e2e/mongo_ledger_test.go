package e2e

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"bis/internal/briefing"
	"bis/internal/store/mongo"
	"bis/internal/store/mongo/mongotest"
)

// The size of the replicas' ledger test. Each viewer watches all requests, which tick every second.
const (
	replicaRequests   = 30
	replicaBrief      = 12 // further requests that end by time, one every replicaBriefStep
	replicaBriefStep  = 6 * time.Second
	replicaViewers    = 100
	replicaDeliveries = 200_000 // at least
)

// replicaSet is up to three replicas on one database. Each connects through a proxy that a test can
// make fail.
type replicaSet struct {
	*testing.T
	ledger   *ledger
	database *mongotest.Server
	proxies  []*toxiproxy.Proxy
	opts     []options

	mu       sync.Mutex // guards the fields below
	replicas []*child
}

// newReplicaSet starts a database and replicas whose clocks are a minute fast, right, and a
// minute slow.
func newReplicaSet(t *testing.T, program string, replicas int) *replicaSet {
	t.Helper()
	f := &replicaSet{T: t, ledger: newLedger(), database: mongotest.Own(t, "--sync-on-commit")}
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	for i, ahead := range []string{"1m", "0s", "-1m"}[:replicas] {
		proxy := toxiproxy.NewProxy(server, fmt.Sprint("replica", i), "127.0.0.1:0", f.database.Addr())
		if err := proxy.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(proxy.Stop)
		f.proxies = append(f.proxies, proxy)
		f.opts = append(f.opts, options{
			program: program, data: t.TempDir(), line: f.ledger.line, args: []string{"--log-level", "debug", "--log-format", "json"},
			env: []string{"DATABASE_URI=" + mongotest.URI(proxy.Listen), "BIS_TEST_CLOCK_AHEAD=" + ahead},
		})
		f.replicas = append(f.replicas, startChild(t, f.opts[i]))
	}
	return f
}

func (f *replicaSet) replica(i int) *child {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.replicas[i%len(f.replicas)]
}

// restart starts a replica that has ended.
func (f *replicaSet) restart(i int) {
	f.Helper()
	c := startChild(f.T, f.opts[i])
	f.mu.Lock()
	defer f.mu.Unlock()
	f.replicas[i] = c
}

// start starts n requests for an hour, and some more that end one after the other during the
// test. They are spread over the replicas.
func (f *replicaSet) start(n, brief int) []briefing.RequestID {
	f.Helper()
	ids := make([]briefing.RequestID, n+brief)
	for i := range ids {
		end := time.Now().Add(time.Hour)
		if i >= n {
			end = time.Now().Add(time.Duration(i-n+1) * replicaBriefStep)
		}
		var data struct {
			StartBriefing struct{ ID briefing.RequestID }
		}
		query := fmt.Sprintf(`mutation { startBriefing(input: {username: "user%d", interval: 1, endTime: %q}) { id } }`, i, end.UTC().Format(time.RFC3339))
		if err := f.replica(i).graphql(f.Context(), query, &data); err != nil {
			f.Fatal(err)
		}
		ids[i] = data.StartBriefing.ID
		if i >= n {
			f.ledger.exclude(ids[i])
		}
	}
	return ids
}

// awaitAll waits until n requests have stored a briefing since the call.
func (f *replicaSet) awaitAll(what string, n int) {
	f.Helper()
	f.ledger.resetResumed()
	begin := time.Now()
	// A few seconds are usual; a busy machine may take many.
	if got := f.ledger.waitResumed(n, 90*time.Second); got < n {
		f.Fatalf("%s: %d of %d requests go on; %s", what, got, n, tail(f.replica(0).errs.String()))
	}
	f.Logf("%s: all %d requests go on within %v", what, n, time.Since(begin).Round(100*time.Millisecond))
}

func tail(s string) string { return s[max(0, len(s)-2000):] }

// disturb makes a proxy disturb its connections for a while.
func (f *replicaSet) disturb(i int, toxic string, lasts time.Duration) {
	f.Helper()
	if _, err := f.proxies[i].Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
		f.Fatal(err)
	}
	pass(lasts)
	f.proxies[i].Toxics.ResetToxics(context.Background())
}

const (
	hangUp    = `{"name": "up", "type": "timeout", "stream": "upstream", "attributes": {"timeout": 0}}`
	halfOpen  = `{"name": "down", "type": "timeout", "stream": "downstream", "attributes": {"timeout": 0}}`
	resetPeer = `{"name": "reset", "type": "reset_peer", "stream": "downstream", "attributes": {"timeout": 0}}`
	slow      = `{"name": "slow", "type": "latency", "stream": "downstream", "attributes": {"latency": 150, "jitter": 100}}`
)

// injectFaults causes one fault after the other and waits after each until all requests have
// resumed.
func (f *replicaSet) injectFaults(n int) {
	f.Helper()
	f.awaitAll("at first", n)
	f.proxies[0].Stop()
	pass(3 * time.Second)
	if err := f.proxies[0].Start(); err != nil {
		f.Fatal(err)
	}
	f.awaitAll("after a cut of 3 s", n)
	f.disturb(1, hangUp, 4*time.Second)
	f.awaitAll("after a hang of 4 s", n)
	f.disturb(2, halfOpen, 7*time.Second)
	f.awaitAll("after 7 s half-open", n)
	f.disturb(0, resetPeer, 2*time.Second)
	f.awaitAll("after resets for 2 s", n)
	f.disturb(1, slow, 5*time.Second)
	f.awaitAll("after 5 s of slowness", n)

	f.database.Kill()
	f.answersWithoutDatabase()
	if err := f.database.Restart(); err != nil {
		f.Fatal(err)
	}
	f.awaitAll("after the database was killed", n)

	f.replica(1).kill()
	f.awaitAll("after a replica was killed", n)
	f.restart(1)
	f.signal(2, syscall.SIGSTOP)
	stopped := time.Now()
	f.awaitAll("while a replica is stopped", n)
	pass(time.Until(stopped.Add(30 * time.Second)))
	f.signal(2, syscall.SIGCONT)
	f.awaitAll("after the stopped replica goes on", n)
	f.replica(0).stop(f.T)
	f.awaitAll("after a replica was stopped", n)
	f.restart(0)
	f.awaitAll("in the end", n)
}

func (f *replicaSet) signal(i int, s syscall.Signal) {
	f.Helper()
	if err := f.replica(i).cmd.Process.Signal(s); err != nil {
		f.Fatal(err)
	}
}

// answersWithoutDatabase checks the README's promises for the time without a database.
func (f *replicaSet) answersWithoutDatabase() {
	f.Helper()
	c := f.replica(1)
	for _, query := range []string{`{ user(username: "user1") { id } }`, `mutation { login(username: "new") { outcome } }`} {
		begin := time.Now()
		err := c.graphql(f.Context(), query, nil)
		if took := time.Since(begin); err == nil || !strings.Contains(err.Error(), "unavailable") || took > 5*time.Second {
			f.Errorf("%s without a database: %v after %v, want UNAVAILABLE within 5 s", query, err, took)
		}
	}
	conn, err := dialGraphQL(f.Context(), c.url)
	if err != nil {
		f.Errorf("a new socket without a database: %v", err)
		return
	}
	conn.Close()
}

// end ends a user's request. On a busy machine the database may be too slow for one call, and a
// client would retry.
func (f *replicaSet) end(i int) {
	f.Helper()
	query := fmt.Sprintf(`mutation { endBriefing(username: "user%d") { id } }`, i)
	var err error
	for range 4 {
		if err = f.replica(i).graphql(f.Context(), query, nil); err == nil || !strings.Contains(err.Error(), "unavailable") {
			break
		}
	}
	if err != nil {
		f.Error(err)
	}
}

// run injects faults while viewers watch, ends everything, and returns the content of the store.
func (f *replicaSet) run(requests, brief, viewers int, faults func(n int)) map[briefing.RequestID]found {
	f.Helper()
	ids := f.start(requests, brief)
	ctx, cancel := context.WithTimeout(f.Context(), 10*time.Minute)
	defer cancel()
	var watching sync.WaitGroup
	for n := range viewers {
		watching.Go(func() { f.watch(ctx, n, ids) })
		pass(50 * time.Millisecond) // each joins all requests; real viewers do not come all at once
	}
	faults(requests)
	for i := range requests {
		f.end(i)
	}
	settled := make(chan struct{})
	go func() { watching.Wait(); close(settled) }()
	select {
	case <-settled:
	case <-time.After(20 * time.Second): // a viewer that has not completed by now is a violation
		cancel()
		<-settled
	}
	st, err := mongo.Open(f.Context(), mongo.Config{URI: f.database.URI(), Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		f.Fatal(err)
	}
	defer st.Close()
	return readRequests(f.T, st, ids)
}

// TestReplicas_ledger causes cuts, hangs, resets, a killed database, and killed, paused and stopped
// replicas whose clocks differ by two minutes. It compares the acknowledged briefings, and those
// that viewers received, with the stored ones.
func TestReplicas_ledger(t *testing.T) {
	mongotest.Need(t)
	t.Run("nothing is lost, doubled or out of order", func(t *testing.T) {
		f := newReplicaSet(t, "otherclock", 3)
		all := f.run(replicaRequests, replicaBrief, replicaViewers, f.injectFaults)
		bad := f.ledger.violations(all)
		for _, v := range bad[:min(len(bad), 20)] {
			t.Error(v)
		}
		written, seen, expired := 0, 0, 0
		for _, r := range all {
			written += len(r.briefings)
			if reason := r.request.EndReason; reason != nil && *reason == briefing.EndedByTime {
				expired++
			}
		}
		if expired != replicaBrief {
			t.Errorf("%d requests ended by their time, want %d", expired, replicaBrief)
		}
		for _, s := range f.ledger.seen {
			seen += len(s)
		}
		t.Logf("%d written, %d acknowledged, %d delivered to %d subscriptions, %d lost, doubled, reordered or otherwise wrong",
			written, len(f.ledger.acked), seen, len(f.ledger.seen), len(bad))
		if seen < replicaDeliveries {
			t.Errorf("%d deliveries, want at least %d", seen, replicaDeliveries)
		}
	})
	t.Run("a broken store is noticed", func(t *testing.T) {
		f := newReplicaSet(t, "brokenstore", 1)
		all := f.run(20, 0, 1, func(n int) { f.awaitAll("at first", n*3/4); pass(3 * time.Second) })
		bad := strings.Join(f.ledger.violations(all), "\n")
		for _, want := range []string{"is gone", "is stored twice", "runs stored"} {
			if !strings.Contains(bad, want) {
				t.Errorf("no violation says %q; got:\n%s", want, bad)
			}
		}
	})
}
