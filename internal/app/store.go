package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"bis/internal/briefing"
	"bis/internal/config"
	"bis/internal/store/mongo"
	"bis/internal/store/sqlite"
)

// openedStore is an open store, with values for the other parts.
type openedStore struct {
	briefing.Store
	frames briefing.FrameStore
	label  string // for the greeting
	kind   string // of the store, for the API
	// claimEvery is schedule.Config.ClaimEvery. It is short with MongoDB, because another replica
	// may have stopped. Zero means the default; the embedded store has no replicas.
	claimEvery time.Duration
}

// openStore opens MongoDB if its address is set, and the embedded store otherwise.
func openStore(
	ctx context.Context, cfg config.Config, hooks Hooks, log *slog.Logger,
) (openedStore, error) {
	if cfg.Database.On() {
		st, err := openMongo(ctx, cfg, hooks, log)
		if err != nil {
			return openedStore{}, err
		}
		frames, err := st.Frames(ctx, mongo.FramesConfig{MaxBytes: cfg.FrameBytes})
		if err != nil {
			return openedStore{}, errors.Join(err, st.Close())
		}
		where := fmt.Sprintf("MongoDB at %s, database %s", cfg.Database.Host(), mongo.DatabaseName)
		return openedStore{Store: st, frames: frames, label: where, kind: "MongoDB", claimEvery: 250 * time.Millisecond}, nil
	}
	st, err := openSQLite(ctx, cfg, hooks, log)
	if err != nil {
		return openedStore{}, err
	}
	frames, err := sqlite.OpenFrames(ctx, sqlite.FramesConfig{
		Dir: cfg.Data, MaxBytes: cfg.FrameBytes, Clock: hooks.Clock,
	})
	if err != nil {
		return openedStore{}, errors.Join(err, st.Close())
	}
	return openedStore{
		Store: st, frames: frames, label: cfg.Data + " (SQLite)", kind: "SQLite",
	}, nil
}

// Close closes the pictures and then the store, whose lock also protects them.
func (o openedStore) Close() error { return errors.Join(o.frames.Close(), o.Store.Close()) }

// openMongo opens the database of the settings.
func openMongo(
	ctx context.Context, cfg config.Config, hooks Hooks, log *slog.Logger,
) (*mongo.Store, error) {
	return mongo.Open(ctx, mongo.Config{
		URI: string(cfg.Database.URI), Zone: cfg.Zone, Adopt: mongo.Adopt(cfg.Database.Adopt),
		Log: log, Clock: hooks.Clock,
	})
}

// openSQLite opens the embedded store. Each start has a new instance id, so it can claim the
// requests of the previous start.
func openSQLite(
	ctx context.Context, cfg config.Config, hooks Hooks, log *slog.Logger,
) (*sqlite.Store, error) {
	return sqlite.Open(ctx, sqlite.Config{
		Dir: cfg.Data, Instance: briefing.NewID(time.Now()), Log: log, Clock: hooks.Clock,
	})
}
