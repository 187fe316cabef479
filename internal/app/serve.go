package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"bis/internal/briefing"
	"bis/internal/config"
)

// runner is a part that works until its context ends.
type runner interface {
	Run(ctx context.Context) error
}

// runs does the runs of all ticks.
type runs interface {
	briefing.Runner
	Close() error
}

// parts are what runs.
type parts struct {
	listener net.Listener
	edge     *edge
	pump     runner
	sched    runner
	end      *ending
	log      *slog.Logger
}

// background is a part at work.
type background struct {
	cancel context.CancelFunc
	done   chan struct{}
}

func launch(r runner) background {
	ctx, cancel := context.WithCancel(context.Background())
	b := background{cancel: cancel, done: make(chan struct{})}
	go func() { defer close(b.done); _ = r.Run(ctx) }() // both return nil, by their contracts
	return b
}

func (b background) stop() {
	b.cancel()
	<-b.done
}

// serve starts the pump, the server and the schedule, and stops them in reverse when ctx ends.
func serve(ctx context.Context, p parts) error {
	pump := launch(p.pump)
	srv := &http.Server{
		Handler: p.edge.routes, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(p.log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(p.listener) }()
	sched := launch(p.sched)

	var err error
	select {
	case <-ctx.Done():
		p.log.Info("stopping")
	case err = <-failed:
	}
	p.stop(srv, sched, pump)
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}

// stop ends what serve has started: no new ticks, runs to their end, sockets, the listener, and
// last the pump, so that the runs' briefings still get out. The listener outlives the sockets: some
// clients give up for good when a connection is refused. A store that hangs holds up the schedule,
// but not the sockets, which are told to come back.
func (p parts) stop(srv *http.Server, sched, pump background) {
	p.edge.ready.stopping.Store(true)
	sched.cancel()
	runs, cancel := p.end.by(runsBy)
	defer cancel()
	select {
	case <-sched.done:
	case <-runs.Done():
	}
	p.end.wait("sockets", edgeBy, p.edge.drain)
	p.end.wait("schedule", edgeBy, func(context.Context) { sched.stop() })
	p.end.wait("listener", edgeBy, func(ctx context.Context) {
		if srv.Shutdown(ctx) != nil {
			_ = srv.Close() // whoever is still being answered has had time enough
		}
	})
	p.end.wait("feed", pumpBy, func(context.Context) { pump.stop() })
}

// greet says where the server is and what it works with.
func greet(out io.Writer, cfg config.Config, addr net.Addr, store, wordedBy string) {
	url := "http://" + reachable(addr)
	fmt.Fprintf(out, `BIS 방구석 브리핑 is at %[1]s

  store     %[2]s
  camera    %[3]s
  wording   %[4]s
  explore   %[1]s/graphiql and %[1]s/playground
  try       curl -N %[1]s/graphql -H 'Content-Type: application/json' -H 'Accept: text/event-stream' -d '{"query":"subscription { startBriefing(input: {username: \"kim\", interval: 5, endTime: \"23:59\"}) { at caption } }"}'

Ctrl-C stops it; briefings go on with the next start.
`, url, store, cfg.Camera, wordedBy)
}

// reachable is an address that a browser on this machine can open.
func reachable(addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return addr.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}
