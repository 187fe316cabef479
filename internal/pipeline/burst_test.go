package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"image"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// burster is a source of bursts.
type burster struct {
	source
	burst  func(ctx context.Context, n int, apart time.Duration) ([]pipeline.Frame, error)
	bursts int
}

func (b *burster) Burst(ctx context.Context, n int, apart time.Duration) ([]pipeline.Frame, error) {
	b.bursts++
	if b.burst != nil {
		return b.burst(ctx, n, apart)
	}
	frames := make([]pipeline.Frame, n)
	for i := range frames {
		if i > 0 {
			pass(apart)
		}
		frames[i] = sized(8, 6)
	}
	return frames, nil
}

// sized returns a frame of a size.
func sized(w, h int) pipeline.Frame {
	return pipeline.Frame{Image: image.NewGray(image.Rect(0, 0, w, h)), At: time.Now()}
}

// lengths is a measurer that records the lengths of bursts, and counts the frames as people.
type lengths struct {
	got   []int
	state briefing.CameraState
}

func (l *lengths) Measure(burst []pipeline.Frame) pipeline.Measurement {
	l.got = append(l.got, len(burst))
	state := l.state
	if state == "" {
		state = briefing.CameraOK
	}
	return pipeline.Measurement{State: state, Facts: pipeline.Facts{
		Counted: true, Estimate: true, Detector: "motion", Change: .5, Brightness: 90, Scene: briefing.SceneSteady,
		Counts: []briefing.ObjectCount{{Name: briefing.Person, Count: len(burst)}},
	}}
}

func TestRun_takes_a_burst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src, m := &burster{}, &lengths{}
		p := open(t, src, m, &captioner{})
		for n := range int64(3) {
			started := time.Now()
			run(t, p, tick("a", n+1))
			if took, want := time.Since(started), 600*time.Millisecond; n == 0 && took != 0 || n > 0 && took != want {
				t.Errorf("run %d took %v", n, took)
			}
			pass(10 * time.Second)
		}
		// The first run takes one frame, so that a first briefing is quick.
		if want := "[1 3 3]"; fmt.Sprint(m.got) != want || src.frames.Load() != 1 || src.bursts != 2 {
			t.Errorf("frames of each run %v, want %s", m.got, want)
		}
	})
}

// A burst is no gain for runs of short intervals, and would delay them also when it is another's.
func TestRun_of_a_short_interval_takes_one_frame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src, m := &burster{}, &lengths{}
		p := open(t, src, m, &captioner{})
		quick := tick("a", 1)
		quick.Request.Interval = 1
		for n := range int64(20) {
			if n%10 == 0 {
				run(t, p, tick("b", n/10+1))
			} else {
				run(t, p, quick)
			}
			pass(time.Second)
		}
		if src.bursts != 0 {
			t.Errorf("frames of each run %v", m.got)
		}
		pass(time.Minute) // the short request has ended
		run(t, p, tick("b", 9))
		if src.bursts != 1 {
			t.Error("no burst after the short request has ended")
		}
	})
}

func TestRun_leaves_out_damaged_frames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		damaged := func(f pipeline.Frame) pipeline.Frame { f.Damaged = true; return f }
		whole := pipeline.Frame{Image: image.NewGray(image.Rect(0, 0, 8, 6))}
		for name, c := range map[string]struct {
			frames []pipeline.Frame
			err    error
			people int // -1: not counted
			code   briefing.Degraded
		}{
			"all whole":        {frames: []pipeline.Frame{whole, whole, whole}, people: 3},
			"fewer":            {frames: []pipeline.Frame{whole, whole}, people: 2},
			"the last damaged": {frames: []pipeline.Frame{whole, whole, damaged(whole)}, people: 2},
			"one whole":        {frames: []pipeline.Frame{damaged(whole), whole, damaged(whole)}, people: 1},
			"all damaged":      {frames: []pipeline.Frame{damaged(whole), damaged(whole)}, people: -1},
			"none":             {people: -1, code: briefing.CameraOffline},
			"refused":          {err: pipeline.ErrRefused, people: -1, code: briefing.CameraRefusing},
		} {
			src := &burster{burst: func(context.Context, int, time.Duration) ([]pipeline.Frame, error) { return c.frames, c.err }}
			p := keeping(t, src, &lengths{})
			run(t, p, tick("a", 1))
			pass(10 * time.Second)
			r := run(t, p, tick("a", 2))
			n, counted := r.Facts.People()
			if !counted {
				n = -1
			}
			if n != c.people || r.Degraded != c.code {
				t.Errorf("%s: %d people, %q", name, n, r.Degraded)
			}
			if n < 0 && (r.Facts.Counts != nil || r.Facts.Estimate || r.Facts.Detector != "") {
				t.Errorf("%s: facts %+v of nothing counted", name, r.Facts)
			}
			if shown := r.Facts.FrameID != ""; shown != (c.code == "") {
				t.Errorf("%s: a picture %v", name, shown)
			}
		}
	})
}

