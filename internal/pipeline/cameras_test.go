package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// opening is one source that a pipeline has opened for a stored camera.
type opening struct {
	source
	camera briefing.Camera
	closed atomic.Int64
}

func (o *opening) Close() error { o.closed.Add(1); return nil }

// shops opens cameras and remembers them.
type shops struct {
	mu     sync.Mutex
	opened []*opening
	// open may fail. Nil means that it never does.
	open func(briefing.Camera) error
	// frame answers as source.frame does, for each camera.
	frame func(briefing.Camera) func(context.Context, int64) (pipeline.Frame, error)
}

func (s *shops) Open(c briefing.Camera) (pipeline.Setup, error) {
	if s.open != nil {
		if err := s.open(c); err != nil {
			return pipeline.Setup{}, err
		}
	}
	o := &opening{camera: c}
	if s.frame != nil {
		o.frame = s.frame(c)
	}
	s.mu.Lock()
	s.opened = append(s.opened, o)
	s.mu.Unlock()
	return pipeline.Setup{Source: o, Measurer: &measurer{}}, nil
}

// of returns the openings of a camera.
func (s *shops) of(id briefing.CameraID) (all []*opening) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.opened {
		if o.camera.ID == id {
			all = append(all, o)
		}
	}
	return all
}

// many opens a pipeline for stored cameras. Its default camera is a plain source.
func many(t testing.TB, s *shops, change func(*pipeline.Config)) (*pipeline.Pipeline, *captioner) {
	t.Helper()
	words := &captioner{}
	cfg := pipeline.Config{
		Cameras:   map[briefing.CameraID]pipeline.Setup{briefing.DefaultCamera: {Source: &source{}, Measurer: &measurer{}}},
		Open:      s.Open,
		Captioner: words, KeepFrames: true, Log: slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&cfg)
	}
	p, err := pipeline.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p, words
}

// stored is a camera as a store has it.
func stored(id briefing.CameraID) briefing.Camera {
	return briefing.Camera{
		ID: id, Username: "kim", Name: "문", Source: "http://192.0.2.7/" + string(id), Version: 1,
		Health: briefing.CameraHealth{State: briefing.CameraUnobserved},
	}
}

// tickOf is a run of a stored camera's request.
func tickOf(c briefing.Camera, n int64) briefing.Run {
	r := tick("of "+briefing.RequestID(c.ID), n)
	r.Request.CameraID, r.Camera = c.ID, &c
	return r
}

func TestRun_opens_a_stored_camera_once(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shops{}
		p, _ := many(t, s, nil)
		door, yard := stored("door"), stored("yard")
		for n := range int64(5) {
			run(t, p, tickOf(door, n+1))
			run(t, p, tickOf(yard, n+1))
			pass(10 * time.Second)
		}
		run(t, p, tick("a", 1)) // of the settings
		for _, id := range []briefing.CameraID{"door", "yard"} {
			if all := s.of(id); len(all) != 1 || all[0].frames.Load() != 5 || all[0].closed.Load() != 0 {
				t.Errorf("%s: opened %d times", id, len(all))
			}
		}
		if len(s.of(briefing.DefaultCamera)) != 0 {
			t.Error("the camera of the settings was opened as a stored one")
		}
	})
}

func TestRun_shares_a_stored_camera_among_requests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shops{frame: func(briefing.Camera) func(context.Context, int64) (pipeline.Frame, error) {
			return func(context.Context, int64) (pipeline.Frame, error) {
				pass(100 * time.Millisecond)
				return pipeline.Frame{}, nil
			}
		}}
		p, _ := many(t, s, nil)
		var all sync.WaitGroup
		for i := range 50 {
			all.Go(func() {
				r := tickOf(stored("door"), 1)
				r.Request.ID = briefing.RequestID(fmt.Sprint(i))
				if n := people(t, run(t, p, r)); n != 1 {
					t.Errorf("measured %d times", n)
				}
			})
		}
		all.Wait()
		if all := s.of("door"); len(all) != 1 || all[0].frames.Load() != 1 {
			t.Errorf("%d sources, %d frames of the first", len(all), all[0].frames.Load())
		}
	})
}

