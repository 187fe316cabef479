package measure_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"bis/internal/await"
	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/camera"
	"bis/internal/pipeline/wording"
)

// briefs runs the real pipeline several times, from the camera's address to the caption. It
// returns the last report.
func briefs(t *testing.T, address string, custom []string, runs int) (last briefing.Report) {
	t.Helper()
	run := runner(t, address, custom)
	for range runs {
		last = run()
	}
	return last
}

// runner returns a function that runs the real pipeline for the next tick.
func runner(t *testing.T, address string, custom []string) func() briefing.Report {
	t.Helper()
	src, err := camera.Open(address, camera.Config{})
	if err != nil {
		t.Fatal(err)
	}
	words, err := wording.New(wording.Config{Zone: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	p, err := pipeline.New(pipeline.Config{
		Cameras:   map[briefing.CameraID]pipeline.Setup{briefing.DefaultCamera: {Source: src, Measurer: newMeasurer(t)}},
		Captioner: words, Reuse: time.Nanosecond, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	req := briefing.Request{ID: "a", Interval: 10, StartedAt: noon}
	tick := int64(0)
	return func() briefing.Report {
		tick++
		report, err := p.Run(t.Context(), briefing.Run{Request: req, Tick: tick, At: req.TickAt(tick), Custom: custom})
		if err != nil {
			t.Fatal(err)
		}
		return report
	}
}

// folder writes pictures into a folder. A file: camera shows them in order.
func folder(t *testing.T, pictures ...image.Image) string {
	t.Helper()
	dir := t.TempDir()
	for i, img := range pictures {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%02d.jpg", i)), encode(t, img), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func encode(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCaptions_count_what_was_pasted_into_a_photograph(t *testing.T) {
	t.Parallel()
	photo := photos(t)["coffee.jpg"]
	for k := range 6 {
		people := paste(photo, k, rand.New(rand.NewPCG(uint64(k), 7)))
		dir := folder(t, photo, photo, people)
		for language, c := range map[string]struct {
			custom []string
			want   string
		}{
			"Korean":  {nil, fmt.Sprintf("%d명", k)},
			"English": {[]string{"in English"}, fmt.Sprint(k)},
		} {
			r := briefs(t, "file:"+dir, c.custom, 3)
			n, ok := r.Facts.People()
			if !ok || n != k || r.Degraded != "" {
				t.Errorf("%s, %d people: %+v", language, k, r)
			}
			if k > 0 && !strings.Contains(r.Caption, c.want) || k == 0 && digits.MatchString(r.Caption) {
				t.Errorf("%s, %d people: the caption says %q", language, k, r.Caption)
			}
		}
	}
}

var digits = regexp.MustCompile(`[0-9]`)

func TestCaptions_of_unrelated_photographs_say_no_number(t *testing.T) {
	t.Parallel()
	var list []image.Image
	for _, photo := range photos(t) {
		list = append(list, photo)
	}
	for i := range list {
		first, second := list[i], list[(i+1)%len(list)]
		for _, custom := range [][]string{nil, {"in English"}} {
			r := briefs(t, "file:"+folder(t, first, first, second), custom, 3)
			if r.Facts.Scene != briefing.SceneChanged || r.Facts.Counted || digits.MatchString(r.Caption) {
				t.Errorf("%+v; want the scene changed and no number", r)
			}
		}
	}
}

func TestCaptions_count_in_an_MJPEG_stream(t *testing.T) {
	t.Parallel()
	photo := photos(t)["coffee.jpg"]
	pictures := [][]byte{encode(t, photo), encode(t, photo), encode(t, paste(photo, 3, rand.New(rand.NewPCG(3, 7))))}
	next, shown := make(chan []byte), make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=x")
		fmt.Fprint(w, "--x\r\n")
		var last []byte // is sent again and again, as a camera does while nothing changes
		send := func() {
			fmt.Fprintf(w, "Content-Type: image/jpeg\r\n\r\n%s\r\n--x\r\n", last)
			w.(http.Flusher).Flush()
		}
		again := time.NewTicker(100 * time.Millisecond)
		defer again.Stop()
		for {
			select {
			case last = <-next:
				send()
				shown <- struct{}{}
			case <-again.C:
				if last != nil {
					send()
				}
			case <-r.Context().Done():
				return
			}
		}
	}))
	t.Cleanup(srv.Close)
	run := runner(t, "mjpeg+"+srv.URL, nil)
	var feeding sync.WaitGroup
	defer feeding.Wait()
	feeding.Go(func() { next <- pictures[0]; <-shown })
	run() // opens the stream
	for _, picture := range pictures[1:] {
		next <- picture
		<-shown
		run()
	}
	three := func(r briefing.Report) bool {
		n, ok := r.Facts.People()
		return ok && n == 3 && strings.Contains(r.Caption, "3명")
	}
	// Another goroutine reads the stream.
	await.True(t, "three people are counted", func() bool { return three(run()) })
	for range 10 {
		if r := run(); !three(r) {
			t.Errorf("%+v; want three people", r)
		}
	}
}
