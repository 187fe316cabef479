package app

import (
	"log/slog"

	"bis/internal/briefing"
	"bis/internal/config"
	"bis/internal/frame"
	"bis/internal/observe"
	"bis/internal/pipeline"
)

// pictures is what cameras and their pictures need.
type pictures struct {
	store    briefing.CameraStore
	frames   briefing.FrameStore
	keeper   *frame.Keeper
	detector detector
	// describer describes pictures by a model. Nil: no model is configured.
	describer pipeline.Describer
	log       *slog.Logger
}

// openPictures opens what cameras need besides the store.
func openPictures(
	cfg config.Config, frames briefing.FrameStore, st *observe.Store, metrics *observe.Metrics, log *slog.Logger,
) (of pictures, err error) {
	of = pictures{store: st, frames: frames, log: log}
	if of.keeper, err = openKeeper(frames, st, metrics, log); err != nil {
		return of, err
	}
	of.detector, err = openDetector(cfg, log)
	return of, err
}

// describedBy returns what cameras need with a Describer.
func (of pictures) describedBy(d pipeline.Describer) pictures {
	of.describer = d
	return of
}

// start starts the parts. The returned function stops them.
func (of pictures) start(clock *stopClock) (stop func()) {
	keeper, detector := start(of.keeper), start(of.detector)
	return func() {
		clock.end("detector", detector)
		keeper.stop()
	}
}
