package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"

	"bis/internal/config"
	"bis/internal/server"
)

// part is a part of the program that runs until its context ends. Run returns nil when everything
// that it started has ended.
type part interface {
	Run(ctx context.Context) error
}

// parts are the parts that serve starts and stops.
type parts struct {
	ports    ports
	server   *server.Server
	pump     part
	schedule part
	clock    *stopClock
	log      *slog.Logger
}

// startedPart is a part whose Run was called.
type startedPart struct {
	cancel context.CancelFunc
	done   chan struct{} // closed when Run has returned
}

// start calls Run of a part on a goroutine of its own.
func start(p part) startedPart {
	ctx, cancel := context.WithCancel(context.Background())
	r := startedPart{cancel: cancel, done: make(chan struct{})}
	go func() { defer close(r.done); _ = p.Run(ctx) }() // each part returns nil by contract
	return r
}

// stop cancels the part's context and waits until Run has returned.
func (r startedPart) stop() {
	r.cancel()
	<-r.done
}

// serve starts the pump, the server and the schedule, and stops them when ctx ends or the server
// fails. The pump starts first, so that no stored briefing is published late. The schedule starts
// last, so that early subscribers miss no tick. It returns the server's error.
func serve(ctx context.Context, p parts) error {
	pump := start(p.pump)
	failed := make(chan error, 2)
	go func() { failed <- p.server.Serve(p.ports.main) }()
	if p.ports.metrics != nil {
		go func() { failed <- p.server.ServeMetrics(p.ports.metrics) }()
	}
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

// ports are the addresses at which the server listens.
type ports struct {
	main    net.Listener
	metrics net.Listener // nil: /metrics is at the same address as the other paths
}

// openPorts opens the ports of the settings, all or none. It is called last, so that no caller
// connects to a server that cannot serve.
func openPorts(cfg config.Config) (p ports, err error) {
	if p.main, err = listen(cfg.Addr, "--addr"); err != nil {
		return ports{}, err
	}
	if cfg.MetricsAddr == "" {
		return p, nil
	}
	if p.metrics, err = listen(cfg.MetricsAddr, "--metrics-addr"); err != nil {
		return ports{}, errors.Join(err, p.main.Close())
	}
	return p, nil
}

// listen opens the port of a flag. Its error names the innermost cause and a remedy.
func listen(addr, flag string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w; "+
			"stop what listens there, or choose another address with %s", addr, cause(err), flag)
	}
	return l, nil
}

// cause returns the innermost error, which names the cause for an operator: "address already in
// use" instead of "listen tcp …: bind: address already in use".
func cause(err error) error {
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err
}
