// Command benchstub is the server with runs that need no camera. Frame, facts and caption are
// stubbed, and everything else is the real server. The benchmark of ticks runs it and reads the
// file "lateness" that it writes into the data folder when it stops.
package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"

	"bis/internal/app"
	"bis/internal/briefing"
	"bis/internal/config"
)

func main() {
	os.Exit(app.Main(os.Args[1:], os.Environ(), os.Stdout, os.Stderr, app.Hooks{
		Runner: func(cfg config.Config) (app.Runner, error) {
			return &stub{path: filepath.Join(cfg.Data, "lateness")}, nil
		},
	}))
}

// stub records how late each run starts.
type stub struct {
	path string
	mu   sync.Mutex // guards list
	list []lateRun
}

// lateRun is a record of the file: the tick's Unix time, and how long after its tick the run
// started. Both are nanoseconds in little-endian order.
type lateRun struct{ At, Late int64 }

// Run implements briefing.Runner. It returns a fixed report at once.
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

// Close writes the records to the file.
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
