package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"image"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

func trialOf(id briefing.CameraID) briefing.CameraTrial {
	return briefing.CameraTrial{Camera: stored(id)}
}

func TestTest_gets_one_picture_now(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shops{frame: func(briefing.Camera) func(context.Context, int64) (pipeline.Frame, error) {
			return func(context.Context, int64) (pipeline.Frame, error) {
				pass(300 * time.Millisecond)
				return pipeline.Frame{Image: kindsOf(image.Rect(0, 0, 1600, 400))["420"], At: time.Now()}, nil
			}
		}}
		p, words := many(t, s, func(c *pipeline.Config) { c.KeepFrames = false })
		trial := trialOf("door")
		trial.Camera.Masks = []briefing.Polygon{area(.25, .25, .75, .25, .75, .75, .25, .75)}
		got, err := p.Test(t.Context(), trial)
		if err != nil {
			t.Fatal(err)
		}
		if got.Frame == nil || got.Frame.Width != 1280 || got.Frame.Height != 320 || got.Width != 1600 || got.Height != 400 || got.Took != 300*time.Millisecond {
			t.Errorf("%d x %d in %v, frame %+v", got.Width, got.Height, got.Took, got.Frame)
		}
		if got.Health.State != briefing.CameraOK || got.Health.Since.IsZero() || got.Facts.Health.State != briefing.CameraOK || !got.Facts.Counted || got.Facts.FrameID != got.Frame.ID || got.Certificate != "" {
			t.Errorf("health %+v, facts %+v", got.Health, got.Facts)
		}
		checkMasked(t, "test", got.JPEG)
		if o := s.of("door"); len(o) != 1 || o[0].frames.Load() != 1 || o[0].closed.Load() != 1 {
			t.Errorf("%d sources, closed %d times", len(o), o[0].closed.Load())
		}
		if _, err := p.Picture(got.Frame.ID); !errors.Is(err, briefing.ErrNotFound) {
			t.Errorf("the picture of a test is served: %v", err)
		}
		if len(words.got) != 0 {
			t.Error("a test was worded")
		}
	})
}

// A test neither uses nor changes what runs of the camera have.
func TestTest_shares_nothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shops{}
		p, _ := many(t, s, nil)
		c := stored("door")
		first := run(t, p, tickOf(c, 1))
		for range 3 {
			got, err := p.Test(t.Context(), briefing.CameraTrial{Camera: c})
			if n, ok := got.Facts.People(); err != nil || n != 1 || !ok {
				t.Errorf("a test counts %d: its measurer is not new (%v)", n, err)
			}
		}
		r := run(t, p, tickOf(c, 1))
		if people(t, r) != 1 || r.LastFrame.ID != first.LastFrame.ID {
			t.Errorf("the run's observation has changed: %+v", r)
		}
		pass(10 * time.Second)
		if n := people(t, run(t, p, tickOf(c, 2))); n != 2 {
			t.Errorf("the run's measurer has measured %d times", n)
		}
		if all := s.of("door"); len(all) != 4 || all[0].closed.Load() != 0 {
			t.Errorf("%d sources, that of the runs closed %d times", len(all), all[0].closed.Load())
		}
	})
}

func TestTest_tells_the_trouble(t *testing.T) {
	t.Parallel()
	dark := briefing.CameraDark
	for name, c := range map[string]struct {
		open, frame error
		panics      bool
		old         time.Duration
		shows       briefing.CameraState
		want        briefing.CameraState
		err         error
	}{
		"refused":           {frame: &pipeline.Trouble{State: briefing.CameraRefused, Reason: "WRONG_PASSWORD", Words: "401 Unauthorized"}, want: briefing.CameraRefused},
		"not a picture":     {frame: fmt.Errorf("%w: a page", pipeline.ErrUnreadable), want: briefing.CameraIllegible},
		"offline":           {frame: pipeline.ErrOffline, want: briefing.CameraAway},
		"old":               {old: time.Minute, want: briefing.CameraStale},
		"dark":              {shows: dark, want: dark},
		"covered":           {shows: briefing.CameraCovered, want: briefing.CameraCovered},
		"panics":            {panics: true, want: briefing.CameraIllegible},
		"no key":            {open: &pipeline.Trouble{State: briefing.CameraRefused, Err: briefing.ErrUnavailable}, want: briefing.CameraRefused},
		"cannot open":       {open: errors.New("x"), want: briefing.CameraAway},
		"an address":        {open: briefing.Invalid("source", "must be like http://"), err: briefing.ErrInvalid},
		"no key, no reason": {open: briefing.ErrUnavailable, err: briefing.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &shops{open: func(briefing.Camera) error { return c.open }}
			p, _ := many(t, s, func(cfg *pipeline.Config) {
				cfg.Open = func(b briefing.Camera) (pipeline.Setup, error) {
					setup, err := s.Open(b)
					if err != nil {
						return setup, err
					}
					setup.Measurer = &lengths{state: c.shows}
					setup.Source.(*opening).frame = func(context.Context, int64) (pipeline.Frame, error) {
						if c.panics {
							panic("source")
						}
						return pipeline.Frame{Image: image.NewGray(image.Rect(0, 0, 4, 3)), At: time.Now().Add(-c.old)}, c.frame
					}
					return setup, nil
				}
			})
			got, err := p.Test(t.Context(), trialOf("door"))
			if c.err != nil {
				if !errors.Is(err, c.err) {
					t.Errorf("error %v, want %v", err, c.err)
				}
				return
			}
			if err != nil || got.Health.State != c.want || got.Facts.Health.State != c.want {
				t.Fatalf("%+v, %v, want %s", got.Health, err, c.want)
			}
			if _, counted := got.Facts.People(); counted {
				t.Error("a camera in trouble counts")
			}
			if pictured := got.Frame != nil && len(got.JPEG) > 0; pictured != (c.shows != "") {
				t.Errorf("a picture %v", pictured)
			}
			if trouble, ok := errors.AsType[*pipeline.Trouble](c.frame); ok && (got.Health.Reason != trouble.Reason || got.Health.Words != trouble.Words) {
				t.Errorf("health %+v", got.Health)
			}
			for _, o := range s.of("door") {
				if o.closed.Load() == 0 {
					t.Error("the source is open")
				}
			}
		})
	}
}

