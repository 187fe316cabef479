package pipeline_test

import (
	"cmp"
	"context"
	"image"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// view is a sketch of a shop in which people stand at some places.
type view struct{ places string }

func (v *view) Differs(before pipeline.Sketch) bool { return v.places != before.(*view).places }

func (v *view) Tiles() (columns, rows int, busy []bool) { return 2, 1, []bool{v.places != "", false} }

// shop is a measurer whose pictures the test decides. Each letter of places is a person. A capital
// letter means that motion cannot count.
type shop struct {
	mu     sync.Mutex
	places string
	boxes  []pipeline.Box // nil: counts alone
}

func (s *shop) show(places string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.places = places
}

func (s *shop) Measure([]pipeline.Frame) pipeline.Measurement {
	s.mu.Lock()
	defer s.mu.Unlock()
	facts := pipeline.Facts{Scene: briefing.SceneSteady}
	switch s.places {
	case "LEARNING":
		facts.Scene = briefing.SceneLearning
		return pipeline.Measurement{Facts: facts, State: briefing.CameraOK}
	case "CROWD":
		facts.Scene = briefing.SceneChanged
		return pipeline.Measurement{Facts: facts, State: briefing.CameraOK}
	case "LAMPS":
		facts.Scene = briefing.SceneChanged
		return pipeline.Measurement{Facts: facts, State: briefing.CameraLightChange}
	case "NIGHT":
		facts.Scene = briefing.SceneDark
		return pipeline.Measurement{Facts: facts, State: briefing.CameraDark}
	}
	facts.Counted, facts.Estimate = true, true
	facts.Detector, facts.Method = briefing.DetectorMotion, briefing.MethodMotion
	facts.Counts = []briefing.ObjectCount{{Name: briefing.Person, Count: len(s.places)}}
	m := pipeline.Measurement{Facts: facts, State: briefing.CameraOK, Sketch: &view{places: s.places}}
	if s.boxes != nil {
		m.Found = [][]pipeline.Box{s.boxes}
	}
	return m
}

// counter is a detector that finds a number of people in each picture.
type counter struct {
	mu       sync.Mutex
	calls    int
	waits    []time.Duration
	provider string
	find     func(ctx context.Context, burst []image.Image) (pipeline.Found, bool)
}

func (c *counter) Count(ctx context.Context, burst []image.Image, wait time.Duration) (pipeline.Found, bool) {
	c.mu.Lock()
	c.calls++
	c.waits = append(c.waits, wait)
	c.mu.Unlock()
	return c.find(ctx, burst)
}

func (c *counter) Provider() string { return c.provider }

func (c *counter) asked() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls
}

// finding returns a counter that finds n people in each picture.
func finding(n int) *counter {
	return &counter{find: func(_ context.Context, burst []image.Image) (pipeline.Found, bool) {
		found := pipeline.Found{Method: briefing.MethodModel, Detector: "net"}
		for range burst {
			found.Pictures = append(found.Pictures, people8(n))
		}
		return found, true
	}}
}

// people8 returns the boxes of n people who stand in a row at the lower edge.
func people8(n int) []pipeline.Box {
	boxes := []pipeline.Box{}
	for i := range n {
		x := float64(i) / 8
		boxes = append(boxes, pipeline.Box{X0: x, X1: x + .1, Y0: .5, Y1: .9, Name: briefing.Person, Score: .9})
	}
	return boxes
}

// counts opens a pipeline with a shop and a counter; nil: none.
func counts(t *testing.T, s *shop, by *counter) (*pipeline.Pipeline, *captioner) {
	words := &captioner{}
	cfg := pipeline.Config{
		Cameras: map[briefing.CameraID]pipeline.Setup{
			briefing.DefaultCamera: {Source: &source{}, Measurer: s},
		},
		Captioner: words, Log: slog.New(slog.DiscardHandler),
	}
	if by != nil {
		cfg.Counter = by
	}
	p, err := pipeline.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p, words
}

