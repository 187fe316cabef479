package camera_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bis/internal/await"
	"bis/internal/pipeline"
	"bis/internal/pipeline/camera"
)

// mjpeg serves a stream of the pictures from parts. boundary is what the header says, as
// some cameras write it.
func mjpeg(t *testing.T, boundary string, length bool, parts <-chan []byte) string {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary="+boundary)
		fmt.Fprint(w, "--x\r\n")
		w.(http.Flusher).Flush()
		for {
			select {
			case part, ok := <-parts:
				if !ok {
					return
				}
				fmt.Fprint(w, "Content-Type: image/jpeg\r\n")
				if length {
					fmt.Fprintf(w, "Content-Length: %d\r\n", len(part))
				}
				fmt.Fprintf(w, "\r\n%s\r\n--x\r\n", part)
				w.(http.Flusher).Flush()
			case <-r.Context().Done():
				return
			}
		}
	}))
	t.Cleanup(srv.Close)
	return "mjpeg+" + srv.URL
}

// until gets frames until one has the wanted width.
func until(t *testing.T, src pipeline.Source, want int) {
	t.Helper()
	// Another goroutine reads the stream.
	await.True(t, fmt.Sprintf("a frame of width %d comes", want), func() bool {
		f, err := src.Frame(t.Context())
		return err == nil && f.Image.Bounds().Dx() == want
	})
}

func TestStream_gives_its_newest_picture(t *testing.T) {
	t.Parallel()
	for _, boundary := range []string{"x", `"x"`, "--x", `"--x"`} {
		for _, length := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s length %v", boundary, length), func(t *testing.T) {
				t.Parallel()
				parts := make(chan []byte, 10)
				src := open(t, mjpeg(t, boundary, length, parts), camera.Config{})
				parts <- jpegOf(t, 8)
				until(t, src, 8)
				parts <- jpegOf(t, 16)
				parts <- jpegOf(t, 24)
				until(t, src, 24)
			})
		}
	}
}

func TestStream_comes_back_after_a_break(t *testing.T) {
	t.Parallel()
	calls := make(chan int, 100)
	n := 0
	inner := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n++ // one reader makes its calls in order
		calls <- n
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=x")
		fmt.Fprintf(w, "--x\r\n\r\n%s\r\n--x\r\n", jpegOf(t, 8*n))
		w.(http.Flusher).Flush()
		if n > 1 {
			<-r.Context().Done()
		}
	}))
	t.Cleanup(inner.Close)
	src := open(t, "mjpeg+"+inner.URL, camera.Config{})
	until(t, src, 16) // the server cut the first call after its picture
	if len(calls) < 2 {
		t.Errorf("%d calls", len(calls))
	}
}

func TestStream_is_offline(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"500":   func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusInternalServerError) },
		"hangs": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"sends no picture": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=x")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(answer)
			t.Cleanup(srv.Close)
			src := open(t, strings.Replace("mjpeg+"+srv.URL, "http://", "http://me:hidden@", 1), camera.Config{Timeout: 200 * time.Millisecond})
			_, err := src.Frame(t.Context())
			if !errors.Is(err, pipeline.ErrOffline) || strings.Contains(err.Error(), "hidden") {
				t.Errorf("%v, want %v and no password", err, pipeline.ErrOffline)
			}
			// The source closes first, because the server waits for its callers.
			if err := src.Close(); err != nil {
				t.Error(err)
			}
			if _, err := src.Frame(t.Context()); !errors.Is(err, pipeline.ErrOffline) {
				t.Errorf("after Close: %v", err)
			}
		})
	}
}

func TestStream_refuses_what_is_none(t *testing.T) {
	t.Parallel()
	parts := make(chan []byte, 1)
	broken := open(t, mjpeg(t, "x", true, parts), camera.Config{})
	parts <- []byte("no picture")
	if _, err := broken.Frame(t.Context()); !errors.Is(err, pipeline.ErrUnreadable) {
		t.Errorf("a part that is no picture: %v", err)
	}
}
