package pipeline_test

import (
	"context"
	"errors"
	"image"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// source is a camera whose answers the test decides.
type source struct {
	frames atomic.Int64
	takes  time.Duration // delay of a frame, in the bubble's time
	// frame answers the n-th call. Nil means a frame at once.
	frame func(ctx context.Context, n int64) (pipeline.Frame, error)
}

func (s *source) Frame(ctx context.Context) (pipeline.Frame, error) {
	n := s.frames.Add(1)
	pass(s.takes)
	if s.frame != nil {
		return s.frame(ctx, n)
	}
	return pipeline.Frame{Image: image.NewGray(image.Rect(0, 0, 1, 1))}, nil
}

func (s *source) Close() error { return nil }

// pass advances the clock of a synctest bubble.
func pass(d time.Duration) { time.Sleep(d) }

// measurer counts as many people as it has measured frames.
type measurer struct {
	seen  int
	panic bool
}

func (m *measurer) Measure([]pipeline.Frame) pipeline.Measurement {
	if m.panic {
		panic("measurer")
	}
	m.seen++
	counts := []briefing.ObjectCount{{Name: briefing.Person, Count: m.seen}}
	facts := pipeline.Facts{Counted: true, Counts: counts}
	return pipeline.Measurement{Facts: facts, State: briefing.CameraOK}
}

// captioner records its inputs.
type captioner struct {
	mu  sync.Mutex
	got []pipeline.CaptionInput
	say func() (pipeline.Caption, error)
}

func (c *captioner) Caption(_ context.Context, in pipeline.CaptionInput) (pipeline.Caption, error) {
	c.mu.Lock()
	c.got = append(c.got, in)
	c.mu.Unlock()
	if c.say != nil {
		return c.say()
	}
	return pipeline.Caption{Text: "x", Source: "template"}, nil
}

func open(t *testing.T, src pipeline.Source, m pipeline.Measurer, c pipeline.Captioner) *pipeline.Pipeline {
	t.Helper()
	p, err := pipeline.New(pipeline.Config{
		Cameras:   map[briefing.CameraID]pipeline.Setup{briefing.DefaultCamera: {Source: src, Measurer: m}},
		Captioner: c, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// tick is a run of a request at its n-th tick.
func tick(id briefing.RequestID, n int64) briefing.Run {
	req := briefing.Request{ID: id, Interval: 10, StartedAt: time.Now().Add(-time.Duration(n) * 10 * time.Second)}
	return briefing.Run{Request: req, Tick: n, At: req.TickAt(n)}
}

func run(t *testing.T, p *pipeline.Pipeline, r briefing.Run) briefing.Report {
	t.Helper()
	report, err := p.Run(context.Background(), r)
	if err != nil {
		t.Error(err)
	}
	return report
}

func people(t *testing.T, r briefing.Report) int {
	t.Helper()
	n, ok := r.Facts.People()
	if !ok {
		t.Errorf("report %+v counts nobody", r)
	}
	return n
}

func TestRuns_of_a_moment_share_one_frame_and_one_measurement(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := &source{takes: 100 * time.Millisecond}
		p := open(t, src, &measurer{}, &captioner{})
		var all sync.WaitGroup
		for range 200 {
			all.Go(func() {
				if n := people(t, run(t, p, tick("a", 1))); n != 1 {
					t.Errorf("measured %d times", n)
				}
			})
		}
		all.Wait()
		pass(200 * time.Millisecond)
		run(t, p, tick("b", 1)) // still fresh enough
		if n := src.frames.Load(); n != 1 {
			t.Errorf("%d frames for one moment", n)
		}
		pass(time.Second)
		if n := people(t, run(t, p, tick("a", 2))); n != 2 || src.frames.Load() != 2 {
			t.Errorf("a later moment: measured %d times, %d frames", n, src.frames.Load())
		}
	})
}

func TestRun_says_why_there_is_no_picture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fails := errors.New("broken wire")
		for name, c := range map[string]struct {
			frame func(context.Context, int64) (pipeline.Frame, error)
			want  briefing.Degraded
		}{
			"offline":    {func(context.Context, int64) (pipeline.Frame, error) { return pipeline.Frame{}, pipeline.ErrOffline }, briefing.CameraOffline},
			"unreadable": {func(context.Context, int64) (pipeline.Frame, error) { return pipeline.Frame{}, pipeline.ErrUnreadable }, briefing.CameraUnreadable},
			"else":       {func(context.Context, int64) (pipeline.Frame, error) { return pipeline.Frame{}, fails }, briefing.CameraOffline},
			"panics":     {func(context.Context, int64) (pipeline.Frame, error) { panic("source") }, briefing.CameraUnreadable},
			"hangs": {func(ctx context.Context, _ int64) (pipeline.Frame, error) {
				<-ctx.Done()
				return pipeline.Frame{}, ctx.Err()
			}, briefing.CameraOffline},
			"hangs and hears nothing": {func(context.Context, int64) (pipeline.Frame, error) {
				pass(time.Minute)
				return pipeline.Frame{}, nil
			}, briefing.CameraOffline},
		} {
			words := &captioner{}
			p := open(t, &source{frame: c.frame}, &measurer{}, words)
			started := time.Now()
			r := run(t, p, tick("a", 1))
			if took := time.Since(started); took > 8*time.Second {
				t.Errorf("%s: the run took %v", name, took)
			}
			if r.Degraded != c.want || r.Facts.Scene != briefing.SceneNone || r.Facts.Counted || r.Caption == "" || words.got[0].Degraded != c.want {
				t.Errorf("%s: report %+v, want %s and no facts", name, r, c.want)
			}
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestRun_goes_on_after_a_fault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := &source{frame: func(_ context.Context, n int64) (pipeline.Frame, error) {
			if n == 2 {
				return pipeline.Frame{}, pipeline.ErrOffline
			}
			return pipeline.Frame{}, nil
		}}
		words := &captioner{}
		p := open(t, src, &measurer{}, words)
		var degraded []briefing.Degraded
		for n := range int64(3) {
			degraded = append(degraded, run(t, p, tick("a", n+1)).Degraded)
			pass(10 * time.Second)
		}
		if degraded[0] != "" || degraded[1] != briefing.CameraOffline || degraded[2] != "" {
			t.Errorf("degraded %q", degraded)
		}
		if seen := words.got[1].LastSeen; seen.IsZero() || time.Since(seen) < 29*time.Second {
			t.Errorf("while away the last picture is said to be of %v", seen)
		}
	})
}