// next runs the n-th tick of a request, an interval after the one before.
func next(t *testing.T, p *pipeline.Pipeline, id briefing.RequestID, n int64) briefing.Report {
	t.Helper()
	pass(10 * time.Second)
	return run(t, p, tick(id, n))
}

func TestRun_of_an_unchanged_picture_repeats_the_one_it_equals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, by := &shop{places: "ab"}, finding(3)
		p, words := counts(t, s, by)
		first := next(t, p, "a", 1)
		if people(t, first) != 3 || first.Unchanged || first.Facts.Method != briefing.MethodModel || first.Facts.Estimate {
			t.Errorf("the first run is %+v", first)
		}
		by.find = finding(5).find
		for n := int64(2); n <= 10; n++ {
			r := next(t, p, "a", n)
			if people(t, r) != 3 || !r.Unchanged || r.Facts.Method != briefing.MethodModel || r.Facts.Detector != "net" {
				t.Errorf("tick %d is %+v", n, r)
			}
			if in := words.got[len(words.got)-1]; !in.Unchanged || in.Facts.Scene != briefing.SceneSteady {
				t.Errorf("tick %d is worded by %+v", n, in)
			}
		}
		if n := by.asked(); n != 1 {
			t.Errorf("%d calls of the detector for nine unchanged runs", n)
		}
		if r := next(t, p, "a", 11); people(t, r) != 5 || r.Unchanged {
			t.Errorf("the eleventh run is %+v; it must look", r)
		}
		if r := next(t, p, "a", 12); !r.Unchanged || people(t, r) != 5 {
			t.Errorf("the run after it is %+v", r)
		}
		s.show("abc")
		by.find = finding(4).find
		if r := next(t, p, "a", 13); r.Unchanged || people(t, r) != 4 {
			t.Errorf("a run of a changed picture is %+v", r)
		}
	})
}

func TestRun_is_never_unchanged(t *testing.T) {
	after := func(change func(p *pipeline.Pipeline, s *shop, r *briefing.Run)) bool {
		var unchanged bool
		synctest.Test(t, func(t *testing.T) {
			s := &shop{places: "ab"}
			p, _ := counts(t, s, nil)
			next(t, p, "a", 1)
			if r := next(t, p, "a", 2); !r.Unchanged {
				t.Error("the second run differs")
			}
			pass(10 * time.Second)
			r := tick("a", 3)
			change(p, s, &r)
			unchanged = run(t, p, r).Unchanged
		})
		return unchanged
	}
	if !after(func(*pipeline.Pipeline, *shop, *briefing.Run) {}) {
		t.Fatal("an unchanged run is not")
	}
	for name, change := range map[string]func(*pipeline.Pipeline, *shop, *briefing.Run){
		"beside the ticks": func(_ *pipeline.Pipeline, _ *shop, r *briefing.Run) { r.Tick = 0 },
		"of another owner": func(_ *pipeline.Pipeline, _ *shop, r *briefing.Run) { r.Request.Owner.Term++ },
		"of another request": func(_ *pipeline.Pipeline, _ *shop, r *briefing.Run) {
			r.Request.ID = "b"
		},
		"after a pause": func(_ *pipeline.Pipeline, _ *shop, r *briefing.Run) { r.At = r.At.Add(time.Hour) },
		"in the dark":   func(_ *pipeline.Pipeline, s *shop, _ *briefing.Run) { s.show("NIGHT") },
		"after the dark": func(p *pipeline.Pipeline, s *shop, r *briefing.Run) {
			s.show("NIGHT")
			_, _ = p.Run(context.Background(), *r)
			s.show("ab")
			pass(10 * time.Second)
			*r = tick("a", 4)
		},
	} {
		if after(change) {
			t.Errorf("a run %s is unchanged", name)
		}
	}
}