func TestRun_opens_anew_what_sees_otherwise(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shops{}
		p, _ := many(t, s, nil)
		c := stored("door")
		area := []briefing.Polygon{{Points: []briefing.Point{{X: 0, Y: 0}, {X: 1, Y: 0}, {X: 0, Y: 1}}}}
		for i, step := range []struct {
			name   string
			change func()
			anew   bool
		}{
			{"at first", func() {}, true},
			{"nothing", func() { c.Version-- }, false},
			{"a name", func() { c.Name = "뒷문" }, false},
			{"what is kept", func() { c.KeepFrames, c.KeepDays = briefing.KeepLast, 3 }, false},
			{"who gets pictures", func() { c.Egress = []briefing.ProviderEgress{{Provider: "p", Egress: briefing.EgressFull}} }, false},
			{"a token", func() { c.TokenHash = []byte("x") }, false},
			{"an address", func() { c.Source += "2" }, true},
			{"credentials", func() { c.Credentials = []byte("sealed") }, true},
			{"other credentials", func() { c.Credentials = []byte("sealed anew") }, true},
			{"a certificate", func() { c.Certificate = "00" }, true},
			{"a mask", func() { c.Masks = area }, true},
			{"the same mask again", func() { c.Masks = slices.Clone(area) }, false},
			{"a zone", func() { c.Zones = []briefing.Zone{{ID: "1", Name: "계산대", Polygon: area[0]}} }, false},
			{"a zone's name", func() { c.Zones = []briefing.Zone{{ID: "1", Name: "입구", Polygon: area[0]}} }, false},
			{"no zone", func() { c.Zones = nil }, false},
			{"an accepted view", func() { c.ViewVersion = c.Version }, true},
		} {
			before := len(s.of("door"))
			c.Version++
			step.change()
			run(t, p, tickOf(c, int64(i+1)))
			all := s.of("door")
			if anew := len(all) > before; anew != step.anew {
				t.Errorf("%s: opened anew %v, want %v", step.name, anew, step.anew)
			}
			if now := all[len(all)-1].camera; step.anew && (now.Source != c.Source || now.Version != c.Version) {
				t.Errorf("%s: opened as %+v", step.name, now)
			}
			pass(10 * time.Second)
			for j, o := range all {
				if last := j == len(all)-1; o.closed.Load() == 0 != last {
					t.Errorf("%s: source %d of %d was closed %d times", step.name, j, len(all), o.closed.Load())
				}
			}
		}
	})
}

// A new key for the credentials is no change: what the measurer has learnt stays, and the state with
// its beginning.
func TestRun_keeps_a_camera_whose_credentials_are_sealed_anew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shops{}
		p, _ := many(t, s, func(c *pipeline.Config) {
			c.SameCredentials = func(a, b briefing.Camera) bool { // the last byte is the key's
				return a.Credentials[0] == b.Credentials[0]
			}
		})
		c := stored("door")
		var since time.Time
		for n, credentials := range []string{"a1", "a2", "a3", "b3"} {
			c.Credentials, c.Version = []byte(credentials), int64(n+1)
			r := run(t, p, tickOf(c, int64(n+1)))
			if n == 0 {
				since = r.Health.Since
			}
			if got, want := len(s.of("door")), n/3+1; got != want || r.Health.Since.Equal(since) != (want == 1) {
				t.Errorf("%s: opened %d times, want %d; %+v", credentials, got, want, r.Health)
			}
			pass(10 * time.Second)
		}
	})
}

// The store gets the certificate that the source has accepted at first use. That is no change for
// the source, and what the measurer has learnt stays.
func TestRun_keeps_the_source_that_accepted_a_certificate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shops{}
		p, _ := many(t, s, func(c *pipeline.Config) {
			c.Open = func(b briefing.Camera) (pipeline.Setup, error) {
				setup, err := s.Open(b)
				o := setup.Source.(*opening)
				setup.Certificate = func() string {
					if o.frames.Load() > 0 {
						return "0123"
					}
					return ""
				}
				return setup, err
			}
		})
		c := stored("door")
		for n, certificate := range []string{"", "0123", "0123", "4567"} {
			c.Certificate, c.Version = certificate, int64(n+1)
			run(t, p, tickOf(c, int64(n+1)))
			pass(10 * time.Second)
			if got, want := len(s.of("door")), n/3+1; got != want {
				t.Errorf("run %d: opened %d times, want %d", n+1, got, want)
			}
		}
	})
}

