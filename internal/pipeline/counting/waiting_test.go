package counting_test

import (
	"image"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// wide returns a picture of many pixels, 64 million, of which none has memory.
func wide() image.Image { return &image.Gray{Rect: image.Rect(0, 0, 1<<13, 1<<13)} }

// Pictures that wait take memory, so their number is bounded. Beyond, motion counts at once.
func TestCounter_Count_bounds_the_pictures_that_wait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fake{detect: slowly(20 * time.Second)}
		c, _, stop := start(t, f, 1)
		defer stop()
		var group sync.WaitGroup
		var mu sync.Mutex
		atOnce := 0
		for range 8 {
			group.Go(func() {
				began := time.Now()
				_, ok := c.Count(t.Context(), []image.Image{wide(), wide()}, 30*time.Second)
				mu.Lock()
				defer mu.Unlock()
				if !ok && time.Since(began) == 0 {
					atOnce++
				}
			})
			synctest.Wait()
		}
		// One is read. Two bursts wait, or one burst and two last pictures.
		group.Wait()
		if atOnce < 4 || atOnce > 5 {
			t.Errorf("%d of 8 captures wait for nothing, want 4 or 5", atOnce)
		}
		if _, ok := c.Count(t.Context(), []image.Image{wide()}, 30*time.Second); !ok {
			t.Error("a picture has no turn afterwards")
		}
	})
}
