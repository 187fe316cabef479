package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bis/internal/app"
	"bis/internal/config"
	"bis/internal/pipeline/detect"
	"bis/internal/pipeline/onnx"
	"bis/internal/pipeline/onnx/onnxtest"
)

// sound is a model that finds a person in the middle of every view: three in a wide picture.
const sound = "../pipeline/counting/testdata/sound.onnx"

// run runs a command and returns its exit code and its output.
func run(t *testing.T, environ []string, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = app.Main(args, environ, &o, &e, app.Hooks{})
	return code, o.String(), e.String()
}

// prepared returns a data folder with the compiled runtime.
func prepared(t *testing.T) string {
	t.Helper()
	if !onnx.Supported() {
		t.Fatal("neural networks do not run on this processor")
	}
	data := t.TempDir()
	if err := onnxtest.Copy(filepath.Join(data, "detector")); err != nil {
		t.Fatal(err)
	}
	return data
}

// result is what bis detect --json prints.
type result struct {
	Detector, Kind string
	LoadMs         float64
	Pictures       []struct {
		Picture, Error string
		Width, Height  int
		Ms             float64
		Counts         []struct {
			Name  string
			Count int
		}
		Boxes []map[string]any
	}
	Totals struct {
		Pictures int
		Counts   []struct {
			Name  string
			Count int
		}
	}
}

func TestMain_detect_counts_in_pictures(t *testing.T) {
	data := prepared(t)
	picture := "../pipeline/detect/testdata/picture0.png"
	environ := []string{"BIS_DETECTOR=" + sound, "BIS_DATA=" + data}
	code, out, errOut := run(t, environ, "detect", "--json", picture, picture)
	var r result
	if err := json.Unmarshal([]byte(out), &r); code != 0 || err != nil || errOut != "" {
		t.Fatalf("exit code %d, %v, %s, %s", code, err, out, errOut)
	}
	if r.Detector != "sound.onnx" || r.Kind != "yolox" || r.LoadMs <= 0 || len(r.Pictures) != 2 ||
		r.Totals.Pictures != 2 || fmt.Sprint(r.Totals.Counts) != "[{person 6}]" {
		t.Errorf("the result is %+v", r)
	}
	for _, p := range r.Pictures {
		if p.Picture != picture || p.Width == 0 || p.Height == 0 || p.Ms <= 0 || fmt.Sprint(p.Counts) != "[{person 3}]" ||
			len(p.Boxes) != 3 || p.Boxes[0]["name"] != "person" || p.Boxes[0]["x0"] == nil {
			t.Errorf("a picture is %+v", p)
		}
	}
	code, out, _ = run(t, environ, "detect", picture)
	if code != 0 || !strings.Contains(out, "sound.onnx (yolox), loaded in ") || !strings.Contains(out, ": person 3\n") ||
		!strings.Contains(out, "  class   score  left") || !strings.Contains(out, "1 pictures, ") {
		t.Errorf("exit code %d, %s", code, out)
	}
	code, out, _ = run(t, environ, "detect", "--threshold", "0.95", picture)
	if code != 0 || !strings.Contains(out, ": nothing\n") {
		t.Errorf("with a high threshold: exit code %d, %s", code, out)
	}
	// A picture that cannot be read costs itself and the exit code.
	code, out, errOut = run(t, environ, "detect", "--json", sound, picture, t.TempDir())
	r = result{}
	if err := json.Unmarshal([]byte(out), &r); code != 1 || err != nil || len(r.Pictures) != 3 || r.Totals.Pictures != 1 ||
		r.Pictures[0].Error == "" || r.Pictures[1].Error != "" || r.Pictures[2].Error == "" || !strings.Contains(errOut, "a picture cannot be read") {
		t.Errorf("exit code %d, %v, %s, %s", code, err, out, errOut)
	}
}

func TestMain_detect_says_what_is_wrong(t *testing.T) {
	data := prepared(t)
	picture := "../pipeline/detect/testdata/picture0.png"
	for _, c := range []struct {
		detector string
		code     int
		want     string
	}{
		{"", 2, "needs --detector"},
		{filepath.Join(data, "none.onnx"), 1, "there is no file"},
		{"../pipeline/detect/testdata/classifier.onnx", 1, "expected are labels, boxes and scores"},
		{"http://127.0.0.1:1", 1, "cannot be reached"},
	} {
		code, _, errOut := run(t, []string{"BIS_DETECTOR=" + c.detector, "BIS_DATA=" + data}, "detect", picture)
		if code != c.code || !strings.Contains(errOut, c.want) {
			t.Errorf("%s: exit code %d, %s; want %d, %q", c.detector, code, errOut, c.code, c.want)
		}
	}
}

