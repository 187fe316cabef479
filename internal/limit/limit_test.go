package limit_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"bis/internal/limit"
)

// TestProxies_find_the_caller checks requests with and without proxies.
func TestProxies_find_the_caller(t *testing.T) {
	t.Parallel()
	proxies := limit.NewProxies([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")})
	for _, c := range []struct {
		remote    string
		forwarded []string
		want      limit.Caller
	}{
		{"192.0.2.1:5000", nil, "192.0.2.1"},
		{"192.0.2.1:5000", []string{"198.51.100.1"}, "192.0.2.1"}, // the sender is not a trusted proxy
		{"10.0.0.1:5000", nil, "10.0.0.1"},
		{"10.0.0.1:5000", []string{"198.51.100.1"}, "198.51.100.1"},
		{"10.0.0.1:5000", []string{"203.0.113.9, 198.51.100.1, 10.0.0.2"}, "198.51.100.1"}, // the caller wrote the first entry
		{"10.0.0.1:5000", []string{"203.0.113.9", "198.51.100.1"}, "198.51.100.1"},
		{"10.0.0.1:5000", []string{"198.51.100.1:4711"}, "198.51.100.1"},
		{"10.0.0.1:5000", []string{"nonsense, 10.0.0.2"}, "10.0.0.2"},
		{"10.0.0.1:5000", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		{"[2001:db8:1:2:3:4:5:6]:5000", nil, "2001:db8:1:2::/64"},
		{"[::ffff:192.0.2.1]:5000", nil, "192.0.2.1"},
		{"[fd00::1]:5000", []string{"[2001:db8::7]:80"}, "2001:db8::/64"},
		{"@", nil, ""}, // a Unix socket
	} {
		r := &http.Request{RemoteAddr: c.remote, Header: http.Header{"X-Forwarded-For": c.forwarded}}
		if got := proxies.Caller(r); got != c.want {
			t.Errorf("from %s by %q the caller is %q, want %q", c.remote, c.forwarded, got, c.want)
		}
	}
}

// clock is a time that a test sets.
type clock struct{ time.Time }

func (c *clock) now() time.Time { return c.Time }

// TestRates_refill allows a burst, refuses the next call with the time to wait, and allows one call
// after that time. Other callers and other kinds are not affected.
func TestRates_refill(t *testing.T) {
	t.Parallel()
	at := &clock{time.Unix(1_000, 0)}
	r := limit.NewRates(map[limit.Kind]limit.Rate{limit.Logins: {PerSecond: 2, Burst: 3}}, at.now)
	for i := range 3 {
		if _, ok := r.Allow(limit.Logins, "a"); !ok {
			t.Fatalf("login %d of a burst of 3 is refused", i+1)
		}
	}
	wait, ok := r.Allow(limit.Logins, "a")
	if ok || wait != 500*time.Millisecond {
		t.Fatalf("the fourth login: %v, %v, want refused for 500ms", wait, ok)
	}
	if _, ok := r.Allow(limit.Logins, "b"); !ok {
		t.Error("another caller is refused")
	}
	if _, ok := r.Allow(limit.Starts, "a"); !ok {
		t.Error("a kind without a rate is refused")
	}
	at.Time = at.Add(wait)
	if _, ok := r.Allow(limit.Logins, "a"); !ok {
		t.Error("refused after the time to wait")
	}
	if _, ok := r.Allow(limit.Logins, "a"); ok {
		t.Error("two were let through, want one")
	}
}

// TestRates_bound_their_memory calls with more callers than there are buckets.
func TestRates_bound_their_memory(t *testing.T) {
	t.Parallel()
	at := &clock{time.Unix(1_000, 0)}
	r := limit.NewRates(map[limit.Kind]limit.Rate{limit.Operations: {PerSecond: 1, Burst: 2}}, at.now)
	for i := range 20_000 {
		r.Allow(limit.Operations, fmt.Sprint(i))
	}
	let := 0
	for i := range 100 {
		if _, ok := r.Allow(limit.Operations, fmt.Sprint("late", i)); ok {
			let++
		}
	}
	if let != 2 {
		t.Errorf("%d of 100 callers beyond the bound were let through, want their shared burst of 2", let)
	}
	at.Time = at.Add(time.Minute) // all buckets are full again, so a sweep removes them
	for i := range 100 {
		if _, ok := r.Allow(limit.Operations, fmt.Sprint("later", i)); !ok {
			t.Fatalf("caller %d is refused after the others rested", i)
		}
	}
}

// TestSlots_keep_a_reserve allows one caller half of the slots and no more, and allows released
// slots again.
func TestSlots_keep_a_reserve(t *testing.T) {
	t.Parallel()
	s := limit.NewSlots(10, 0)
	var releases []func()
	for i := range 5 {
		release, ok := s.Acquire("greedy")
		if !ok {
			t.Fatalf("slot %d of 5 is refused", i+1)
		}
		releases = append(releases, release)
	}
	if _, ok := s.Acquire("greedy"); ok {
		t.Error("one caller has more than half of all slots")
	}
	for i := range 5 {
		if _, ok := s.Acquire(limit.Caller(fmt.Sprint(i))); !ok {
			t.Errorf("another caller is refused, %d slots are taken", s.Len())
		}
	}
	if _, ok := s.Acquire("one more"); ok {
		t.Error("more than all slots are taken")
	}
	releases[0]()
	releases[0]()
	if s.Len() != 9 {
		t.Errorf("%d slots are taken after one was given back, want 9", s.Len())
	}
	if _, ok := s.Acquire("greedy"); !ok {
		t.Error("the slot that was given back is refused")
	}
}

// TestSlots_bound_each_caller checks a bound for each caller that is less than half.
func TestSlots_bound_each_caller(t *testing.T) {
	t.Parallel()
	s := limit.NewSlots(0, 2)
	for i := range 3 {
		if _, ok := s.Acquire("a"); ok != (i < 2) {
			t.Errorf("slot %d of at most 2: %v", i+1, ok)
		}
	}
	if _, ok := s.Acquire("b"); !ok {
		t.Error("another caller is refused")
	}
}
