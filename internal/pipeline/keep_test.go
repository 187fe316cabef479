package pipeline_test

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// album is a Keeper that remembers what it was given.
type album struct {
	mu   sync.Mutex
	list []briefing.StoredFrame
}

func (a *album) Keep(f briefing.StoredFrame) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.list = append(a.list, f)
}

func (a *album) all() []briefing.StoredFrame {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.list)
}

// counting is a Measurer that counts what the test says, one entry a run. -1: nothing was counted.
type counting struct{ people []int }

func (c *counting) Measure([]pipeline.Frame) pipeline.Measurement {
	n := c.people[0]
	c.people = c.people[1:]
	m := pipeline.Measurement{State: briefing.CameraOK}
	if n >= 0 {
		m.Facts = briefing.Facts{Counted: true, Counts: []briefing.ObjectCount{{Name: briefing.Person, Count: n}}}
	}
	return m
}

// kept runs a camera for each count and returns the kinds of pictures that were to be stored.
func kept(t *testing.T, keep briefing.KeepFrames, memory bool, people ...int) (got []briefing.StoredFrame) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		stored := &album{}
		s := &shops{}
		p, _ := many(t, s, func(cfg *pipeline.Config) {
			cfg.Keeper, cfg.KeepFrames = stored, memory
			cfg.Open = func(briefing.Camera) (pipeline.Setup, error) {
				src := &source{frame: func(context.Context, int64) (pipeline.Frame, error) {
					return pipeline.Frame{Image: image.NewGray(image.Rect(0, 0, 40, 30)), At: time.Now()}, nil
				}}
				return pipeline.Setup{Source: src, Measurer: &counting{people: people}}, nil
			}
		})
		c := briefing.Camera{ID: "door", Username: "kim", KeepFrames: keep, KeepDays: 3, Version: 1}
		for i := range people {
			r := run(t, p, tickOf(c, int64(i+1)))
			pass(time.Minute)
			synctest.Wait()
			if all := stored.all(); keep != briefing.KeepNone && r.Facts.FrameID != all[len(all)-1].ID {
				t.Errorf("run %d has picture %q", i, r.Facts.FrameID)
			}
		}
		got = stored.all()
	})
	return got
}

func TestKeep_stores_what_the_camera_says(t *testing.T) {
	t.Parallel()
	last, changed := briefing.FrameLast, briefing.FrameChanged
	for name, c := range map[string]struct {
		keep   briefing.KeepFrames
		people []int
		want   []briefing.FrameKind
	}{
		"none":    {briefing.KeepNone, []int{0, 1}, nil},
		"last":    {briefing.KeepLast, []int{0, 1, 1}, []briefing.FrameKind{last, last, last}},
		"changed": {briefing.KeepChanged, []int{0, 0, 2, -1, 2, 1, 1}, []briefing.FrameKind{last, last, changed, last, last, changed, last}},
	} {
		for _, memory := range []bool{true, false} {
			got := kept(t, c.keep, memory, c.people...)
			if len(got) != len(c.want) {
				t.Fatalf("%s: %d pictures, want %d", name, len(got), len(c.want))
			}
			for i, f := range got {
				if f.Kind != c.want[i] || f.CameraID != "door" || f.Username != "kim" || !f.Until.Equal(f.At.Add(72*time.Hour)) || f.Check() != nil {
					t.Errorf("%s: picture %d: %+v, want %s", name, i, f.Frame, c.want[i])
				}
				if size, err := jpeg.DecodeConfig(bytes.NewReader(f.JPEG)); err != nil || size.Width != f.Width || size.Height != f.Height {
					t.Errorf("%s: picture %d is %v, %v", name, i, size, err)
				}
			}
		}
	}
}

// shy is a Privacy that blurs with one sentence, or fails.
type shy struct{ fails bool }

func (s shy) Picture(_ pipeline.Frame, _ []briefing.Polygon, e briefing.Egress) ([]byte, bool) {
	return []byte("blurred for " + string(e)), !s.fails && e == briefing.EgressBlurred
}

