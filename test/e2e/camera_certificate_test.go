package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/jpeg"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// shown is what a query says of a camera.
type shown struct {
	Camera struct {
		Certificate string
		LastFrame   *struct{ URL string }
	}
}

func showCamera(t *testing.T, c *child, id string) (s shown) {
	t.Helper()
	if err := c.graphql(t.Context(), fmt.Sprintf(`{ camera(id: %q) { certificate lastFrame { url } } }`, id), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// The certificate of a camera that no authority has signed is accepted at first use and stored.
// Another one is refused until the owner accepts it. The camera's last picture can be read.
func TestCamera_certificate_is_pinned(t *testing.T) {
	t.Parallel()
	camera := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/jpeg")
		_ = jpeg.Encode(w, image.NewGray(image.Rect(0, 0, 64, 36)), nil)
	}))
	t.Cleanup(camera.Close)
	sum := sha256.Sum256(camera.Certificate().Raw)
	fingerprint := hex.EncodeToString(sum[:])

	c := startChild(t, options{})
	do(t, c, `mutation { login(username: "kim") { token } }`)
	if test := c.raw(t, fmt.Sprintf(`mutation { testCamera(input: {source: %q}) { health { state } certificate } }`, camera.URL)); !strings.Contains(test, fingerprint) {
		t.Errorf("the test: %s", test)
	}
	door := saveCamera(t, c, fmt.Sprintf(`username: "kim", name: "문", source: %q`, camera.URL))
	if got := showCamera(t, c, door); got.Camera.Certificate != "" || got.Camera.LastFrame != nil {
		t.Errorf("before the first run: %+v", got)
	}
	next := states(t, c, "kim")
	do(t, c, fmt.Sprintf(`mutation { startBriefing(input: {username: "kim", interval: 1, endTime: %q, cameraId: %q}) { id } }`, later(), door))
	next(`"state":"DARK"`) // the picture is black
	got := showCamera(t, c, door)
	if got.Camera.Certificate != fingerprint || got.Camera.LastFrame == nil {
		t.Fatalf("after the first run: %+v", got)
	}
	res, err := http.Get(c.url + got.Camera.LastFrame.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if img, err := jpeg.Decode(res.Body); err != nil || img.Bounds().Dx() != 64 {
		t.Errorf("the last picture: %d, %v", res.StatusCode, err)
	}
	do(t, c, fmt.Sprintf(`mutation { saveCamera(input: {id: %q, certificate: "%s"}) { camera { id } } }`, door, strings.Repeat("0a", 32)))
	if state := next(`"state":"REFUSED"`); !strings.Contains(state, "CERTIFICATE_CHANGED") {
		t.Errorf("with another certificate: %s", state)
	}
	do(t, c, fmt.Sprintf(`mutation { saveCamera(input: {id: %q, certificate: null}) { camera { id } } }`, door))
	next(`"state":"DARK"`)
	if got := showCamera(t, c, door); got.Camera.Certificate != fingerprint {
		t.Errorf("accepted again: %+v", got)
	}
	do(t, c, fmt.Sprintf(`mutation { saveCamera(input: {id: %q, certificate: "%s"}) { camera { id } } }`, door, strings.Repeat("0a", 32)))
	// The owner reads both fingerprints, and accepts the new one by saving it.
	accepted := strings.Repeat("0a", 32)
	if state := next(`"state":"REFUSED"`); !strings.Contains(state, "CERTIFICATE_CHANGED") || strings.Count(state, accepted) != 2 || strings.Count(state, fingerprint) != 2 {
		t.Errorf("with another certificate: %s", state)
	}
	var tested struct{ TestCamera struct{ Certificate string } }
	if err := c.graphql(t.Context(), fmt.Sprintf(`mutation { testCamera(input: {id: %q}) { certificate } }`, door), &tested); err != nil || tested.TestCamera.Certificate != fingerprint {
		t.Errorf("the test returns %+v, %v", tested, err)
	}
	do(t, c, fmt.Sprintf(`mutation { saveCamera(input: {id: %q, certificate: %q}) { camera { id } } }`, door, tested.TestCamera.Certificate))
	next(`"state":"DARK"`)
}
