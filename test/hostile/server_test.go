package hostile_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// args are the server's flags in addition to its address and folder. They lift the rate limits,
// because this package sends thousands of calls from one address.
var args []string

// program builds the server once and returns the path of the program.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "bis-hostile-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "bis")
	build := exec.Command("go", "build", "-o", path, ".")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w: %s", err, out)
	}
	return path, nil
})

// server is a process of the real server, with stored data.
type server struct {
	cmd     *exec.Cmd
	url     string
	request string // the id of the request that has briefings
	cursor  string // of its first briefing
	dir     string
	done    chan struct{}
	http    *http.Client

	mu   sync.Mutex // guards the fields below
	said bytes.Buffer
}

var address = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// newServer starts a server with a data folder of its own, and stores the data that the documents
// select.
func newServer(t testing.TB) *server {
	t.Helper()
	if testing.Short() {
		t.Skip("needs a server of its own")
	}
	s := &server{dir: t.TempDir(), http: &http.Client{Timeout: patience, Transport: &http.Transport{}, CheckRedirect: stay}}
	s.run(t)
	t.Cleanup(func() { s.kill() })
	s.store(t)
	return s
}

// run starts the process and waits for its address.
func (s *server) run(t testing.TB) {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	s.cmd = exec.Command(path, append([]string{"--addr", "127.0.0.1:0", "--data", s.dir, "--camera", "demo:"}, args...)...)
	s.cmd.Dir = s.dir                                                                    // has no .env.production
	s.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.dir, "BIS_LIMITS=off"} // no refusal for a rate
	s.cmd.Stderr = s
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	url, done := make(chan string, 1), make(chan struct{})
	s.done = done
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if found := address.FindString(lines.Text()); found != "" && strings.Contains(lines.Text(), "curl ") {
				select {
				case url <- found:
				default:
				}
			}
		}
		_ = s.cmd.Wait() // the error of a killed process
		close(done)
	}()
	select {
	case s.url = <-url:
	case <-done:
		t.Fatalf("the server ended: %s", s)
	case <-time.After(time.Minute):
		t.Fatalf("the server says no address: %s", s)
	}
}

// Write retains the last 4 KB of standard error.
func (s *server) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said.Write(p)
	if over := s.said.Len() - 4<<10; over > 0 {
		s.said.Next(over)
	}
	return len(p), nil
}

func (s *server) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.said.String()
}

// kill ends the process and waits for it.
func (s *server) kill() {
	_ = s.cmd.Process.Kill() // the process may have ended
	<-s.done
	s.http.CloseIdleConnections()
}

// again replaces a dead server, or a server that still works on a document after its caller has
// left.
func (s *server) again(t testing.TB) {
	t.Helper()
	s.kill()
	s.run(t)
}

// store creates a user with ten requests, and 500 briefings in the active request.
func (s *server) store(t testing.TB) {
	t.Helper()
	for range 10 {
		var data struct{ StartBriefing struct{ ID string } }
		s.must(t, fmt.Sprintf(`mutation { startBriefing(input: {username: %q, interval: 86400, endTime: %q}) { id } }`,
			user, later), &data)
		s.request = data.StartBriefing.ID
	}
	var one strings.Builder
	for i := range 5 {
		fmt.Fprintf(&one, ` a%d: addBriefing(input: {requestId: %q, caption: "매장 내 손님 2명(추정)입니다. 1명 늘었습니다.", counts: [{name: "person", count: 2}]}) { id }`, i, s.request)
	}
	for range 100 {
		s.must(t, "mutation {"+one.String()+" }", nil)
	}
	var page struct {
		Briefings struct{ Edges []struct{ Cursor string } }
	}
	s.must(t, fmt.Sprintf(`{ briefings(requestId: %q, first: 1) { edges { cursor } } }`, s.request), &page)
	s.cursor = page.Briefings.Edges[0].Cursor
}

// must posts an operation that must succeed.
func (s *server) must(t testing.TB, query string, to any) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	res, err := s.http.Post(s.url+"/graphql", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	var answer struct {
		Data   json.RawMessage
		Errors []json.RawMessage
	}
	if err := errors.Join(err, json.Unmarshal(text, &answer)); err != nil || len(answer.Errors) > 0 || res.StatusCode != http.StatusOK {
		t.Fatalf("store data: %s, %.300s, %v: the rates must be lifted for this test, see args", res.Status, text, err)
	}
	if to == nil {
		return
	}
	if err := json.Unmarshal(answer.Data, to); err != nil {
		t.Fatal(err)
	}
}