func TestRun_counts_by_motion_without_a_turn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		by := &counter{find: func(context.Context, []image.Image) (pipeline.Found, bool) {
			return pipeline.Found{}, false
		}}
		p, _ := counts(t, &shop{places: "ab"}, by)
		r := next(t, p, "a", 1)
		if people(t, r) != 2 || !r.Facts.Estimate || r.Facts.Method != briefing.MethodMotion {
			t.Errorf("without a turn the report is %+v", r)
		}
		if by.waits[0] != 5*time.Second {
			t.Errorf("a run of every 10 s waits for %v", by.waits[0])
		}
		if r := next(t, p, "a", 2); !r.Unchanged {
			t.Errorf("the run after it is %+v", r)
		}
		by.find = finding(4).find
		if r := next(t, p, "a", 3); r.Unchanged || people(t, r) != 4 {
			t.Errorf("the detector is not asked soon again: %+v", r)
		}
	})
}

func TestRun_by_a_detector_counts_where_motion_cannot(t *testing.T) {
	for _, places := range []string{"LEARNING", "CROWD"} {
		synctest.Test(t, func(t *testing.T) {
			p, _ := counts(t, &shop{places: places}, finding(4))
			r := next(t, p, "a", 1)
			if people(t, r) != 4 || r.Facts.Scene != briefing.SceneSteady && r.Facts.Scene != briefing.SceneMoving {
				t.Errorf("%s: the report is %+v", places, r)
			}
		})
	}
}

func TestRun_of_a_blind_camera_asks_no_detector(t *testing.T) {
	for _, places := range []string{"NIGHT", "LAMPS"} {
		synctest.Test(t, func(t *testing.T) {
			by := finding(4)
			p, _ := counts(t, &shop{places: places}, by)
			if r := next(t, p, "a", 1); r.Facts.Counted || by.asked() != 0 {
				t.Errorf("%s: %d calls, and the report is %+v", places, by.asked(), r)
			}
		})
	}
}

// While the light changes nothing is counted, whoever counts. The first run in the new light looks,
// although the same people stand where they stood.
func TestRun_counts_nothing_while_the_light_changes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, by := &shop{places: "ab"}, finding(3)
		p, _ := counts(t, s, by)
		next(t, p, "a", 1)
		s.show("LAMPS")
		for n := int64(2); n <= 3; n++ {
			if r := next(t, p, "a", n); r.Facts.Counted || r.Facts.Counts != nil || r.Unchanged {
				t.Errorf("tick %d is %+v", n, r)
			}
		}
		s.show("ab")
		if r := next(t, p, "a", 4); !r.Facts.Counted || people(t, r) != 3 || r.Unchanged || by.asked() != 2 {
			t.Errorf("after %d calls the run in the new light is %+v", by.asked(), r)
		}
	})
}

func TestRun_that_is_counted_slowly_is_not_offline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		by := finding(4)
		find := by.find
		by.find = func(ctx context.Context, burst []image.Image) (pipeline.Found, bool) {
			pass(20 * time.Second)
			return find(ctx, burst)
		}
		p, _ := counts(t, &shop{places: "ab"}, by)
		r := tick("a", 1)
		r.Request.Interval = 60
		if got := run(t, p, r); people(t, got) != 4 || got.Degraded != "" {
			t.Errorf("the report is %+v", got)
		}
	})
}

func TestRun_ends_the_count_before_the_next_tick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		by := &counter{find: func(ctx context.Context, _ []image.Image) (pipeline.Found, bool) {
			<-ctx.Done()
			return pipeline.Found{}, false
		}}
		p, _ := counts(t, &shop{places: "ab"}, by)
		started := time.Now()
		r := run(t, p, tick("a", 1))
		if took := time.Since(started); took >= 10*time.Second || people(t, r) != 2 {
			t.Errorf("after %v the report is %+v", took, r)
		}
	})
}

