package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"

	"bis/internal/server"
)

// longRunning is a part that works until its context ends.
type part interface {
	Run(ctx context.Context) error
}

// parts are the parts that serve starts and stops.
type parts struct {
	listener net.Listener
	server   *server.Server
	pump     part
	schedule part
	clock    *stopClock
	log      *slog.Logger
}

// running is a part at work.
type startedPart struct {
	cancel context.CancelFunc
	done   chan struct{} // closed when Run has returned
}

func start(part part) startedPart {
	ctx, cancel := context.WithCancel(context.Background())
	r := startedPart{cancel: cancel, done: make(chan struct{})}
	go func() { defer close(r.done); _ = part.Run(ctx) }() // the parts return nil, by their contracts
	return r
}

// stop ends the part and waits for it.
func (r startedPart) stop() {
	r.cancel()
	<-r.done
}

// serve starts the pump, the server and the schedule, and stops them in reverse when ctx ends.
func serve(ctx context.Context, p parts) error {
	pump := start(p.pump)
	failed := make(chan error, 1)
	go func() { failed <- p.server.Serve(p.listener) }()
	sched := start(p.schedule)

	var err error
	select {
	case <-ctx.Done():
		p.log.Info("stopping")
	case err = <-failed:
	}
	p.stop(sched, pump)
	return err
}

// listen opens the port. Its error names the innermost cause and a way out.
func listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w; stop what listens there, or choose another address with --addr", addr, cause(err))
	}
	return l, nil
}

// cause is the innermost error, which is what an operator needs: "address already in use" instead
// of "listen tcp …: bind: address already in use".
func cause(err error) error {
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err
}
