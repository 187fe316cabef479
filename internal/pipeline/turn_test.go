package pipeline_test

import (
	"context"
	"fmt"
	"image"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// hanging is a detector that answers nothing until its time is over.
func hanging() *counter {
	return &counter{find: func(ctx context.Context, _ []image.Image) (pipeline.Found, bool) {
		<-ctx.Done()
		return pipeline.Found{}, false
	}}
}

// of returns a tick of a request with an interval in seconds.
func of(id briefing.RequestID, n int64, seconds int) briefing.Run {
	r := tick(id, n)
	r.Request.Interval = seconds
	return r
}

func TestRun_waits_for_no_count_of_a_longer_interval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := counts(t, &shop{places: "ab"}, hanging())
		var slow sync.WaitGroup
		slow.Go(func() { run(t, p, of("slow", 1, 60)) })
		synctest.Wait() // the picture came, and the detector works
		started := time.Now()
		r := run(t, p, of("fast", 1, 1))
		if took := time.Since(started); took >= time.Second || people(t, r) != 2 {
			t.Errorf("a run of every second took %v: %+v", took, r)
		}
		slow.Wait()
	})
}

func TestRun_of_a_slow_camera_ends_before_the_next_tick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := many(t, &shops{}, func(cfg *pipeline.Config) {
			cfg.Open = func(briefing.Camera) (pipeline.Setup, error) {
				src := &source{frame: func(context.Context, int64) (pipeline.Frame, error) {
					pass(600 * time.Millisecond)
					return pipeline.Frame{Image: image.NewGray(image.Rect(0, 0, 8, 8))}, nil
				}}
				return pipeline.Setup{Source: src, Measurer: &shop{places: "a"}}, nil
			}
			cfg.Counter = hanging()
		})
		started := time.Now()
		r := tickOf(stored("c1"), 1)
		r.Request.Interval = 1
		if got := run(t, p, r); time.Since(started) >= time.Second || people(t, got) != 1 {
			t.Errorf("a run of every second took %v: %+v", time.Since(started), got)
		}
	})
}

// A change of the camera takes effect while its picture waits for a turn.
func TestChanged_ends_a_count_that_is_no_longer_allowed(t *testing.T) {
	full := []briefing.ProviderEgress{{Provider: "detector.example", Egress: briefing.EgressFull}}
	for name, c := range map[string]struct {
		change func(*briefing.Camera)
		ends   bool
	}{
		"privacy": {func(c *briefing.Camera) { c.Egress = nil }, true},
		"masks": {func(c *briefing.Camera) {
			c.Masks = []briefing.Polygon{area(0, 0, .5, 0, .5, .5, 0, .5)}
		}, true},
		"name": {func(c *briefing.Camera) { c.Name = "가게" }, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			by := hanging()
			by.provider = "detector.example"
			p, _ := many(t, &shops{}, func(cfg *pipeline.Config) {
				cfg.Open = func(briefing.Camera) (pipeline.Setup, error) {
					return pipeline.Setup{Source: &source{}, Measurer: &shop{places: "a"}}, nil
				}
				cfg.Counter = by
			})
			camera := stored("c1")
			camera.Egress = full
			started := time.Now()
			var group sync.WaitGroup
			group.Go(func() { run(t, p, tickOf(camera, 1)) })
			synctest.Wait()
			if by.asked() != 1 {
				t.Fatal("the detector was not asked")
			}
			camera.Version++
			c.change(&camera)
			p.Changed(camera)
			group.Wait()
			if ended := time.Since(started) == 0; ended != c.ends {
				t.Errorf("%s: the count ended after %v", name, time.Since(started))
			}
		})
	}
}

// A detector elsewhere may answer any number of names, and each briefing is stored.
func TestRun_has_a_bounded_number_of_classes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var boxes []pipeline.Box
		for i := range 500 {
			b := pipeline.Box{X1: .1, Y1: .9, Name: fmt.Sprintf("class %03d", i), Score: .9}
			if boxes = append(boxes, b); i >= 490 { // the last ones are twice there
				boxes = append(boxes, b)
			}
		}
		by := &counter{find: func(context.Context, []image.Image) (pipeline.Found, bool) {
			return pipeline.Found{Pictures: [][]pipeline.Box{boxes}, Method: briefing.MethodHTTP, Detector: "host"}, true
		}}
		p, _ := counts(t, &shop{places: "ab"}, by)
		got := next(t, p, "a", 1).Facts.Counts
		if len(got) != briefing.MaxCounts || got[0].Name != briefing.Person ||
			got[len(got)-1] != (briefing.ObjectCount{Name: "class 499", Count: 2}) {
			t.Errorf("%d counts, want people and the most frequent classes: %+v", len(got), got)
		}
	})
}
