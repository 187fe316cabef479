package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"bis/internal/briefing"
)

const (
	probeTimeout = 2 * time.Second // of one probe of the store
	probeTTL     = time.Second     // how long its answer is reused, so that probes cannot load the store
)

// readiness is /readyz: whether the server can do its work. However many ask, one probe of the
// store runs at a time.
type readiness struct {
	probe    func(context.Context) error
	log      *slog.Logger
	stopping atomic.Bool
	turn     chan struct{} // has room for one; its holder owns the fields below
	at       time.Time     // of the last answer; zero: never
	fault    string        // the last answer; empty: ready
}

func newReadiness(probe func(context.Context) error, log *slog.Logger) *readiness {
	return &readiness{probe: probe, log: log, turn: make(chan struct{}, 1)}
}

// ServeHTTP answers 200, or 503 with a sentence that says what fails.
func (r *readiness) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if r.stopping.Load() {
		plain(w, http.StatusServiceUnavailable, "stopping")
		return
	}
	if fault := r.check(req.Context()); fault != "" {
		plain(w, http.StatusServiceUnavailable, fault)
		return
	}
	plain(w, http.StatusOK, "ready")
}

// check returns a sentence about what fails, or nothing.
func (r *readiness) check(ctx context.Context) string {
	select {
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
	case <-ctx.Done():
		return "the caller has gone"
	}
	if !r.at.IsZero() && time.Since(r.at) < probeTTL {
		return r.fault
	}
	probing, cancel := context.WithTimeout(context.WithoutCancel(ctx), probeTimeout) // others wait for the answer too
	defer cancel()
	before := r.fault
	r.fault = ""
	if err := r.probe(probing); err != nil {
		r.fault = sentence(err)
		if r.fault != before {
			r.log.Warn("not ready", "why", r.fault, "err", err)
		}
	} else if before != "" {
		r.log.Info("ready again")
	}
	r.at = time.Now()
	return r.fault
}

// sentence is the part of an error that anybody may read: no address and no text of a driver.
func sentence(err error) string {
	var not *briefing.NotReadyError
	switch {
	case errors.As(err, &not):
		return not.What
	case errors.Is(err, context.DeadlineExceeded):
		return "the store does not answer in time"
	}
	return "the store fails: see the log"
}

// healthz tells that the process lives.
func healthz(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok") }

// plain answers with one line of text that nobody caches.
func plain(w http.ResponseWriter, status int, line string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(line + "\n")) // the caller may be gone
}
