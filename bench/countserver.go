package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"bis/bench/proc"
)

// Lengths of the phases of a server that counts by a model.
const (
	modelRuns = 20 * time.Second // one run each second, each with a burst
	modelRest = 40 * time.Second // further readers are closed meanwhile
	modelWait = 2 * time.Minute  // until the model counts
)

// countServer prints what a model costs a server: its start without a model, and with one before
// and after the runtime was compiled; its memory; and the size of the program's file.
//
// Wanted: the starts are alike; under 200 MiB at rest with a model; and a program's file that is at
// most 5 MiB larger than without the runtime.
func countServer(ctx context.Context, o options, frames, model string) error {
	dir, err := os.MkdirTemp("", "bis-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "server")
	if err := proc.Build(ctx, o.root, ".", program); err != nil {
		return err
	}
	var rows []string
	for _, s := range []struct{ name, data, model string }{
		{"without a model", "plain", ""},
		{"with a model, its runtime is not compiled", "fresh", model},
		{"with a model, its runtime is compiled", "ready", model},
	} {
		if s.data == "ready" {
			took, peak, err := compileIn(ctx, program, filepath.Join(dir, s.data, "detector"))
			if err != nil {
				return err
			}
			fmt.Printf("   the runtime is compiled in %s, with %d MiB at its peak\n", ms(took), peak>>20)
		}
		row, err := modelServer(ctx, program, filepath.Join(dir, s.data), frames, s.model)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		rows = append(rows, s.name+" | "+row)
	}
	table("a server | listens after | the model counts after | resident at rest | peak", rows...)
	return programSize(o, program)
}

// compileIn runs the hidden command that a server starts, and returns its time and peak.
func compileIn(ctx context.Context, program, dir string) (time.Duration, int64, error) {
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return 0, 0, err
	}
	begin := time.Now()
	cmd := exec.CommandContext(ctx, program, "compile-detector", dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, 0, fmt.Errorf("%w: %s", err, out)
	}
	var peak int64
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		peak = int64(usage.Maxrss) << 10
	}
	return time.Since(begin), peak, nil
}

// modelServer starts a server, runs it on a folder of frames and lets it rest.
func modelServer(ctx context.Context, program, data, frames, model string) (string, error) {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return "", err
	}
	args := []string{"--addr", "127.0.0.1:0", "--data", data, "--camera", "file://" + frames}
	if model != "" {
		args = append(args, "--detector", model)
	}
	begin := time.Now()
	child, err := proc.Start(ctx, proc.Command{Path: program, Args: args, Dir: data, Env: proc.Unlimited})
	if err != nil {
		return "", err
	}
	defer child.Kill()
	listens, counts := time.Since(begin), "–"
	call := caller{addr: child.Addr, client: &http.Client{Timeout: 10 * time.Second}}
	if model != "" {
		if err := call.countsByModel(ctx); err != nil {
			return "", fmt.Errorf("%w: %s", err, child.Log())
		}
		counts = ms(time.Since(begin))
	}
	input := map[string]any{"username": "kim", "interval": 1, "endTime": time.Now().Add(time.Hour).UTC().Format(time.RFC3339)}
	start := `mutation ($input: StartBriefingInput!) { startBriefing(input: $input) { id } }`
	if err := call.graphql(ctx, start, map[string]any{"input": input}, nil); err != nil {
		return "", err
	}
	if err := pause(ctx, modelRuns); err != nil {
		return "", err
	}
	if err := call.graphql(ctx, `mutation { endBriefing(username: "kim") { id } }`, nil, nil); err != nil {
		return "", err
	}
	if err := pause(ctx, modelRest); err != nil {
		return "", err
	}
	rest, peak := statusOf(child.PID(), "VmRSS:"), statusOf(child.PID(), "VmHWM:")
	return fmt.Sprintf("%s | %s | %d MiB | %d MiB", ms(listens), counts, rest>>20, peak>>20), nil
}

// countsByModel waits until a server counts by its model.
func (c caller) countsByModel(ctx context.Context) error {
	for begin := time.Now(); time.Since(begin) < modelWait; {
		var a struct {
			About struct {
				Counting struct{ Method, Reason string }
			}
		}
		if err := c.graphql(ctx, `{ about { counting { method reason } } }`, nil, &a); err != nil {
			return err
		}
		if a.About.Counting.Method == "MODEL" {
			return nil
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	return errors.New("the model does not count")
}

// programSize prints the size of the program's file, and that of its embedded runtime.
func programSize(o options, program string) error {
	info, err := os.Stat(program)
	if err != nil {
		return err
	}
	var embedded int64
	files, err := filepath.Glob(filepath.Join(o.root, "internal/pipeline/onnx/assets/*"))
	if err != nil {
		return err
	}
	for _, name := range files {
		if f, err := os.Stat(name); err == nil && !strings.Contains(name, "LICENSE") {
			embedded += f.Size()
		}
	}
	said := fmt.Sprintf("   the program's file has %.1f MiB, of them %.1f MiB for the runtime's file", mib(info.Size()), mib(embedded))
	if o.before != "" {
		if before, err := os.Stat(o.before); err == nil {
			said += fmt.Sprintf("; %+.1f MiB from the other build", mib(info.Size()-before.Size()))
		}
	}
	fmt.Println(said)
	return nil
}
