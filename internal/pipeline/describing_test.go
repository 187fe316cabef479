package pipeline_test

import (
	"context"
	"image"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// describer is a Describer whose answers the test decides.
type describer struct {
	mu  sync.Mutex
	got []pipeline.DescribeInput
	// says answers. Nil means a description of the picture for full pictures.
	says func(ctx context.Context, in pipeline.DescribeInput) (pipeline.Description, bool)
}

func (d *describer) Describe(ctx context.Context, in pipeline.DescribeInput) (pipeline.Description, bool) {
	d.mu.Lock()
	d.got = append(d.got, in)
	d.mu.Unlock()
	if d.says != nil {
		return d.says(ctx, in)
	}
	picture, ok := in.Picture(in.Egress("a"))
	return pipeline.Description{Text: string(picture), Model: "m"}, ok
}

func (d *describer) asked() []pipeline.DescribeInput {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.got
}

// lens is a Privacy that names the frame by its width.
type lens struct{}

func (lens) Picture(f pipeline.Frame, _ []briefing.Polygon, e briefing.Egress) ([]byte, bool) {
	return []byte(string(e) + strings.Repeat(".", f.Image.Bounds().Dx())), e != briefing.EgressCounts
}

// describes opens a pipeline of stored cameras with a describer. The n-th frame is n pixels wide.
func describes(t *testing.T, d *describer, change func(*pipeline.Config)) (*pipeline.Pipeline, *captioner) {
	t.Helper()
	return many(t, &shops{frame: func(briefing.Camera) func(context.Context, int64) (pipeline.Frame, error) {
		return func(_ context.Context, n int64) (pipeline.Frame, error) {
			return pipeline.Frame{Image: image.NewGray(image.Rect(0, 0, int(n), 1)), At: time.Now()}, nil
		}
	}}, func(cfg *pipeline.Config) {
		cfg.Describer, cfg.Privacy = d, lens{}
		if change != nil {
			change(cfg)
		}
	})
}

// consenting is a stored camera whose provider a may get its pictures.
func consenting(e briefing.Egress) briefing.Camera {
	c := stored("door")
	c.Egress = []briefing.ProviderEgress{{Provider: "a", Egress: e}}
	return c
}

func TestRun_describes_the_picture_of_the_run(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &describer{}
		p, words := describes(t, d, nil)
		words.say = func() (pipeline.Caption, error) {
			return pipeline.Caption{Text: "x", Source: "template", Made: briefing.Made{
				Verdict: briefing.VerdictBuiltIn, Refused: []string{"of the sheet"},
			}}, nil
		}
		usage := briefing.Usage{Attempts: 2, InputTokens: 600, OutputTokens: 80}
		d.says = func(_ context.Context, in pipeline.DescribeInput) (pipeline.Description, bool) {
			pass(3 * time.Second)
			picture, ok := in.Picture(in.Egress("a"))
			return pipeline.Description{
				Text: string(picture), Question: "q", Model: "m", Usage: usage, Refused: "of the description",
			}, ok
		}
		for n := range int64(3) {
			r := tickOf(consenting(briefing.EgressFull), n+1)
			r.Custom, r.Request.Username = []string{"polite"}, "kim"
			got := run(t, p, r)
			if want := "FULL" + strings.Repeat(".", int(n+1)); got.Description != want || got.Question != "q" || got.Facts.FrameID == "" {
				t.Errorf("run %d: %q, %q, want %q", n, got.Description, got.Question, want)
			}
			if got.Usage == nil || *got.Usage != usage || got.Made == nil || got.Made.DescribedBy != "m" || got.Made.LatencyMs != 3000 {
				t.Errorf("run %d: usage %+v, made %+v", n, got.Usage, got.Made)
			}
			if refs := got.Made.Refused; len(refs) != 2 || refs[1] != "of the description" {
				t.Errorf("run %d: refused %q", n, refs)
			}
			if b := got.Briefing(time.Now(), time.UTC); strings.Contains(b.Text, "FULL") || !strings.HasSuffix(b.Text, "x") {
				t.Errorf("old callers get %q", b.Text)
			}
			in := d.asked()[n]
			if people, _ := in.Facts.People(); people != int(n+1) || in.Username != "kim" || in.Custom[0] != "polite" || (in.Previous == nil) != (n == 0) {
				t.Errorf("run %d was asked with %+v", n, in)
			}
			pass(10 * time.Second)
		}
	})
}