func TestTest_has_a_bound_and_a_deadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shops{frame: func(c briefing.Camera) func(context.Context, int64) (pipeline.Frame, error) {
			return func(ctx context.Context, _ int64) (pipeline.Frame, error) {
				if c.ID == "deaf" {
					pass(time.Minute)
				}
				<-ctx.Done()
				return pipeline.Frame{}, ctx.Err()
			}
		}}
		p, _ := many(t, s, nil)
		started := time.Now()
		var all sync.WaitGroup
		for _, id := range []briefing.CameraID{"a", "b", "c", "deaf"} {
			all.Go(func() {
				got, err := p.Test(t.Context(), trialOf(id))
				if took := time.Since(started); err != nil || got.Health.State != briefing.CameraAway || got.Took != 10*time.Second || took != got.Took {
					t.Errorf("%s: %+v, %v after %v", id, got.Health, err, took)
				}
			})
		}
		synctest.Wait()
		if _, err := p.Test(t.Context(), trialOf("e")); !errors.Is(err, briefing.ErrRateLimited) {
			t.Errorf("a fifth test: %v", err)
		}
		run(t, p, tick("a", 1)) // is not delayed
		all.Wait()
		synctest.Wait() // the deaf one is still counted
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := p.Test(ctx, trialOf("f")); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a caller that leaves: %v", err)
		}
		pass(time.Hour)
		if s.of("deaf")[0].closed.Load() != 1 {
			t.Error("the deaf source is open")
		}
	})
}

func TestTest_uses_plain_credentials(t *testing.T) {
	t.Parallel()
	var got briefing.CameraTrial
	p, _ := many(t, &shops{}, func(c *pipeline.Config) {
		c.OpenTrial = func(trial briefing.CameraTrial) (pipeline.Setup, error) {
			got = trial
			return pipeline.Setup{Source: &opening{}, Measurer: &measurer{}, Certificate: func() string { return "0123" }}, nil
		}
	})
	trial := trialOf("door")
	trial.Plain = "admin:pw"
	test, err := p.Test(t.Context(), trial)
	if err != nil || got.Plain != "admin:pw" || got.Camera.Source != trial.Camera.Source || test.Certificate != "0123" {
		t.Errorf("%+v opened %+v, %v", test, got, err)
	}
	p, _ = many(t, &shops{}, nil)
	if _, err := p.Test(t.Context(), trial); !errors.Is(err, briefing.ErrUnavailable) {
		t.Errorf("plain credentials without OpenTrial: %v", err)
	}
}

func TestTest_ends_with_the_pipeline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shops{frame: func(briefing.Camera) func(context.Context, int64) (pipeline.Frame, error) {
			return func(ctx context.Context, _ int64) (pipeline.Frame, error) {
				<-ctx.Done()
				return pipeline.Frame{}, ctx.Err()
			}
		}}
		p, _ := many(t, s, nil)
		done := make(chan error)
		go func() {
			_, err := p.Test(t.Context(), trialOf("door"))
			done <- err
		}()
		synctest.Wait()
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		if err := <-done; !errors.Is(err, briefing.ErrUnavailable) {
			t.Errorf("a test during Close: %v", err)
		}
		if _, err := p.Test(t.Context(), trialOf("door")); !errors.Is(err, briefing.ErrUnavailable) {
			t.Errorf("a test after Close: %v", err)
		}
	})
}
