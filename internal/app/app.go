package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"

	"bis/internal/config"
	"bis/internal/feed"
	"bis/internal/limit"
	"bis/internal/memory"
	"bis/internal/observe"
	"bis/internal/schedule"
	"bis/internal/server"
	"bis/internal/service"
)

// Run builds every part from the inside out, serves until ctx ends, and stops the parts in
// reverse. Once the server listens, Run prints its address to out. If a part cannot be built, Run
// closes those before it and returns the error.
func Run(
	ctx context.Context, cfg config.Config, hooks Hooks, out io.Writer, log *slog.Logger,
) (err error) {
	// The tuner starts first and stops last, because every other part allocates.
	defer start(memory.NewTuner()).stop()
	clock := &stopClock{log: log}
	metrics := observe.NewMetrics()
	opened, err := openStore(ctx, cfg, hooks, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, clock.close("store", opened)) }()
	st := observe.NewStore(hooks.store(opened.Store), metrics, log)
	words, wordedBy, err := openWording(cfg, log)
	if err != nil {
		return err
	}
	runner, err := openRunner(cfg, hooks, words, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, clock.close("camera", runner)) }()
	// What was stored reaches subscribers on this way only: store, pump, hub.
	hub, err := feed.NewHub(feed.HubConfig{Replay: st})
	if err != nil {
		return err
	}
	pump, err := feed.NewPump(feed.PumpConfig{
		Source: st, Hub: hub, Log: log, Reopened: metrics.Reopened,
	})
	if err != nil {
		return err
	}
	sched, err := schedule.New(schedule.Config{
		Store: st, Runner: runner, Zone: cfg.Zone, ClaimEvery: opened.claimEvery,
		MaxRuns: cfg.MaxRuns, Observer: metrics, Log: log,
	})
	if err != nil {
		return err
	}
	svc, err := service.New(service.Config{Store: st, Schedule: sched, Live: hub, Summarizer: words, Zone: cfg.Zone})
	if err != nil {
		return err
	}
	srv, err := server.New(server.Config{
		Service: svc, Hub: hub, Metrics: metrics, Log: log, Zone: cfg.Zone, LoginWords: cfg.LoginWords,
		Hosts: cfg.Hosts, Origins: cfg.Origins, Proxies: limit.NewProxies(cfg.Proxies),
		LegacyCORS: cfg.LegacyCORS, Explorers: cfg.Explorers, MetricsApart: cfg.MetricsAddr != "",
		Version: version(),
	})
	if err != nil {
		return err
	}
	// The port opens last, so that nobody is answered by a server that cannot serve.
	listener, err := listen(cfg.Addr, "--addr")
	if err != nil {
		return err
	}
	var aside net.Listener // of the metrics
	if cfg.MetricsAddr != "" {
		if aside, err = listen(cfg.MetricsAddr, "--metrics-addr"); err != nil {
			return errors.Join(err, listener.Close())
		}
	}
	greet(out, cfg, listener.Addr(), opened.label, wordedBy)
	return serve(ctx, parts{
		listener: listener, metrics: aside, server: srv, pump: pump, schedule: sched, clock: clock, log: log,
	})
}
