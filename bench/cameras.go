package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"bis/bench/proc"
)

// Sizes of the benchmark of cameras.
const (
	camerasN        = 100
	camerasInterval = 10 * time.Second
	camerasWarm     = 30 * time.Second // cameras are opened, and learn their view
	camerasTime     = 60 * time.Second
	streamPace      = 200 * time.Millisecond // of the frames in a stream
)

// cameras runs the real server with 100 requests of 10 s, each with a camera of its own: half are
// snapshots, half MJPEG streams of five frames a second, all of 1280x720. They are served by
// another process. In the second row one of the cameras accepts connections and never answers.
//
// A report is a caption that is ready for the store. Wanted: the same figures in both rows, so that
// a camera that hangs delays no other.
func cameras(ctx context.Context, o options) error {
	dir, err := os.MkdirTemp("", "bis-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	server := filepath.Join(dir, "server")
	if err := proc.Build(ctx, o.root, "./test/cmd/benchcameras", server); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	shops, err := proc.Start(ctx, proc.Command{Path: self, Args: []string{"cameras-served"}, Dir: dir})
	if err != nil {
		return err
	}
	defer shops.Kill()
	var rows []string
	for name, hanging := range []string{"", "user0"} {
		data := filepath.Join(dir, strconv.Itoa(name))
		row, err := camerasRow(ctx, server, data, "BENCH_CAMERAS="+shops.Addr, "BENCH_HANG="+hanging)
		if err != nil {
			return err
		}
		rows = append(rows, fmt.Sprintf("%d cameras, %s | %s", camerasN,
			map[bool]string{true: "all answer", false: "one hangs"}[hanging == ""], row))
	}
	table("10 s, 1280x720 | runs | begin p50 | p99 | max | report p50 | p99 | max | processor a run | processor | resident", rows...)
	fmt.Println("   begin and report are after the tick; processor is time, and a share of one core")
	return nil
}

// camerasRow measures one row.
func camerasRow(ctx context.Context, server, data string, env ...string) (string, error) {
	if err := prepare(ctx, data, camerasN, camerasInterval); err != nil {
		return "", err
	}
	child, err := proc.Start(ctx, proc.Command{
		Path: server, Args: []string{"--addr", "127.0.0.1:0", "--data", data}, Dir: data,
		Env: append(env, proc.Unlimited...),
	})
	if err != nil {
		return "", err
	}
	defer child.Kill()
	if err := pause(ctx, camerasWarm); err != nil {
		return "", err
	}
	since := time.Now()
	before, err := child.CPU()
	if err != nil {
		return "", err
	}
	var resident int64
	for time.Since(since) < camerasTime {
		if err := pause(ctx, time.Second); err != nil {
			return "", err
		}
		now, err := child.Resident()
		if err != nil {
			return "", err
		}
		resident = max(resident, now)
	}
	after, err := child.CPU()
	if err != nil {
		return "", err
	}
	took := time.Since(since)
	if _, err := child.Stop(); err != nil {
		return "", err
	}
	begun, err := readLateness(filepath.Join(data, "lateness"), since)
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, child.Log())
	}
	reported, err := readLateness(filepath.Join(data, "reports"), since)
	if err != nil {
		return "", err
	}
	const want = camerasN * int(camerasTime/camerasInterval)
	if len(begun) < want/2 { // on a busy machine some are skipped
		return "", fmt.Errorf("only %d of %d ticks ran: %s", len(begun), want, child.Log())
	}
	return fmt.Sprintf("%d | %s | %s | %s | %s | %s | %s | %s | %.0f %% | %d MiB", len(begun),
		ms(quantile(begun, .5)), ms(quantile(begun, .99)), ms(quantile(begun, 1)),
		ms(quantile(reported, .5)), ms(quantile(reported, .99)), ms(quantile(reported, 1)),
		ms((after-before)/time.Duration(len(begun))), 100*float64(after-before)/float64(took), resident>>20), nil
}

// pause waits for d or until ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// serveCameras is the process of the cameras. It prints its address and serves until ctx ends.
func serveCameras(ctx context.Context) error {
	_, pictures, err := demoFrames(ctx, 30)
	if err != nil {
		return err
	}
	now := func() []byte { return pictures[time.Now().Unix()%int64(len(pictures))] }
	mux := http.NewServeMux()
	mux.HandleFunc("GET /snapshot/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/jpeg")
		_, _ = w.Write(now())
	})
	mux.HandleFunc("GET /stream/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=frame")
		for r.Context().Err() == nil {
			b := now()
			_, err := fmt.Fprintf(w, "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n", len(b), b)
			if err != nil || http.NewResponseController(w).Flush() != nil {
				return
			}
			_ = pause(r.Context(), streamPace)
		}
	})
	mux.HandleFunc("GET /hang", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s\n", l.Addr())
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	context.AfterFunc(ctx, func() { _ = srv.Close() })
	_ = srv.Serve(l) // until srv is closed
	return nil
}
