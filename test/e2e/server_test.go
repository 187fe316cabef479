package e2e

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"bis/internal/app"
	"bis/internal/config"
)

func TestServer_briefs_over_every_transport(t *testing.T) {
	t.Parallel()
	c := startChild(t, options{})
	begin := time.Now()
	_, next := overSocket(t, c, startDocument("socket"))
	lines := overSSE(t, c, startDocument("stream"))
	old := overOldSocket(t, c, "phone")
	for door, caption := range map[string]func() string{
		"graphql-transport-ws": func() string { return next().Caption },
		"SSE":                  func() string { return firstOf(t, lines).Caption },
		"/ws": func() string {
			if err := old.SetReadDeadline(time.Now().Add(patience)); err != nil {
				t.Fatal(err)
			}
			_, text, err := old.ReadMessage()
			if err != nil {
				t.Fatal(err)
			}
			_, caption, _ := strings.Cut(string(text), "_")
			return caption
		},
	} {
		if caption() == "" {
			t.Errorf("%s brings no caption", door)
		}
	}
	if took := time.Since(begin); took > soon {
		t.Errorf("the first briefings took %v", took)
	}
	for _, want := range []string{c.url, "SQLite", "demo:", "built-in lines", "/graphiql", "/playground", "curl -N " + c.url + "/graphql"} {
		if !strings.Contains(c.out.String(), want) {
			t.Errorf("the greeting does not say %q:\n%s", want, c.out)
		}
	}
}

func TestServer_counts_what_the_demo_camera_shows(t *testing.T) {
	t.Parallel()
	c := startChild(t, options{})
	_, next := overSocket(t, c, startDocument("kim"))
	for range 20 {
		if b := next(); len(b.Counts) == 1 && b.Counts[0].Name == "person" && b.Degraded == nil {
			return
		}
	}
	t.Error("none of 20 briefings counts people")
}

func TestServer_stops_in_five_seconds_and_its_clients_reconnect(t *testing.T) {
	t.Parallel()
	c := startChild(t, options{})
	conn, next := overSocket(t, c, startDocument("kim"))
	next()
	lines := overSSE(t, c, startDocument("lee"))
	firstOf(t, lines)
	old := overOldSocket(t, c, "park")
	if took := c.stop(t); took > stopTime {
		t.Errorf("the stop took %v, want at most %v", took, stopTime)
	}
	for name, socket := range map[string]*websocket.Conn{"graphql-transport-ws": conn, "/ws": old} {
		var err error
		for err == nil {
			_, _, err = socket.ReadMessage()
		}
		if !websocket.IsCloseError(err, websocket.CloseServiceRestart) {
			t.Errorf("%s ends with %v, want 1012", name, err)
		}
	}
	for lines.Scan() {
		if strings.Contains(lines.Text(), "complete") {
			t.Error("the stream says complete although the request goes on")
		}
	}
	again := startChild(t, options{data: c.cmd.Dir})
	var data struct {
		User struct{ ActiveRequest struct{ Active bool } }
	}
	if err := again.graphql(t.Context(), `{ user(username: "kim") { activeRequest { active } } }`, &data); err != nil || !data.User.ActiveRequest.Active {
		t.Errorf("after the restart: %+v, %v", data, err)
	}
}

// The server waits for everything that it starts. Here it runs within the test, under the race
// detector. The test is not parallel, so that goroutines of other tests do not count.
func TestRun_leaves_nothing_behind(t *testing.T) {
	before := goleak.IgnoreCurrent()
	dir := t.TempDir()
	cfg, err := config.Load(config.Source{Args: []string{"--addr", "127.0.0.1:0", "--data", dir}, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	c := &child{out: &lockedBuffer{}}
	said, out := io.Pipe()
	defer out.Close()
	address, done := make(chan string, 1), make(chan error, 1)
	go c.readOut(said, address)
	go func() { done <- app.Run(ctx, cfg, app.Hooks{}, out, slog.New(slog.DiscardHandler)); out.Close() }()
	select {
	case c.url = <-address:
	case <-time.After(patience):
		t.Fatalf("the server does not greet: %s", c.out)
	}
	conn, next := overSocket(t, c, startDocument("kim"))
	old := overOldSocket(t, c, "park")
	next()
	if err := c.graphql(t.Context(), `mutation { endBriefing(username: "kim") { id } }`, nil); err != nil {
		t.Error(err)
	}
	cancel()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("run: %v", err)
		}
	case <-time.After(2 * stopTime):
		t.Fatal("the server does not stop")
	}
	conn.Close()
	old.Close()
	http.DefaultClient.CloseIdleConnections()
	// A stop does not wait for a disk that is slow, so the store may close a little later.
	var leak error
	gone := func() bool { leak = goleak.Find(before); return leak == nil }
	for deadline := time.Now().Add(patience); !gone(); {
		if time.Now().After(deadline) {
			t.Fatal(leak)
		}
	}
}

