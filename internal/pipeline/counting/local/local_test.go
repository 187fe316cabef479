package local_test

import (
	"context"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline/counting"
	"bis/internal/pipeline/counting/local"
	"bis/internal/pipeline/onnx/onnxtest"
)

// cache is the compiled runtime of all tests.
var cache string

func TestMain(m *testing.M) { os.Exit(onnxtest.Main(m, &cache)) }

// graph returns the path of a network.
func graph(name string) string { return filepath.Join("..", "testdata", name+".onnx") }

// picture returns a picture of one grey.
func picture(grey uint8) image.Image {
	img := image.NewGray(image.Rect(0, 0, 100, 100))
	draw.Draw(img, img.Rect, image.NewUniform(color.Gray{Y: grey}), image.Point{}, draw.Src)
	return img
}

// The pictures of the tests: the faulty networks fail at light ones.
var dark, light = picture(60), picture(255)

// open opens one reader.
func open(t *testing.T, cfg local.Config) (counting.Reader, error) {
	t.Helper()
	if cfg.Cache == "" {
		cfg.Cache = cache
	}
	m, err := local.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return m.Open(t.Context())
}

func TestModel_counts(t *testing.T) {
	t.Parallel()
	r, err := open(t, local.Config{File: graph("sound")})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	boxes, err := r.Detect(t.Context(), light)
	if err != nil || len(boxes) != 1 || boxes[0].Name != "person" || boxes[0].X1 > 1 || boxes[0].X0 >= boxes[0].X1 {
		t.Errorf("Detect = %+v, %v", boxes, err)
	}
}

// write writes a file of a size, which takes no space.
func write(t *testing.T, text string, size int64) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "model.onnx")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(name, size); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestModel_Open_says_why_there_is_no_model(t *testing.T) {
	t.Parallel()
	of := func(pkg, name string) string { return filepath.Join("..", "..", pkg, "testdata", name+".onnx") }
	for name, c := range map[string]struct {
		cfg     local.Config
		want    counting.Reason
		mention string
	}{
		"missing":             {local.Config{File: filepath.Join(t.TempDir(), "x.onnx")}, counting.Missing, "x.onnx"},
		"a folder":            {local.Config{File: t.TempDir()}, counting.NoFile, "no regular file"},
		"a device":            {local.Config{File: os.DevNull}, counting.NoFile, "no regular file"},
		"2 GB":                {local.Config{File: write(t, "", 2<<30)}, counting.TooLarge, "2147483648 bytes"},
		"text":                {local.Config{File: write(t, "no model", 8)}, counting.NoModel, ""},
		"an unknown operator": {local.Config{File: of("onnx", "unknown")}, counting.NoModel, "Nonsuch"},
		"another kind":        {local.Config{File: of("detect", "classifier"), Kind: "detr"}, counting.UnknownHead, "not detr; expected are labels, boxes and scores"},
		"no names":            {local.Config{File: graph("sound"), Classes: graph("none")}, counting.BadClasses, "none.onnx"},
		"endless memory":      {local.Config{File: graph("allocate_always")}, counting.NoMemory, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := open(t, c.cfg)
			if f, ok := errors.AsType[*counting.Fault](err); !ok || f.Reason != c.want || !strings.Contains(err.Error(), c.mention) {
				t.Errorf("Open = %v, %v; want %s and %q", r, err, c.want, c.mention)
			}
		})
	}
}

