package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bis/internal/seal"
)

// The credentials of the test's camera.
const (
	cameraUser   = "s3cretUser"
	cameraSecret = `s3cret/P@ss#w:rd%비번`
)

// lockedCamera is a camera that gives pictures to those who know its credentials.
type lockedCamera struct {
	*httptest.Server
	dark    atomic.Bool  // it refuses everybody
	refused atomic.Int64 // calls with other credentials, or with none
}

func newLockedCamera(t *testing.T) *lockedCamera {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 320, 180))
	for i := range img.Pix {
		img.Pix[i] = color.Gray{Y: uint8(60 + i*7%120)}.Y
	}
	var picture bytes.Buffer
	if err := jpeg.Encode(&picture, img, nil); err != nil {
		t.Fatal(err)
	}
	c := &lockedCamera{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, ok := r.BasicAuth()
		if c.dark.Load() || user != cameraUser || password != cameraSecret || r.FormValue("token") != "s3cretToken" {
			if ok {
				c.refused.Add(1)
			}
			w.Header().Set("WWW-Authenticate", `Basic realm="shop"`)
			http.Error(w, "no", http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "image/jpeg")
		_, _ = w.Write(picture.Bytes())
	}))
	t.Cleanup(c.Close)
	return c
}

// address is the camera's address with its credentials, as GraphQL.
func (c *lockedCamera) address() string {
	login := cameraUser + ":" + cameraSecret + "@"
	return fmt.Sprintf("%q", strings.Replace(c.URL, "http://", "http://"+login, 1)+"/live/s3cretName/s3cretWay/1/snap.jpg?u=s3cretShort&token=s3cretToken&p=s3cretPass")
}