func TestRun_describes_only_what_may_leave_and_changed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, e := range []briefing.Egress{briefing.EgressCounts, "", "OTHER"} {
			d := &describer{}
			p, _ := describes(t, d, nil)
			if got := run(t, p, tickOf(consenting(e), 1)); got.Description != "" || len(d.asked()) != 0 {
				t.Errorf("%q: %d questions, %q", e, len(d.asked()), got.Description)
			}
		}
		s, d := &shop{}, &describer{}
		p, _ := describes(t, d, func(cfg *pipeline.Config) {
			cfg.Open = func(briefing.Camera) (pipeline.Setup, error) {
				return pipeline.Setup{Source: &source{}, Measurer: s}, nil
			}
		})
		asked := 0
		for n, step := range []struct {
			places string
			asks   bool
		}{{"", true}, {"", false}, {"a", true}, {"a", false}, {"NIGHT", false}, {"b", true}, {"LAMPS", true}} {
			s.show(step.places)
			if step.asks {
				asked++
			}
			if run(t, p, tickOf(consenting(briefing.EgressBlurred), int64(n+1))); len(d.asked()) != asked {
				t.Errorf("run %d, %q: %d questions, want %d", n, step.places, len(d.asked()), asked)
			}
			pass(10 * time.Second)
		}
	})
	for name, f := range map[string]func() (pipeline.Frame, error){
		"damaged": func() (pipeline.Frame, error) { return pipeline.Frame{Image: sized(8, 6).Image, Damaged: true}, nil },
		"offline": func() (pipeline.Frame, error) { return pipeline.Frame{}, pipeline.ErrOffline },
	} {
		d := &describer{}
		p, _ := many(t, &shops{frame: func(briefing.Camera) func(context.Context, int64) (pipeline.Frame, error) {
			return func(context.Context, int64) (pipeline.Frame, error) { return f() }
		}}, func(cfg *pipeline.Config) { cfg.Describer, cfg.Privacy = d, lens{} })
		if run(t, p, tickOf(consenting(briefing.EgressFull), 1)); len(d.asked()) != 0 {
			t.Errorf("%s: %d questions", name, len(d.asked()))
		}
	}
}

// The camera of the settings has the choice of the settings.
func TestRun_describes_the_default_camera(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &describer{}
		p, _ := describes(t, d, func(cfg *pipeline.Config) {
			cfg.Cameras = map[briefing.CameraID]pipeline.Setup{briefing.DefaultCamera: {
				Source: &source{}, Measurer: &measurer{},
				Egress: []briefing.ProviderEgress{{Provider: "a", Egress: briefing.EgressBlurred}},
			}}
		})
		if got := run(t, p, tick("r", 1)); got.Description != "BLURRED." || got.Made == nil || got.Made.DescribedBy != "m" {
			t.Errorf("%q, %+v", got.Description, got.Made)
		}
	})
}

func TestRun_reports_before_the_next_tick_without_an_answer(t *testing.T) {
	t.Parallel()
	hangs := map[string]func(context.Context, pipeline.DescribeInput) (pipeline.Description, bool){
		"in time": func(ctx context.Context, in pipeline.DescribeInput) (pipeline.Description, bool) {
			pass(in.Within)
			return pipeline.Description{Degraded: briefing.ModelUnavailable}, true
		},
		"for longer than it may": func(ctx context.Context, _ pipeline.DescribeInput) (pipeline.Description, bool) {
			pass(2 * time.Minute)
			return pipeline.Description{Text: "late"}, true
		},
	}
	for name, says := range hangs {
		for _, every := range []time.Duration{time.Second, 10 * time.Second, time.Minute, 10 * time.Minute} {
			synctest.Test(t, func(t *testing.T) {
				d := &describer{says: says}
				p, _ := describes(t, d, nil)
				r := tickOf(consenting(briefing.EgressFull), 1)
				r.Request.Interval = int(every / time.Second)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // as the schedule does
				defer cancel()
				began := time.Now()
				got, err := p.Run(ctx, r)
				took := time.Since(began)
				if err != nil || took >= min(every, time.Minute) || took < min(every, time.Minute)*3/4 {
					t.Errorf("%s, every %v: reported after %v: %v", name, every, took, err)
				}
				if got.Description != "" || got.Caption != "x" || got.Degraded != briefing.ModelUnavailable {
					t.Errorf("%s, every %v: %+v", name, every, got)
				}
			})
		}
	}
}

