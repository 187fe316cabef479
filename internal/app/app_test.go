package app_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bis/internal/app"
	"bis/internal/briefing"
	"bis/internal/config"
)

func TestMain(m *testing.M) {
	// The server starts its own program as a child, which is this one.
	if len(os.Args) == 3 && os.Args[1] == "compile-detector" {
		os.Exit(app.Main(os.Args[1:], nil, os.Stdout, os.Stderr, app.Hooks{}))
	}
	goleak.VerifyTestMain(m)
}

// soon is longer than any step of these tests. A test reaches it only if something is wrong.
const soon = time.Minute

// greeting extracts the server's address from the output of Run.
type greeting chan string

func (g greeting) Write(p []byte) (int, error) {
	g <- regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(string(p))
	return len(p), nil
}

// start runs the program on a free port with a data folder of its own. stop ends it and waits.
func start(t *testing.T, hooks app.Hooks) (url string, stop func()) {
	t.Helper()
	return startWith(t, hooks, func(*config.Config) {})
}

// startWith is start with other settings.
func startWith(t *testing.T, hooks app.Hooks, change func(*config.Config)) (url string, stop func()) {
	t.Helper()
	dir := t.TempDir()
	cfg, err := config.Load(config.Source{Args: []string{"--addr", "127.0.0.1:0", "--data", dir}, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	change(&cfg)
	ctx, cancel := context.WithCancel(t.Context())
	address, ended := make(greeting, 1), make(chan error, 1)
	go func() { ended <- app.Run(ctx, cfg, hooks, address, slog.New(slog.DiscardHandler)) }()
	stop = func() {
		cancel()
		http.DefaultClient.CloseIdleConnections()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("Run returns %v after its context has ended, want nil", err)
			}
		case <-time.After(soon):
			t.Error("Run does not return after its context has ended")
		}
	}
	select {
	case url = <-address:
	case err := <-ended:
		t.Fatalf("Run: %v", err)
	case <-time.After(soon):
		t.Fatal("Run prints no greeting")
	}
	return url, stop
}

// post sends an operation and returns the answer.
func post(t *testing.T, url, query string) string {
	t.Helper()
	return string(postBody(t, url, fmt.Appendf(nil, `{"query":%q}`, query)))
}

// postBody sends a body and returns the answer.
func postBody(t *testing.T, url string, body []byte) []byte {
	t.Helper()
	res, err := http.Post(url+"/graphql", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// countedStore counts the calls that create users.
type countedStore struct {
	briefing.Store
	users *atomic.Int64
}

func (s countedStore) EnsureUser(ctx context.Context, username string, custom []string) (briefing.User, bool, error) {
	s.users.Add(1)
	return s.Store.EnsureUser(ctx, username, custom)
}

// fakeRunner reports each run to the test and returns a fixed caption.
type fakeRunner struct {
	runs   chan briefing.Run
	closed atomic.Bool
}

func (r *fakeRunner) Run(_ context.Context, run briefing.Run) (briefing.Report, error) {
	select {
	case r.runs <- run:
	default: // one run is enough
	}
	return briefing.Report{Caption: "all is quiet", Source: "template"}, nil
}

func (r *fakeRunner) Close() error {
	r.closed.Store(true)
	return nil
}

// The hooks replace the parts that they name. All other parts are those of the real server.
func TestRun_replaces_what_the_hooks_name(t *testing.T) {
	var users atomic.Int64
	runner := &fakeRunner{runs: make(chan briefing.Run, 1)}
	url, stop := start(t, app.Hooks{
		Store:  func(st briefing.Store) briefing.Store { return countedStore{st, &users} },
		Runner: func(config.Config) (app.Runner, error) { return runner, nil },
	})
	if got := post(t, url, `mutation { login(username: "kim") { outcome } }`); !strings.Contains(got, `"outcome":"SIGNUP"`) {
		t.Errorf("login answers %s", got)
	}
	if users.Load() == 0 {
		t.Error("the wrapped store was not asked")
	}
	got := post(t, url, `{ about { version store camera wording timeZone accounts } }`)
	if want := `"store":"SQLite","camera":"demo","wording":"template","timeZone":"Asia/Seoul","accounts":false}`; !strings.Contains(got, want) {
		t.Errorf("about answers %s, want %s", got, want)
	}
	end := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	got = post(t, url, fmt.Sprintf(`mutation { startBriefing(input: {username: "kim", interval: 1, endTime: %q}) { id } }`, end))
	select {
	case <-runner.runs:
	case <-time.After(soon):
		t.Errorf("the runner got no run; startBriefing answers %s", got)
	}
	stop()
	if !runner.closed.Load() {
		t.Error("Run has not closed the runner")
	}
}

// When a part cannot be built, Run returns its error and closes the parts that were built already.
func TestRun_closes_what_it_built_before_an_error(t *testing.T) {
	dir := t.TempDir()
	cfg, err := config.Load(config.Source{Args: []string{"--addr", "127.0.0.1:0", "--data", dir, "--camera", "tape:1"}, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second run must find the folder unlocked
		err := app.Run(t.Context(), cfg, app.Hooks{}, io.Discard, slog.New(slog.DiscardHandler))
		if err == nil || !strings.Contains(err.Error(), "camera") || strings.Contains(err.Error(), "in use") {
			t.Errorf("Run = %v, want an error of the camera", err)
		}
	}
}

func TestMain_returns_the_exit_code(t *testing.T) {
	for _, c := range []struct {
		args        []string
		code        int
		out, errOut string // parts
	}{
		{[]string{"--version"}, 0, "bis ", ""},
		{[]string{"--help"}, 0, "Usage: bis", ""},
		{[]string{"--colour"}, 2, "", "bis: unknown flag --colour"},
		{[]string{"--data", t.TempDir(), "--camera", "tape:1"}, 1, "", "bis: "},
	} {
		var out, errOut strings.Builder
		code := app.Main(c.args, nil, &out, &errOut, app.Hooks{})
		if code != c.code || !strings.Contains(out.String(), c.out) || !strings.Contains(errOut.String(), c.errOut) {
			t.Errorf("Main(%q) = %d, prints %q and %q; want %d, %q and %q", c.args, code, &out, &errOut, c.code, c.out, c.errOut)
		}
	}
}
