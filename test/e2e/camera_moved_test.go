package e2e

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// turnedCamera is a camera that can be turned: a window on a wide drawing.
func turnedCamera(t *testing.T) (url string, turn func()) {
	t.Helper()
	random := rand.New(rand.NewPCG(3, 9))
	wide := image.NewRGBA(image.Rect(0, 0, 480, 180))
	for range 300 {
		at := image.Pt(random.IntN(480), random.IntN(180))
		size := image.Pt(8+random.IntN(60), 8+random.IntN(40))
		fill := color.RGBA{uint8(random.IntN(256)), uint8(random.IntN(256)), uint8(random.IntN(256)), 255}
		draw.Draw(wide, image.Rectangle{at, at.Add(size)}, image.NewUniform(fill), image.Point{}, draw.Src)
	}
	var from, n atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		out := image.NewRGBA(image.Rect(0, 0, 320, 180))
		draw.Draw(out, out.Rect, wide, image.Pt(int(from.Load()), 0), draw.Src)
		for i := n.Add(1) % 7; i < int64(len(out.Pix)); i += 7 { // no two pictures of a camera are equal
			out.Pix[i] ^= 2
		}
		w.Header().Set("Content-Type", "image/jpeg")
		_ = jpeg.Encode(w, out, nil)
	}))
	t.Cleanup(srv.Close)
	return srv.URL, func() { from.Store(90) }
}

// An owner who saves a camera that has moved accepts its view. The next run counts in it.
func TestCamera_that_has_moved_is_saved_as_it_is(t *testing.T) {
	t.Parallel()
	url, turn := turnedCamera(t)
	c := startChild(t, options{})
	do(t, c, `mutation { login(username: "kim") { token } }`)
	door := saveCamera(t, c, fmt.Sprintf(`username: "kim", name: "문", source: %q`, url))
	do(t, c, fmt.Sprintf(`mutation { startBriefing(input: {username: "kim", interval: 1, endTime: %q, cameraId: %q}) { id } }`, later(), door))
	until := answers(t, c, `subscription { reloadBriefing(username: "kim") { degraded facts { scene health { detail(language: EN) } } } }`)
	until("STEADY")
	turn()
	if b := until("CAMERA_MOVED"); !strings.Contains(b, "save it here again") {
		t.Errorf("the owner reads %s", b)
	}
	next := states(t, c, "kim")
	next(`"state":"MOVED"`)
	do(t, c, fmt.Sprintf(`mutation { saveCamera(input: {id: %q}) { camera { id } } }`, door))
	next(`"state":"UNKNOWN"`)
	next(`"state":"OK"`)
	until("STEADY")
}
