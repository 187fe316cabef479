package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"bis/bench/proc"
	"bis/internal/briefing"
	"bis/internal/store/sqlite"
)

// tickInterval is the interval of the benchmark's requests.
const tickInterval = 30 * time.Second

// ticks starts the real server on a data folder with 10,000 and 50,000 active requests, and records
// how late its runs start and how much memory it uses. Only frame, facts and caption are stubbed
// (test/cmd/benchstub).
//
// The opponent is gocron alone, with as many jobs that only record the time. The server uses gocron
// as its clock, so the ratio shows the cost of the rest of the schedule. The tick moments are
// spread at random over the interval. Wanted: p99 under 20 ms, and under 300 MB with 50,000
// requests.
func ticks(ctx context.Context, o options) error {
	dir, err := os.MkdirTemp("", "bis-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	server := filepath.Join(dir, "server")
	build := exec.CommandContext(ctx, "go", "build", "-o", server, "./test/cmd/benchstub")
	build.Dir, build.Stderr = o.root, os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("build the server: %w", err)
	}
	var rows []string
	for _, n := range []int{10_000, 50_000} {
		fmt.Printf("   %d requests: the server for %d intervals, then gocron alone for one\n", n, o.intervals)
		own, err := serverTicks(ctx, server, filepath.Join(dir, fmt.Sprint(n)), n, o.intervals)
		if err != nil {
			return err
		}
		bare, err := bareTicks(ctx, o, n)
		if err != nil {
			return err
		}
		rows = append(rows, own.row(fmt.Sprintf("bis, %d requests", n), bare), bare.row(fmt.Sprintf("gocron alone, %d jobs", n), bare))
	}
	table("begin of the run less moment of the tick | ticks | p50 | p95 | p99 | max | p99 ratio | resident | ratio", rows...)
	fmt.Println("   wanted: p99 under 20 ms, under 300 MB at 50,000")
	return nil
}

// lateness is the outcome of one row.
type lateness struct {
	late     []time.Duration // sorted
	resident int64           // peak of resident bytes
}

// row formats the lateness and its ratio to another's.
func (l lateness) row(name string, than lateness) string {
	p99 := quantile(l.late, .99)
	return fmt.Sprintf("%s | %d | %s | %s | %s | %s | %.1f | %d MiB | %.1f", name, len(l.late), ms(quantile(l.late, .5)), ms(quantile(l.late, .95)),
		ms(p99), ms(quantile(l.late, 1)), float64(p99)/float64(max(quantile(than.late, .99), 1)), l.resident>>20, float64(l.resident)/float64(than.resident))
}

// serverTicks runs the server over the requests for some intervals.
func serverTicks(ctx context.Context, server, data string, n, intervals int) (lateness, error) {
	if err := prepare(ctx, data, n, tickInterval); err != nil {
		return lateness{}, err
	}
	cmd := exec.CommandContext(ctx, server, "--addr", "127.0.0.1:0", "--data", data)
	cmd.Dir, cmd.Env = data, append(os.Environ(), proc.Unlimited...)
	var log strings.Builder
	cmd.Stderr = &log
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return lateness{}, err
	}
	// The first seconds do not count: the requests are claimed, and their timers set.
	const restart = 5 * time.Second
	resident := peakResident(ctx, cmd, restart+time.Duration(intervals)*tickInterval)
	if err := errors.Join(cmd.Process.Signal(os.Interrupt), cmd.Wait()); err != nil {
		return lateness{}, fmt.Errorf("%w: %s", err, log.String())
	}
	late, err := readLateness(filepath.Join(data, "lateness"), begin.Add(restart))
	if err == nil && len(late) < n*intervals*99/100 {
		err = fmt.Errorf("only %d of %d ticks ran: %s", len(late), n*intervals, log.String())
	}
	return lateness{late, resident}, err
}

// prepare fills a data folder with n active requests whose ticks are spread over the interval.
func prepare(ctx context.Context, data string, n int, every time.Duration) (err error) {
	st, err := sqlite.Open(ctx, sqlite.Config{Dir: data, Instance: "prepare"})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	// The store commits concurrent writes together, so many writers fill it quickly.
	const writers = 128
	var all sync.WaitGroup
	failed := make([]error, writers)
	ends := time.Now().Add(2 * time.Hour)
	for w := range writers {
		all.Go(func() {
			for i := w; i < n && failed[w] == nil; i += writers {
				name := fmt.Sprintf("user%d", i)
				if _, _, failed[w] = st.EnsureUser(ctx, name, briefing.DefaultCustom()); failed[w] != nil {
					return
				}
				_, failed[w] = st.StartRequest(ctx, briefing.Start{Request: briefing.Request{
					Username: name, Name: "2026-03-01 12:00:00", Interval: int(every / time.Second), EndTime: "23:00", EndText: "11:00 PM",
					CameraID: briefing.DefaultCamera, StartedAt: time.Now().Add(-rand.N(every)), EndsAt: &ends,
				}})
			}
		})
	}
	all.Wait()
	return errors.Join(failed...)
}

// peakResident waits for d and returns the peak of a process's resident memory, in bytes, sampled
// every second.
func peakResident(ctx context.Context, cmd *exec.Cmd, d time.Duration) (resident int64) {
	end := time.After(d)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			resident = max(resident, residentOf(cmd.Process.Pid))
		case <-end:
			return resident
		case <-ctx.Done():
			return resident
		}
	}
}

// residentOf returns a process's resident memory in bytes, or 0 on a system without /proc.
func residentOf(pid int) int64 { return statusOf(pid, "VmRSS:") }

// statusOf returns a size of a process's status in bytes, or 0 on a system without /proc.
func statusOf(pid int, name string) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	var kib int64
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			_, _ = fmt.Sscan(rest, &kib) // a line of another form leaves 0
		}
	}
	return kib << 10
}

// readLateness reads the records of test/cmd/benchstub for ticks after since, and returns them
// sorted.
func readLateness(path string, since time.Time) ([]time.Duration, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var late []time.Duration
	for ; len(b) >= 16; b = b[16:] {
		if int64(binary.LittleEndian.Uint64(b)) >= since.UnixNano() {
			late = append(late, time.Duration(binary.LittleEndian.Uint64(b[8:])))
		}
	}
	slices.Sort(late)
	return late, nil
}
