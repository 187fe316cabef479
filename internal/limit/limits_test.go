package limit_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/limit"
)

// bounds are limits with a clock that a test sets. They record the refusals.
type bounds struct {
	*limit.Limits
	clock
	refused []string
}

func newBounds(t *testing.T, cfg limit.Config) *bounds {
	t.Helper()
	b := &bounds{clock: clock{time.Unix(1_000, 0)}}
	cfg.Now = b.now
	cfg.Refused = func(c limit.Caller, why limit.Reason) {
		b.refused = append(b.refused, string(c)+" "+string(why))
	}
	var err error
	if b.Limits, err = limit.New(cfg); err != nil {
		t.Fatal(err)
	}
	return b
}

// from returns the context of a call from an address.
func from(c limit.Caller) context.Context { return limit.WithCaller(context.Background(), c) }

// until repeats a call until it is refused, and returns how often it was allowed.
func until(t *testing.T, call func() error) (n int, refusal error) {
	t.Helper()
	for ; n < 100_000; n++ {
		if err := call(); err != nil {
			return n, err
		}
	}
	t.Fatal("nothing is refused")
	return 0, nil
}

// TestLimits_have_sane_defaults pins the table of docs/configuration.md.
func TestLimits_have_sane_defaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind   limit.Kind
		burst  int
		perSec float64
	}{
		{limit.Operations, 5_000, 500}, {limit.Starts, 500, 20}, {limit.Logins, 500, 20},
		{limit.Summaries, 40, 2}, {limit.Subscriptions, 10_000, 500}, {limit.Sockets, 10_000, 500},
	} {
		b := newBounds(t, limit.Config{})
		allow := func() error { return b.Allow(from("a"), c.kind) }
		n, err := until(t, allow)
		if n != c.burst || !errors.Is(err, briefing.ErrRateLimited) || briefing.RetrySeconds(err) != 1 {
			t.Errorf("kind %d: %d at once, then %v after %d s, want %d", c.kind, n, err, briefing.RetrySeconds(err), c.burst)
		}
		if err := b.Allow(from("b"), c.kind); err != nil {
			t.Errorf("kind %d: another address gets %v", c.kind, err)
		}
		b.Time = b.Add(2 * time.Second)
		if n, _ := until(t, allow); n != int(2*c.perSec) {
			t.Errorf("kind %d: %d more after 2 s, want %v", c.kind, n, 2*c.perSec)
		}
	}
}

// TestLimits_of_users checks that users' limits count for each pair of address and user, and are
// lower than the limits of the address.
func TestLimits_of_users(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		allow func(*bounds, context.Context, string) error
		user  int
		all   int
		wait  int // seconds until the next allowed call
	}{
		{"starts", func(b *bounds, ctx context.Context, u string) error { return b.AllowStart(ctx, u) }, 60, 500, 1},
		{"logins", func(b *bounds, ctx context.Context, u string) error { return b.AllowLogin(ctx, u) }, 60, 500, 1},
		{"summaries", func(b *bounds, ctx context.Context, u string) error { return b.AllowSummary(ctx, u) }, 10, 40, 2},
		{"tests", func(b *bounds, ctx context.Context, u string) error { return b.AllowTest(ctx, u) }, 10, 20, 5},
	} {
		b := newBounds(t, limit.Config{})
		spelt := 0
		n, err := until(t, func() error {
			spelt++ // each spelling of the name is the same user
			return c.allow(b, from("a"), []string{"강", " 강", "\u1100\u1161\u11bc"}[spelt%3])
		})
		if n != c.user || briefing.RetrySeconds(err) != c.wait {
			t.Errorf("%s: %d of one user, then wait %d s, want %d and %d s", c.name, n, briefing.RetrySeconds(err), c.user, c.wait)
		}
		if err := c.allow(b, from("b"), "강"); err != nil {
			t.Errorf("%s: the user from another address gets %v", c.name, err)
		}
		names := 0
		n, _ = until(t, func() error {
			names++
			return c.allow(b, from("c"), strings.Repeat("x", 100_000)+fmt.Sprint(names))
		})
		if n > c.user {
			t.Errorf("%s: %d of names that differ far behind, want at most %d", c.name, n, c.user)
		}
		n, _ = until(t, func() error { names++; return c.allow(b, from("d"), fmt.Sprint(names)) })
		if n != c.all {
			t.Errorf("%s: %d by invented names, want %d", c.name, n, c.all)
		}
	}
}