func TestMain_detect_calls_a_detector(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("min_confidence") != "0.7" {
			t.Errorf("the least score is %s", r.FormValue("min_confidence"))
		}
		fmt.Fprint(w, `{"success":true,"predictions":[{"label":"cat","confidence":0.8,"x_min":1,"y_min":1,"x_max":9,"y_max":9}]}`)
	}))
	defer server.Close()
	code, out, errOut := run(t, nil, "detect", "--detector", server.URL, "--data", t.TempDir(), "--threshold", "0.7", "../pipeline/detect/testdata/picture0.png")
	if code != 0 || !strings.Contains(out, ": cat 1\n") || !strings.HasPrefix(out, strings.TrimPrefix(server.URL, "http://")+", ") {
		t.Errorf("exit code %d, %s, %s", code, out, errOut)
	}
}

// Without a threshold the counts are those of the server, and all boxes are printed.
func TestMain_detect_counts_as_the_server_does(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		box := func(label string, score float64) string {
			return fmt.Sprintf(`{"label":%q,"confidence":%g,"x_min":1,"y_min":1,"x_max":9,"y_max":9}`, label, score)
		}
		fmt.Fprintf(w, `{"success":true,"predictions":[%s,%s,%s]}`, box("cat", .5), box("dog", .49), box("person", .42))
	}))
	defer server.Close()
	for args, want := range map[string]string{
		"": "cat 1, person 1\n", "--threshold=0.41": "cat 1, dog 1, person 1\n", "--threshold=0.45": "cat 1, dog 1\n",
	} {
		list := []string{"detect", "--detector", server.URL, "--data", t.TempDir(), "../pipeline/detect/testdata/picture0.png"}
		if args != "" {
			list = append(list, args)
		}
		code, out, errOut := run(t, nil, list...)
		if code != 0 || !strings.Contains(out, ": "+want) || !strings.Contains(out, "  dog ") {
			t.Errorf("%s: exit code %d, %s, %s; want %q", args, code, out, errOut, want)
		}
	}
}

// said is an output that a test waits for.
type said chan string

func (s said) Write(b []byte) (int, error) {
	s <- string(b)
	return len(b), nil
}

// The server starts with any detector, and says who counts.
func TestRun_starts_with_every_detector(t *testing.T) {
	blocked := t.TempDir() // the child cannot make the folder for the compiled runtime
	if err := os.WriteFile(filepath.Join(blocked, "detector"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(t.TempDir(), "none.onnx")
	for _, c := range []struct{ data, detector, greeting, log string }{
		{t.TempDir(), "", "motion (set --detector for a model)", ""},
		{prepared(t), sound, "model sound.onnx", "the detector counts"},
		{blocked, sound, "motion until model sound.onnx is prepared", "reason=NO_CACHE err=\"mkdir "},
		{t.TempDir(), missing, "motion, because there is no file " + missing, "MISSING"},
		{prepared(t), "../pipeline/detect/testdata/classifier.onnx", "model classifier.onnx", "expected are labels, boxes and scores"},
		{t.TempDir(), "http://me:hidden@127.0.0.1:1", "detector at 127.0.0.1:1", "the detector counts"},
	} {
		cfg, err := config.Load(config.Source{Dir: c.data, Environ: []string{
			"BIS_ADDR=127.0.0.1:0", "BIS_DATA=" + c.data, "BIS_DETECTOR=" + c.detector,
		}})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		out, log, ended := make(said, 10), make(said, 100), make(chan error, 1)
		go func() { ended <- app.Run(ctx, cfg, app.Hooks{}, out, slog.New(slog.NewTextHandler(log, nil))) }()
		if text := <-out; !strings.Contains(text, "  counting  "+c.greeting+"\n") || strings.Contains(text, "hidden") {
			t.Errorf("%s: the greeting is %s, want %q", c.detector, text, c.greeting)
		}
		for c.log != "" {
			line := <-log
			if strings.Contains(line, "hidden") {
				t.Errorf("%s: the log says %s", c.detector, line)
			}
			if strings.Contains(line, c.log) {
				break
			}
		}
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("%s: Run = %v", c.detector, err)
		}
	}
}

func TestMain_compiles_into_a_folder_that_it_can_use(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errOut := run(t, nil, "compile-detector", filepath.Join(file, "detector"))
	if code != 1 || out != "" || errOut == "" {
		t.Errorf("exit code %d, %s, %s", code, out, errOut)
	}
	data := prepared(t)
	if code, _, errOut := run(t, nil, "compile-detector", filepath.Join(data, "detector")); code != 0 || errOut != "" {
		t.Errorf("a complete folder: exit code %d, %s", code, errOut)
	}
	var help bytes.Buffer
	if _, err := config.Load(config.Source{Args: []string{"--help"}, Dir: data, Out: &help}); strings.Contains(help.String(), "compile-detector") {
		t.Errorf("--help names the hidden command: %v", err)
	}
}

func TestDetectorKinds_are_those_of_package_detect(t *testing.T) {
	for i, kind := range detect.Kinds {
		if len(config.DetectorKinds) != len(detect.Kinds) || config.DetectorKinds[i] != string(kind) {
			t.Errorf("config knows %q, detect %q", config.DetectorKinds, detect.Kinds)
		}
	}
}
