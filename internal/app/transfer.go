package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"bis/internal/briefing"
	"bis/internal/config"
	"bis/internal/seal"
	"bis/internal/store/sqlite"
	"bis/internal/transfer"
)

// transferStore is a store that can be the source and the target of a transfer.
type transferStore interface {
	transfer.Source
	transfer.Target
}

// runTransfer copies the complete installation: import copies the folder into MongoDB, export
// copies MongoDB into the folder. It fails if another process uses either store.
func runTransfer(
	ctx context.Context, cfg config.Config, hooks Hooks, out io.Writer, log *slog.Logger,
) (err error) {
	// Opening locks the folder, so a running server makes this fail.
	folder, err := openSQLite(ctx, cfg, Hooks{}, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	database, err := openMongo(ctx, cfg, hooks, log)
	if err != nil {
		return err
	}
	defer func() {
		release, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = database.Release(release) // after an error the lease expires by itself
		err = errors.Join(err, database.Close())
	}()
	// The folder needs no such check, because its lock is exclusive.
	if err := database.Alone(ctx); err != nil {
		return err
	}
	var from, to transferStore = folder, database
	if cfg.Command == config.CommandExport {
		from, to = database, folder
	}
	keys, err := transferKeys(cfg)
	if err != nil {
		return err
	}
	return transferAll(ctx, from, to, keys, out)
}

// transferKeys returns the keys of a transfer. MongoDB has those of the settings, and the folder
// has its key file. Credentials in the folder may also be sealed with the key of the settings.
func transferKeys(cfg config.Config) (keys transfer.Keys, err error) {
	database := seal.Config{Key: string(cfg.CameraKey), OldKey: string(cfg.CameraOldKey)}
	from, to := database, seal.Config{Key: database.Key}
	if cfg.Command == config.CommandImport {
		from.Dir = cfg.Data
	} else {
		to = seal.Config{Dir: cfg.Data}
	}
	if keys.Old, err = seal.New(from); err != nil {
		return keys, err
	}
	if keys.New, err = seal.New(to); err != nil {
		return keys, err
	}
	keys.Host = func(source string) (string, error) {
		address, err := briefing.ParseSource(source)
		return address.Authority(), err
	}
	return keys, nil
}

// transferAll transfers all users, cameras, sheets, usage, requests and briefings. It shows a
// progress bar on standard error, and prints the report to out.
func transferAll(
	ctx context.Context, from, to transferStore, keys transfer.Keys, out io.Writer,
) error {
	users, requests, briefings, err := from.Size(ctx)
	if err != nil {
		return err
	}
	add, done := transfer.Progress(os.Stderr, users+requests+briefings)
	report, err := transfer.Run(ctx, from, to, keys, add)
	done()
	if err != nil {
		return fmt.Errorf("%w; the same command goes on where it stopped", err)
	}
	fmt.Fprintf(out, "copied %d users, %d requests, %d briefings\n",
		report.Users, report.Requests, report.Briefings)
	if report.Cameras > 0 {
		fmt.Fprintf(out, "copied %d cameras, without their pictures\n", report.Cameras)
	}
	if report.Sheets+report.UsageDays > 0 {
		fmt.Fprintf(out, "copied %d sheets of styles, and the usage of models of %d days\n",
			report.Sheets, report.UsageDays)
	}
	if report.SameName > 0 {
		fmt.Fprintf(out, "%d users were left behind: "+
			"their names are others' too, and the first of a name is the user\n", report.SameName)
	}
	if report.Ended > 0 {
		fmt.Fprintf(out, "%d requests were ended as replaced: "+
			"their users have a newer active one of the same camera\n", report.Ended)
	}
	if report.Ahead > 0 {
		fmt.Fprintf(out, "%d requests were left as they are: "+
			"they have gone on there since they were copied\n", report.Ahead)
	}
	return nil
}

// backup copies the embedded store into a new file. A server may be running on the store.
func backup(ctx context.Context, cfg config.Config, _ Hooks, out io.Writer, _ *slog.Logger) error {
	size, err := sqlite.Backup(ctx, cfg.Data, cfg.Backup)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s holds a backup of %d bytes\n", cfg.Backup, size)
	return nil
}
