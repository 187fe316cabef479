package server

import (
	"errors"
	"io"
	"net/http"
	"os"
	"testing"
	"time"
)

// TestDeadlines_report checks that each call that is too slow to send or to read is reported once.
func TestDeadlines_report(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]http.HandlerFunc{
		"a body that never comes": func(w http.ResponseWriter, r *http.Request) {
			if _, err := io.ReadAll(r.Body); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("reading ends with %v, want the deadline", err)
			}
		},
		"an answer that nobody reads": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(make([]byte, 64<<20)) // more than any socket's buffers
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			told := make(chan string, 10)
			d := short
			d.passed = func(r *http.Request) { told <- r.Method }
			dial(t, h, d, stuck)
			select {
			case method := <-told:
				if method != http.MethodPost || len(told) > 0 {
					t.Errorf("told of %s, and %d more", method, len(told))
				}
			case <-time.After(time.Minute):
				t.Error("nobody is told")
			}
		})
	}
}