// The frames that bursts cost all cameras have a bound: beyond it runs take one frame.
func TestRun_bounds_what_bursts_cost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var full []*burster
		setups := map[briefing.CameraID]pipeline.Setup{}
		for i := range 100 {
			src := &burster{burst: func(context.Context, int, time.Duration) ([]pipeline.Frame, error) {
				return []pipeline.Frame{sized(1920, 1080)}, nil
			}}
			src.frame = func(context.Context, int64) (pipeline.Frame, error) { return sized(1920, 1080), nil }
			full = append(full, src)
			id := briefing.CameraID(fmt.Sprint("c", i))
			if i == 0 {
				id = briefing.DefaultCamera
			}
			setups[id] = pipeline.Setup{Source: src, Measurer: &lengths{}}
		}
		p, err := pipeline.New(pipeline.Config{Cameras: setups, Captioner: silent{}})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		const rounds = 6
		for n := range int64(rounds) {
			for id := range setups {
				r := tick("of "+briefing.RequestID(id), n+1)
				r.Request.CameraID = id
				run(t, p, r)
				pass(100 * time.Millisecond)
			}
		}
		bursts := 0
		for _, src := range full {
			bursts += src.bursts
		}
		// 4.1 million pixels more a burst, 20 million a second: 49 bursts in 10 s, and 10 saved up.
		if most := (rounds-1)*49 + 10; bursts > most || bursts < most*9/10 {
			t.Errorf("%d bursts in %d s, want at most %d and most of them", bursts, rounds*10, most)
		}
	})
}

func TestRun_of_an_old_picture_is_stale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct {
			interval int
			age      time.Duration
			stale    bool
		}{
			{10, 0, false},
			{10, 9 * time.Second, false},
			{1, 12 * time.Second, false}, // a camera that sends a picture every 12 s
			{1, 15*time.Second + time.Millisecond, true},
			{10, 16 * time.Second, true},
			{60, 59 * time.Second, false},
			{60, 61 * time.Second, true},
			{60, -time.Hour, false}, // a clock that is ahead
			{3600, time.Hour, false},
			{10, 24 * time.Hour, true},
		} {
			m := &lengths{}
			p := keeping(t, &source{frame: func(context.Context, int64) (pipeline.Frame, error) {
				f := sized(8, 6)
				f.At = f.At.Add(-c.age)
				return f, nil
			}}, m)
			r := tick("a", 1)
			r.Request.Interval = c.interval
			report := run(t, p, r)
			if got := report.Degraded == briefing.CameraTooOld; got != c.stale || c.stale == (len(m.got) > 0) {
				t.Errorf("%v old at %d s: %q after %d measures", c.age, c.interval, report.Degraded, len(m.got))
			}
			if h := report.Facts.Health; (h.State == briefing.CameraStale) != c.stale {
				t.Errorf("%v old at %d s: %+v", c.age, c.interval, h)
			}
		}
	})
}

// A device that has stopped is told as that, and not as a camera with old pictures.
func TestRun_of_an_old_pushed_picture_says_that_its_device_has_stopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, pushed := range []bool{false, true} {
			p := keeping(t, &source{frame: func(context.Context, int64) (pipeline.Frame, error) {
				f := sized(8, 6)
				f.At, f.Pushed = f.At.Add(-time.Minute), pushed
				return f, nil
			}}, &lengths{})
			report := run(t, p, tick("a", 1))
			want := briefing.TroubleReason("")
			if pushed {
				want = briefing.TroublePushStopped
			}
			h := report.Facts.Health
			if report.Degraded != briefing.CameraTooOld || h.State != briefing.CameraStale || h.Reason != want {
				t.Errorf("pushed %v: %q, %+v, want the reason %q", pushed, report.Degraded, h, want)
			}
			if pushed && (!strings.Contains(h.Detail(false), "멈") || h.Detail(true) == "") {
				t.Errorf("the owner reads %q and %q", h.Detail(false), h.Detail(true))
			}
		}
	})
}

