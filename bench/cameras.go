package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
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

// camerasRow is a row of the table.
type camerasRow struct {
	name    string
	hanging bool   // the first camera never answers
	keep    string // the cameras' keepFrames
	calm    bool   // four of five runs are unchanged
	model   string // the file of the detector's model; empty: motion counts
}

// cameras runs the server with 100 users, each with a camera of 10 s: half are snapshots, half are
// MJPEG streams of five frames a second, all of 1280x720. They are served by another process.
// Cameras are saved and watched through the API. In the second row one of the cameras accepts
// connections and never answers. In the third row all pictures are stored. In the others four of
// five runs are unchanged, and in the last one the model counts that a variable names.
//
// A run begins when its first request is at a snapshot camera; a stream has no such moment. It ends
// when a subscriber has its briefing. Wanted: the same figures in the first two rows, so that a
// camera that hangs delays no other.
func cameras(ctx context.Context, o options) error {
	dir, err := os.MkdirTemp("", "bis-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	server := filepath.Join(dir, "server")
	if err := proc.Build(ctx, o.root, ".", server); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	all := []camerasRow{
		{name: "all answer", keep: "NONE"},
		{name: "one hangs", keep: "NONE", hanging: true},
		{name: "all answer, pictures stored", keep: "LAST"},
		{name: "calm", keep: "NONE", calm: true},
	}
	if model := os.Getenv(modelVariable); model != "" {
		all = append(all, camerasRow{name: "calm, a model counts", keep: "NONE", calm: true, model: model})
	} else {
		fmt.Printf("   NOT RUN: a model counts; %s names its file\n", modelVariable)
	}
	var rows []string
	for n, row := range all {
		shops, err := proc.Start(ctx, proc.Command{Path: self, Args: []string{"cameras-served"}, Dir: dir})
		if err != nil {
			return err
		}
		said, err := row.measure(ctx, server, filepath.Join(dir, strconv.Itoa(n)), shops.Addr)
		shops.Kill()
		if err != nil {
			return err
		}
		rows = append(rows, fmt.Sprintf("%d cameras, %s | %s", camerasN, row.name, said))
	}
	table("10 s, 1280x720 | briefings | degraded | unchanged | by a model | begin p50 | p99 | max | end p50 | p99 | max | processor a run | processor | resident", rows...)
	fmt.Println("   begin and end are after the tick; processor is time, and a share of one core")
	return nil
}

// measure measures the row with a server and its cameras.
func (r camerasRow) measure(ctx context.Context, server, data, shops string) (string, error) {
	if err := os.Mkdir(data, 0o700); err != nil {
		return "", err
	}
	args := []string{"--addr", "127.0.0.1:0", "--data", data, "--log-level", "error"}
	if r.model != "" {
		args = append(args, "--detector", r.model)
	}
	child, err := proc.Start(ctx, proc.Command{
		Path: server, Args: args,
		Dir: data, Env: proc.Unlimited,
	})
	if err != nil {
		return "", err
	}
	defer child.Kill()
	watch, err := watchCameras(ctx, child.Addr, shops, r)
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, child.Log())
	}
	defer watch.close()
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
	begun, ended, of, err := watch.lateness(ctx, since)
	if err != nil {
		return "", err
	}
	const want = camerasN * int(camerasTime/camerasInterval)
	if len(ended) < want/2 { // on a busy machine some are skipped
		return "", fmt.Errorf("only %d of %d briefings came: %s", len(ended), want, child.Log())
	}
	return fmt.Sprintf("%d | %d | %.0f %% | %.0f %% | %s | %s | %s | %s | %s | %s | %s | %.0f %% | %d MiB",
		len(ended), of.degraded, percentage(of.unchanged, len(ended)), percentage(of.byModel, len(ended)),
		ms(quantile(begun, .5)), ms(quantile(begun, .99)), ms(quantile(begun, 1)),
		ms(quantile(ended, .5)), ms(quantile(ended, .99)), ms(quantile(ended, 1)),
		ms((after-before)/time.Duration(len(ended))), 100*float64(after-before)/float64(took), resident>>20), nil
}

// percentage returns a part of a whole in per cent.
func percentage(part, whole int) float64 { return 100 * float64(part) / float64(max(whole, 1)) }

// pause waits for d or until ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// askedAt is one request of a snapshot.
type askedAt struct {
	User string
	At   time.Time
}

// serveCameras is the process of the cameras. It prints its address and serves until ctx ends.
func serveCameras(ctx context.Context) error {
	_, pictures, err := demoFrames(ctx, 30)
	if err != nil {
		return err
	}
	calm, err := newCalm(ctx)
	if err != nil {
		return err
	}
	now := func(r *http.Request) []byte {
		if r.PathValue("kind") == "calm" {
			return calm.now(r.PathValue("user"))
		}
		return pictures[time.Now().Unix()%int64(len(pictures))]
	}
	var mu sync.Mutex // guards asked
	var asked []askedAt
	mux := http.NewServeMux()
	mux.HandleFunc("GET /asked", func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		_ = json.NewEncoder(w).Encode(asked)
	})
	mux.HandleFunc("GET /snapshot/{kind}/{user}", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked = append(asked, askedAt{r.PathValue("user"), time.Now()})
		mu.Unlock()
		w.Header().Set("Content-Type", "image/jpeg")
		_, _ = w.Write(now(r))
	})
	mux.HandleFunc("GET /stream/{kind}/{user}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=frame")
		for r.Context().Err() == nil {
			b := now(r)
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
