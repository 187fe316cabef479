//go:build !benchstub

package app

import (
	"log/slog"

	"bis/internal/briefing"
	"bis/internal/config"
	"bis/internal/pipeline"
	"bis/internal/pipeline/camera"
	"bis/internal/pipeline/measure"
	"bis/internal/pipeline/wording"
)

// openPipeline makes the runs of the default camera.
func openPipeline(cfg config.Config, words *wording.Wording, log *slog.Logger) (runs, error) {
	source, err := camera.Open(string(cfg.Camera), camera.Config{Log: log})
	if err != nil {
		return nil, err
	}
	measurer, err := measure.New(measure.Config{})
	if err != nil {
		return nil, err
	}
	return pipeline.New(pipeline.Config{
		Cameras:   map[briefing.CameraID]pipeline.Setup{briefing.DefaultCamera: {Source: source, Measurer: measurer}},
		Captioner: words, Zone: cfg.Zone, Log: log,
	})
}
