package socket

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// timed is a ResponseWriter with a read deadline and a flush that fails.
type timed struct {
	*httptest.ResponseRecorder
	deadline time.Time
}

var errFlush = errors.New("flush failed")

func (w *timed) FlushError() error { return errFlush }

func (w *timed) SetReadDeadline(t time.Time) error {
	w.deadline = t
	return nil
}

// The wrapper around a handshake's writer must not hide methods from http.ResponseController.
func TestHijackable_passes_on_what_the_writer_can(t *testing.T) {
	t.Parallel()
	below := &timed{ResponseRecorder: httptest.NewRecorder()}
	control := http.NewResponseController(&hijacker{ResponseWriter: below})
	at := time.Unix(1, 0)
	if err := control.SetReadDeadline(at); err != nil || below.deadline != at {
		t.Errorf("SetReadDeadline = %v and the deadline is %v, want %v", err, below.deadline, at)
	}
	if err := control.Flush(); !errors.Is(err, errFlush) {
		t.Errorf("Flush = %v, want %v", err, errFlush)
	}
}