// A file that was refused is not run again and again, but read when it has changed.
func TestModel_Open_reads_a_changed_file_again(t *testing.T) {
	t.Parallel()
	name := write(t, "no model", 8)
	m, err := local.New(local.Config{File: name, Cache: cache})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	_, first := m.Open(t.Context())
	if _, again := m.Open(t.Context()); first == nil || again != first {
		t.Errorf("Open = %v, and then %v", first, again)
	}
	model, err := os.ReadFile(graph("sound"))
	if err == nil {
		err = os.WriteFile(name, model, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err := m.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	further, err := m.Open(t.Context())
	if err != nil {
		t.Fatalf("a further reader of a file that has disappeared: %v", err)
	}
	defer further.Close()
	if _, err := further.Detect(t.Context(), dark); err != nil {
		t.Error(err)
	}
}

// log is a log that a test reads while others write.
type log chan string

func (l log) Write(b []byte) (int, error) {
	l <- string(b)
	return len(b), nil
}

// start runs a counter of a model.
func start(t *testing.T, cfg local.Config) (*counting.Counter, log) {
	t.Helper()
	m, err := local.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	lines := make(log, 100)
	c, err := counting.New(counting.Config{
		Backend: m, Method: briefing.MethodModel, Name: local.Name(cfg.File), Readers: 1,
		Log: slog.New(slog.NewTextHandler(lines, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run = %v", err)
		}
	})
	return c, lines
}

// Faults while pictures are read cost their counts, in time, and the next ones count.
func TestCounter_survives_faulty_models(t *testing.T) {
	t.Parallel()
	for name, reason := range map[string]string{
		"forever": "SLOW", "allocate": "NO_MEMORY", "outside": "NO_MODEL",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, lines := start(t, local.Config{File: graph(name), Cache: cache})
			if line := <-lines; !strings.Contains(line, "the detector counts") {
				t.Fatalf("the log says %s", line)
			}
			count := func(img image.Image) bool {
				wait := 5 * time.Minute
				if img == light && reason == "SLOW" {
					wait = time.Second
				}
				started := time.Now()
				found, ok := c.Count(t.Context(), []image.Image{img}, wait)
				if took := time.Since(started); took > 2*time.Minute {
					t.Errorf("Count took %v", took)
				}
				return ok && len(found.Pictures) == 1 && len(found.Pictures[0]) == 1
			}
			if !count(dark) || count(light) || c.Counting().Method != briefing.MethodModel {
				t.Errorf("after one failure: %+v", c.Counting())
			}
			for range 2 {
				count(light)
			}
			got := c.Counting()
			if got.Reason != reason || got.Method != briefing.MethodMotion || got.Wanted != name+".onnx" || got.Detail == "" {
				t.Errorf("after three failures: %+v, want %s", got, reason)
			}
			if line := <-lines; !strings.Contains(line, reason) || len(lines) != 0 {
				t.Errorf("the log says %s and %d lines more", line, len(lines))
			}
		})
	}
}

// A cache that cannot be used is compiled anew where that is possible. Otherwise motion counts.
func TestModel_Open_prepares_the_cache(t *testing.T) {
	t.Parallel()
	sound := filepath.Join(t.TempDir(), "detector")
	calls := 0
	fill := func(_ context.Context, dir string) error {
		if calls++; dir != sound {
			t.Errorf("Compile is called for %s", dir)
		}
		return errors.Join(os.RemoveAll(dir), os.CopyFS(dir, os.DirFS(cache)), private(dir))
	}
	for i, spoil := range []func() error{
		func() error { return nil }, // there is none
		func() error { return cut(sound) },
		func() error { return os.Chmod(sound, 0o777) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		r, err := open(t, local.Config{File: graph("sound"), Cache: sound, Compile: fill})
		if err != nil {
			t.Fatalf("%d: %v", i, err)
		}
		_ = r.Close()
		if calls != i+1 {
			t.Errorf("Compile was called %d times, want %d", calls, i+1)
		}
	}
	if r, err := open(t, local.Config{File: graph("sound"), Cache: sound, Compile: fill}); err != nil || calls != 3 {
		t.Errorf("a sound cache is prepared again: %v, %v, %d calls", r, err, calls)
	}
	refuse := func(context.Context, string) error { return errors.New("read-only file system") }
	nothing := func(context.Context, string) error { return nil }
	for name, compile := range map[string]func(context.Context, string) error{"read-only": refuse, "not prepared": nothing} {
		_, err := open(t, local.Config{File: graph("sound"), Cache: t.TempDir(), Compile: compile})
		if f, ok := errors.AsType[*counting.Fault](err); !ok || f.Reason != counting.NoCache {
			t.Errorf("%s: %v, want NO_CACHE", name, err)
		}
	}
	killed := func(context.Context, string) error {
		return counting.Faultf(counting.Failed, "signal: killed")
	}
	_, err := open(t, local.Config{File: graph("sound"), Cache: t.TempDir(), Compile: killed})
	if f, ok := errors.AsType[*counting.Fault](err); !ok || f.Reason != counting.Failed {
		t.Errorf("killed: %v, want FAILED", err)
	}
	file := write(t, "", 0)
	c, lines := start(t, local.Config{File: graph("sound"), Cache: filepath.Join(file, "detector")})
	if line := <-lines; !strings.Contains(line, "NO_CACHE") || c.Counting().Reason != "NO_CACHE" {
		t.Errorf("a cache within a file: %s, %+v", line, c.Counting())
	}
	if _, ok := c.Count(t.Context(), []image.Image{dark}, time.Minute); ok {
		t.Error("Count succeeds without a cache")
	}
}

// private gives all files of a folder to the user alone.
func private(dir string) error {
	return filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.Chmod(path, 0o700)
		}
		return os.Chmod(path, 0o600)
	})
}

// cut cuts the largest file of a cache.
func cut(dir string) error {
	return filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if info, err := d.Info(); err != nil || info.Size() < 2<<20 {
			return err
		}
		return os.Truncate(path, 1<<20)
	})
}

func TestModel_Open_ends_with_its_context(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	m, err := local.New(local.Config{File: graph("forever_always"), Cache: cache})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	over := errors.New("the server stops")
	stop := time.AfterFunc(time.Second, func() { cancel(over) })
	defer stop.Stop()
	if _, err := m.Open(ctx); !errors.Is(err, over) {
		t.Errorf("Open = %v", err)
	}
}

func TestName_is_fit_for_people(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"/srv/models/tiny.onnx": "tiny.onnx", "사람.onnx": "사람.onnx", "a\x1b[31m\n.onnx": "a[31m.onnx",
		"\x01": "model", strings.Repeat("가", 100): strings.Repeat("가", 60), "bad\xff.onnx": "bad.onnx",
	} {
		if got := local.Name(file); got != want {
			t.Errorf("Name(%q) = %q, want %q", file, got, want)
		}
	}
}