// A run that read the camera before it was changed does not bring the old one back.
func TestRun_of_an_older_version_uses_the_newer_camera(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shops{}
		p, _ := many(t, s, nil)
		older, newer := stored("door"), stored("door")
		newer.Source, newer.Version = "http://192.0.2.8/", 2
		run(t, p, tickOf(older, 1))
		pass(time.Second)
		run(t, p, tickOf(newer, 1))
		pass(time.Second)
		run(t, p, tickOf(older, 2))
		pass(time.Second)
		unread := tickOf(newer, 3) // the store was unreachable
		unread.Camera = nil
		run(t, p, unread)
		if all := s.of("door"); len(all) != 2 || all[1].frames.Load() != 3 {
			t.Errorf("opened %d times", len(all))
		}
	})
}

// What is changed holds from the next run: the run that waits gets its picture, and the camera has
// one connection at a time.
func TestRun_in_flight_survives_a_change(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at atomic.Int64
		s := &shops{frame: func(briefing.Camera) func(context.Context, int64) (pipeline.Frame, error) {
			return func(context.Context, int64) (pipeline.Frame, error) {
				if at.Add(1) > 1 {
					t.Error("two frames at once")
				}
				pass(2 * time.Second)
				at.Add(-1)
				return pipeline.Frame{}, nil
			}
		}}
		p, _ := many(t, s, nil)
		older, newer := stored("door"), stored("door")
		newer.Credentials, newer.Version = []byte("sealed"), 2
		var all sync.WaitGroup
		for _, c := range []briefing.Camera{older, newer} {
			all.Go(func() {
				if r := run(t, p, tickOf(c, 1)); r.Degraded != "" {
					t.Errorf("version %d: %+v", c.Version, r)
				}
			})
			pass(time.Second)
		}
		all.Wait()
		if all := s.of("door"); len(all) != 2 || all[0].closed.Load() != 1 {
			t.Errorf("opened %d times", len(all))
		}
	})
}

func TestCameras_close_when_no_run_comes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shops{}
		p, _ := many(t, s, nil)
		slow := tickOf(stored("yard"), 1)
		slow.Request.Interval = 3600
		run(t, p, slow)
		door := stored("door")
		for n := range int64(20) {
			run(t, p, tickOf(door, n+1))
			pass(10 * time.Second)
		}
		picture := run(t, p, tickOf(door, 21)).LastFrame.ID
		pass(90*time.Second - time.Millisecond)
		closed := func(id briefing.CameraID) int64 { synctest.Wait(); return s.of(id)[0].closed.Load() }
		if closed("door") != 0 {
			t.Error("closed within three intervals and a minute")
		}
		if _, err := p.Picture(picture); err != nil {
			t.Errorf("the last picture of an open camera: %v", err)
		}
		pass(time.Millisecond)
		if closed("door") != 1 || closed("yard") != 0 {
			t.Errorf("after three intervals and a minute: door closed %d times, yard %d", closed("door"), closed("yard"))
		}
		if _, err := p.Picture(picture); !errors.Is(err, briefing.ErrNotFound) {
			t.Errorf("the last picture of a closed camera: %v", err)
		}
		run(t, p, tickOf(door, 99))
		if len(s.of("door")) != 2 {
			t.Error("a later run did not open it again")
		}
		pass(4 * time.Hour)
		if closed("yard") != 1 || s.of("door")[1].closed.Load() != 1 {
			t.Error("open after hours without a run")
		}
		run(t, p, tick("a", 1)) // the camera of the settings stays open
	})
}

