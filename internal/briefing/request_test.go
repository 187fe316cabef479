package briefing_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"bis/internal/briefing"
)

func minuteRequest() briefing.Request {
	ends := shopStart.Add(10 * time.Minute)
	return briefing.Request{Interval: 60, StartedAt: shopStart, EndsAt: &ends}
}

func TestRequest_Grid(t *testing.T) {
	t.Parallel()
	req := minuteRequest()
	tests := map[string]struct {
		after time.Duration
		want  int64
	}{
		"before_the_start":         {-time.Hour, 0},
		"at_the_start":             {0, 0},
		"just_before_the_first":    {time.Minute - time.Nanosecond, 0},
		"at_the_first":             {time.Minute, 1},
		"between":                  {150 * time.Second, 2},
		"a_tick_at_the_end_counts": {10 * time.Minute, 10},
		"after_the_end":            {time.Hour, 10},
	}
	for name, tt := range tests {
		if got := req.Grid(shopStart.Add(tt.after)); got != tt.want {
			t.Errorf("%s: Grid(start+%v) = %d, want %d", name, tt.after, got, tt.want)
		}
	}
	req.EndsAt = nil
	if got := req.Grid(shopStart.Add(time.Hour)); got != 60 {
		t.Errorf("without an end: Grid = %d, want 60", got)
	}
}

func TestRequest_a_zero_interval_of_old_data_counts_as_a_second(t *testing.T) {
	t.Parallel()
	req := briefing.Request{StartedAt: shopStart}
	if req.Every() != time.Second || req.Grid(shopStart.Add(time.Minute)) != 60 {
		t.Errorf("Every = %v, Grid = %d", req.Every(), req.Grid(shopStart.Add(time.Minute)))
	}
}

func TestRequest_ticks_lie_on_the_grid(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	for range 2_000 {
		req := briefing.Request{Interval: 1 + rng.IntN(briefing.MaxInterval),
			StartedAt: time.UnixMilli(rng.Int64N(4_000_000_000_000)).UTC()}
		n := 1 + rng.Int64N(100_000)
		tick := req.TickAt(n)
		if got := req.Grid(tick); got != n {
			t.Fatalf("interval %d: Grid(TickAt(%d)) = %d", req.Interval, n, got)
		}
		if got := req.Grid(tick.Add(-time.Nanosecond)); got != n-1 {
			t.Fatalf("interval %d: Grid just before tick %d = %d", req.Interval, n, got)
		}
		// The nearest tick is less than half an interval away, on either side.
		off := time.Duration(rng.Int64N(int64(req.Every()))) - req.Every()/2
		if got := req.NearestTick(tick.Add(off)); got != n {
			t.Fatalf("interval %d: NearestTick(tick %d %+v) = %d", req.Interval, n, off, got)
		}
	}
}

func TestRequest_Settle(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		n             int64
		done, skipped int
		want          briefing.TickCounts
	}{
		"the_next_tick":             {5, 1, 0, briefing.TickCounts{Done: 3, Skipped: 1, Missed: 1}},
		"the_rest_is_missed":        {10, 1, 2, briefing.TickCounts{Done: 3, Skipped: 3, Missed: 4}},
		"skipped_fits_the_gap":      {6, 1, 99, briefing.TickCounts{Done: 3, Skipped: 2, Missed: 1}},
		"negative_skips_are_none":   {6, 1, -3, briefing.TickCounts{Done: 3, Skipped: 1, Missed: 2}},
		"nothing_before_the_last":   {4, 1, 1, briefing.TickCounts{Done: 2, Skipped: 1, Missed: 1}},
		"an_earlier_tick_is_no_gap": {1, 1, 1, briefing.TickCounts{Done: 2, Skipped: 1, Missed: 1}},
		"an_end_stores_nothing":     {7, 0, 1, briefing.TickCounts{Done: 2, Skipped: 2, Missed: 3}},
	}
	for name, tt := range tests {
		req := briefing.Request{LastTick: 4, Ticks: briefing.TickCounts{Done: 2, Skipped: 1, Missed: 1}}
		if got := req.Settle(tt.n, tt.done, tt.skipped); got != tt.want {
			t.Errorf("%s: Settle(%d, %d, %d) = %+v, want %+v", name, tt.n, tt.done, tt.skipped, got, tt.want)
		}
	}
}

func TestRequest_Settle_accounts_for_every_tick(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(7, 8))
	req, stored := briefing.Request{}, 0
	for range 5_000 {
		n := req.LastTick + rng.Int64N(5)
		done := rng.IntN(2)
		if n > req.LastTick {
			stored += done
		}
		req.Ticks = req.Settle(n, done, rng.IntN(6)-1)
		req.LastTick = max(req.LastTick, n)
		c := req.Ticks
		if int64(c.Done+c.Skipped+c.Missed) != req.LastTick || c.Done != stored {
			t.Fatalf("counts %+v, last tick %d, %d stored", c, req.LastTick, stored)
		}
	}
}

// The clocks of two processes may differ by a round trip. So the process that ends a request may
// have an earlier time than the one that ran its last tick.
func TestRequest_Ended_is_not_before_its_last_tick(t *testing.T) {
	t.Parallel()
	start := time.Date(2024, 2, 3, 14, 5, 9, 0, time.UTC)
	req := briefing.Request{StartedAt: start, Interval: 1, Active: true, LastTick: 116, Ticks: briefing.TickCounts{Done: 84, Skipped: 18, Missed: 14}}
	ended := req.Ended(briefing.End{At: start.Add(114500 * time.Millisecond), Reason: briefing.EndedByUser})
	sum := ended.Ticks.Done + ended.Ticks.Skipped + ended.Ticks.Missed
	if !ended.EndedAt.Equal(start.Add(116*time.Second)) || ended.LastTick != 116 || int64(sum) != ended.Grid(*ended.EndedAt) {
		t.Errorf("ended at %v, last tick %d, counts %+v", ended.EndedAt, ended.LastTick, ended.Ticks)
	}
	later := start.Add(118200 * time.Millisecond)
	if ended = req.Ended(briefing.End{At: later, Reason: briefing.EndedByUser}); !ended.EndedAt.Equal(later) || ended.LastTick != 118 {
		t.Errorf("ended at %v, last tick %d; want %v and 118", ended.EndedAt, ended.LastTick, later)
	}
}

// The end was moved from 60 to 61 seconds, by another replica, after the owner had read it.
func TestRequest_Ended_by_time_is_not_before_the_stored_end(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	ends := start.Add(61 * time.Second)
	req := briefing.Request{StartedAt: start, Interval: 1, EndsAt: &ends, Active: true, LastTick: 60}
	read := start.Add(60 * time.Second)
	ended := req.Ended(briefing.End{At: read, Reason: briefing.EndedByTime})
	if !ended.EndedAt.Equal(ends) || ended.LastTick != 61 || ended.Ticks.Missed != 1 {
		t.Errorf("ended at %v, last tick %d, counts %+v; want %v, 61 and 1 missed",
			ended.EndedAt, ended.LastTick, ended.Ticks, ends)
	}
	if ended = req.Ended(briefing.End{At: read, Reason: briefing.EndedByUser}); !ended.EndedAt.Equal(read) {
		t.Errorf("an end by the user is at %v, want %v", ended.EndedAt, read)
	}
}
