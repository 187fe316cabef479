package pipeline_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// Each trouble is logged once at the default level, with the camera's id. Sources log their own.
func TestRun_logs_a_trouble_once(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		var opens, fails error
		m := &lengths{}
		s := &shops{
			open: func(briefing.Camera) error { return opens },
			frame: func(briefing.Camera) func(context.Context, int64) (pipeline.Frame, error) {
				return func(context.Context, int64) (pipeline.Frame, error) { return sized(4, 3), fails }
			},
		}
		p, _ := many(t, s, func(c *pipeline.Config) {
			c.Log = slog.New(slog.NewTextHandler(&log, nil))
			c.Open = func(b briefing.Camera) (pipeline.Setup, error) {
				setup, err := s.Open(b)
				setup.Measurer = m
				return setup, err
			}
		})
		n := int64(0)
		for _, step := range []struct {
			opens, fails error
			state        briefing.CameraState
			want         string // a part of the one line of two runs; empty: no line
		}{
			{opens: &pipeline.Trouble{State: briefing.CameraRefused, Reason: "NO_KEY", Err: errors.New("no key")}, want: `level=WARN msg="camera does not show the shop" camera=door state=REFUSED reason=NO_KEY err="open camera: `},
			{want: `level=INFO msg="camera shows the shop again" camera=door`},
			{},
			{fails: errors.New("cut")},
			{},
			{state: briefing.CameraFrozen, want: "level=INFO msg=\"camera does not show the shop\" camera=door state=FROZEN\n"},
			{state: briefing.CameraFrozen},
			{state: briefing.CameraDark, want: "state=DARK"},
			{want: "shows the shop again"},
			{state: briefing.CameraLightChange},
		} {
			log.Reset()
			opens, fails, m.state = step.opens, step.fails, step.state
			for range 2 {
				n++
				run(t, p, tickOf(stored("door"), n))
				pass(10 * time.Second)
			}
			synctest.Wait()
			lines := strings.Count(log.String(), "\n")
			if step.want == "" && lines != 0 || step.want != "" && (lines != 1 || !strings.Contains(log.String(), step.want)) {
				t.Errorf("%+v: the log has %q, want %q once", step, log.String(), step.want)
			}
		}
	})
}
