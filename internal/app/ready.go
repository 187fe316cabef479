package app

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"bis/internal/briefing"
)

// Times of readiness.
const (
	probeTime = 2 * time.Second // of one probe of the store
	probeKept = time.Second     // how long its answer counts, so that probes cannot load the store
)

// readiness tells whether the server can do its work. However many ask, the store is probed once at
// a time.
type readiness struct {
	probe    func(context.Context) error
	log      *slog.Logger
	stopping atomic.Bool
	turn     chan struct{} // has room for one; its holder owns what follows
	at       time.Time     // of the last answer; zero: never
	said     string        // that answer; empty: ready
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
	if said := r.ask(req.Context()); said != "" {
		plain(w, http.StatusServiceUnavailable, said)
		return
	}
	plain(w, http.StatusOK, "ready")
}

// ask returns what fails, or nothing.
func (r *readiness) ask(ctx context.Context) string {
	select {
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
	case <-ctx.Done():
		return "the caller has gone"
	}
	if !r.at.IsZero() && time.Since(r.at) < probeKept {
		return r.said
	}
	probing, cancel := context.WithTimeout(context.WithoutCancel(ctx), probeTime) // others wait for the answer too
	defer cancel()
	before := r.said
	r.said = ""
	if err := r.probe(probing); err != nil {
		r.said = sentence(err)
		if r.said != before {
			r.log.Warn("not ready", "why", r.said, "err", err)
		}
	} else if before != "" {
		r.log.Info("ready again")
	}
	r.at = time.Now()
	return r.said
}

// sentence is what anybody may read of an error: no address and no text of a driver.
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