func TestRun_that_joins_too_late_is_counted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, by := &shop{places: "ab"}, finding(4)
		p, _ := counts(t, s, by)
		next(t, p, "a", 1)
		pass(10 * time.Second)
		if r := run(t, p, tick("a", 2)); !r.Unchanged {
			t.Fatalf("the second run is %+v", r)
		}
		pass(100 * time.Millisecond) // the observation is still fresh, and nobody has looked
		if r := run(t, p, tick("b", 1)); people(t, r) != 4 || r.Facts.Method != briefing.MethodModel {
			t.Errorf("a new request gets %+v", r)
		}
		if by.asked() != 2 {
			t.Errorf("%d calls of the detector", by.asked())
		}
	})
}

func TestRun_survives_a_counter_that_panics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		by := &counter{find: func(context.Context, []image.Image) (pipeline.Found, bool) { panic("counter") }}
		p, _ := counts(t, &shop{places: "ab"}, by)
		if r := next(t, p, "a", 1); people(t, r) != 2 || r.Unchanged {
			t.Errorf("the report is %+v", r)
		}
	})
}

// halves are zones: the left half, and the right half without its upper part.
func halves() []briefing.Zone {
	return []briefing.Zone{
		{ID: "00000001", Name: "왼쪽", Polygon: area(0, 0, .5, 0, .5, 1, 0, 1)},
		{ID: "00000002", Name: "오른쪽", Polygon: area(.4, .5, 1, .5, 1, 1, .4, 1)},
	}
}

func TestRun_counts_by_zone(t *testing.T) {
	box := func(name string, x, y float64) pipeline.Box {
		return pipeline.Box{X0: x - .05, X1: x + .05, Y0: y - .3, Y1: y, Name: name, Score: cmp.Or(map[string]float64{"person": .25}[name], .5)}
	}
	kite := box("kite", .2, .9)
	kite.Score = .49 // a thing needs a higher score than a person
	pictures := [][]pipeline.Box{
		{box("person", .2, .9), box("person", .45, .9), box("dog", .8, .9), box("person", .8, .4), kite},
		{box("person", .2, .9), box("person", .8, .9), box("dog", .8, .9), box("cat", .1, .9), kite},
		{box("person", .2, .9), box("person", .45, .9), box("person", .8, .9), box("person", .9, .9), kite},
	}
	by := &counter{find: func(context.Context, []image.Image) (pipeline.Found, bool) {
		return pipeline.Found{Pictures: pictures, Method: briefing.MethodHTTP, Detector: "host"}, true
	}}
	for _, c := range []struct {
		zones []briefing.Zone
		want  []briefing.ObjectCount
	}{
		{nil, []briefing.ObjectCount{{Name: "person", Count: 3}, {Name: "dog", Count: 1}}},
		{halves(), []briefing.ObjectCount{
			{Name: "person", Count: 2, Zone: "00000001"}, {Name: "person", Count: 1, Zone: "00000002"},
			{Name: "dog", Count: 1, Zone: "00000002"},
		}},
	} {
		synctest.Test(t, func(t *testing.T) {
			shops := &shops{}
			p, _ := many(t, shops, func(cfg *pipeline.Config) {
				cfg.Open = func(briefing.Camera) (pipeline.Setup, error) {
					return pipeline.Setup{Source: &source{}, Measurer: &shop{places: "a"}}, nil
				}
				cfg.Counter, cfg.Keeper = by, &album{}
			})
			camera := stored("c1")
			camera.Zones, camera.KeepFrames = c.zones, briefing.KeepLast
			r := run(t, p, tickOf(camera, 1))
			if !slices.Equal(r.Facts.Counts, c.want) {
				t.Errorf("counts %+v, want %+v", r.Facts.Counts, c.want)
			}
			if len(r.Facts.Boxes) != 4 {
				t.Errorf("boxes %+v", r.Facts.Boxes)
			}
			for _, b := range r.Facts.Boxes {
				if b.Zone != briefing.ZoneOf(c.zones, b.Foot()) {
					t.Errorf("a box in another zone: %+v", b)
				}
			}
			pass(10 * time.Second)
			if r := run(t, p, tickOf(camera, 2)); !r.Unchanged || len(r.Facts.Boxes) != 4 {
				t.Errorf("the unchanged run has the boxes %+v", r.Facts.Boxes)
			}
			camera.KeepFrames, camera.Version = briefing.KeepNone, 2
			pass(10 * time.Second)
			if r := run(t, p, tickOf(camera, 3)); r.Facts.Boxes != nil {
				t.Errorf("boxes without a picture: %+v", r.Facts.Boxes)
			}
		})
	}
}