func TestCameras_close_with_the_pipeline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shops{frame: func(c briefing.Camera) func(context.Context, int64) (pipeline.Frame, error) {
			return func(ctx context.Context, _ int64) (pipeline.Frame, error) {
				if c.ID == "c7" {
					<-ctx.Done()
				}
				return pipeline.Frame{}, ctx.Err()
			}
		}}
		p, _ := many(t, s, nil)
		for i := range 10 {
			go p.Run(t.Context(), tickOf(stored(briefing.CameraID(fmt.Sprint("c", i))), 1))
		}
		synctest.Wait()
		started := time.Now()
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		if took := time.Since(started); took > time.Second {
			t.Errorf("Close took %v while one camera hung", took)
		}
		for i := range 10 {
			if all := s.of(briefing.CameraID(fmt.Sprint("c", i))); len(all) != 1 || all[0].closed.Load() == 0 {
				t.Errorf("camera %d was not closed", i)
			}
		}
	})
}

func TestRun_tells_why_a_camera_cannot_be_opened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var fails error
		s := &shops{open: func(briefing.Camera) error { return fails }}
		p, words := many(t, s, nil)
		fails = &pipeline.Trouble{State: briefing.CameraRefused, Reason: "NO_KEY", Words: "no key"}
		c := stored("door")
		r := run(t, p, tickOf(c, 1))
		if r.Degraded != briefing.CameraRefusing || r.Health == nil || r.Health.State != briefing.CameraRefused || r.Health.Reason != "NO_KEY" || r.Health.Words != "no key" {
			t.Errorf("report %+v, health %+v", r, r.Health)
		}
		if h := words.got[0].Facts.Health; h == nil || h.Reason != "NO_KEY" {
			t.Errorf("the captioner got %+v", h)
		}
		pass(10 * time.Second)
		fails = errors.New("something else")
		if r := run(t, p, tickOf(c, 2)); r.Degraded != briefing.CameraOffline {
			t.Errorf("report %+v", r)
		}
		pass(10 * time.Second)
		fails = nil
		if r := run(t, p, tickOf(c, 3)); r.Degraded != "" || people(t, r) != 1 {
			t.Errorf("after the key has come: %+v", r)
		}
	})
}

func TestRun_of_an_unknown_camera_is_offline(t *testing.T) {
	t.Parallel()
	p, _ := many(t, &shops{}, nil)
	r := tick("a", 1)
	r.Request.CameraID = "door" // and the store did not say what it is
	if report := run(t, p, r); report.Degraded != briefing.CameraOffline || report.Health != nil || report.Facts.Health.State != briefing.CameraAway {
		t.Errorf("report %+v", report)
	}
	p, _ = many(t, &shops{}, func(c *pipeline.Config) { c.Open = nil })
	if report := run(t, p, tickOf(stored("door"), 1)); report.Degraded != briefing.CameraOffline {
		t.Errorf("without Open: %+v", report)
	}
}

func TestRun_of_one_camera_too_many_fails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shops{}
		p, _ := many(t, s, func(c *pipeline.Config) { c.MaxCameras = 3 })
		for i := range 2 { // beside that of the settings
			run(t, p, tickOf(stored(briefing.CameraID(fmt.Sprint("c", i))), 1))
		}
		if _, err := p.Run(t.Context(), tickOf(stored("c2"), 1)); !errors.Is(err, briefing.ErrUnavailable) {
			t.Errorf("the fourth camera: %v", err)
		}
		run(t, p, tickOf(stored("c0"), 2))
		pass(5 * time.Minute) // the others have been closed
		run(t, p, tickOf(stored("c2"), 2))
	})
}

