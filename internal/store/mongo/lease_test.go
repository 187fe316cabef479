package mongo

import (
	"fmt"
	"testing"
	"time"

	"bis/internal/await"
	"bis/internal/briefing"
	"bis/internal/store/mongo/mongotest"
)

// A process that could not renew for longer than LeaseTime marks no other dead for a while, because
// the database was unreachable for all of them.
func TestLease_a_database_that_was_away_shuffles_nothing(t *testing.T) {
	t.Parallel()
	p := newPair(t, "")
	p.a.lease.stop()
	p.b.lease.stop()
	expired := p.b.Now().Add(p.b.cfg.LeaseTime)
	await.True(t, "the leases expire by the database's clock", func() bool { return p.b.Now().After(expired) })
	p.b.lease.mu.Lock()
	p.b.lease.renewingSince = time.Time{} // its renewals failed
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

// A process that was paused for longer than LeaseTime finds itself marked dead and continues under
// a new name. Its later writes under the old name are refused.
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

// The clocks of processes may differ. All timing uses the database's.
func TestStore_Now_is_the_databases_clock(t *testing.T) {
	t.Parallel()
	uri := mongotest.Shared(t).URI()
	for _, ahead := range []time.Duration{-time.Minute, 0, time.Minute} {
		s := openWith(t, uri, func(c *Config) { c.Clock = func() time.Time { return time.Now().Add(ahead) } })
		// A measurement is exact to half of its round trip. On a busy machine a later renewal
		// improves on the first one.
		await.True(t, fmt.Sprintf("with a clock %v ahead, Now is off by at most 200 ms", ahead), func() bool {
			return time.Until(s.Now()).Abs() <= 200*time.Millisecond
		})
	}
}

// A measurement with a long round trip does not replace one with a short round trip, but is
// replaced by it.
func TestLease_trusts_the_quickest_reading(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	l := &lease{}
	for i, c := range []struct{ ahead, trip, want time.Duration }{
		// The first one counts, although it may be off by a second.
		{1400 * ms, 2000 * ms, 1400 * ms},
		{1000 * ms, 400 * ms, 1000 * ms},  // more exact
		{1210 * ms, 3000 * ms, 1000 * ms}, // less exact, and no contradiction
		{1900 * ms, 1600 * ms, 1000 * ms}, // beyond its own error, but not beyond both
		{1005 * ms, 4 * ms, 1005 * ms},    // the most exact
		{1006 * ms, 2 * ms, 1005 * ms},    // too small a change
		{1900 * ms, 100 * ms, 1900 * ms},  // a clock was set
	} {
		if l.applyOffset(c.ahead, c.trip); l.clockOffset != c.want {
			t.Errorf("reading %d: %v ahead, want %v", i, l.clockOffset, c.want)
		}
	}
}
