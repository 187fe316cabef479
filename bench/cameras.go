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
}

// cameras runs the server with 100 users, each with a camera of 10 s: half are snapshots, half are
// MJPEG streams of five frames a second, all of 1280x720. They are served by another process.
// Cameras are saved and watched through the API. In the second row one of the cameras accepts
// connections and never answers. In the third row all pictures are stored.
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
	var rows []string
	for n, row := range []camerasRow{
		{name: "all answer", keep: "NONE"},
		{name: "one hangs", keep: "NONE", hanging: true},
		{name: "all answer, pictures stored", keep: "LAST"},
	} {
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
	table("10 s, 1280x720 | briefings | degraded | begin p50 | p99 | max | end p50 | p99 | max | processor a run | processor | resident", rows...)
	fmt.Println("   begin and end are after the tick; processor is time, and a share of one core")
	return nil
}

// measure measures the row with a server and its cameras.
func (r camerasRow) measure(ctx context.Context, server, data, shops string) (string, error) {
	if err := os.Mkdir(data, 0o700); err != nil {
		return "", err
	}
	child, err := proc.Start(ctx, proc.Command{
		Path: server, Args: []string{"--addr", "127.0.0.1:0", "--data", data, "--log-level", "error"},
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
	begun, ended, degraded, err := watch.lateness(ctx, since)
	if err != nil {
		return "", err
	}
	const want = camerasN * int(camerasTime/camerasInterval)
	if len(ended) < want/2 { // on a busy machine some are skipped
		return "", fmt.Errorf("only %d of %d briefings came: %s", len(ended), want, child.Log())
	}
	return fmt.Sprintf("%d | %d | %s | %s | %s | %s | %s | %s | %s | %.0f %% | %d MiB", len(ended), degraded,
		ms(quantile(begun, .5)), ms(quantile(begun, .99)), ms(quantile(begun, 1)),
		ms(quantile(ended, .5)), ms(quantile(ended, .99)), ms(quantile(ended, 1)),
		ms((after-before)/time.Duration(len(ended))), 100*float64(after-before)/float64(took), resident>>20), nil
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
	now := func() []byte { return pictures[time.Now().Unix()%int64(len(pictures))] }
	var mu sync.Mutex // guards asked
	var asked []askedAt
	mux := http.NewServeMux()
	mux.HandleFunc("GET /asked", func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		_ = json.NewEncoder(w).Encode(asked)
	})
	mux.HandleFunc("GET /snapshot/{user}", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked = append(asked, askedAt{r.PathValue("user"), time.Now()})
		mu.Unlock()
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
