package mongo

import (
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"bis/internal/briefing"
	"bis/internal/store/mongo/mongotest"
)

// countingProxy passes connections on to a database and counts the bytes of its answers.
type countingProxy struct {
	addr  string
	bytes atomic.Int64
}

func newMeter(t *testing.T, database string) *countingProxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &countingProxy{addr: l.Addr().String()}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", database)
			if err != nil {
				in.Close()
				continue
			}
			// Closing one end ends both.
			all.Go(func() { defer out.Close(); _, _ = io.Copy(out, in) })
			all.Go(func() { defer in.Close(); _, _ = io.Copy(in, io.TeeReader(out, counter{&m.bytes})) })
		}
	})
	t.Cleanup(func() { l.Close(); all.Wait() })
	return m
}

type counter struct{ n *atomic.Int64 }

func (c counter) Write(p []byte) (int, error) { c.n.Add(int64(len(p))); return len(p), nil }

// storeOldLeases stores n old leases of every kind that years of operation may leave, and returns
// the number of kinds.
func storeOldLeases(t *testing.T, s *Store, n int) int {
	t.Helper()
	long := s.Now().Add(-48 * time.Hour)
	kinds := []func(string) any{
		func(id string) any { return instanceDoc{ID: id, Renewed: &long, Dead: true} },
		// Killed, and nobody has marked it.
		func(id string) any { return instanceDoc{ID: id, Renewed: &long} },
		// Killed before its first renewal.
		func(id string) any { return instanceDoc{ID: id} },
		func(id string) any { return instanceDoc{ID: id, Dead: true} },
		func(id string) any { // with fields that this version does not use
			return bson.D{{Key: "_id", Value: id}, {Key: "renewed_at", Value: long}, {Key: "dead", Value: true}, {Key: "note", Value: "x"}}
		},
	}
	var docs []any
	for kind, of := range kinds {
		for i := range n {
			docs = append(docs, of(fmt.Sprintf("old-%d-%d", kind, i)))
		}
	}
	insertAll(t, s.instances, docs)
	return len(docs)
}

// Leases of processes that ended long ago cost nothing and are removed, even thousands of them.
// Requests that such a process still owns are claimed.
func TestMembers_thousands_of_old_leases(t *testing.T) {
	if testing.Short() {
		t.Skip("writes thousands of leases, for 4 s")
	}
	t.Parallel()
	server := mongotest.Shared(t)
	database := mongotest.Database()
	before := openWith(t, server.URI(), func(c *Config) { c.Database, c.Instance = database, "before" })
	old := storeOldLeases(t, before, 800)
	var left []briefing.RequestID // one for an owner of each kind
	for kind := range 5 {
		left = append(left, storeOwned(t, before, fmt.Sprintf("old-%d-7", kind), 50*time.Hour, 2)...)
	}
	left = append(left, storeOwned(t, before, "removed long ago", 50*time.Hour, 2)...)
	left = append(left, storeOwned(t, before, "before", time.Hour, 2)...)
	if err := before.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := before.Close(); err != nil {
		t.Fatal(err)
	}

	m := newMeter(t, server.Addr())
	s := openWith(t, mongotest.URI(m.addr), func(c *Config) { c.Database, c.Instance = database, "me" })
	begin, start := m.bytes.Load(), time.Now()
	told := map[briefing.RequestID]bool{}
	leases := func() int64 {
		n, err := s.instances.CountDocuments(t.Context(), bson.D{})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	tick := time.NewTicker(250 * time.Millisecond) // as often as the server claims
	defer tick.Stop()
	for gone := false; len(told) < len(left) || !gone; <-tick.C {
		for id := range claimedBy(t, s) {
			told[id] = true
		}
		if rate := float64(m.bytes.Load()-begin) / time.Since(start).Seconds(); time.Since(start) > 2*time.Second && rate > 32<<10 {
			t.Fatalf("%.0f bytes a second are read beside %d old leases", rate, old)
		}
		if gone = leases() < 20; time.Since(start) > 45*time.Second {
			t.Fatalf("after %v %d of %d requests are claimed, and there are %d leases", time.Since(start), len(told), len(left), leases())
		}
	}
	for _, id := range left {
		if !told[id] {
			t.Errorf("request %s was not claimed", id)
		}
	}
}

// A process that was marked dead never returns under its name, even if its lease was removed.
// Requests that it started under that name afterwards are claimed.
func TestMembers_the_dead_stay_dead(t *testing.T) {
	t.Parallel()
	p := newPair(t, "")
	p.a.lease.stop() // as if the process were paused
	long := p.b.Now().Add(-time.Hour)
	if _, err := p.b.instances.UpdateByID(t.Context(), "a", bson.D{{Key: "$set", Value: bson.D{{Key: "renewed_at", Value: long}}}}); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "what the paused process owned to be claimed", func() bool { _, ok := claimedBy(t, p.b)[p.req.ID]; return ok })
	waitFor(t, "its lease to be removed", func() bool {
		p.b.membership.reading.Lock()
		p.b.membership.sweepAt = time.Time{}
		p.b.membership.readAt = time.Time{}
		p.b.membership.reading.Unlock()
		claimedBy(t, p.b)
		n, err := p.b.instances.CountDocuments(t.Context(), bson.D{{Key: "_id", Value: "a"}})
		return err == nil && n == 0
	})
	late := p.start(p.a, "lee") // under its old name
	if err := p.a.lease.renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	name := p.a.lease.instance()
	if name == "a" {
		t.Error("a removed name was taken up again")
	}
	if m, err := p.a.members(t.Context()); err != nil || !slices.Contains(m.live, name) || slices.Contains(m.live, "a") {
		t.Errorf("living are %v, %v; want %s and b", m.live, err, name)
	}
	waitFor(t, "what it started as a dead process to be claimed", func() bool {
		p.b.membership.reading.Lock()
		p.b.membership.sweepAt = time.Time{}
		p.b.membership.reading.Unlock()
		_, b := claimedBy(t, p.b)[late.ID]
		_, a := claimedBy(t, p.a)[late.ID]
		return a || b
	})
}

// Leases are read no more often than every membersEvery.
func TestMembers_are_read_twice_a_second_at_most(t *testing.T) {
	t.Parallel()
	s := openWith(t, mongotest.Shared(t).URI(), func(c *Config) { c.Instance = "me" })
	begin, reads, last := time.Now(), 0, time.Time{}
	for time.Since(begin) < 2*time.Second {
		claimedBy(t, s)
		s.membership.reading.Lock()
		if s.membership.readAt != last {
			reads, last = reads+1, s.membership.readAt
		}
		s.membership.reading.Unlock()
	}
	if reads < 2 || reads > 5 {
		t.Errorf("read %d times in 2 s, want at least once a second and twice at most", reads)
	}
}

// waitFor waits until a condition is true.
func waitFor(t *testing.T, what string, happened func() bool) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(20 * time.Second); !happened(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
