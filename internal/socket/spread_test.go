package socket_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/socket"
)

func TestSpread_ends_all_evenly_over_the_time(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		var perSecond [2]int
		rest := socket.Spread(t.Context(), 2*time.Second, make([]int, 100), func() int { return 1 }, func(int) {
			perSecond[int(time.Since(begin).Seconds())]++
		})
		if perSecond != [2]int{50, 50} || len(rest) != 0 {
			t.Errorf("ended per second: %v, rest %v", perSecond, rest)
		}
	})
}

func TestSpread_ends_all_at_once_over_no_time(t *testing.T) {
	t.Parallel()
	ended := 0
	rest := socket.Spread(t.Context(), 0, make([]int, 100), func() int { return 1 }, func(int) { ended++ })
	if ended != 100 || len(rest) != 0 {
		t.Errorf("ended %d of 100, rest %v", ended, rest)
	}
}

func TestSpread_does_not_wait_when_nobody_is_left(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		socket.Spread(t.Context(), time.Hour, nil, func() int { return 0 }, func(int) {})
		if took := time.Since(begin); took != 0 {
			t.Errorf("it took %v", took)
		}
	})
}

func TestSpread_returns_the_rest_when_its_context_ends(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		time.AfterFunc(time.Second-time.Millisecond, cancel)
		list := make([]int, 100)
		for i := range list {
			list[i] = i
		}
		ended := 0
		rest := socket.Spread(ctx, 2*time.Second, list, func() int { return 1 }, func(int) { ended++ })
		if ended != 50 || !slices.Equal(rest, list[50:]) {
			t.Errorf("ended %d of 100, rest %v", ended, rest)
		}
	})
}

// Clients need time to answer a close, so Spread leaves them half of the time to the deadline.
func TestSpread_leaves_half_of_the_time_to_its_deadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin, ended := time.Now(), 0
		rest := socket.Spread(ctx, time.Second, make([]int, 100), func() int { return 1 }, func(int) { ended++ })
		if took := time.Since(begin); took > time.Second/2 || ended != 100 || len(rest) != 0 {
			t.Errorf("ended %d of 100 after %v, rest %v", ended, took, rest)
		}
	})
}

// On a machine that is late with a group, the next group is larger.
func TestSpread_takes_no_longer_on_a_busy_machine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		rest := socket.Spread(t.Context(), time.Second, make([]int, 100), func() int { return 1 }, func(int) {
			<-time.After(7 * time.Millisecond) // a hundred waits take 0.7 s
		})
		if took := time.Since(begin); took > 1_050*time.Millisecond || len(rest) != 0 {
			t.Errorf("took %v of 1 s, rest %v", took, rest)
		}
	})
}
