package transfer

import (
	"context"
	"errors"
	"fmt"

	"bis/internal/briefing"
)

// Keys encrypt the credentials of cameras anew. With the zero value, a camera that has credentials
// is an error.
type Keys struct {
	Old briefing.Sealer // opens what the source has
	New briefing.Sealer // seals for the target
	// Host returns the host for which the credentials of a source address are sealed.
	Host func(source string) (string, error)
}

// errNoKey refuses a camera with credentials without Keys.
var errNoKey = fmt.Errorf("no key is given: %w", briefing.ErrUnavailable)

// reseal returns the credentials of a camera, encrypted for the target.
func (k Keys) reseal(c briefing.Camera) ([]byte, error) {
	switch {
	case len(c.Credentials) == 0:
		return nil, nil
	case k.Old == nil || k.New == nil || k.Host == nil:
		return nil, errNoKey
	}
	host, err := k.Host(c.Source)
	if err != nil {
		return nil, err
	}
	plain, err := k.Old.Open(c.Credentials, host)
	if err != nil {
		return nil, fmt.Errorf("the key of the source does not open them: %w", err)
	}
	sealed, err := k.New.Seal(plain, host)
	if err != nil {
		return nil, fmt.Errorf("the target cannot encrypt them: %w", err)
	}
	return sealed, nil
}

// useless reports whether the target's key does not open the credentials of a camera of the target.
// An earlier transfer has sealed them with another key.
func (k Keys) useless(c briefing.Camera) bool {
	if len(c.Credentials) == 0 || k.New == nil || k.Host == nil {
		return false
	}
	host, err := k.Host(c.Source)
	if err == nil {
		_, err = k.New.Open(c.Credentials, host)
	}
	return err != nil
}

// copyCameras copies all cameras, page by page. It comes before the requests, which use them.
func (t *transfer) copyCameras(ctx context.Context) error {
	for after := briefing.CameraID(""); ; {
		list, err := t.from.CamerasAfter(ctx, after, pageLen)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, c := range list {
			if err := t.copyCamera(ctx, c); err != nil {
				return fmt.Errorf("camera %s: %w", c.ID, err)
			}
		}
		after = list[len(list)-1].ID
	}
}

// copyCamera copies a camera. A version of the target that is as new or newer stays, but the same
// one is copied again if the target's key does not open its credentials. A camera without its user
// is left behind.
func (t *transfer) copyCamera(ctx context.Context, c briefing.Camera) error {
	existing, err := t.to.Camera(ctx, c.ID)
	switch {
	case err == nil && existing.Version == c.Version && t.keys.useless(existing):
	case err == nil && existing.Version >= c.Version:
		return nil
	case err != nil && !errors.Is(err, briefing.ErrNotFound):
		return err
	}
	if c.Credentials, err = t.keys.reseal(c); err != nil {
		return fmt.Errorf("credentials: %w", err)
	}
	err = t.to.PutCamera(ctx, c)
	switch {
	case err == nil:
		t.report.Cameras++
	case errors.Is(err, briefing.ErrNotFound): // its user was deleted while it was saved
		err = nil
	}
	return err
}
