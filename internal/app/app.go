package app

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"bis/graph"
	"bis/internal/config"
	"bis/internal/feed"
	"bis/internal/limit"
	"bis/internal/memory"
	"bis/internal/observe"
	"bis/internal/pipeline/camera"
	"bis/internal/schedule"
	"bis/internal/server"
	"bis/internal/service"
)

// Run builds every part from the inside out, serves until ctx ends, and stops the parts in reverse.
// When the ports are open, Run prints the server's address to out. If a part cannot be built, Run
// closes the earlier parts and returns the error.
func Run(
	ctx context.Context, cfg config.Config, hooks Hooks, out io.Writer, log *slog.Logger,
) (err error) {
	used, clock, metrics := newLoad(cfg), &stopClock{log: log}, observe.NewMetrics()
	defer start(memory.NewTuner().Counting(used.bytes)).stop() // last: every other part allocates
	opened, err := openStore(ctx, cfg, hooks, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, clock.close("store", opened)) }()
	st := observe.NewStore(hooks.store(opened.Store), metrics, log)
	words, err := openWords(cfg, st, metrics, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, clock.close("models", words)) }()
	of, err := openPictures(cfg, opened.frames, st, metrics, log)
	if err != nil {
		return err
	}
	defer of.start(clock)()
	runner, users, err := openRunner(cfg, hooks, words.Wording, of.describedBy(words.describer))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, clock.close("camera", runner)) }()
	sched, err := openSchedule(cfg, schedule.Config{
		Store: st, Runner: runner, ClaimEvery: opened.claimEvery, Observer: metrics, Log: log,
	})
	if err != nil {
		return err
	}
	hub, pump, err := openFeed(st, sched, listenerOf(runner), metrics, log)
	if err != nil {
		return err
	}
	limits, err := openLimits(cfg, metrics, log)
	if err != nil {
		return err
	}
	svc, err := service.New(service.Config{
		Store: st, Schedule: sched, Live: hub, Summarizer: words, Zone: cfg.Zone, Limiter: limits,
		About: about(cfg, opened), Wording: words.By, Counting: of.detector.Counting, Cameras: camerasOf(runner), Tester: testerOf(runner), Runner: runner,
		Previewer: words, Stylist: words.stylist, Sealer: users.sealer, Frames: opened.frames, Pictures: camera.Reader{}, CameraSaved: listenerOf(runner).Changed,
	})
	if err != nil {
		return err
	}
	srv, err := openServer(cfg, used, server.Config{Service: svc, Hub: hub, Metrics: metrics, Limits: limits, Log: log})
	if err != nil {
		return err
	}
	ports, err := openPorts(cfg)
	if err != nil {
		return err
	}
	greet(out, cfg, ports.main.Addr(), opened.label, of.detector.by, words.by)
	return serve(ctx, parts{ports: ports, server: srv, pump: pump, schedule: sched, clock: clock, log: log})
}

// openSchedule returns the schedule of its collaborators and the settings.
func openSchedule(cfg config.Config, c schedule.Config) (*schedule.Schedule, error) {
	c.Zone, c.MaxRuns = cfg.Zone, cfg.MaxRuns
	return schedule.New(c)
}

// openLimits returns the limits of callers. Refusals are counted and logged.
func openLimits(cfg config.Config, m *observe.Metrics, log *slog.Logger) (*limit.Limits, error) {
	return limit.New(limit.Config{
		Off: cfg.LimitsOff, Factor: cfg.RateFactor, Sockets: socketsWithin(cfg.MaxSockets, openFiles()),
		Refused: m.Refusals(log, nil).Refused,
	})
}

// ownFiles is the number of open files that are reserved for the store, cameras and models.
const ownFiles = 256

// socketsWithin returns the number of sockets for a process that may open files files: at most
// wanted, and at least 2. Zero files means that the bound is unknown. One address may have half of
// the sockets and HTTP connections for another three tenths, so it cannot use up the files.
func socketsWithin(wanted, files int) int {
	if files == 0 {
		return wanted
	}
	return min(wanted, max(2, files-ownFiles))
}

// openServer builds the server from its collaborators and the settings. Its memory counts as used.
func openServer(cfg config.Config, used *load, c server.Config) (*server.Server, error) {
	c.InFlight = used.inFlight
	c.Zone, c.LoginWords, c.Version = cfg.Zone, cfg.LoginWords, version()
	c.Hosts, c.Origins, c.Proxies = cfg.Hosts, cfg.Origins, limit.NewProxies(cfg.Proxies)
	c.MaxAnswer, c.OperationTime, c.Documents = cfg.MaxAnswer, cfg.OperationTime, graph.Documents(cfg.Documents)
	c.LegacyCORS, c.Explorers, c.MetricsApart = cfg.LegacyCORS, cfg.Explorers, cfg.MetricsAddr != ""
	srv, err := server.New(c)
	if err == nil {
		used.server.Store(srv)
	}
	return srv, err
}

// openFeed returns the two ends of the feed. A stored briefing reaches subscribers in one way only:
// store, pump, hub. Ends and moved ends also reach the schedule, and changes of cameras the
// pipeline, whichever process they come from.
func openFeed(
	st *observe.Store, sched *schedule.Schedule, cameras cameraListener,
	metrics *observe.Metrics, log *slog.Logger,
) (*feed.Hub, *feed.Pump, error) {
	hub, err := feed.NewHub(feed.HubConfig{Replay: st})
	if err != nil {
		return nil, nil, err
	}
	pump, err := feed.NewPump(feed.PumpConfig{
		Source: st, Hub: hub, Log: log, Reopened: metrics.Reopened,
		Moved: sched.Move, Ended: sched.Remove, Opened: sched.FeedOpened,
		CameraDeleted: cameras.Forget, CameraChanged: cameras.Changed,
	})
	return hub, pump, err
}