func TestRun_counts_motion_by_zone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := many(t, &shops{}, func(cfg *pipeline.Config) {
			cfg.Open = func(briefing.Camera) (pipeline.Setup, error) {
				return pipeline.Setup{Source: &source{}, Measurer: &shop{places: "abcdef", boxes: people8(6)}}, nil
			}
		})
		camera := stored("c1")
		camera.Zones = halves()[:1]
		r := run(t, p, tickOf(camera, 1))
		if n := people(t, r); n != 4 || r.Facts.Method != briefing.MethodMotion || !r.Facts.Estimate {
			t.Errorf("the left half has %d people: %+v", n, r.Facts)
		}
	})
}

func TestCount_gets_masked_pictures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		by := finding(0)
		find := by.find
		by.find = func(ctx context.Context, burst []image.Image) (pipeline.Found, bool) {
			for _, img := range burst {
				if !isBlack(img.At(0, 0)) {
					t.Error("a masked pixel is shown to the detector")
				}
			}
			return find(ctx, burst)
		}
		bright := image.NewGray(image.Rect(0, 0, 8, 8))
		for i := range bright.Pix {
			bright.Pix[i] = 200
		}
		p, _ := many(t, &shops{}, func(cfg *pipeline.Config) {
			cfg.Open = func(briefing.Camera) (pipeline.Setup, error) {
				src := &source{frame: func(context.Context, int64) (pipeline.Frame, error) {
					return pipeline.Frame{Image: bright}, nil
				}}
				return pipeline.Setup{Source: src, Measurer: &shop{places: "a"}}, nil
			}
			cfg.Counter = by
		})
		camera := stored("c1")
		camera.Masks = []briefing.Polygon{area(0, 0, .5, 0, .5, .5, 0, .5)}
		run(t, p, tickOf(camera, 1))
		if by.asked() != 1 {
			t.Error("the detector was not asked")
		}
	})
}

func TestTest_shows_boxes_and_tiles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		by := finding(6)
		p, _ := many(t, &shops{}, func(cfg *pipeline.Config) {
			cfg.Open = func(briefing.Camera) (pipeline.Setup, error) {
				return pipeline.Setup{Source: &source{}, Measurer: &shop{places: "a"}}, nil
			}
			cfg.Counter = by
		})
		camera := stored("c1")
		camera.Zones = halves()[:1]
		got, err := p.Test(context.Background(), briefing.CameraTrial{Camera: camera})
		if err != nil {
			t.Fatal(err)
		}
		want := []briefing.ObjectCount{{Name: briefing.Person, Count: 4, Zone: "00000001"}}
		if !slices.Equal(got.Facts.Counts, want) || len(got.Facts.Boxes) != 6 {
			t.Errorf("counts %+v and boxes %+v", got.Facts.Counts, got.Facts.Boxes)
		}
		if got.Tiles == nil || got.Tiles.Columns != 2 || !slices.Equal(got.Tiles.Busy, []bool{true, false}) {
			t.Errorf("tiles %+v", got.Tiles)
		}
	})
}

