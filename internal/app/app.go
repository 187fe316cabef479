// Package app is the whole program. Run builds every part from the configuration, runs the parts
// and stops them in reverse. The other subcommands stand beside it. All logic is in the parts.
package app

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"bis/internal/briefing"
	"bis/internal/config"
	"bis/internal/feed"
	"bis/internal/memory"
	"bis/internal/observe"
	"bis/internal/schedule"
	"bis/internal/server"
)

// Run builds every part from the inside out, serves until ctx ends, and stops the parts in reverse.
// It prints to out where the server is, once it listens.
func Run(ctx context.Context, cfg config.Config, hooks Hooks, out io.Writer, log *slog.Logger) (err error) {
	defer start(memory.NewTuner()).stop()
	end := &stopClock{log: log}
	metrics := observe.NewMetrics()
	opened, err := openStore(ctx, cfg, hooks, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end.close("store", opened)) }()
	st := observe.NewStore(hooks.store(opened.Store), metrics, log)
	words, wordedBy, err := openWording(cfg, log)
	if err != nil {
		return err
	}
	runner, err := openRunner(cfg, hooks, words, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end.close("camera", runner)) }()
	hub, err := feed.NewHub(feed.HubConfig{Replay: st})
	if err != nil {
		return err
	}
	pump, err := feed.NewPump(feed.PumpConfig{Source: st, Hub: hub, Log: log, Reopened: metrics.Reopened})
	if err != nil {
		return err
	}
	sched, err := schedule.New(schedule.Config{
		Store: st, Runner: runner, Zone: cfg.Zone, ClaimEvery: opened.claimEvery, MaxRuns: cfg.MaxRuns, Observer: metrics, Log: log,
	})
	if err != nil {
		return err
	}
	svc, err := briefing.New(briefing.Config{Store: st, Schedule: sched, Live: hub, Summarizer: words, Zone: cfg.Zone})
	if err != nil {
		return err
	}
	srv, err := server.New(server.Config{
		Service: svc, Hub: hub, Metrics: metrics, Log: log, Zone: cfg.Zone, Origins: cfg.Origins, LoginWords: cfg.LoginWords,
	})
	if err != nil {
		return err
	}
	listener, err := listen(cfg.Addr)
	if err != nil {
		return err
	}
	greet(out, cfg, listener.Addr(), opened.label, wordedBy)
	return serve(ctx, parts{listener: listener, server: srv, pump: pump, schedule: sched, clock: end, log: log})
}
