//go:build benchstub

package app

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"bis/internal/briefing"
	"bis/internal/config"
	"bis/internal/pipeline/wording"
)

// openPipeline makes runs without a camera: frame, facts and caption are stubbed, all else is
// the server as it is. It exists for the benchmark of ticks alone, which reads the file "lateness".
func openPipeline(cfg config.Config, _ *wording.Wording, _ *slog.Logger) (runs, error) {
	return &stub{path: filepath.Join(cfg.Data, "lateness")}, nil
}

// stub notes how late each run begins.
type stub struct {
	path string
	mu   sync.Mutex // guards list
	list []lateRun
}

type lateRun struct{ At, Late int64 } // nanoseconds: Unix time of the tick; begin of the run less that

func (s *stub) Run(_ context.Context, run briefing.Run) (briefing.Report, error) {
	r := lateRun{At: run.At.UnixNano(), Late: int64(time.Since(run.At))}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, r)
	return briefing.Report{
		Caption: "매장 내 손님 2명(추정)입니다. 1명 늘었습니다.", Source: "template",
		Facts: briefing.Facts{
			Counts: []briefing.ObjectCount{{Name: briefing.Person, Count: 2}}, Counted: true, Estimate: true,
			Change: 0.1, Brightness: 120, Scene: briefing.SceneMoving, Detector: "motion",
		},
	}, nil
}

// Close writes what was noted.
func (s *stub) Close() error {
	f, err := os.Create(s.path)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(f)
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(binary.Write(out, binary.LittleEndian, s.list), out.Flush(), f.Close())
}
