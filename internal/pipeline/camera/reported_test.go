package camera_test

import (
	"context"
	"log/slog"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/pipeline"
	"bis/internal/pipeline/camera"
)

// Each change of a camera's troubles is one line at the default level: the kind, the status and
// the reason, without the address and the credentials.
func TestLog_has_each_change_of_a_reason_once(t *testing.T) {
	t.Parallel()
	good := fixture(t, "baseline.jpg")
	synctest.Test(t, func(t *testing.T) {
		answer := ""
		cfg := pipes(func(c net.Conn, _ int) { _, _ = c.Write(join(answer, "\r\n\r\n", good)) })
		var log syncBuilder
		cfg.Log = slog.New(slog.NewTextHandler(&log, nil))
		src, err := camera.Open("http://me:hidden@192.0.2.7:8123/secret/path?pwd=hidden", cfg)
		if err != nil {
			t.Fatal(err)
		}
		frame := func(status string, times int) {
			answer = "HTTP/1.1 " + status
			for range times {
				_, _ = src.Frame(t.Context())
				_, _ = src.(pipeline.Burster).Burst(t.Context(), 2, 100*time.Millisecond)
				time.Sleep(time.Second)
			}
		}
		frame("200 OK", 2)
		good = []byte("<html>hidden")
		frame("200 OK", 2)
		good = fixture(t, "baseline.jpg")
		frame("404 hidden", 3)
		frame("500 hidden", 2)
		frame("200 OK", 2)
		frame("404 hidden", 2) // again within a minute
		time.Sleep(time.Minute)
		frame("200 OK", 1)
		frame("404 hidden", 2)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, _ = src.Frame(ctx)
		finish(src)
		_, _ = src.Frame(t.Context())
		want := []string{
			"WARN camera gives no picture kind=http status=200 reason=WEB_PAGE",
			"WARN camera gives no picture kind=http status=404 reason=NOT_FOUND",
			"WARN camera gives no picture kind=http status=500 reason=CAMERA_FAULT",
			"INFO camera gives pictures again kind=http", "INFO camera gives pictures again kind=http",
			"WARN camera gives no picture kind=http status=404 reason=NOT_FOUND",
		}
		got := strings.Split(strings.TrimSpace(log.String()), "\n")
		if len(got) != len(want) {
			t.Fatalf("%d lines, want %d:\n%s", len(got), len(want), log.String())
		}
		for i, line := range got {
			_, line, _ = strings.Cut(line, "level=")
			line = strings.NewReplacer("msg=", "", `"`, "").Replace(line)
			if !strings.HasPrefix(line, want[i]) {
				t.Errorf("line %d is %q, want %q", i, line, want[i])
			}
		}
		for _, never := range []string{"hidden", "192.0.2.7", "8123", "secret", "me:"} {
			if strings.Contains(log.String(), never) {
				t.Errorf("the log has %q:\n%s", never, log.String())
			}
		}
	})
}
