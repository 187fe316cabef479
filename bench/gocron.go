package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"github.com/go-co-op/gocron/v2"
)

// bareTicks runs gocron alone, in a process of its own so that its memory can be measured.
func bareTicks(ctx context.Context, o options, n int) (lateness, error) {
	dir, err := os.MkdirTemp("", "bis-bench-")
	if err != nil {
		return lateness{}, err
	}
	defer os.RemoveAll(dir)
	self, err := os.Executable()
	if err != nil {
		return lateness{}, err
	}
	path := filepath.Join(dir, "lateness")
	cmd := exec.CommandContext(ctx, self, "gocron", fmt.Sprint(n), path)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return lateness{}, err
	}
	resident := peakResident(ctx, cmd, 5*time.Second+tickInterval)
	if err := errors.Join(cmd.Process.Signal(os.Interrupt), cmd.Wait()); err != nil {
		return lateness{}, err
	}
	late, err := readLateness(path, time.Time{})
	return lateness{late, resident}, err
}

// gocronAlone is that process: n jobs at random moments of the interval. Each records how late it
// starts. On SIGTERM or an interrupt it writes the records to path, in the form that readLateness
// reads.
func gocronAlone(ctx context.Context, n int, path string) error {
	clock, err := gocron.NewScheduler(gocron.WithStopTimeout(200 * time.Millisecond))
	if err != nil {
		return err
	}
	type lateRun struct{ At, Late int64 }
	var mu sync.Mutex
	var list []lateRun
	clock.Start()
	for range n {
		at := time.Now().Add(3*time.Second + rand.N(tickInterval))
		// A call ends long before the job's next one, so calls of a job never overlap.
		fire := func() {
			late := time.Since(at)
			mu.Lock()
			list = append(list, lateRun{at.UnixNano(), int64(late)})
			mu.Unlock()
			at = at.Add(tickInterval)
		}
		if _, err := clock.NewJob(gocron.DurationJob(tickInterval), gocron.NewTask(fire), gocron.WithStartAt(gocron.WithStartDateTime(at))); err != nil {
			return err
		}
	}
	<-ctx.Done()
	_ = clock.Shutdown() // a timeout does not matter: the records are complete
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(f)
	mu.Lock()
	defer mu.Unlock()
	return errors.Join(binary.Write(out, binary.LittleEndian, list), out.Flush(), f.Close())
}
