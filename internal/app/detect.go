package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"slices"
	"strings"
	"time"

	"bis/internal/config"
	"bis/internal/pipeline"
	"bis/internal/pipeline/camera"
	"bis/internal/pipeline/counting"
	"bis/internal/pipeline/counting/local"
	"bis/internal/pipeline/counting/remote"
	"bis/internal/pipeline/detect"
	"bis/internal/pipeline/onnx"
)

// detected is what runDetect prints. The times are milliseconds.
type detected struct {
	Detector string            `json:"detector"`
	Kind     string            `json:"kind,omitempty"` // of a model
	LoadMs   float64           `json:"loadMs"`
	Pictures []detectedPicture `json:"pictures"`
	Totals   detectedTotals    `json:"totals"`
}

// detectedPicture is the result of one file.
type detectedPicture struct {
	Picture string          `json:"picture"` // the file's name as given
	Error   string          `json:"error,omitempty"`
	Width   int             `json:"width,omitempty"`
	Height  int             `json:"height,omitempty"`
	Ms      float64         `json:"ms,omitempty"`
	Counts  []detectedCount `json:"counts"`
	Boxes   []pipeline.Box  `json:"boxes"` // by falling score
}

// detectedCount is the number of boxes of a class that count.
type detectedCount struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// detectedTotals sums up the pictures that could be read.
type detectedTotals struct {
	Pictures int             `json:"pictures"`
	Ms       float64         `json:"ms"`
	MedianMs float64         `json:"medianMs"`
	Counts   []detectedCount `json:"counts"`
}

// runDetect counts in pictures by the detector of the settings. It fails if the detector cannot be
// opened, or if a picture cannot be read.
func runDetect(
	ctx context.Context, cfg config.Config, _ Hooks, out io.Writer, log *slog.Logger,
) (err error) {
	backend, name, err := openBackend(cfg, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, backend.Close()) }()
	started := time.Now()
	reader, err := backend.Open(ctx)
	if err != nil {
		return fmt.Errorf("open detector %s: %w", name, err)
	}
	defer reader.Close()
	result := detected{Detector: name, LoadMs: ms(time.Since(started))}
	if k, ok := reader.(interface{ Kind() detect.Kind }); ok {
		result.Kind = string(k.Kind())
	}
	var failed error
	for _, file := range cfg.Detect.Pictures {
		p, err := detectIn(ctx, reader, file, cfg.Detect.Threshold > 0)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			failed = fmt.Errorf("a picture cannot be read: %w", err)
		}
		result.Pictures = append(result.Pictures, p)
	}
	result.Totals = totals(result.Pictures)
	if cfg.Detect.JSON {
		e := json.NewEncoder(out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return errors.Join(e.Encode(result), failed)
	}
	return errors.Join(result.print(out), failed)
}

// openBackend returns the detector of the settings and its name. A model whose folder cannot be
// written is compiled in memory.
func openBackend(cfg config.Config, log *slog.Logger) (counting.Backend, string, error) {
	if address := string(cfg.Detector.URL); address != "" {
		c, err := remote.New(remote.Config{URL: address, Score: cfg.Detect.Threshold})
		return c, remote.Name(address), err
	}
	of := modelConfig(cfg, func(ctx context.Context, dir string) error {
		log.Info("preparing the detector, which takes some seconds", "folder", dir)
		err := onnx.Compile(ctx, dir)
		if err != nil && ctx.Err() == nil && onnx.Supported() {
			log.Warn("the prepared detector cannot be stored", "err", err)
		}
		return err
	})
	of.Uncached = true
	m, err := local.New(of)
	return m, local.Name(cfg.Detector.Model), err
}

// detectIn counts in one file: all boxes, or those that the server counts. An error is also noted
// in the result.
func detectIn(
	ctx context.Context, reader counting.Reader, file string, all bool,
) (p detectedPicture, err error) {
	p = detectedPicture{Picture: file, Counts: []detectedCount{}, Boxes: []pipeline.Box{}}
	defer func() {
		if fault := recover(); fault != nil { // an image of a foreign picture may panic
			err = fmt.Errorf("%.200v", fault)
		}
		if err != nil {
			err = fmt.Errorf("%s: %w", shownName(file), err)
			p.Error = err.Error()
		}
	}()
	img, err := camera.ReadFile(ctx, file)
	if err != nil {
		return p, err
	}
	started := time.Now()
	boxes, err := reader.Detect(ctx, img)
	if err != nil {
		return p, err
	}
	p.Width, p.Height, p.Ms = img.Bounds().Dx(), img.Bounds().Dy(), ms(time.Since(started))
	p.Boxes = counting.Tidy(boxes)
	numbers := map[string]int{}
	for _, b := range p.Boxes {
		if all || pipeline.Certain(b) {
			numbers[b.Name]++
		}
	}
	p.Counts = countsOf(numbers)
	return p, nil
}

// totals sums up pictures.
func totals(all []detectedPicture) (t detectedTotals) {
	numbers, times := map[string]int{}, []float64{}
	for _, p := range all {
		if p.Error != "" {
			continue
		}
		t.Pictures++
		t.Ms += p.Ms
		times = append(times, p.Ms)
		for _, c := range p.Counts {
			numbers[c.Name] += c.Count
		}
	}
	slices.Sort(times)
	if len(times) > 0 {
		t.MedianMs = times[len(times)/2]
	}
	t.Ms, t.Counts = math.Round(t.Ms*10)/10, countsOf(numbers)
	return t
}

// countsOf returns counts by class, the largest first.
func countsOf(numbers map[string]int) []detectedCount {
	counts := []detectedCount{}
	for name, n := range numbers {
		counts = append(counts, detectedCount{name, n})
	}
	slices.SortFunc(counts, func(a, b detectedCount) int {
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		return strings.Compare(a.Name, b.Name)
	})
	return counts
}

// ms returns a duration in milliseconds with one decimal.
func ms(d time.Duration) float64 { return math.Round(float64(d.Microseconds())/100) / 10 }
