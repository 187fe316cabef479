package app

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"bis/internal/briefing"
	"bis/internal/config"
	"bis/internal/nets"
	"bis/internal/pipeline"
	"bis/internal/pipeline/camera"
	"bis/internal/pipeline/camera/ffmpeg"
	"bis/internal/pipeline/measure"
	"bis/internal/seal"
)

// sealConfig says where the keys of the store of the settings are. Only the embedded store has a
// key file: processes on one MongoDB need the same key.
func sealConfig(cfg config.Config) seal.Config {
	keys := seal.Config{Key: string(cfg.CameraKey), OldKey: string(cfg.CameraOldKey)}
	if !cfg.Database.On() {
		keys.Dir = cfg.Data
	}
	return keys
}

// cameraOpener opens the cameras of users.
type cameraOpener struct {
	sealer briefing.Sealer
	store  briefing.CameraStore // of the certificates that are accepted at first use
	frames briefing.FrameStore  // of the pictures that devices send
	nets   nets.Nets
	video  *ffmpeg.Decoder // shared, because it bounds its children
	log    *slog.Logger
}

// newCameraOpener returns the opener of the settings. Its error is a sentence about a key.
func newCameraOpener(
	cfg config.Config, st briefing.CameraStore, frames briefing.FrameStore, log *slog.Logger,
) (*cameraOpener, error) {
	sealer, err := seal.New(sealConfig(cfg))
	if err != nil {
		return nil, err
	}
	return &cameraOpener{
		sealer: sealer, store: st, frames: frames, nets: cfg.CameraNets, log: log,
		video: ffmpeg.New(ffmpeg.Config{Path: cfg.FFmpeg, Log: log}),
	}, nil
}

// open is pipeline.Config.Open.
func (o *cameraOpener) open(c briefing.Camera) (pipeline.Setup, error) {
	return o.setup(briefing.CameraTrial{Camera: c}, func(fingerprint string) {
		o.pin(c, fingerprint)
	})
}

// openTrial is pipeline.Config.OpenTrial. A test accepts a certificate for itself alone. Its source
// logs nothing, because the pipeline logs the result of the test.
func (o *cameraOpener) openTrial(t briefing.CameraTrial) (pipeline.Setup, error) {
	quiet := *o
	quiet.log = slog.New(slog.DiscardHandler)
	return quiet.setup(t, func(string) {})
}

// setup opens the source of a camera and makes its measurer. It contacts no camera.
func (o *cameraOpener) setup(
	t briefing.CameraTrial, pinned func(fingerprint string),
) (pipeline.Setup, error) {
	address, err := briefing.ParseSource(t.Camera.Source)
	if err != nil {
		return pipeline.Setup{}, err
	}
	plain, err := o.credentials(t, address)
	if err != nil {
		return pipeline.Setup{}, err
	}
	full, err := address.WithCredentials(plain)
	if err != nil {
		return pipeline.Setup{}, err
	}
	var accepted atomic.Value // a string; nil: none
	source, err := o.source(full, t.Camera, func(fingerprint string) {
		accepted.Store(fingerprint)
		pinned(fingerprint)
	})
	if err != nil {
		return pipeline.Setup{}, err
	}
	measurer, err := measure.New(measure.Config{Masks: t.Camera.Masks})
	if err != nil {
		return pipeline.Setup{}, errors.Join(err, source.Close())
	}
	return pipeline.Setup{Source: source, Measurer: measurer, Certificate: func() string {
		fingerprint, _ := accepted.Load().(string)
		return fingerprint
	}}, nil
}

// source opens the source of an address. A new camera whose device pushes frames has none yet.
func (o *cameraOpener) source(
	full briefing.Source, c briefing.Camera, pinned func(fingerprint string),
) (pipeline.Source, error) {
	if full.Scheme == "push" {
		return camera.OpenPushed(o.frames, c.ID), nil
	}
	return camera.OpenSource(full, camera.Config{
		Nets: o.nets.Check, Pin: c.Certificate, Pinned: pinned, FFmpeg: o.video,
		Log: o.log.With("camera", c.ID),
	})
}

// credentials returns the plain credentials of a camera. Stored ones that cannot be decrypted are
// told to the owner like missing ones: both must be entered anew.
func (o *cameraOpener) credentials(
	t briefing.CameraTrial, address briefing.Source,
) (string, error) {
	if t.Plain != "" || len(t.Camera.Credentials) == 0 {
		return t.Plain, nil
	}
	plain, err := o.sealer.Open(t.Camera.Credentials, address.Authority())
	if err != nil {
		o.log.Warn("credentials of a camera cannot be decrypted", "camera", t.Camera.ID, "err", err)
		return "", &pipeline.Trouble{
			State: briefing.CameraRefused, Reason: briefing.TroubleNeedsLogin, Err: err,
		}
	}
	return plain, nil
}

// sameCredentials is pipeline.Config.SameCredentials.
func (o *cameraOpener) sameCredentials(a, b briefing.Camera) bool {
	address, err := briefing.ParseSource(a.Source)
	if err != nil {
		return false
	}
	plainA, errA := o.sealer.Open(a.Credentials, address.Authority())
	plainB, errB := o.sealer.Open(b.Credentials, address.Authority())
	return errA == nil && errB == nil && plainA == plainB
}

// Bounds of pin.
const (
	pinTries = 3
	pinTime  = 2 * time.Second
)

// pin stores the fingerprint of a certificate that the source of a camera has accepted at first
// use. If that fails, the camera's next source accepts a certificate again.
func (o *cameraOpener) pin(opened briefing.Camera, fingerprint string) {
	ctx, cancel := context.WithTimeout(context.Background(), pinTime)
	defer cancel()
	for range pinTries {
		c, err := o.store.Camera(ctx, opened.ID)
		if err == nil && (c.Source != opened.Source || c.Certificate != "") {
			return // it was changed since
		}
		if err == nil {
			c.Certificate = fingerprint
			_, err = o.store.SaveCamera(ctx, c)
		}
		switch {
		case err == nil:
			return
		case !errors.Is(err, briefing.ErrConflict):
			o.log.Warn("certificate of a camera not stored", "camera", opened.ID, "err", err)
			return
		}
	}
}
