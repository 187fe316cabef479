// Command benchcameras is the server whose requests have a camera each. Only what chooses the
// camera of a request is replaced; sources, measures and captions are the real ones. The benchmark
// of cameras runs it and reads the files "lateness" and "reports" that it writes into the data
// folder when it stops.
//
// BENCH_CAMERAS has the address of the cameras, and BENCH_HANG the names of users whose cameras
// never answer.
package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"bis/internal/app"
	"bis/internal/briefing"
	"bis/internal/config"
	"bis/internal/pipeline"
	"bis/internal/pipeline/camera"
	"bis/internal/pipeline/measure"
	"bis/internal/pipeline/wording"
)

func main() {
	os.Exit(app.Main(os.Args[1:], os.Environ(), os.Stdout, os.Stderr, app.Hooks{Runner: open}))
}

// runner runs the pipeline and records how late each run begins and is reported.
type runner struct {
	*pipeline.Pipeline
	data    string
	cameras string // host:port
	hanging map[string]bool

	mu       sync.Mutex // guards the fields below
	lateness []record   // begin of a run less its tick
	reports  []record   // end of a run less its tick, of cameras that answer
}

// record is one of the files': the tick's Unix time and how long after it, in nanoseconds and
// little-endian order.
type record struct{ At, Late int64 }

// open returns the runner of all ticks.
func open(cfg config.Config) (app.Runner, error) {
	words, err := wording.New(wording.Config{Zone: cfg.Zone})
	if err != nil {
		return nil, err
	}
	demo, err := setup(briefing.Camera{Source: "demo:"})
	if err != nil {
		return nil, err
	}
	p, err := pipeline.New(pipeline.Config{
		Cameras: map[briefing.CameraID]pipeline.Setup{briefing.DefaultCamera: demo},
		Open:    setup, Captioner: words, Zone: cfg.Zone, KeepFrames: true,
	})
	if err != nil {
		return nil, err
	}
	r := &runner{
		Pipeline: p, data: cfg.Data, cameras: os.Getenv("BENCH_CAMERAS"),
		hanging: map[string]bool{},
	}
	for name := range strings.FieldsSeq(os.Getenv("BENCH_HANG")) {
		r.hanging[name] = true
	}
	return r, nil
}

// setup opens a camera.
func setup(c briefing.Camera) (pipeline.Setup, error) {
	source, err := camera.Open(c.Source, camera.Config{})
	if err != nil {
		return pipeline.Setup{}, err
	}
	measurer, err := measure.New(measure.Config{})
	return pipeline.Setup{Source: source, Measurer: measurer}, err
}

// Run implements briefing.Runner. Users with an even number have a snapshot camera, the others a
// stream.
func (r *runner) Run(ctx context.Context, run briefing.Run) (briefing.Report, error) {
	begun := time.Since(run.At)
	name := run.Request.Username
	source := "http://" + r.cameras + "/snapshot/" + name
	switch {
	case r.hanging[name]:
		source = "http://" + r.cameras + "/hang"
	case (name[len(name)-1]-'0')%2 == 1:
		source = "mjpeg+http://" + r.cameras + "/stream/" + name
	}
	id := briefing.CameraID("of-" + name)
	run.Request.CameraID = id
	run.Camera = &briefing.Camera{ID: id, Username: name, Source: source, Version: 1}
	report, err := r.Pipeline.Run(ctx, run)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lateness = append(r.lateness, record{run.At.UnixNano(), int64(begun)})
	if err == nil && !r.hanging[name] {
		r.reports = append(r.reports, record{run.At.UnixNano(), int64(time.Since(run.At))})
	}
	report.Health, report.LastFrame = nil, nil // the store does not know the camera
	return report, err
}

// Close writes the files and closes the pipeline. On a busy machine a stop may abandon the latter.
func (r *runner) Close() error {
	r.mu.Lock()
	err := errors.Join(r.write("lateness", r.lateness), r.write("reports", r.reports))
	r.mu.Unlock()
	return errors.Join(err, r.Pipeline.Close())
}

// write writes records into a file of the data folder.
func (r *runner) write(name string, list []record) error {
	f, err := os.Create(filepath.Join(r.data, name))
	if err != nil {
		return err
	}
	out := bufio.NewWriter(f)
	return errors.Join(binary.Write(out, binary.LittleEndian, list), out.Flush(), f.Close())
}
