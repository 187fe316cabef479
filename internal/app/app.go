// Package app is the whole program: it builds every part, runs them, and stops them in reverse.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	_ "time/tzdata" // zones work on machines without a zone database

	"bis/internal/briefing"
	"bis/internal/config"
	"bis/internal/feed"
	"bis/internal/garbage"
	"bis/internal/observe"
	"bis/internal/pipeline/model"
	"bis/internal/pipeline/wording"
	"bis/internal/schedule"
)

// Main runs the program and returns its exit code: 0 well, 1 failed, 2 wrong settings.
func Main(args, environ []string, out, errOut io.Writer) int {
	cfg, err := config.Load(config.Source{Args: args, Environ: environ, Dir: ".", Out: out, Version: version()})
	if cfg.Command != config.CommandHealth && !errors.Is(err, config.ErrDone) { // health is asked every few seconds
		cfg.Warn(cfg.Logger(errOut))
	}
	switch {
	case errors.Is(err, config.ErrDone):
		return 0
	case err != nil:
		fmt.Fprintln(errOut, "bis:", err)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	do := Run
	switch cfg.Command {
	case config.CommandImport, config.CommandExport:
		do = move
	case config.CommandBackup:
		do = backup
	case config.CommandHealth:
		do = health
	}
	if err := do(ctx, cfg, out, cfg.Logger(errOut)); err != nil {
		fmt.Fprintln(errOut, "bis:", err)
		return 1
	}
	return 0
}

// version is the module's version, or the revision that the binary was built of.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// Run is the whole program: build from the inside out, listen, serve, and stop when ctx ends.
func Run(ctx context.Context, cfg config.Config, out io.Writer, log *slog.Logger) (err error) {
	defer launch(garbage.New()).stop()
	end := &ending{log: log}
	metrics := observe.NewMetrics()
	kept, err := openStore(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end.close("store", kept.store)) }()
	st := observe.NewStore(asBuilt(kept.store), metrics, log)

	words, wordedBy, err := openWording(cfg, log)
	if err != nil {
		return err
	}
	pipe, err := openPipeline(cfg, words, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end.close("camera", pipe)) }()

	hub, err := feed.NewHub(feed.HubConfig{Replay: st})
	if err != nil {
		return err
	}
	pump, err := feed.NewPump(feed.PumpConfig{Source: st, Hub: hub, Log: log, Reopened: metrics.Reopened})
	if err != nil {
		return err
	}
	sched, err := schedule.New(schedule.Config{
		Store: st, Runner: pipe, Zone: cfg.Zone, ClaimEvery: kept.claimEvery, MaxRuns: cfg.MaxRuns, Observer: metrics, Log: log,
	})
	if err != nil {
		return err
	}
	svc, err := briefing.New(briefing.Config{Store: st, Schedule: sched, Live: hub, Summarizer: words, Zone: cfg.Zone})
	if err != nil {
		return err
	}
	edge, err := newEdge(edgeConfig{Config: cfg, Service: svc, Hub: hub, Metrics: metrics, Log: log})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", cfg.Addr)
	if err != nil {
		return fmt.Errorf("listen on %s: %w; stop what listens there, or choose another address with --addr", cfg.Addr, reason(err))
	}
	greet(out, cfg, listener.Addr(), kept.where, wordedBy)
	return serve(ctx, parts{listener: listener, edge: edge, pump: pump, sched: sched, end: end, log: log})
}

// openWording makes the one who words captions and summaries, and says who that is.
func openWording(cfg config.Config, log *slog.Logger) (*wording.Wording, string, error) {
	wc := wording.Config{Zone: cfg.Zone, Log: log}
	by := "templates (set OPENAI_API_KEY or OPENAI_BASE_URL for a model)"
	if cfg.Model.On() {
		client, err := model.New(model.Config{APIKey: string(cfg.Model.APIKey), BaseURL: string(cfg.Model.BaseURL), Model: cfg.Model.Name})
		if err != nil {
			return nil, "", err
		}
		wc.Chat, wc.Model = client, client.Name()
		by = "model " + client.Name() + ", templates when it is away"
	}
	words, err := wording.New(wc)
	return words, by, err
}

// reason is the innermost cause, which is what an operator needs of "listen tcp …: bind: address already in use".
func reason(err error) error {
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err
}