func TestRun_asks_a_provider_only_if_full_pictures_may_leave(t *testing.T) {
	for _, c := range []struct {
		egress briefing.Egress
		want   int
	}{{"", 0}, {briefing.EgressCounts, 0}, {briefing.EgressBlurred, 0}, {briefing.EgressFull, 2}} {
		synctest.Test(t, func(t *testing.T) {
			by := finding(4)
			by.provider = "detector.example"
			p, _ := many(t, &shops{}, func(cfg *pipeline.Config) {
				cfg.Open = func(briefing.Camera) (pipeline.Setup, error) {
					return pipeline.Setup{Source: &source{}, Measurer: &shop{places: "a"}}, nil
				}
				cfg.Counter = by
			})
			camera := stored("c1")
			if c.egress != "" {
				camera.Egress = []briefing.ProviderEgress{{Provider: "detector.example", Egress: c.egress}}
			}
			r := run(t, p, tickOf(camera, 1))
			if _, err := p.Test(context.Background(), briefing.CameraTrial{Camera: camera}); err != nil {
				t.Fatal(err)
			}
			if by.asked() != c.want || (r.Facts.Method == briefing.MethodModel) != (c.want > 0) {
				t.Errorf("with %q the provider was asked %d times: %+v", c.egress, by.asked(), r.Facts)
			}
		})
	}
}

func TestRun_after_a_change_of_zones_counts_anew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		opened := 0
		p, _ := many(t, &shops{}, func(cfg *pipeline.Config) {
			cfg.Open = func(briefing.Camera) (pipeline.Setup, error) {
				opened++
				return pipeline.Setup{Source: &source{}, Measurer: &shop{places: "abcdef", boxes: people8(6)}}, nil
			}
		})
		camera := stored("c1")
		camera.Zones = halves()[:1]
		for n, c := range []struct {
			change    func()
			people    int
			unchanged bool
		}{
			{func() {}, 4, false},
			{func() {}, 4, true},
			{func() { camera.Zones = halves() }, 6, false},
			{func() { camera.Zones = slices.Clone(camera.Zones); camera.Zones[0].Name = "새 이름" }, 6, true},
			{func() { camera.Zones = nil }, 6, false},
		} {
			c.change()
			camera.Version++
			pass(10 * time.Second)
			r := run(t, p, tickOf(camera, int64(n+1)))
			if got := people(t, r); got != c.people || r.Unchanged != c.unchanged {
				t.Errorf("run %d: %d people, unchanged %v; want %d, %v", n, got, r.Unchanged, c.people, c.unchanged)
			}
		}
		if opened != 1 {
			t.Errorf("the camera was opened %d times: it has learnt its view anew", opened)
		}
	})
}

func TestCounts_are_medians(t *testing.T) {
	for _, c := range []struct {
		people, dogs []int // in each picture
		want         []briefing.ObjectCount
	}{
		{[]int{3}, []int{0}, []briefing.ObjectCount{{Name: "person", Count: 3}}},
		{[]int{3, 9, 4}, []int{0, 1, 0}, []briefing.ObjectCount{{Name: "person", Count: 4}}},
		{[]int{1, 0, 2}, []int{1, 0, 2}, []briefing.ObjectCount{{Name: "person", Count: 1}, {Name: "dog", Count: 1}}},
		{[]int{1, 4}, []int{2, 1}, []briefing.ObjectCount{{Name: "person", Count: 1}, {Name: "dog", Count: 1}}},
		{[]int{0, 5, 0}, []int{0, 5, 0}, []briefing.ObjectCount{{Name: "person", Count: 0}}},
	} {
		pictures := make([][]pipeline.Box, len(c.people))
		for i := range pictures {
			for range c.people[i] {
				pictures[i] = append(pictures[i], pipeline.Box{Name: briefing.Person, X1: .1, Y1: .1})
			}
			for range c.dogs[i] {
				pictures[i] = append(pictures[i], pipeline.Box{Name: "dog", X1: .1, Y1: .1})
			}
		}
		if got := pipeline.Counts(pictures, nil); !slices.Equal(got, c.want) {
			t.Errorf("%v people and %v dogs count as %+v, want %+v", c.people, c.dogs, got, c.want)
		}
	}
}
