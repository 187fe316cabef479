package app

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"bis/internal/briefing"
	"bis/internal/config"
	"bis/internal/pipeline"
	"bis/internal/pipeline/wording"
)

// openLogged returns a pipeline whose default camera has an address, and its log.
func openLogged(t *testing.T, address string) (Runner, *bytes.Buffer) {
	t.Helper()
	log := &bytes.Buffer{}
	logger := slog.New(slog.NewTextHandler(log, nil))
	words, err := wording.New(wording.Config{})
	if err != nil {
		t.Fatal(err)
	}
	cfg := config.Config{Data: t.TempDir(), Camera: config.Address(address)}
	runner, _, err := openRunner(cfg, Hooks{}, words, pictures{log: logger})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := runner.Close(); err != nil {
			t.Error(err)
		}
	})
	return runner, log
}

// A test that fails is one line of the log, with the camera and the reason.
func TestTest_is_one_line_of_the_log(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(srv.Close)
	runner, log := openLogged(t, "demo:")
	got, err := runner.(*pipeline.Pipeline).Test(t.Context(), briefing.CameraTrial{Camera: briefing.Camera{ID: "abc", Source: srv.URL + "/"}})
	if err != nil || got.Health.Reason != briefing.TroubleForbidden {
		t.Fatalf("%+v, %v", got.Health, err)
	}
	if text := log.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, "camera=abc") || !strings.Contains(text, "reason=ADDRESS_NOT_ALLOWED") {
		t.Errorf("the log:\n%s", text)
	}
}

// The lines about the certificate of the default camera name the camera.
func TestOpenPipeline_names_the_default_camera(t *testing.T) {
	t.Parallel()
	srv := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(srv.Close)
	runner, log := openLogged(t, srv.URL+"/")
	if _, err := runner.Run(t.Context(), briefing.Run{Request: briefing.Request{ID: "r", Interval: 60}, Tick: 1}); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(log.String()) {
		if !strings.Contains(line, "camera=default") {
			t.Errorf("the log: %s", line)
		}
	}
	if !strings.Contains(log.String(), "camera certificate accepted at first use") {
		t.Errorf("the log:\n%s", log)
	}
}

// The settings choose what leaves of the default camera. By default its counts do, and nothing else.
func TestOpenPipeline_egress_of_the_default_camera(t *testing.T) {
	t.Parallel()
	for choice, want := range map[string]briefing.Egress{"": briefing.EgressCounts, "COUNTS": briefing.EgressCounts, "BLURRED": briefing.EgressBlurred, "FULL": briefing.EgressFull} {
		words, err := wording.New(wording.Config{})
		if err != nil {
			t.Fatal(err)
		}
		cfg := config.Config{Data: t.TempDir(), Camera: "demo:", CameraEgress: choice, KeepFrames: true}
		cfg.Model.BaseURL = "http://model.example:8080/v1"
		runner, _, err := openRunner(cfg, Hooks{}, words, pictures{log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := runner.Run(t.Context(), briefing.Run{Request: briefing.Request{ID: "r", Interval: 60}, Tick: 1}); err != nil {
			t.Error(err)
		}
		c, err := camerasOf(runner).Camera(briefing.DefaultCamera)
		if err != nil || c.EgressOf("model.example:8080") != want || c.EgressOf("model.example") != briefing.EgressCounts || c.EgressOf("other.example") != briefing.EgressCounts {
			t.Errorf("%q: %+v, %v", choice, c.Egress, err)
		}
		if c.LastFrame == nil {
			t.Errorf("%q: the last frame is %+v", choice, c.LastFrame)
		}
		if err := runner.Close(); err != nil {
			t.Error(err)
		}
	}
}