// TestKeep_blurs_as_chosen checks stored pictures: they are blurred if a provider gets blurred ones
// and none gets them in full, and not stored if that fails.
func TestKeep_blurs_as_chosen(t *testing.T) {
	t.Parallel()
	blurred := briefing.ProviderEgress{Provider: "a", Egress: briefing.EgressBlurred}
	for name, c := range map[string]struct {
		egress []briefing.ProviderEgress
		fails  bool
		want   string // "": a sharp picture; "-": none
	}{
		"no choice": {nil, false, ""},
		"counts":    {[]briefing.ProviderEgress{{Provider: "b", Egress: briefing.EgressCounts}}, false, ""},
		"blurred":   {[]briefing.ProviderEgress{{Provider: "b", Egress: briefing.EgressCounts}, blurred}, false, "blurred for BLURRED"},
		"full too":  {[]briefing.ProviderEgress{blurred, {Provider: "b", Egress: briefing.EgressFull}}, false, ""},
		"a fault":   {[]briefing.ProviderEgress{blurred}, true, "-"},
	} {
		synctest.Test(t, func(t *testing.T) {
			stored := &album{}
			p, _ := many(t, &shops{}, func(cfg *pipeline.Config) {
				cfg.Keeper, cfg.KeepFrames, cfg.Privacy = stored, true, shy{c.fails}
			})
			r := run(t, p, tickOf(briefing.Camera{ID: "door", KeepFrames: briefing.KeepLast, KeepDays: 1, Egress: c.egress}, 1))
			synctest.Wait()
			picture, err := p.Picture(r.Facts.FrameID)
			switch {
			case c.want == "-":
				if err == nil || len(stored.all()) > 0 {
					t.Errorf("%s: %q is shown, %d stored", name, picture, len(stored.all()))
				}
			case err != nil || len(stored.all()) != 1 || !bytes.Equal(picture, stored.all()[0].JPEG):
				t.Errorf("%s: %v, %d stored", name, err, len(stored.all()))
			case c.want != "" && string(picture) != c.want, c.want == "" && !bytes.HasPrefix(picture, []byte{0xff, 0xd8}):
				t.Errorf("%s: %.30q", name, picture)
			}
		})
	}
}

// observing is a Measurer that measures what the test says, one entry a run.
type observing struct{ list []pipeline.Measurement }

func (o *observing) Measure([]pipeline.Frame) pipeline.Measurement {
	m := o.list[0]
	o.list = o.list[1:]
	return m
}

// TestKeep_stores_what_has_changed checks the rule of CHANGED: other counts, another state, another
// scene, or a scene that moves.
func TestKeep_stores_what_has_changed(t *testing.T) {
	t.Parallel()
	of := func(state briefing.CameraState, scene briefing.Scene, people int) pipeline.Measurement {
		m := pipeline.Measurement{State: state, Facts: briefing.Facts{Scene: scene}}
		if state == briefing.CameraOK && scene != briefing.SceneChanged && scene != briefing.SceneLearning {
			m.Facts.Counted, m.Facts.Counts = true, []briefing.ObjectCount{{Name: briefing.Person, Count: people}}
		}
		return m
	}
	ok, steady := briefing.CameraOK, briefing.SceneSteady
	steps := []struct {
		pipeline.Measurement
		want bool
	}{
		{of(ok, briefing.SceneLearning, 0), false}, // the first
		{of(ok, steady, 0), false},
		{of(ok, steady, 0), false},
		{of(ok, briefing.SceneMoving, 0), true}, // a cat, a parcel
		{of(ok, briefing.SceneMoving, 0), true},
		{of(ok, steady, 0), false},
		{of(ok, steady, 1), true},
		{of(briefing.CameraCovered, briefing.SceneChanged, 0), true},
		{of(briefing.CameraCovered, briefing.SceneChanged, 0), false},
		{of(briefing.CameraDark, briefing.SceneDark, 0), true},
		{of(ok, steady, 1), true},
		{of(ok, briefing.SceneChanged, 0), true}, // a crowd before the lens
		{of(ok, briefing.SceneChanged, 0), false},
		{of(ok, steady, 1), true},
		{of(briefing.CameraLightChange, briefing.SceneChanged, 0), true},
		{of(ok, steady, 1), true},
		{of(ok, steady, 1), false},
	}
	synctest.Test(t, func(t *testing.T) {
		stored, all := &album{}, &observing{}
		for _, step := range steps {
			all.list = append(all.list, step.Measurement)
		}
		p, _ := many(t, &shops{}, func(cfg *pipeline.Config) {
			cfg.Keeper = stored
			cfg.Open = func(briefing.Camera) (pipeline.Setup, error) {
				src := &source{frame: func(context.Context, int64) (pipeline.Frame, error) {
					return pipeline.Frame{Image: image.NewGray(image.Rect(0, 0, 40, 30)), At: time.Now()}, nil
				}}
				return pipeline.Setup{Source: src, Measurer: all}, nil
			}
		})
		c := briefing.Camera{ID: "door", Username: "kim", KeepFrames: briefing.KeepChanged, KeepDays: 3, Version: 1}
		for i, step := range steps {
			run(t, p, tickOf(c, int64(i+1)))
			pass(time.Minute)
			synctest.Wait()
			if got := stored.all()[i].Kind == briefing.FrameChanged; got != step.want {
				t.Errorf("step %d (%s, %s): kept as changed: %v", i, step.State, step.Facts.Scene, got)
			}
		}
	})
}
