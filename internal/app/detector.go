package app

import (
	"context"
	"log/slog"
	"path/filepath"

	"bis/internal/briefing"
	"bis/internal/config"
	"bis/internal/pipeline"
	"bis/internal/pipeline/counting"
	"bis/internal/pipeline/counting/local"
	"bis/internal/pipeline/counting/remote"
	"bis/internal/pipeline/detect"
	"bis/internal/pipeline/onnx"
)

// detector is what the settings choose to count.
type detector struct {
	counter *counting.Counter // nil: motion counts
	by      string            // who counts at the start, for the greeting
}

// openDetector returns the detector of the settings. Run loads it, so that nothing delays the
// start.
func openDetector(cfg config.Config, log *slog.Logger) (d detector, err error) {
	c := counting.Config{Log: log}
	switch {
	case cfg.Detector.URL != "":
		c.Method, c.Name = briefing.MethodHTTP, remote.Name(string(cfg.Detector.URL))
		c.Provider = remote.Provider(string(cfg.Detector.URL))
		c.Backend, err = remote.New(remote.Config{URL: string(cfg.Detector.URL)})
		d.by = "detector at " + c.Name
	case cfg.Detector.Model != "":
		c.Method, c.Name = briefing.MethodModel, local.Name(cfg.Detector.Model)
		c.Backend, err = local.New(modelConfig(cfg, compiler{log: log}.compile))
		d.by = modelTitle(cfg, c.Name)
	default:
		d.by = "motion (set --detector for a model)"
		return d, nil
	}
	if err == nil {
		d.counter, err = counting.New(c)
	}
	return d, err
}

// modelConfig returns the settings of the model file.
func modelConfig(
	cfg config.Config, compile func(ctx context.Context, dir string) error,
) local.Config {
	return local.Config{
		File: cfg.Detector.Model, Classes: cfg.Detector.Classes, Kind: detect.Kind(cfg.Detector.Kind),
		Score: cfg.Detect.Threshold, Cache: detectorFolder(cfg), Compile: compile,
	}
}

// detectorFolder is the folder of the compiled runtime, with either store.
func detectorFolder(cfg config.Config) string { return filepath.Join(cfg.Data, "detector") }

// modelTitle says who counts at the start.
func modelTitle(cfg config.Config, name string) string {
	if err := local.Check(cfg.Detector.Model); err != nil {
		return "motion, because " + err.Error()
	}
	switch {
	case !onnx.Supported():
		return "motion, because " + onnx.ErrUnsupported.Error()
	case !onnx.Cached(detectorFolder(cfg)):
		return "motion until model " + name + " is prepared"
	}
	return "model " + name
}

// Run implements part.
func (d detector) Run(ctx context.Context) error {
	if d.counter == nil {
		return nil
	}
	return d.counter.Run(ctx)
}

// pipeline returns the counter for the pipeline, or nil.
func (d detector) pipeline() pipeline.Counter {
	if d.counter == nil {
		return nil
	}
	return d.counter
}

// Counting says who counts now, and how fast. It is made for the field Counting of service.Config.
func (d detector) Counting() briefing.Counting {
	if d.counter == nil {
		return briefing.Counting{Method: briefing.MethodMotion}
	}
	return d.counter.Counting()
}
