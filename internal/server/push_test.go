package server_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"net/http"
	"strings"
	"testing"
	"time"

	"bis/internal/await"
)

// answers calls /graphql and decodes the data. An answer with errors fails the test.
func (s *site) answers(t *testing.T, v any, query string, args ...any) {
	t.Helper()
	_, body := s.calls(t, http.MethodPost, "/graphql", fmt.Sprintf(`{"query":%q}`, fmt.Sprintf(query, args...)), jsonBody()...)
	if strings.Contains(body, `"errors"`) {
		t.Fatalf("%s: %s", query, body)
	}
	if v == nil {
		return
	}
	if err := json.Unmarshal([]byte(body), &struct{ Data any }{v}); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
}

// phone is a camera whose device pushes pictures.
type phone struct{ id, url, token string }

// phone stores a camera of a user and makes its token. more are fields of the input.
func (s *site) phone(t *testing.T, user, more string) phone {
	t.Helper()
	s.answers(t, nil, `mutation { login(username: %q) { outcome } }`, user)
	var saved struct {
		SaveCamera struct{ Camera struct{ ID string } }
	}
	s.answers(t, &saved, `mutation { saveCamera(input: {username: %q, name: "폰", source: "push:"%s}) { camera { id } } }`, user, more)
	p := phone{id: saved.SaveCamera.Camera.ID}
	s.newToken(t, &p)
	return p
}

func (s *site) newToken(t *testing.T, p *phone) {
	t.Helper()
	var made struct {
		CreateFrameToken struct{ Token, URL string }
	}
	s.answers(t, &made, `mutation { createFrameToken(cameraId: %q) { token url } }`, p.id)
	p.url, p.token = made.CreateFrameToken.URL, made.CreateFrameToken.Token
}

// push sends a picture.
func (s *site) push(t *testing.T, p phone, body string, headers ...string) (*http.Response, string) {
	t.Helper()
	return s.calls(t, http.MethodPost, p.url, body, append([]string{"Authorization", "Bearer " + p.token, "Content-Type", "image/jpeg"}, headers...)...)
}

// shot returns a JPEG of a bright shop; n differs in its pixels.
func shot(t *testing.T, n int) string {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 640, 360))
	for y := range 360 {
		for x := range 640 {
			shelf := uint8((x/40+y/30)%2) * 60 // without structure it were a covered lens
			img.Set(x, y, color.RGBA{uint8(100+x/8) - shelf/4, uint8(120+y/6) - shelf, uint8(90 + (x*y+n)%40), 255})
		}
	}
	draw.Draw(img, image.Rect(10+n, 10, 30+n, 30), image.White, image.Point{}, draw.Src)
	var w bytes.Buffer
	if err := jpeg.Encode(&w, img, nil); err != nil {
		t.Fatal(err)
	}
	return w.String()
}

// hugePNG returns the head of a PNG of 65,535 pixels a side.
func hugePNG() string {
	header := "IHDR\x00\x00\xff\xff\x00\x00\xff\xff\x08\x02\x00\x00\x00"
	sum := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(header)))
	return "\x89PNG\r\n\x1a\n\x00\x00\x00\x0d" + header + string(sum) + strings.Repeat("\x00", 40)
}

func TestPushes_refused(t *testing.T) {
	t.Parallel()
	s := start(t)
	mine, other := s.phone(t, "kim", ""), s.phone(t, "lee", "")
	good := shot(t, 0)
	stranger := phone{id: mine.id, url: mine.url, token: other.token}
	unknown := phone{url: "/cameras/0123456789abcdef01234567/frames", token: mine.token}
	for name, c := range map[string]struct {
		p      phone
		body   string
		status int
		says   string
	}{
		"a token of another camera": {stranger, good, 401, "token"},
		"an unknown camera":         {unknown, good, 401, "token"},
		"no token":                  {phone{url: mine.url}, good, 401, "token"},
		"a malformed id":            {phone{url: "/cameras/default/frames", token: mine.token}, good, 401, "token"},
		"a token in parts":          {phone{url: mine.url, token: mine.token[:20]}, good, 401, "token"},
		"WebP":                      {mine, "RIFF\x24\x00\x00\x00WEBPVP8 \x18\x00\x00\x00" + strings.Repeat("\x00", 24), 415, "WebP"},
		"AVIF":                      {mine, "\x00\x00\x00\x20ftypavif\x00\x00\x00\x00" + strings.Repeat("\x00", 24), 415, "AVIF"},
		"HEIC":                      {mine, "\x00\x00\x00\x20ftypheic\x00\x00\x00\x00" + strings.Repeat("\x00", 24), 415, "HEIC"},
		"a text":                    {mine, "hello, this is no picture at all", 422, "JPEG or PNG"},
		"no body":                   {mine, "", 422, "JPEG or PNG"},
		"half a picture":            {mine, good[:len(good)/2], 422, "damaged"},
		"too many bytes":            {mine, good + strings.Repeat("\x00", 10<<20), 413, "too large"},
		"too many pixels":           {mine, hugePNG(), 413, "too large"},
	} {
		res, body := s.push(t, c.p, c.body)
		var said struct{ Error string }
		if err := json.Unmarshal([]byte(body), &said); err != nil || res.StatusCode != c.status || !strings.Contains(said.Error, c.says) {
			t.Errorf("%s: %d %s, want %d with %q", name, res.StatusCode, body, c.status, c.says)
		}
		if c.status == 401 && res.Header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s: no challenge", name)
		}
		if res.Header.Get("Access-Control-Allow-Origin") != "" || res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: headers %v", name, res.Header)
		}
	}
	preflight, _ := s.calls(t, http.MethodOptions, mine.url, "", "Origin", "https://elsewhere.example", "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization")
	if preflight.StatusCode < 400 && preflight.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("another origin may push: %v", preflight.Header)
	}
	if res, _ := s.push(t, mine, good); res.StatusCode != 201 {
		t.Errorf("a good picture: %d", res.StatusCode)
	}
	if strings.Contains(s.log.String(), mine.token) {
		t.Error("the log has a token")
	}
	s.answers(t, nil, `mutation { revokeFrameToken(cameraId: %q) { camera { hasFrameToken } } }`, mine.id)
	if res, _ := s.push(t, mine, good); res.StatusCode != 401 {
		t.Errorf("with a revoked token: %d", res.StatusCode)
	}
}