// Cameras of long intervals make room for others: they would shut them out for days.
func TestRun_closes_the_camera_that_was_idle_the_longest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shops{}
		p, _ := many(t, s, func(c *pipeline.Config) { c.MaxCameras = 4 })
		for i := range 3 { // beside that of the settings
			r := tickOf(stored(briefing.CameraID(fmt.Sprint("c", i))), 1)
			r.Request.Interval = 86400
			run(t, p, r)
			pass(time.Second)
		}
		pass(50 * time.Second)
		run(t, p, tickOf(stored("c0"), 2))
		pass(7*time.Second + time.Millisecond)
		if _, err := p.Run(t.Context(), tickOf(stored("c3"), 1)); !errors.Is(err, briefing.ErrUnavailable) {
			t.Errorf("another camera within a minute: %v", err)
		}
		pass(time.Second)
		run(t, p, tickOf(stored("c3"), 2))
		synctest.Wait()
		for i, want := range []int64{0, 1, 0, 0} {
			if all := s.of(briefing.CameraID(fmt.Sprint("c", i))); len(all) != 1 || all[0].closed.Load() != want {
				t.Errorf("camera %d was closed %d times, want %d", i, all[0].closed.Load(), want)
			}
		}
	})
}

// The owner corrects the address of a camera that hangs: the next run does not wait for the old one.
func TestRun_of_a_corrected_address_does_not_wait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shops{frame: func(c briefing.Camera) func(context.Context, int64) (pipeline.Frame, error) {
			return func(context.Context, int64) (pipeline.Frame, error) {
				if c.Version < 3 {
					pass(time.Hour)
				}
				return pipeline.Frame{}, nil
			}
		}}
		p, _ := many(t, s, nil)
		for version, most := range []time.Duration{8 * time.Second, 8 * time.Second, 0, 2 * time.Second} {
			c := stored("door")
			c.Version = int64(version + 1)
			if version == 2 {
				c.Source = "http://192.0.2.8/"
			}
			started := time.Now()
			r := run(t, p, tickOf(c, int64(version+1)))
			if took := time.Since(started); took > most || (r.Degraded == "") != (version > 1) {
				t.Errorf("version %d: %q after %v, want at most %v", version+1, r.Degraded, took, most)
			}
		}
	})
}

// One camera that hangs, even deaf to its ctx, delays no other and no run of the settings.
func TestRun_is_not_delayed_by_another_camera(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shops{frame: func(c briefing.Camera) func(context.Context, int64) (pipeline.Frame, error) {
			return func(context.Context, int64) (pipeline.Frame, error) {
				if c.ID == "c0" {
					pass(time.Hour)
				}
				return pipeline.Frame{Image: image.NewGray(image.Rect(0, 0, 8, 6))}, nil
			}
		}}
		p, _ := many(t, s, nil)
		for n := range int64(6) {
			var all sync.WaitGroup
			for i := range 100 {
				all.Go(func() {
					started := time.Now()
					r := run(t, p, tickOf(stored(briefing.CameraID(fmt.Sprint("c", i))), n+1))
					took := time.Since(started)
					if hangs := i == 0; took > 8*time.Second || !hangs && took > 0 || hangs != (r.Degraded == briefing.CameraOffline) {
						t.Errorf("camera %d took %v: %+v", i, took, r)
					}
				})
			}
			all.Wait()
			pass(2 * time.Second)
		}
		pass(time.Hour)
	})
}

func TestForget_closes_a_deleted_camera(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shops{frame: func(briefing.Camera) func(context.Context, int64) (pipeline.Frame, error) {
			return func(context.Context, int64) (pipeline.Frame, error) {
				return pipeline.Frame{Image: image.NewGray(image.Rect(0, 0, 8, 6))}, nil
			}
		}}
		p, _ := many(t, s, nil)
		picture := run(t, p, tickOf(stored("door"), 1)).LastFrame.ID
		p.Forget("yard")
		p.Forget(briefing.DefaultCamera)
		p.Forget("door")
		synctest.Wait()
		if _, err := p.Picture(picture); !errors.Is(err, briefing.ErrNotFound) || s.of("door")[0].closed.Load() != 1 {
			t.Errorf("Picture = %v, closed %d times", err, s.of("door")[0].closed.Load())
		}
		run(t, p, tick("a", 1))
		if r := run(t, p, tickOf(stored("door"), 2)); len(s.of("door")) != 1 || r.Facts.FrameID != "" || r.Degraded != briefing.CameraOffline {
			t.Errorf("a run that began before the deletion: %+v", r)
		}
	})
}
