package pipeline_test

import (
	"context"
	"errors"
	"image"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// changes are the changes of a camera after which its pictures are not shown any more.
func changes() map[string]func(*briefing.Camera) {
	return map[string]func(*briefing.Camera){
		"a mask": func(c *briefing.Camera) {
			c.Masks = []briefing.Polygon{{Points: []briefing.Point{{X: 0, Y: 0}, {X: 1, Y: 0}, {X: 0, Y: 1}}}}
		},
		"the source": func(c *briefing.Camera) { c.Source = "http://192.0.2.9/" },
		"blurring": func(c *briefing.Camera) {
			c.Egress = []briefing.ProviderEgress{{Provider: "a", Egress: briefing.EgressBlurred}}
		},
	}
}

// The pictures in memory are forgotten as soon as their camera is saved with another source, other
// masks or another choice of blurring, and stay after any other save.
func TestChanged_forgets_pictures(t *testing.T) {
	t.Parallel()
	for name, change := range changes() {
		synctest.Test(t, func(t *testing.T) {
			p, _ := many(t, &shops{}, nil)
			door, yard := stored("door"), stored("yard")
			var ids []string
			for n := range int64(2) {
				ids = append(ids, run(t, p, tickOf(door, n+1)).Facts.FrameID)
				pass(time.Minute)
			}
			other := run(t, p, tickOf(yard, 1)).Facts.FrameID
			synctest.Wait()
			door.Version++
			door.Name = "another name"
			p.Changed(door)
			if _, err := p.Picture(ids[0]); err != nil {
				t.Errorf("%s: after another name: %v", name, err)
			}
			before := door
			door.Version++
			change(&door)
			p.Changed(door)
			p.Changed(before) // a late change says nothing
			for _, id := range ids {
				if _, err := p.Picture(id); !errors.Is(err, briefing.ErrNotFound) {
					t.Errorf("%s: a picture of before: %v", name, err)
				}
			}
			if c, err := p.Camera("door"); err != nil || c.LastFrame != nil {
				t.Errorf("%s: the last frame is %v, %v", name, c.LastFrame, err)
			}
			if _, err := p.Picture(other); err != nil {
				t.Errorf("%s: of another camera: %v", name, err)
			}
			id := run(t, p, tickOf(door, 3)).Facts.FrameID
			synctest.Wait()
			if _, err := p.Picture(id); id == "" || err != nil {
				t.Errorf("%s: a picture of after: %q, %v", name, id, err)
			}
		})
	}
}

// A capture that runs while its camera is changed shows no picture, and what it stores says that it
// was made by the old settings.
func TestChanged_during_a_capture(t *testing.T) {
	t.Parallel()
	for name, change := range changes() {
		for _, replaced := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				album, gate := &album{}, make(chan struct{})
				s := &shops{frame: func(c briefing.Camera) func(context.Context, int64) (pipeline.Frame, error) {
					return func(context.Context, int64) (pipeline.Frame, error) {
						if c.Version == 1 {
							<-gate
						}
						return pipeline.Frame{Image: image.NewGray(image.Rect(0, 0, 40, 30)), At: time.Now()}, nil
					}
				}}
				p, _ := many(t, s, func(cfg *pipeline.Config) { cfg.Keeper, cfg.Privacy = album, shy{} })
				door := stored("door")
				door.Version, door.KeepFrames, door.KeepDays = 1, briefing.KeepLast, 1
				old := door.View()
				result := make(chan briefing.Report)
				go func(run briefing.Run) {
					report, err := p.Run(t.Context(), run)
					if err != nil {
						t.Error(err)
					}
					result <- report
				}(tickOf(door, 1))
				synctest.Wait()
				door.Version++
				change(&door)
				p.Changed(door)
				var after chan briefing.Report
				if replaced {
					after = make(chan briefing.Report)
					go func(run briefing.Run) {
						report, _ := p.Run(t.Context(), run)
						after <- report
					}(tickOf(door, 2))
					synctest.Wait()
				}
				close(gate)
				report := <-result
				if after != nil {
					<-after
				}
				synctest.Wait()
				if id := report.Facts.FrameID; id != "" {
					t.Errorf("%s: the run of the old settings has picture %s", name, id)
				}
				for _, f := range album.all() {
					if f.View != old && f.View != door.View() {
						t.Errorf("%s: a picture of neither view", name)
					}
					if _, err := p.Picture(f.ID); f.View == old && err == nil {
						t.Errorf("%s: a picture of the old settings is shown", name)
					}
				}
			})
		}
	}
}
