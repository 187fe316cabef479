package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	_ "time/tzdata" // zones work on machines without a zone database

	"bis/internal/config"
)

// command is what the program can be asked to do.
type command func(ctx context.Context, cfg config.Config, hooks Hooks, out io.Writer, log *slog.Logger) error

// commands by the names of package config.
var commands = map[string]command{
	config.CommandServe:  Run,
	config.CommandImport: transferAll,
	config.CommandExport: transferAll,
	config.CommandBackup: backup,
	config.CommandHealth: health,
}

// Main runs the program and returns its exit code: 0 well, 1 failed, 2 wrong settings. SIGINT and
// SIGTERM stop it in order. The programs in test/cmd differ from the real one in their hooks alone.
func Main(args, environ []string, out, errOut io.Writer, hooks Hooks) int {
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
	if err := commands[cfg.Command](ctx, cfg, hooks, out, cfg.Logger(errOut)); err != nil {
		fmt.Fprintln(errOut, "bis:", err)
		return 1
	}
	return 0
}

// version is the module's version, or the revision that the binary was built from.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