func TestPushes_have_a_rate(t *testing.T) {
	t.Parallel()
	s := start(t)
	p, other := s.phone(t, "kim", ""), s.phone(t, "kim", "")
	limited := 0
	for range 40 {
		res, body := s.push(t, p, "no picture")
		if res.StatusCode == http.StatusTooManyRequests {
			limited++
			if res.Header.Get("Retry-After") == "" || !strings.Contains(body, "too many") {
				t.Errorf("%v %s", res.Header, body)
			}
		}
	}
	if limited == 0 {
		t.Error("40 pictures at once are allowed")
	}
	if res, _ := s.push(t, other, shot(t, 1)); res.StatusCode != 201 {
		t.Errorf("another camera: %d", res.StatusCode)
	}
}

// watched is what a test reads of a pushed camera.
type watched struct {
	Camera *struct {
		Health    struct{ State, Reason, Detail string }
		LastFrame *struct {
			ID, URL       string
			Width, Height int
		}
	}
	Requests struct {
		Edges []struct {
			Node struct {
				Briefings struct {
					Edges []struct {
						Node struct {
							Degraded *string
							Frame    *struct{ ID, URL string }
						}
					}
				}
			}
		}
	}
}

const watch = `{ camera(id: %q) { health { state reason } lastFrame { id url width height } }
	requests(username: "kim", first: 1) { edges { node { briefings(last: 5) { edges { node { degraded frame { id url } } } } } } } }`

// TestPushes_become_briefings follows a camera of a phone: before its first picture, while it
// sends, and after it was told to store nothing, and after the user was deleted.
func TestPushes_become_briefings(t *testing.T) {
	t.Parallel()
	s := start(t, "--frames", "none")
	p := s.phone(t, "kim", `, keepFrames: LAST, masks: [{points: [{x: 0, y: 0}, {x: 0.5, y: 0}, {x: 0.5, y: 1}, {x: 0, y: 1}]}]`)
	see := func() (w watched) { s.answers(t, &w, watch, p.id); return w }
	end := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	s.answers(t, nil, `mutation { startBriefing(input: {username: "kim", interval: 1, endTime: %q, cameraId: %q}) { id } }`, end, p.id)
	await.True(t, "the owner reads that no picture has come", func() bool {
		h := see().Camera.Health
		return h.State == "OFFLINE" && h.Reason == "PUSH_WAITING"
	})
	n := 0
	await.True(t, "a stored picture is shown", func() bool {
		if res, body := s.push(t, p, shot(t, n)); res.StatusCode != 201 && res.StatusCode != 429 {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		n++
		w := see()
		return w.Camera.Health.State == "OK" && w.Camera.LastFrame != nil
	})
	var url string
	await.True(t, "its briefing has a picture", func() bool {
		for _, e := range see().Requests.Edges[0].Node.Briefings.Edges {
			if e.Node.Frame != nil {
				url = e.Node.Frame.URL
				res, body := s.calls(t, http.MethodGet, url, "")
				if res.StatusCode != 200 {
					continue // replaced since
				}
				img, err := jpeg.Decode(strings.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				if r, g, b, _ := img.At(100, 100).RGBA(); r>>8 > 8 || g>>8 > 8 || b>>8 > 8 {
					t.Errorf("a mask is %v", img.At(100, 100))
				}
				if r, _, _, _ := img.At(600, 100).RGBA(); r>>8 < 60 {
					t.Errorf("beside the mask: %v", img.At(600, 100))
				}
				return true
			}
		}
		return false
	})
	s.answers(t, nil, `mutation { saveCamera(input: {id: %q, keepFrames: NONE}) { camera { id } } }`, p.id)
	await.True(t, "no picture is left", func() bool {
		res, _ := s.calls(t, http.MethodGet, url, "")
		return res.StatusCode == 404 && see().Camera.LastFrame == nil
	})
	s.answers(t, nil, `mutation { deleteUserData(username: "kim") { requests } }`)
	if res, _ := s.push(t, p, shot(t, 1)); res.StatusCode != 401 {
		t.Errorf("a device of a deleted user: %d", res.StatusCode)
	}
}