// raw posts an operation and returns the whole answer.
func (c *child) raw(t *testing.T, query string) string {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Post(c.url+"/graphql", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// states subscribes to a user's cameras. next waits for an answer that contains a text.
func states(t *testing.T, c *child, username string) (next func(want string) string) {
	t.Helper()
	return answers(t, c, fmt.Sprintf(`subscription { cameraChanged(username: %q) { id name source hasCredentials health { state reason words detail } } }`, username))
}

// answers subscribes and returns what waits for an answer with a text.
func answers(t *testing.T, c *child, query string) (next func(want string) string) {
	t.Helper()
	conn, err := dialGraphQL(t.Context(), c.url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.WriteJSON(map[string]any{"id": "1", "type": "subscribe", "payload": map[string]string{"query": query}}); err != nil {
		t.Fatal(err)
	}
	return func(want string) string {
		t.Helper()
		last := ""
		for {
			if err := conn.SetReadDeadline(time.Now().Add(hung)); err != nil {
				t.Fatal(err)
			}
			_, text, err := conn.ReadMessage()
			if err != nil {
				t.Fatalf("no answer with %s: %v; the last was %s", want, err, last)
			}
			if last = string(text); strings.Contains(last, want) {
				return last
			}
		}
	}
}

// The credentials of a camera reach the camera, and are in no answer, no log, no process list and no
// file in clear. They survive a restart and the rotation of the key.
func TestCamera_credentials_are_secret(t *testing.T) {
	t.Parallel()
	camera, dir := newLockedCamera(t), t.TempDir()
	c := startChild(t, options{data: dir, args: []string{"--log-level", "debug"}})
	var said strings.Builder
	say := func(text string) string { said.WriteString(text); return text }
	say(c.raw(t, `mutation { login(username: "kim") { token } }`))
	next := states(t, c, "kim")

	test := say(c.raw(t, `mutation { testCamera(input: {source: `+camera.address()+`}) { health { state words } picture width latencyMs } }`))
	if !strings.Contains(test, `"state":"OK"`) || !strings.Contains(test, `"picture":"data:image/jpeg;base64,`) || !strings.Contains(test, `"width":320`) {
		t.Errorf("the test: %.300s", test)
	}
	test = say(c.raw(t, fmt.Sprintf(`mutation { testCamera(input: {source: "%s/snap.jpg", credentials: {username: "s3cretUser", password: "s3cretWrong"}}) { health { state reason words detail(language: EN) } picture } }`, camera.URL)))
	if !strings.Contains(test, `"state":"REFUSED"`) || !strings.Contains(test, `"reason":"WRONG_PASSWORD"`) || !strings.Contains(test, `"picture":null`) {
		t.Errorf("the test with a wrong password: %s", test)
	}
	if files(t, dir)[seal.FileName] != nil {
		t.Error("a test made a key")
	}

	saved := say(c.raw(t, `mutation { saveCamera(input: {username: "kim", name: "문", source: `+camera.address()+`}) { camera { id source hasCredentials } } }`))
	var answer struct {
		Data struct {
			SaveCamera struct{ Camera struct{ ID, Source string } }
		}
	}
	if err := json.Unmarshal([]byte(saved), &answer); err != nil {
		t.Fatal(err)
	}
	door := answer.Data.SaveCamera.Camera
	if door.Source != camera.URL+"/live/***/***/1/snap.jpg?u=***&token=***&p=***" {
		t.Fatalf("saved %s", saved)
	}
	say(next(`"state":"UNKNOWN"`))
	say(c.raw(t, fmt.Sprintf(`mutation { startBriefing(input: {username: "kim", interval: 1, endTime: %q, cameraId: %q}) { id camera { source } } }`, later(), door.ID)))
	if state := say(next(`"state":"OK"`)); !strings.Contains(state, `"hasCredentials":true`) {
		t.Errorf("the state %s", state)
	}
	camera.dark.Store(true)
	if state := say(next(`"state":"REFUSED"`)); !strings.Contains(state, "WRONG_PASSWORD") {
		t.Errorf("the state %s", state)
	}
	camera.dark.Store(false)
	say(next(`"state":"OK"`))
	say(c.raw(t, `{ cameras(username: "kim") { id name source health { state words detail } lastFrame { url } } user(username: "kim") { requests { edges { node { camera { source } briefings { edges { node { text facts { health { words } } } } } } } } } }`))
	say(c.raw(t, fmt.Sprintf(`mutation { saveCamera(input: {id: %q, source: "http://192.0.2.7:port/%s"}) { camera { id } } }`, door.ID, "s3cretTypo")))
	for _, name := range []string{"cmdline", "environ"} {
		if list, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", c.cmd.Process.Pid, name)); err == nil {
			say(string(list))
		}
	}
	res, err := http.Get(c.url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	metrics, err := io.ReadAll(res.Body)
	if err := res.Body.Close(); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	say(string(metrics))
	c.stop(t)

	code, rotated := exits(t, options{data: dir, args: []string{"rotate-camera-key"}})
	if code != 0 {
		t.Fatalf("the rotation ends with %d: %s", code, rotated)
	}
	say(rotated)
	before := camera.refused.Load()
	again := startChild(t, options{data: dir, args: []string{"--log-level", "debug"}})
	_, briefings := overSocket(t, again, fmt.Sprintf(`subscription { reloadBriefing(username: "kim", cameraId: %q) { caption cursor degraded counts { name count } } }`, door.ID))
	last := states(t, again, "kim")
	say(last(`"state":"OK"`))
	briefings()
	again.stop(t)
	if n := camera.refused.Load(); n != before {
		t.Errorf("%d calls with wrong credentials after the rotation", n-before)
	}
	say(c.out.String() + c.errs.String() + again.out.String() + again.errs.String())
	for name, text := range files(t, dir) {
		if name != seal.FileName {
			say(string(text))
		}
	}
	for _, secret := range []string{"s3cret", "P@ss#w", "비번", "czNjcmV0"} { // the last is Base64
		if i := strings.Index(said.String(), secret); i >= 0 {
			t.Errorf("%s is in clear: …%s…", secret, said.String()[max(0, i-200):min(said.Len(), i+100)])
		}
	}
}

// files returns the contents of a folder's files by their names. A key file must be its owner's.
func files(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil && strings.HasPrefix(d.Name(), seal.FileName) && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", d.Name(), info.Mode())
		}
		found[d.Name()], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
