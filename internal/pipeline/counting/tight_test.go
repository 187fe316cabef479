package counting_test

import (
	"context"
	"image"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/counting"
)

// within counts in one picture for a capture of an interval, as package pipeline does.
func within(t *testing.T, c *counting.Counter, every time.Duration) bool {
	ctx, cancel := context.WithTimeout(t.Context(), every*3/4)
	defer cancel()
	_, ok := c.Count(ctx, []image.Image{picture(1)}, every/2)
	return ok
}

// A camera whose interval is too short for the detector costs others no counts.
func TestCounter_pauses_only_for_captures_with_too_little_time(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		took, calls := 1200*time.Millisecond, 0
		f := &fake{detect: func(ctx context.Context, img image.Image) ([]pipeline.Box, error) {
			calls++
			return slowly(took)(ctx, img)
		}}
		c, _, stop := start(t, f, 2)
		defer stop()
		for second := range 600 {
			if within(t, c, time.Second) {
				t.Fatal("a capture counts in less time than a picture takes")
			}
			if second%10 == 9 && !within(t, c, 10*time.Second) {
				t.Fatalf("after %d s a capture with enough time does not count: %+v", second, c.Counting())
			}
			time.Sleep(250 * time.Millisecond)
		}
		if calls > 60+20 {
			t.Errorf("%d pictures, although most had too little time", calls)
		}
		if got := c.Counting(); got.Reason != "SLOW" {
			t.Errorf("nobody says that an interval is too short: %+v", got)
		}
		time.Sleep(30 * time.Minute) // the fast camera has ended
		for range 2 {
			if !within(t, c, 10*time.Second) {
				t.Errorf("a capture with enough time does not count: %+v", c.Counting())
			}
		}
		if got := c.Counting(); got.Method != briefing.MethodModel {
			t.Errorf("the detector counts for all, and yet: %+v", got)
		}
		took = time.Hour // now it hangs
		for range 10 {
			within(t, c, 10*time.Second)
		}
		if before := calls; within(t, c, 10*time.Second) || calls != before {
			t.Errorf("a detector that hangs is asked without a pause")
		}
	})
}

// The last picture of a burst counts, even if the time ends while the others are read.
func TestCounter_Count_returns_what_was_read_in_time(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fake{detect: slowly(3 * time.Second)}
		c, _, stop := start(t, f, 1)
		defer stop()
		ctx, cancel := context.WithTimeout(t.Context(), 7500*time.Millisecond)
		defer cancel()
		burst := []image.Image{picture(50), picture(50), picture(7)}
		found, ok := c.Count(ctx, burst, 10*time.Second)
		if !ok || len(found.Pictures) != 1 || found.Pictures[0][0].Score != .07 {
			t.Errorf("Count = %+v, %v, want the last picture", found, ok)
		}
	})
}
