package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"bis/internal/briefing"
	"bis/internal/config"
	"bis/internal/seal"
)

// rotationStore is a store whose cameras can be sealed anew.
type rotationStore interface {
	briefing.CameraStore
	CamerasAfter(ctx context.Context, after briefing.CameraID, limit int) ([]briefing.Camera, error)
	Close() error
}

// rotateCameraKey seals the credentials of all cameras with a new key. With the embedded store it
// fails while a server runs, because it replaces the key file. With MongoDB, servers that have both
// keys may run. After an error the same command goes on where it stopped.
func rotateCameraKey(
	ctx context.Context, cfg config.Config, hooks Hooks, out io.Writer, log *slog.Logger,
) (err error) {
	st, err := openForRotation(ctx, cfg, hooks, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	rotation, err := seal.Rotate(sealConfig(cfg))
	if err != nil {
		return err
	}
	done, lost, err := resealAll(ctx, st, rotation.Sealer)
	if err != nil {
		return fmt.Errorf("%w; the same command goes on where it stopped", err)
	}
	if err := rotation.Finish(); err != nil {
		return err
	}
	fmt.Fprintf(out, "sealed the credentials of %d cameras with the new key\n", done)
	if lost > 0 {
		fmt.Fprintf(out, "%d cameras have credentials of another key, which were left as they are: "+
			"their owners must enter them anew\n", lost)
	}
	if cfg.CameraOldKey != "" {
		fmt.Fprintln(out, "BIS_CAMERA_OLD_KEY is not needed any more")
	}
	return nil
}

// openForRotation opens the store of the settings. It owns no requests.
func openForRotation(
	ctx context.Context, cfg config.Config, hooks Hooks, log *slog.Logger,
) (rotationStore, error) {
	if !cfg.Database.On() {
		return openSQLite(ctx, cfg, hooks, log) // locks the folder
	}
	st, err := openMongo(ctx, cfg, hooks, log)
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := st.Release(limited); err != nil {
		return nil, errors.Join(err, st.Close())
	}
	return st, nil
}

// resealAll seals the credentials of all cameras with the sealer's current key. lost counts those
// that no key of the sealer opens.
func resealAll(ctx context.Context, st rotationStore, s *seal.Sealer) (done, lost int, err error) {
	for after := briefing.CameraID(""); ; {
		list, err := st.CamerasAfter(ctx, after, 500)
		if err != nil || len(list) == 0 {
			return done, lost, err
		}
		for _, c := range list {
			switch resealed, err := reseal(ctx, st, s, c.ID); {
			case errors.Is(err, errLost):
				lost++
			case err != nil:
				return done, lost, fmt.Errorf("camera %s: %w", c.ID, err)
			case resealed:
				done++
			}
		}
		after = list[len(list)-1].ID
	}
}

// errLost means that no key opens the credentials of a camera.
var errLost = errors.New("credentials cannot be decrypted")

// resealTries is how often a camera is sealed anew when another write comes first.
const resealTries = 10

// reseal seals the credentials of one camera with the sealer's current key, if they are not yet.
func reseal(
	ctx context.Context, st rotationStore, s *seal.Sealer, id briefing.CameraID,
) (done bool, err error) {
	for range resealTries {
		c, err := st.Camera(ctx, id)
		if errors.Is(err, briefing.ErrNotFound) || err == nil && len(c.Credentials) == 0 {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if s.Current(c.Credentials) {
			return false, nil
		}
		address, err := briefing.ParseSource(c.Source)
		if err != nil {
			return false, errLost
		}
		sealed, err := s.Reseal(s, c.Credentials, address.Authority())
		if err != nil {
			return false, errLost
		}
		c.Credentials = sealed
		if _, err = st.SaveCamera(ctx, c); !errors.Is(err, briefing.ErrConflict) {
			return err == nil, err
		}
	}
	return false, briefing.ErrConflict
}
