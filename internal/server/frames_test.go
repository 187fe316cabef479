package server_test

import (
	"encoding/json"
	"fmt"
	"image/jpeg"
	"net/http"
	"strings"
	"testing"
	"time"

	"bis/internal/await"
)

const cameraQuery = `{ camera(id: "default") { id name health { state since detail } lastFrame { id width height at url } } }`

// seen is the answer of cameraQuery.
type seen struct {
	Data struct {
		Camera *struct {
			ID, Name string
			Health   struct {
				State, Since string
				Detail       *string
			}
			LastFrame *struct {
				ID, URL, At   string
				Width, Height int
			}
		}
	}
}

// camera returns the default camera.
func (s *site) camera(t *testing.T) seen {
	t.Helper()
	_, body := s.calls(t, http.MethodPost, "/graphql", fmt.Sprintf(`{"query":%q}`, cameraQuery), jsonBody()...)
	var a seen
	if err := json.Unmarshal([]byte(body), &a); err != nil || a.Data.Camera == nil {
		t.Fatalf("%v: %s", err, body)
	}
	return a
}

// run starts a request and waits for its first run.
func (s *site) run(t *testing.T) {
	t.Helper()
	end := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	query := fmt.Sprintf(`mutation { startBriefing(input: {username: "kim", interval: 1, endTime: %q}) { id } }`, end)
	s.calls(t, http.MethodPost, "/graphql", fmt.Sprintf(`{"query":%q}`, query), jsonBody()...)
	await.True(t, "a picture has come", func() bool { return s.camera(t).Data.Camera.Health.State == "OK" })
}

func TestFrames(t *testing.T) {
	t.Parallel()
	s := start(t)
	if c := s.camera(t).Data.Camera; c.Health.State != "UNKNOWN" || c.Health.Detail == nil || c.LastFrame != nil || c.ID != "default" || c.Name == "" {
		t.Errorf("before the first run: %+v", c)
	}
	s.run(t)
	// The next run replaces the frame, so the calls end the request first.
	s.calls(t, http.MethodPost, "/graphql", `{"query":"mutation { endBriefing(username: \"kim\") { id } }"}`, jsonBody()...)
	c := s.camera(t).Data.Camera
	if c.LastFrame == nil || c.Health.Detail != nil || c.LastFrame.URL != "/frames/"+c.LastFrame.ID+".jpg" {
		t.Fatalf("after a run: %+v", c)
	}
	res, body := s.calls(t, http.MethodGet, c.LastFrame.URL, "")
	img, err := jpeg.Decode(strings.NewReader(body))
	if res.StatusCode != 200 || err != nil || img.Bounds().Dx() != c.LastFrame.Width || img.Bounds().Dy() != c.LastFrame.Height {
		t.Fatalf("GET %s: %d, %v", c.LastFrame.URL, res.StatusCode, err)
	}
	for name, want := range map[string]string{
		"Content-Type": "image/jpeg", "Content-Length": fmt.Sprint(len(body)), "Cache-Control": "no-store",
		"Cross-Origin-Resource-Policy": "same-origin", "X-Content-Type-Options": "nosniff",
	} {
		if got := res.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	head, none := s.calls(t, http.MethodHead, c.LastFrame.URL, "")
	if head.StatusCode != 200 || none != "" || head.ContentLength != int64(len(body)) {
		t.Errorf("HEAD: %d, %d bytes, length %d", head.StatusCode, len(none), head.ContentLength)
	}
	for _, call := range []struct {
		path, site, origin string
		want               int
	}{
		{c.LastFrame.URL, "same-origin", "", 200},
		{c.LastFrame.URL, "none", "", 200},
		{c.LastFrame.URL, "same-site", "", 403},
		{c.LastFrame.URL, "cross-site", "", 403},
		{c.LastFrame.URL, "", "http://evil.example", 403},
		{strings.TrimSuffix(c.LastFrame.URL, ".jpg"), "", "", 404},
		{strings.TrimSuffix(c.LastFrame.URL, ".jpg") + ".png", "", "", 404},
		{"/frames/" + strings.Repeat("0", 32) + ".jpg", "", "", 404},
		{"/frames/.jpg", "", "", 404},
		{"/frames/", "", "", 404},
	} {
		res, _ := s.calls(t, http.MethodGet, call.path, "", "Sec-Fetch-Site", call.site, "Origin", call.origin)
		if res.StatusCode != call.want {
			t.Errorf("GET %s from site %q, origin %q: %d, want %d", call.path, call.site, call.origin, res.StatusCode, call.want)
		}
	}
	if res, _ := s.calls(t, http.MethodPost, c.LastFrame.URL, ""); res.StatusCode != http.StatusMethodNotAllowed && res.StatusCode != 404 {
		t.Errorf("POST: %d", res.StatusCode)
	}
}

func TestFrames_none(t *testing.T) {
	t.Parallel()
	s := start(t, "--frames", "none")
	s.run(t)
	if c := s.camera(t).Data.Camera; c.LastFrame != nil {
		t.Errorf("with --frames none there is a frame: %+v", c)
	}
}