// From a blind camera comes no count, in the very run that sees it, and the code says why. The
// state that the owner sees follows after two runs.
func TestRun_of_a_blind_camera_counts_nobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for state, code := range map[briefing.CameraState]briefing.Degraded{
			briefing.CameraFrozen: briefing.CameraStuck, briefing.CameraCovered: briefing.CameraBlocked,
			briefing.CameraBlurred: briefing.CameraUnsharp, briefing.CameraMoved: briefing.CameraTurned,
			briefing.CameraDark: "", briefing.CameraLightChange: "", briefing.CameraOK: "",
		} {
			m := &lengths{}
			s := &shops{}
			p, words := many(t, s, func(c *pipeline.Config) {
				c.Open = func(briefing.Camera) (pipeline.Setup, error) {
					return pipeline.Setup{Source: &source{}, Measurer: m}, nil
				}
			})
			camera := stored("door")
			run(t, p, tickOf(camera, 1))
			good := time.Now()
			pass(10 * time.Second)
			m.state = state
			for n := range int64(2) {
				r := run(t, p, tickOf(camera, n+2))
				if _, counted := r.Facts.People(); counted != (state == briefing.CameraOK) || r.Degraded != code || r.Facts.Health.State != state {
					t.Errorf("%s: run %d: %+v", state, n+1, r)
				}
				if r.Facts.Change != .5 || r.Facts.Brightness != 90 {
					t.Errorf("%s: what was measured is lost: %+v", state, r.Facts)
				}
				at := state
				if n == 0 && code != "" || n == 0 && state == briefing.CameraDark {
					at = briefing.CameraOK
				}
				if r.Health.State != at {
					t.Errorf("%s: after %d runs the owner sees %s", state, n+1, r.Health.State)
				}
				in := words.got[len(words.got)-1]
				if in.Degraded != code || code != "" && !in.LastSeen.Equal(good) {
					t.Errorf("%s: the captioner got %q, last good %v", state, in.Degraded, in.LastSeen)
				}
				pass(10 * time.Second)
			}
		}
	})
}

// After a restart, or on another replica, a camera's past is that of the store.
func TestRun_continues_the_stored_health(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fails := error(pipeline.ErrRefused)
		s := &shops{frame: func(briefing.Camera) func(context.Context, int64) (pipeline.Frame, error) {
			return func(context.Context, int64) (pipeline.Frame, error) { return sized(8, 6), fails }
		}}
		p, words := many(t, s, nil)
		c := stored("door")
		c.Health = briefing.CameraHealth{State: briefing.CameraRefused, Since: time.Now().Add(-time.Hour).UTC()}
		if r := run(t, p, tickOf(c, 1)); *r.Health != c.Health || !words.got[0].LastSeen.Equal(c.Health.Since) {
			t.Errorf("health %+v, was %+v; last good %v", r.Health, c.Health, words.got[0].LastSeen)
		}
		fails = nil
		for n, want := range []briefing.CameraState{briefing.CameraRefused, briefing.CameraOK} {
			pass(10 * time.Second)
			if r := run(t, p, tickOf(c, int64(n)+2)); r.Health.State != want {
				t.Errorf("good run %d: %+v", n+1, r.Health)
			}
		}
		pass(10 * time.Second)
		c.Health = briefing.CameraHealth{State: briefing.CameraFrozen, Since: time.Now().UTC()} // of another process
		if r := run(t, p, tickOf(c, 4)); r.Health.State != briefing.CameraFrozen || r.Degraded != "" || r.Facts.Health.State != briefing.CameraOK {
			t.Errorf("after another process: %+v, %+v", r.Health, r)
		}
	})
}

// New credentials are judged by the first run with them.
func TestRun_with_new_credentials_is_well_at_once(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shops{frame: func(c briefing.Camera) func(context.Context, int64) (pipeline.Frame, error) {
			return func(context.Context, int64) (pipeline.Frame, error) {
				if len(c.Credentials) == 0 {
					return pipeline.Frame{}, pipeline.ErrRefused
				}
				return sized(8, 6), nil
			}
		}}
		p, _ := many(t, s, nil)
		c := stored("door")
		run(t, p, tickOf(c, 1))
		pass(10 * time.Second)
		c.Credentials, c.Version = []byte("sealed"), 2
		if r := run(t, p, tickOf(c, 2)); r.Health.State != briefing.CameraOK {
			t.Errorf("health %+v", r.Health)
		}
	})
}

func TestReport_names_the_last_picture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var fails error
		s := &shops{frame: func(briefing.Camera) func(context.Context, int64) (pipeline.Frame, error) {
			return func(context.Context, int64) (pipeline.Frame, error) {
				if fails != nil {
					return pipeline.Frame{}, fails
				}
				return sized(40, 30), nil
			}
		}}
		p, _ := many(t, s, nil)
		c := stored("door")
		first := run(t, p, tickOf(c, 1))
		f := first.LastFrame
		if f == nil || f.Width != 40 || f.Height != 30 || first.Facts.FrameID != f.ID {
			t.Fatalf("last picture %+v, facts name %q", f, first.Facts.FrameID)
		}
		if b, err := p.Picture(f.ID); err != nil || len(b) == 0 {
			t.Errorf("Picture: %d bytes, %v", len(b), err)
		}
		pass(10 * time.Second)
		fails = errors.New("cut")
		if r := run(t, p, tickOf(c, 2)); r.LastFrame == nil || *r.LastFrame != *f || r.Facts.FrameID != "" {
			t.Errorf("while the camera is away: last picture %+v, facts name %q", r.LastFrame, r.Facts.FrameID)
		}
		if r := run(t, p, tick("a", 1)); r.Health != nil || r.LastFrame != nil || r.Facts.Health.State != briefing.CameraOK {
			t.Errorf("the camera of the settings is reported for a store: %+v", r)
		}
	})
}