// TestLimits_let_a_storm_through checks that 5,000 phones behind one address may reconnect at the
// same time, twice.
func TestLimits_let_a_storm_through(t *testing.T) {
	t.Parallel()
	b := newBounds(t, limit.Config{})
	for range 2 {
		var releases []func()
		for i := range 5_000 {
			release, err := b.Connect(from("nat"))
			if err == nil {
				err = errors.Join(b.Allow(from("nat"), limit.Subscriptions), b.Begin("nat"))
			}
			if err != nil {
				t.Fatalf("phone %d: %v", i, err)
			}
			releases = append(releases, release)
		}
		b.End("nat", 5_000)
		for _, release := range releases {
			release()
		}
	}
	if len(b.refused) > 0 {
		t.Errorf("refused: %q", b.refused)
	}
}

// TestLimits_keep_a_reserve allows one address half of the sockets, and half of the operations on
// sockets.
func TestLimits_keep_a_reserve(t *testing.T) {
	t.Parallel()
	b := newBounds(t, limit.Config{Sockets: 8})
	connect := func() error { _, err := b.Connect(from("greedy")); return err }
	if n, err := until(t, connect); n != 4 || briefing.RetrySeconds(err) != 5 {
		t.Errorf("%d sockets, then wait %d s", n, briefing.RetrySeconds(err))
	}
	begin := func() error { return b.Begin("greedy") }
	if n, _ := until(t, begin); n != 12 {
		t.Errorf("%d operations, want 12", n)
	}
	if _, err := b.Connect(from("other")); err != nil {
		t.Errorf("another address gets %v", err)
	}
	b.End("greedy", 2)
	if n, _ := until(t, begin); n != 2 {
		t.Errorf("%d operations after two have ended, want 2", n)
	}
	want := "greedy socket_slots"
	if b.refused[0] != want {
		t.Errorf("reported %q, want %q first", b.refused, want)
	}
}

// TestLimits_ready checks that Ready counts nothing.
func TestLimits_ready(t *testing.T) {
	t.Parallel()
	b := newBounds(t, limit.Config{Factor: 0.001})
	for range 100 {
		if err := b.Ready(from("a"), limit.Operations); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.AllowN(from("a"), limit.Operations, 6); err == nil {
		t.Error("more than a burst is allowed")
	}
	if err := b.AllowN(from("a"), limit.Operations, 5); err != nil {
		t.Errorf("a burst: %v", err)
	}
	if err := b.Ready(from("a"), limit.Operations); briefing.RetrySeconds(err) != 2 {
		t.Errorf("without a token: %v after %d s, want 2", err, briefing.RetrySeconds(err))
	}
}

// TestLimits_off checks that limits that are off or nil refuse nothing. Limits that are off still
// report other refusals.
func TestLimits_off(t *testing.T) {
	t.Parallel()
	b := newBounds(t, limit.Config{Off: true, Sockets: 2, Factor: 0.01})
	for _, l := range []*limit.Limits{b.Limits, nil} {
		for range 1_000 {
			_, err := l.Connect(from("a"))
			if err := errors.Join(err, l.AllowLogin(from("a"), "kim"), l.Begin("a"), l.Ready(from("a"), limit.Operations)); err != nil {
				t.Fatal(err)
			}
		}
		l.End("a", 1_000)
		if l.Messages().PerSecond != 0 {
			t.Error("messages are limited")
		}
		l.Report("a", limit.TooComplex)
	}
	if len(b.refused) != 1 {
		t.Errorf("reported %q, want one refusal", b.refused)
	}
}

// TestNew_refuses checks invalid settings.
func TestNew_refuses(t *testing.T) {
	t.Parallel()
	for _, cfg := range []limit.Config{{Factor: -1}, {Sockets: -1}} {
		if _, err := limit.New(cfg); err == nil {
			t.Errorf("New(%+v) returns no error", cfg)
		}
	}
}
