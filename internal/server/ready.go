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
	probeTimeout = 2 * time.Second // how long one probe of the store may take
	probeTTL     = time.Second     // how long a result is reused, to spare the store
)

// readiness answers /readyz, which reports whether the server can do its work. It runs one probe of
// the store at a time, and at most one per probeTTL, for any number of callers.
type readiness struct {
	probe     func(context.Context) error
	log       *slog.Logger
	stopping  atomic.Bool
	slot      chan struct{} // capacity 1; a goroutine that has sent a token owns the fields below
	checkedAt time.Time     // time of the last probe; zero: none yet
	lastFault string        // result of the last probe; empty: ready
}

// newReadiness returns a handler that calls probe at its first request.
func newReadiness(probe func(context.Context) error, log *slog.Logger) *readiness {
	return &readiness{probe: probe, log: log, slot: make(chan struct{}, 1)}
}

// ServeHTTP answers 200, or 503 with a sentence about the failure. While the server stops, it
// answers 503 without a probe.
func (r *readiness) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if r.stopping.Load() {
		writeLine(w, http.StatusServiceUnavailable, "stopping")
		return
	}
	if fault := r.check(req.Context()); fault != "" {
		writeLine(w, http.StatusServiceUnavailable, fault)
		return
	}
	writeLine(w, http.StatusOK, "ready")
}

// check returns a sentence about the failure, or "" if the server is ready. It logs each change of
// the result once.
func (r *readiness) check(ctx context.Context) string {
	select {
	case r.slot <- struct{}{}:
		defer func() { <-r.slot }()
	case <-ctx.Done():
		return "the caller has gone"
	}
	if !r.checkedAt.IsZero() && time.Since(r.checkedAt) < probeTTL {
		return r.lastFault
	}
	// Other callers wait for this probe, too, so it does not end with this caller.
	probing, cancel := context.WithTimeout(context.WithoutCancel(ctx), probeTimeout)
	defer cancel()
	before := r.lastFault
	r.lastFault = ""
	if err := r.probe(probing); err != nil {
		r.lastFault = publicCause(err)
		if r.lastFault != before {
			r.log.Warn("not ready", "why", r.lastFault, "err", err)
		}
	} else if before != "" {
		r.log.Info("ready again")
	}
	r.checkedAt = time.Now()
	return r.lastFault
}

// publicCause returns the part of an error that all callers may see. It contains no address and no
// text of a driver.
func publicCause(err error) string {
	var not *briefing.NotReadyError
	switch {
	case errors.As(err, &not):
		return not.What
	case errors.Is(err, context.DeadlineExceeded):
		return "the store does not answer in time"
	}
	return "the store fails: see the log"
}

// healthz answers 200 while the process runs. It does not use the store.
func healthz(w http.ResponseWriter, _ *http.Request) { writeLine(w, http.StatusOK, "ok") }

// writeLine answers with one line of text that must not be cached.
func writeLine(w http.ResponseWriter, status int, line string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(line + "\n")) // the caller may have left
}
