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
		ctx, cancel := context.WithTimeout(t.Context(), time.Second-time.Millisecond)
		defer cancel()
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
