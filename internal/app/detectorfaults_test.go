package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bis/internal/app"
	"bis/internal/config"
)

// brightShop returns a folder with pictures so bright that the faulty models fail on them.
func brightShop(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for n := range 2 {
		img := image.NewRGBA(image.Rect(0, 0, 320, 240))
		draw.Draw(img, img.Rect, image.NewUniform(color.Gray{Y: 245}), image.Point{}, draw.Src)
		for x := 20; x < 300; x += 40 { // shelves
			draw.Draw(img, image.Rect(x, 40, x+14, 200), image.NewUniform(color.Gray{Y: uint8(150 + x/8 + n)}), image.Point{}, draw.Src)
		}
		var b bytes.Buffer
		if err := jpeg.Encode(&b, img, nil); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.jpg", n)), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// answer is what the test asks of a server.
type answer struct {
	Data struct {
		About struct {
			Counting struct{ Method, Wanted, Reason, Detail string }
		}
		User struct {
			ActiveRequest struct {
				Ticks     struct{ Done, Skipped, Missed int }
				Briefings struct {
					Edges []struct {
						Node struct {
							Degraded *string
							Facts    struct {
								People *int
								Counts []struct{ Method string }
							}
						}
					}
				}
			}
		}
	}
}

// ask posts a document and decodes the answer.
func ask(t *testing.T, at, document string, into any) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": document})
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Post(at+"/graphql", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}

// A detector that fails costs its counts and nothing else: briefings come, are counted by motion, and
// the settings page says why. Package pipeline tests in fake time that none comes late; here a busy
// machine may cost some ticks.
func TestRun_briefs_in_time_with_every_detector(t *testing.T) {
	shop := brightShop(t)
	graph := func(name string) string { return "../pipeline/counting/testdata/" + name + ".onnx" }
	away := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, strings.Repeat("x", 2<<20))
	}))
	t.Cleanup(away.Close)
	shared := prepared(t)
	if err := os.Chmod(filepath.Join(shared, "detector"), 0o777); err != nil {
		t.Fatal(err)
	}
	huge := filepath.Join(t.TempDir(), "huge.onnx")
	if err := errors.Join(os.WriteFile(huge, nil, 0o600), os.Truncate(huge, 2<<30)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ data, detector, method, reason string }{
		"sound":      {prepared(t), graph("sound"), "MODEL", ""},
		"endless":    {prepared(t), graph("forever"), "MOTION", "SLOW"},
		"greedy":     {prepared(t), graph("allocate"), "MOTION", "NO_MEMORY"},
		"trapping":   {prepared(t), graph("outside"), "MOTION", "NO_MODEL"},
		"no model":   {prepared(t), "detector_test.go", "MOTION", "NO_MODEL"},
		"operator":   {prepared(t), "../pipeline/onnx/testdata/unknown.onnx", "MOTION", "NO_MODEL"},
		"no head":    {prepared(t), "../pipeline/detect/testdata/classifier.onnx", "MOTION", "UNKNOWN"},
		"nonsense":   {prepared(t), "../pipeline/detect/testdata/nan.onnx", "MOTION", "NONSENSE"},
		"of 2 GB":    {prepared(t), huge, "MOTION", "TOO_LARGE"},
		"missing":    {t.TempDir(), "none.onnx", "MOTION", "MISSING"},
		"shared":     {shared, graph("sound"), "MOTION", "NO_CACHE"},
		"talkative":  {t.TempDir(), away.URL, "MOTION", "NONSENSE"},
		"no address": {t.TempDir(), "http://127.0.0.1:1", "MOTION", "UNREACHABLE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			briefsInTime(t, shop, c.data, c.detector, c.method, c.reason)
		})
	}
}

// briefsInTime runs a server until some ticks have passed and the reason is known.
func briefsInTime(t *testing.T, shop, data, detector, method, reason string) {
	cfg, err := config.Load(config.Source{Dir: data, Environ: []string{
		"BIS_ADDR=127.0.0.1:0", "BIS_DATA=" + data, "BIS_CAMERA=file://" + shop,
	}})
	if err != nil {
		t.Fatal(err)
	}
	cfg.Detector.Model, cfg.Detector.URL = detector, ""
	if strings.HasPrefix(detector, "http") {
		cfg.Detector.Model, cfg.Detector.URL = "", config.Address(detector)
	}
	ctx, cancel := context.WithCancel(t.Context())
	out, ended := make(said, 10), make(chan error, 1)
	go func() { ended <- app.Run(ctx, cfg, app.Hooks{}, out, slog.New(slog.DiscardHandler)) }()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run = %v", err)
		}
	}()
	at := strings.Fields(strings.SplitN(<-out, "is at ", 2)[1])[0]
	var ignored any
	end := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	ask(t, at, `mutation { startBriefing(input: {username: "kim", interval: 2, endTime: "`+end+`"}) { id } }`, &ignored)
	const question = `{ about { counting { method wanted reason detail } } user(username: "kim") { activeRequest {
		ticks { done skipped missed } briefings(last: 1) { edges { node { degraded facts { people counts { method } } } } } } } }`
	began := time.Now()
	for {
		var a answer
		ask(t, at, question, &a)
		counting, active := a.Data.About.Counting, a.Data.User.ActiveRequest
		edges := active.Briefings.Edges
		by := len(edges) > 0 && len(edges[0].Node.Facts.Counts) > 0 && edges[0].Node.Facts.Counts[0].Method == method
		if by && active.Ticks.Done >= 3 && counting.Reason == reason {
			node := edges[0].Node
			if active.Ticks.Skipped+active.Ticks.Missed > active.Ticks.Done || node.Degraded != nil || node.Facts.People == nil ||
				(reason == "") != (counting.Detail == "") || (reason == "") != (counting.Wanted == "") {
				t.Errorf("%s: %+v", detector, a.Data)
			}
			return
		}
		if time.Since(began) > 90*time.Second {
			t.Fatalf("%s: %+v", detector, a.Data)
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-t.Context().Done():
			return
		}
	}
}
