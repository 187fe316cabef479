package pipeline_test

import (
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
)

// A camera that had moved when the process before this one ended still shows the wrong view. The
// new process knows no other, and must not count in it until the owner accepts it, or a day has
// passed.
func TestRun_of_a_camera_that_had_moved_before_the_start(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, accept := range map[string]func(c *briefing.Camera){
			"a save": func(c *briefing.Camera) { c.Version++; c.ViewVersion = c.Version },
			"a day":  func(*briefing.Camera) { pass(24 * time.Hour) },
			"another process": func(c *briefing.Camera) {
				c.Health = briefing.CameraHealth{State: briefing.CameraOK, Since: time.Now()}
			},
		} {
			p, _ := many(t, &shops{}, nil)
			c := stored("door")
			since := time.Now().Add(-time.Hour).UTC()
			c.Health = briefing.CameraHealth{State: briefing.CameraMoved, Since: since}
			for n := range int64(3) {
				r := run(t, p, tickOf(c, n+1))
				if _, counted := r.Facts.People(); counted || r.Degraded != briefing.CameraTurned ||
					r.Health.State != briefing.CameraMoved || !r.Health.Since.Equal(since) || r.Facts.FrameID == "" {
					t.Errorf("%s: run %d: %+v, %q, %+v", name, n, r.Facts, r.Degraded, r.Health)
				}
				pass(10 * time.Second)
			}
			accept(&c)
			run(t, p, tickOf(c, 4))
			pass(10 * time.Second)
			r := run(t, p, tickOf(c, 5))
			if _, counted := r.Facts.People(); !counted || r.Degraded != "" || r.Health.State != briefing.CameraOK {
				t.Errorf("%s: afterwards %+v, %q, %+v", name, r.Facts, r.Degraded, r.Health)
			}
		}
	})
}
