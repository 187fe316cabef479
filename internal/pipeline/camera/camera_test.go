package camera_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bis/internal/pipeline"
	"bis/internal/pipeline/camera"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// plain returns a picture of one tone. Tests recognise it by its width.
func plain(width int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, width, 8))
	for i := range img.Pix {
		img.Pix[i] = 100
	}
	return img
}

func jpegOf(t testing.TB, width int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, plain(width), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB, width int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, plain(width)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bomb returns a PNG of a few bytes whose header announces width x height pixels.
func bomb(width, height uint32) []byte {
	head := make([]byte, 17)
	copy(head, "IHDR")
	binary.BigEndian.PutUint32(head[4:], width)
	binary.BigEndian.PutUint32(head[8:], height)
	head[12], head[13] = 8, 6
	b := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	b = append(b, head...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(head))
}

func open(t *testing.T, address string, cfg camera.Config) pipeline.Source {
	t.Helper()
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	src, err := camera.Open(address, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(src.Close(), src.Close()); err != nil {
			t.Error(err)
		}
	})
	return src
}

// width returns the width of the next frame.
func width(t *testing.T, src pipeline.Source) int {
	t.Helper()
	f, err := src.Frame(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return f.Image.Bounds().Dx()
}

// serve starts a server that answers every call with body, and returns its address.
func serve(t *testing.T, body []byte) string {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) }))
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestOpen_refuses_addresses_with_a_sentence(t *testing.T) {
	t.Parallel()
	empty := t.TempDir()
	for address, want := range map[string]string{
		"":                           "must be demo:",
		"tape:1":                     "must be demo:",
		"rtsp://me:hidden@/1":        "must be like",
		"rtsps://me:hidden@%zz/1":    "must be like",
		"http://":                    "must be like",
		"http://me:hidden@%zz/":      "must be like",
		"mjpeg+http://me:hidden@/x":  "must be like",
		"file:":                      "",
		"file:" + empty:              "no JPEG or PNG pictures",
		"file:" + empty + "/missing": "no such file",
	} {
		_, err := camera.Open(address, camera.Config{})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("Open(%q): %v, want %q in it and no password", address, err, want)
		}
	}
}

func TestSnapshot_is_fetched_each_time(t *testing.T) {
	t.Parallel()
	n := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, ok := r.BasicAuth()
		if !ok { // the credentials come after a challenge
			w.Header().Set("WWW-Authenticate", `Basic realm="cam"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if user != "me" || password != "hidden" {
			t.Errorf("the camera is asked as %q %q", user, password)
		}
		n++
		w.Header().Set("Content-Type", "text/plain") // cameras are careless
		if n == 1 {
			_, _ = w.Write(jpegOf(t, 8))
			return
		}
		_, _ = w.Write(pngOf(t, 16))
	}))
	defer srv.Close()
	src := open(t, strings.Replace(srv.URL, "http://", "http://me:hidden@", 1), camera.Config{})
	if a, b := width(t, src), width(t, src); a != 8 || b != 16 {
		t.Errorf("widths %d and %d, want 8 and 16", a, b)
	}
}

func TestSnapshot_refuses_what_is_no_picture(t *testing.T) {
	t.Parallel()
	whole := jpegOf(t, 64)
	for name, body := range map[string][]byte{
		"nothing":            {},
		"a page":             []byte("<html>"),
		"a broken JPEG":      whole[:len(whole)/2],
		"a JPEG of noise":    append(append([]byte{}, whole[:20]...), bytes.Repeat([]byte{0xff, 0xda, 7}, 500)...),
		"a PNG bomb":         bomb(60_000, 60_000),
		"a PNG beyond int32": bomb(1<<31-1, 1<<31-1),
		"more than 10 MiB":   make([]byte, 10<<20+1),
	} {
		src := open(t, serve(t, body), camera.Config{})
		if f, err := src.Frame(t.Context()); !errors.Is(err, pipeline.ErrUnreadable) || f.Image != nil {
			t.Errorf("%s: %v, want %v", name, err, pipeline.ErrUnreadable)
		}
	}
}

// It is not parallel because it counts allocated bytes.
func TestDecode_checks_the_size_before_it_allocates(t *testing.T) {
	b := bomb(60_000, 60_000)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := camera.Decode(b); !errors.Is(err, pipeline.ErrUnreadable) {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 1<<20 {
		t.Errorf("refusing a bomb of 14 GB of pixels took %d bytes", grown)
	}
}

func TestSnapshot_is_offline(t *testing.T) {
	t.Parallel()
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	for name, answer := range map[string]http.HandlerFunc{
		"500":                func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusInternalServerError) },
		"401":                func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusUnauthorized) },
		"hangs":              hang,
		"hangs in its body":  func(w http.ResponseWriter, r *http.Request) { w.(http.Flusher).Flush(); hang(w, r) },
		"redirects for ever": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path+"x", http.StatusFound) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(answer)
			defer srv.Close()
			src := open(t, strings.Replace(srv.URL, "http://", "http://me:hidden@", 1), camera.Config{Timeout: 100 * time.Millisecond})
			_, err := src.Frame(t.Context())
			if !errors.Is(err, pipeline.ErrOffline) || strings.Contains(err.Error(), "hidden") {
				t.Errorf("%v, want %v and no password", err, pipeline.ErrOffline)
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err := src.Frame(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("of a caller that leaves: %v", err)
			}
		})
	}
}

func TestFiles_are_shown_in_a_loop(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name string, b []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("b.JPG", jpegOf(t, 16))
	write("a.png", pngOf(t, 8))
	write("notes.txt", []byte("x"))
	src := open(t, "file:"+dir, camera.Config{})
	var got []int
	for range 4 {
		got = append(got, width(t, src))
	}
	write("c.jpeg", jpegOf(t, 24)) // pictures may come
	got = append(got, width(t, src))
	if err := os.Remove(filepath.Join(dir, "a.png")); err != nil { // and go
		t.Fatal(err)
	}
	got = append(got, width(t, src))
	if want := "[8 16 8 16 24 16]"; fmt.Sprint(got) != want {
		t.Errorf("widths %v, want %s", got, want)
	}
	write("d.jpg", []byte("broken"))
	width(t, src)
	if _, err := src.Frame(t.Context()); !errors.Is(err, pipeline.ErrUnreadable) {
		t.Errorf("a broken file: %v", err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := src.Frame(t.Context()); !errors.Is(err, pipeline.ErrOffline) {
		t.Errorf("a folder that is gone: %v", err)
	}
}

func TestFile_alone_is_shown_for_ever(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.jpg")
	if err := os.WriteFile(path, jpegOf(t, 8), 0o600); err != nil {
		t.Fatal(err)
	}
	src := open(t, "file:"+path, camera.Config{})
	if a, b := width(t, src), width(t, src); a != 8 || b != 8 {
		t.Errorf("widths %d, %d", a, b)
	}
}

// FuzzDecode checks that decode returns a picture or ErrUnreadable for any bytes.
func FuzzDecode(f *testing.F) {
	f.Add(jpegOf(f, 16))
	f.Add(pngOf(f, 16))
	f.Add(bomb(60_000, 60_000))
	f.Fuzz(func(t *testing.T, b []byte) {
		if size, _, err := image.DecodeConfig(bytes.NewReader(b)); err == nil && size.Width*size.Height > 1<<20 {
			return // within the limits, but slow to fuzz
		}
		img, err := camera.Decode(b)
		if (img == nil) != (err != nil) || err != nil && !errors.Is(err, pipeline.ErrUnreadable) {
			t.Errorf("decoded %v, %v", img != nil, err)
		}
	})
}
