package pipeline_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// A camera whose pictures are always cut is not well: nothing is counted on any of them. One cut
// picture is an accident.
func TestCamera_whose_pictures_are_all_damaged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		damaged := false
		src := &source{frame: func(context.Context, int64) (pipeline.Frame, error) {
			f := sized(8, 6)
			f.Damaged = damaged
			return f, nil
		}}
		p := keeping(t, src, &lengths{})
		var since time.Time
		for n, step := range []struct {
			damaged bool
			code    briefing.Degraded
			want    briefing.CameraState
		}{
			{false, "", briefing.CameraOK},
			{true, "", briefing.CameraOK}, // an accident
			{false, "", briefing.CameraOK},
			{true, "", briefing.CameraOK},
			{true, briefing.CameraUnreadable, briefing.CameraIllegible},
			{true, briefing.CameraUnreadable, briefing.CameraIllegible},
			{false, "", briefing.CameraIllegible},
			{false, "", briefing.CameraOK},
		} {
			if damaged = step.damaged; n == 3 {
				since = time.Now().UTC()
			}
			r := run(t, p, tick("a", int64(n+1)))
			if _, counted := r.Facts.People(); counted == step.damaged || r.Degraded != step.code || r.Facts.FrameID == "" {
				t.Errorf("run %d: counted %v, degraded %q, picture %q", n, counted, r.Degraded, r.Facts.FrameID)
			}
			h := camera(t, p).Health
			if h.State != step.want {
				t.Errorf("run %d: state %s, want %s", n, h.State, step.want)
			}
			if h.State == briefing.CameraIllegible && (h.Reason != briefing.TroubleBroken || h.Since != since) {
				t.Errorf("run %d: %+v, want %s since %v", n, h, briefing.TroubleBroken, since)
			}
			pass(10 * time.Second)
		}
	})
}
