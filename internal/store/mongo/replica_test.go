package mongo

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"bis/internal/briefing"
	"bis/internal/store/mongo/mongotest"
)

// crowd is some replicas on one database, each with a schedule's habit of claiming four times a second.
type crowd struct {
	*testing.T
	database string
	uri      string
	lease    time.Duration

	mu    sync.Mutex // guards what follows
	owned map[string]map[briefing.RequestID]briefing.Owner
}

// replica is one process.
type replica struct {
	*Store
	name   string
	cancel context.CancelFunc
	done   chan struct{}
}

func (c *crowd) join(name string) *replica {
	c.Helper()
	s, err := Open(c.Context(), Config{
		URI: c.uri, Database: c.database, Instance: name, LeaseTime: c.lease, RenewEvery: c.lease * 3 / 10, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		c.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &replica{Store: s, name: name, cancel: cancel, done: make(chan struct{})}
	go c.claim(ctx, r)
	c.Cleanup(func() { r.die(); _ = s.Close() })
	return r
}

func (c *crowd) claim(ctx context.Context, r *replica) {
	defer close(r.done)
	for ctx.Err() == nil {
		list, err := r.Claim(ctx, 1_000)
		if err != nil && ctx.Err() == nil {
			c.Errorf("claim: %v", err)
		}
		c.mu.Lock()
		for _, req := range list {
			c.owned[r.name][req.ID] = req.Owner
		}
		c.mu.Unlock()
		if len(list) > 0 {
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(250 * time.Millisecond):
		}
	}
}

// die ends a replica as kill -9 does: nothing is released, and the lease runs out.
func (r *replica) die() {
	r.cancel()
	<-r.done
	r.lease.stop()
}

// shares tells how many requests each owner has: the one that claimed it in the latest term. The database is not asked; it has enough to do.
func (c *crowd) shares() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	latest := map[briefing.RequestID]briefing.Owner{}
	for _, owned := range c.owned {
		for id, owner := range owned {
			if owner.Term > latest[id].Term {
				latest[id] = owner
			}
		}
	}
	n := map[string]int{}
	for _, owner := range latest {
		n[owner.Instance]++
	}
	return n
}

// until waits for shares that please, and returns how long that took.
func (c *crowd) until(limit time.Duration, pleases func(map[string]int) bool) time.Duration {
	c.Helper()
	begin := time.Now()
	for {
		n := c.shares()
		if pleases(n) {
			return time.Since(begin)
		}
		if time.Since(begin) > limit {
			c.Fatalf("after %v the shares are %v", limit, n)
		}
		time.Sleep(20 * time.Millisecond) // shares are other processes' doing
	}
}

// prepare stores n requests of a long interval, all owned by owner.
func (c *crowd) prepare(s *Store, owner string, n int) {
	c.Helper()
	now := s.Now().UTC().Truncate(time.Millisecond)
	end := now.Add(24 * time.Hour)
	docs := make([]any, n)
	for i := range docs {
		id, _ := objectID(briefing.NewID(now))
		doc, err := newRequestDoc(briefing.Request{
			ID: briefing.RequestID(id.Hex()), Username: fmt.Sprintf("user%d", i), Interval: 3600, EndTime: "22:00", EndText: "22:00",
			CameraID: briefing.DefaultCamera, StartedAt: now, EndsAt: &end, Owner: briefing.Owner{Instance: owner, Term: 1},
		})
		if err != nil {
			c.Fatal(err)
		}
		docs[i] = doc
		c.owned[owner][briefing.RequestID(id.Hex())] = briefing.Owner{Instance: owner, Term: 1}
	}
	if _, err := s.requests.InsertMany(c.Context(), docs); err != nil {
		c.Fatal(err)
	}
}

func even(n int, names ...string) func(map[string]int) bool {
	return func(shares map[string]int) bool {
		sum := 0
		for _, name := range names {
			part := shares[name]
			sum += part
			if part < n/len(names)*7/10 || part > n/len(names)*13/10 {
				return false
			}
		}
		return sum == n
	}
}

// TestReplicas_take_over_spread_and_hand_over lives through the coming and going of replicas with real leases: 2,000 requests are taken over within
// 12 s of a kill and within a second or so of a graceful stop, and are spread evenly.
func TestReplicas_take_over_spread_and_hand_over(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	const n = 2_000
	c := &crowd{T: t, uri: mongotest.Own(t).URI(), database: mongotest.Database(), lease: 10 * time.Second, owned: map[string]map[briefing.RequestID]briefing.Owner{"a": {}, "b": {}, "c": {}}}
	a := c.join("a")
	c.mu.Lock()
	c.prepare(a.Store, "a", n)
	c.mu.Unlock()
	b := c.join("b")
	third := c.join("c")
	spread := c.until(60*time.Second, even(n, "a", "b", "c"))
	t.Logf("three replicas share %d requests of the first one evenly after %v: %v", n, spread.Round(time.Millisecond), c.shares())
	// Both survivors have to have renewed for as long as a lease is valid.
	for !a.lease.mayBury() || !third.lease.mayBury() {
		time.Sleep(50 * time.Millisecond)
	}
	b.die()
	took := c.until(30*time.Second, even(n, "a", "c"))
	t.Logf("a killed replica's requests are owned again after %v: %v", took.Round(time.Millisecond), c.shares())
	if took > 12*time.Second {
		t.Errorf("taken over %v after a kill, want at most 12 s", took)
	}
	third.cancel()
	<-third.done
	if err := third.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	took = c.until(10*time.Second, even(n, "a"))
	t.Logf("a stopped replica's requests are owned again after %v", took.Round(time.Millisecond))
	count, err := a.requests.CountDocuments(t.Context(), bson.D{{Key: "is_active", Value: true}, {Key: "owner", Value: "a"}})
	if err != nil || count != n {
		t.Errorf("in the end a owns %d, %v; want %d", count, err, n)
	}
}

// A process that could not renew for longer than its lease is valid finds nobody dead for a while: the database was away for all.
func TestLease_a_database_that_was_away_shuffles_nothing(t *testing.T) {
	t.Parallel()
	p := newPair(t, "")
	p.a.lease.stop()
	p.b.lease.stop()
	time.Sleep(2200 * time.Millisecond) // longer than a lease is valid here
	p.b.lease.mu.Lock()
	p.b.lease.steady = time.Time{} // its renewals failed
	p.b.lease.mu.Unlock()
	if err := p.b.lease.renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := claimedBy(t, p.b); len(got) != 0 {
		t.Errorf("claimed %d at once", len(got))
	}
	if err := p.a.lease.renew(t.Context()); err != nil {
		t.Fatalf("an expired lease that nobody has marked: %v", err)
	}
	if got := p.a.lease.instance(); got != "a" {
		t.Errorf("a goes on as %s", got)
	}
	if err := p.append(p.a, 1); err != nil {
		t.Errorf("a goes on: %v", err)
	}
}

// A process that was paused for longer than its lease is valid finds itself marked dead, and goes on under a new name; what it still
// writes under the old one is refused.
func TestLease_a_paused_process_goes_on_under_a_new_name(t *testing.T) {
	t.Parallel()
	p := newPair(t, "")
	p.a.lease.stop()
	deadline := time.Now().Add(10 * time.Second)
	var got map[briefing.RequestID]briefing.Request
	for len(got) == 0 && time.Now().Before(deadline) {
		got = claimedBy(t, p.b)
	}
	if r := got[p.req.ID]; r.Owner != (briefing.Owner{Instance: "b", Term: 2}) {
		t.Fatalf("claimed: %+v", r.Owner)
	}
	if err := p.append(p.a, 1); err == nil {
		t.Error("the late write was taken")
	}
	if err := p.a.lease.renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	if p.a.lease.instance() == "a" {
		t.Error("a dead name was taken up again")
	}
	if next := p.start(p.a, "lee"); next.Owner.Instance != p.a.lease.instance() {
		t.Errorf("a new request belongs to %s", next.Owner.Instance)
	}
}

// Clocks of processes may differ; what counts is the database's.
func TestStore_Now_is_the_databases_clock(t *testing.T) {
	t.Parallel()
	uri := mongotest.Shared(t).URI()
	for _, ahead := range []time.Duration{-time.Minute, 0, time.Minute} {
		s := opened(t, uri, func(c *Config) { c.Clock = func() time.Time { return time.Now().Add(ahead) } })
		if off := time.Until(s.Now()); off.Abs() > 200*time.Millisecond {
			t.Errorf("with a clock %v ahead, Now is off by %v", ahead, off)
		}
	}
}