func TestRun_words_and_describes_at_once(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &describer{says: func(context.Context, pipeline.DescribeInput) (pipeline.Description, bool) {
			pass(4 * time.Second)
			return pipeline.Description{Text: "d", Degraded: briefing.BudgetSpent}, true
		}}
		p, words := describes(t, d, nil)
		words.say = func() (pipeline.Caption, error) {
			pass(4 * time.Second)
			return pipeline.Caption{Text: "x", Degraded: briefing.ModelUnavailable}, nil
		}
		began := time.Now()
		got := run(t, p, tickOf(consenting(briefing.EgressFull), 1))
		if took := time.Since(began); took != 4*time.Second || got.Description != "d" || got.Degraded != briefing.ModelUnavailable {
			t.Errorf("after %v: %+v", took, got)
		}
		words.say = func() (pipeline.Caption, error) { panic("captioner") }
		began = time.Now()
		if _, err := p.Run(t.Context(), tickOf(consenting(briefing.EgressFull), 2)); err == nil || time.Since(began) != 0 {
			t.Errorf("a captioner that panics: %v after %v", err, time.Since(began))
		}
	})
}

func TestRun_survives_a_describer_that_panics(t *testing.T) {
	t.Parallel()
	d := &describer{says: func(context.Context, pipeline.DescribeInput) (pipeline.Description, bool) { panic("describer") }}
	p, _ := describes(t, d, nil)
	if got := run(t, p, tickOf(consenting(briefing.EgressFull), 1)); got.Caption != "x" || got.Description != "" {
		t.Errorf("%+v", got)
	}
}

// A consent that is withdrawn while a question waits or is asked ends it, as other masks and another
// source do, and a deleted camera. More consent ends nothing.
func TestChanged_ends_descriptions(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(p *pipeline.Pipeline, c briefing.Camera)
		stays  bool
	}{
		"less": {func(p *pipeline.Pipeline, c briefing.Camera) {
			c.Egress[0].Egress = briefing.EgressBlurred
			p.Changed(c)
		}, false},
		"none":     {func(p *pipeline.Pipeline, c briefing.Camera) { c.Egress = nil; p.Changed(c) }, false},
		"a mask":   {func(p *pipeline.Pipeline, c briefing.Camera) { changes()["a mask"](&c); p.Changed(c) }, false},
		"a source": {func(p *pipeline.Pipeline, c briefing.Camera) { changes()["the source"](&c); p.Changed(c) }, false},
		"deleted":  {func(p *pipeline.Pipeline, c briefing.Camera) { p.Forget(c.ID) }, false},
		"a name":   {func(p *pipeline.Pipeline, c briefing.Camera) { c.Name = "other"; p.Changed(c) }, true},
		"less for the port of a host": {func(p *pipeline.Pipeline, c briefing.Camera) {
			c.Egress = append(c.Egress, briefing.ProviderEgress{Provider: "a:1", Egress: briefing.EgressCounts})
			p.Changed(c)
		}, false},
		"more": {func(p *pipeline.Pipeline, c briefing.Camera) {
			c.Egress = append(c.Egress, briefing.ProviderEgress{Provider: "b", Egress: briefing.EgressFull})
			p.Changed(c)
		}, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			d := &describer{says: func(ctx context.Context, in pipeline.DescribeInput) (pipeline.Description, bool) {
				select {
				case <-ctx.Done():
				case <-time.After(5 * time.Second):
				}
				_, ok := in.Picture(in.Egress("a:1"))
				return pipeline.Description{Text: "d", Model: "m"}, ok
			}}
			p, _ := describes(t, d, func(cfg *pipeline.Config) { cfg.Providers = []string{"a:1"} })
			result := make(chan briefing.Report)
			began := time.Now()
			go func() { result <- run(t, p, tickOf(consenting(briefing.EgressFull), 1)) }()
			pass(time.Second)
			changed := consenting(briefing.EgressFull)
			changed.Version++
			c.change(p, changed)
			got := <-result
			if took := time.Since(began); (got.Description == "d") != c.stays || (took == 5*time.Second) != c.stays || got.Caption != "x" || got.Degraded != "" {
				t.Errorf("%s: %q after %v, %+v", name, got.Description, took, got.Degraded)
			}
		})
	}
}

// Runs of one moment share the picture, which is forgotten then.
func TestRun_describes_a_shared_picture(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &describer{}
		p, _ := describes(t, d, nil)
		c := consenting(briefing.EgressFull)
		var all sync.WaitGroup
		for n := range int64(5) {
			all.Go(func() {
				pass(time.Duration(n) * 50 * time.Millisecond)
				r := tickOf(c, 1)
				r.Request.ID = briefing.RequestID(rune('a' + n))
				if got := run(t, p, r); got.Description != "FULL." {
					t.Errorf("request %d: %q", n, got.Description)
				}
			})
		}
		all.Wait()
	})
}
