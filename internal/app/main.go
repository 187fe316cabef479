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
	_ "time/tzdata" // for machines without a zone database

	"bis/internal/config"
)

// command is a subcommand. It reads cfg, prints its result to out, and returns when its work is
// done or ctx ends.
type command func(
	ctx context.Context, cfg config.Config, hooks Hooks, out io.Writer, log *slog.Logger,
) error

// commands are the subcommands by name.
var commands = map[string]command{
	config.CommandServe:  Run,
	config.CommandImport: runTransfer,
	config.CommandExport: runTransfer,
	config.CommandBackup: backup,
	config.CommandHealth: health,
	config.CommandDetect: runDetect,
	config.CommandRotate: rotateCameraKey,
}

// Main runs the program and returns its exit code: 0 for success, 1 for a failure, 2 for wrong
// settings. SIGINT or SIGTERM stops the program in order; a second signal kills it. The programs in
// test/cmd differ from the shipped program only in their hooks.
func Main(args, environ []string, out, errOut io.Writer, hooks Hooks) int {
	if len(args) == 2 && args[0] == compileCommand {
		return compileMain(args[1], errOut)
	}
	cfg, err := config.Load(config.Source{
		Args: args, Environ: environ, Dir: ".", Out: out, Version: version(),
	})
	// Health checks run every few seconds, and would fill the log with the same warnings.
	if cfg.Command != config.CommandHealth && !errors.Is(err, config.ErrDone) {
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
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	if err := commands[cfg.Command](ctx, cfg, hooks, out, cfg.Logger(errOut)); err != nil {
		fmt.Fprintln(errOut, "bis:", err)
		return 1
	}
	return 0
}

// version returns the module's version from the build information, or "(devel)".
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