func TestRun_fails_alone_when_the_captioner_panics(t *testing.T) {
	t.Parallel()
	first := true
	p := open(t, &source{}, &measurer{}, &captioner{say: func() (pipeline.Caption, error) {
		if first {
			first = false
			panic("captioner")
		}
		return pipeline.Caption{Text: "x", Degraded: briefing.ModelUnavailable}, nil
	}})
	if _, err := p.Run(t.Context(), tick("a", 1)); err == nil || strings.Contains(err.Error(), "goroutine") {
		t.Errorf("the run that panicked: %v", err)
	}
	if r := run(t, p, tick("a", 2)); r.Degraded != briefing.ModelUnavailable {
		t.Errorf("the next: %+v", r)
	}
}

func TestRun_survives_a_measurer_that_panics(t *testing.T) {
	t.Parallel()
	p := open(t, &source{}, &measurer{panic: true}, &captioner{})
	if r := run(t, p, tick("a", 1)); r.Degraded != briefing.CameraUnreadable {
		t.Errorf("report %+v", r)
	}
}

func TestRun_cancelled_leaves_the_frame_to_the_others(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := &source{takes: time.Second}
		p := open(t, src, &measurer{}, &captioner{})
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() {
			if _, err := p.Run(ctx, tick("a", 1)); !errors.Is(err, context.Canceled) {
				t.Errorf("the cancelled run: %v", err)
			}
		})
		synctest.Wait()
		all.Go(func() {
			if r := run(t, p, tick("b", 1)); r.Degraded != "" {
				t.Errorf("the other: %+v", r)
			}
		})
		synctest.Wait()
		cancel()
		all.Wait()
		if n := src.frames.Load(); n != 1 {
			t.Errorf("%d frames", n)
		}
	})
}

func TestRun_remembers_the_previous_run_of_its_request(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		words := &captioner{}
		p := open(t, &source{}, &measurer{}, words)
		run(t, p, tick("a", 1))
		pass(10 * time.Second)
		run(t, p, tick("a", 2))
		run(t, p, tick("b", 1))
		pass(time.Hour)
		run(t, p, tick("a", 400))
		for i, want := range []bool{false, true, false, false} {
			if got := words.got[i].Previous != nil; got != want {
				t.Errorf("run %d knows the one before: %v, want %v", i, got, want)
			}
		}
		if n, _ := words.got[1].Previous.People(); n != 1 {
			t.Errorf("the run before had %d people", n)
		}
	})
}

func TestRun_leaves_the_captioner_the_time_until_the_next_tick(t *testing.T) {
	for _, c := range []struct {
		interval       int
		camera, within time.Duration
	}{
		{10, 0, 10 * time.Second},
		{10, 3 * time.Second, 7 * time.Second},
		{2, 3 * time.Second, time.Second}, // a captioner always has a second
	} {
		synctest.Test(t, func(t *testing.T) {
			words := &captioner{}
			p := open(t, &source{takes: c.camera}, &measurer{}, words)
			r := tick("a", 1)
			r.Request.Interval = c.interval
			run(t, p, r)
			if got := words.got[0].Within; got != c.within {
				t.Errorf("interval %d s, camera %v: the captioner has %v, want %v", c.interval, c.camera, got, c.within)
			}
		})
	}
}

func TestRun_after_Close_is_unavailable(t *testing.T) {
	t.Parallel()
	p := open(t, &source{}, &measurer{}, &captioner{})
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Run(t.Context(), tick("a", 1)); !errors.Is(err, briefing.ErrUnavailable) {
		t.Errorf("a closed pipeline runs: %v, want ErrUnavailable", err)
	}
}

func TestNew_refuses_half_a_pipeline(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]pipeline.Config{
		"nothing":      {},
		"no captioner": {Cameras: map[briefing.CameraID]pipeline.Setup{briefing.DefaultCamera: {Source: &source{}, Measurer: &measurer{}}}},
		"no measurer":  {Captioner: &captioner{}, Cameras: map[briefing.CameraID]pipeline.Setup{briefing.DefaultCamera: {Source: &source{}}}},
		"no camera":    {Captioner: &captioner{}, Cameras: map[briefing.CameraID]pipeline.Setup{"yard": {Source: &source{}, Measurer: &measurer{}}}},
	} {
		if _, err := pipeline.New(cfg); err == nil {
			t.Errorf("%s: New accepts it", name)
		}
	}
}