func TestServer_reports_its_health(t *testing.T) {
	t.Parallel()
	c := startChild(t, options{})
	for path, want := range map[string]string{"/healthz": "ok", "/readyz": "ready", "/metrics": "bis_ticks_total", "/": "Hello World", "/graphiql": "<html", "/playground": "<html"} {
		res, err := http.Get(c.url + path)
		if err != nil {
			t.Fatal(err)
		}
		body := new(strings.Builder)
		_, err = bufio.NewReader(res.Body).WriteTo(body)
		res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK || !strings.Contains(body.String(), want) {
			t.Errorf("%s: %s, %v, no %q in %.200s", path, res.Status, err, want, body)
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.url+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if kind := res.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/html") {
		t.Errorf("a browser gets %s at /", kind)
	}
}

func TestServer_says_when_the_model_is_away(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"it fails": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusInternalServerError) },
		"it hangs": func(_ http.ResponseWriter, r *http.Request) {
			// Otherwise the server does not notice the end of the connection.
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			model := httptest.NewServer(answer)
			t.Cleanup(model.Close)
			c := startChild(t, options{env: []string{
				"OPENAI_BASE_URL=" + model.URL, "OPENAI_MODEL=tiny", "BIS_SHEET_TIME=1s", // until then it is awaited
			}})
			if !strings.Contains(c.out.String(), "model tiny") {
				t.Errorf("the greeting does not name the model: %s", c.out)
			}
			_, next := overSocket(t, c, startDocument("kim"))
			for degraded := 0; degraded < 3; { // a first frame has nothing to word
				b := next() // a run that waited for its model would be a tick or two late
				if b.Degraded == nil {
					continue
				}
				if degraded++; *b.Degraded != "MODEL_UNAVAILABLE" || b.Caption == "" {
					t.Errorf("degraded %s, caption %q", *b.Degraded, b.Caption)
				}
			}
		})
	}
}

func TestServer_says_when_the_camera_is_offline(t *testing.T) {
	t.Parallel()
	hang := make(chan struct{})
	camera := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-hang:
		case <-r.Context().Done():
		}
	}))
	defer camera.Close()
	defer close(hang)
	c := startChild(t, options{args: []string{"--camera", strings.Replace(camera.URL, "http://", "http://me:hidden@", 1)}})
	_, next := overSocket(t, c, startDocument("kim"))
	if b := next(); b.Degraded == nil || *b.Degraded != "CAMERA_OFFLINE" || len(b.Counts) > 0 {
		t.Errorf("briefing %+v", b)
	}
	if said := c.out.String() + c.errs.String(); strings.Contains(said, "hidden") {
		t.Errorf("the camera's password is in the output: %s", said)
	}
}

func TestStart_refuses_with_a_sentence(t *testing.T) {
	t.Parallel()
	busy := startChild(t, options{})
	port := strings.TrimPrefix(busy.url, "http://")
	file := t.TempDir() + "/file"
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		options
		code int
		want string
	}{
		"a port that is taken":     {options{args: []string{"--addr", port}}, 1, "address already in use; stop what listens there, or choose another address with --addr"},
		"a folder that is in use":  {options{data: busy.cmd.Dir}, 1, fmt.Sprintf("in use by another bis process (pid %d)", busy.cmd.Process.Pid)},
		"a data folder in a file":  {options{args: []string{"--data", file + "/x"}}, 1, "cannot be made"},
		"no such database":         {options{env: []string{"DATABASE_URI=mongodb://127.0.0.1:9/?directConnection=true"}}, 1, "DATABASE_URI does not answer"},
		"no address of a database": {options{env: []string{"DATABASE_URI=http://127.0.0.1"}}, 2, "must begin with mongodb://"},
		"accounts too early":       {options{args: []string{"--auth", "accounts"}}, 2, "comes with a later version"},
		"RTSP without a host":      {options{args: []string{"--camera", "rtsp:///1"}}, 1, "camera"},
		"the network, unasked":     {options{args: []string{"--addr", ":8000"}}, 2, "set BIS_AUTH=open"},
		"an unknown flag":          {options{args: []string{"--colour"}}, 2, "unknown flag --colour"},
		"an unknown zone":          {options{args: []string{"--timezone", "Seoul"}}, 2, "IANA name"},
		"a camera that is no such": {options{args: []string{"--camera", "tape:1"}}, 1, "camera"},
		"a folder without camera":  {options{args: []string{"--camera", "file:" + t.TempDir()}}, 1, "camera"},
		"a model without address":  {options{env: []string{"OPENAI_BASE_URL=://"}}, 2, "OPENAI_BASE_URL must look like"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, said := exits(t, c.options)
			if code != c.code || !strings.Contains(said, c.want) || !strings.HasPrefix(said, "bis: ") {
				t.Errorf("exit code %d, want %d; it says %q, want %q in it", code, c.code, said, c.want)
			}
			if strings.Count(said, "\n") != 1 || strings.Contains(said, "goroutine") {
				t.Errorf("that is no sentence: %q", said)
			}
		})
	}
}

func TestStart_refuses_a_folder_it_cannot_write(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "bis-readonly-") // others cannot reach into t.TempDir
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	// Root may write everywhere.
	o := options{args: []string{"--data", dir}, nobody: os.Getuid() == 0}
	code, said := exits(t, o)
	if code != 1 || !strings.Contains(said, "cannot be written: permission denied") {
		t.Errorf("exit code %d: %s", code, said)
	}
}

func TestStart_prints_help_and_version(t *testing.T) {
	t.Parallel()
	for _, arg := range []string{"--help", "--version"} {
		if code, said := exits(t, options{args: []string{arg}}); code != 0 || said != "" {
			t.Errorf("%s: exit code %d, %s", arg, code, said)
		}
	}
}
