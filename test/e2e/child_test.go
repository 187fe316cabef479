package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// binaries has the path of each built program: the server, and those in test/cmd.
var binaries = struct {
	mu    sync.Mutex
	paths map[string]string
}{paths: map[string]string{}}

// root is the folder of go.mod. Tests run in their package's folder.
var root, _ = filepath.Abs("../..")

// TestMain skips everything with -short, and removes what the tests built.
func TestMain(m *testing.M) {
	flag.Parse()
	if testing.Short() {
		fmt.Println("test/e2e: skipped as a whole, because these tests drive whole servers: run it without -short")
		return
	}
	code := m.Run()
	for _, path := range binaries.paths {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// buildProgram builds the server as users run it, without the race detector, or a program of
// test/cmd. It builds each once.
func buildProgram(t testing.TB, program string) string {
	t.Helper()
	binaries.mu.Lock()
	defer binaries.mu.Unlock()
	if path, ok := binaries.paths[program]; ok {
		return path
	}
	dir, err := os.MkdirTemp("", "bis-test-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil { // for tests that run it as another user
		t.Fatal(err)
	}
	path := filepath.Join(dir, "bis")
	pkg := "."
	if program != "" {
		pkg = "./test/cmd/" + program
	}
	build := exec.Command("go", "build", "-o", path, pkg)
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", pkg, err, out)
	}
	binaries.paths[program] = path
	return path
}

// child is the program as a process of its own.
type child struct {
	cmd  *exec.Cmd
	url  string // http://127.0.0.1:PORT
	out  *lockedBuffer
	errs *lockedBuffer
	done chan struct{} // closed when it has ended and its output is read
}

// lockedBuffer is a buffer that is read while it is written.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// options are those of a child. The zero value starts the server with its defaults on a free
// port.
type options struct {
	program string // of test/cmd; empty: the server
	binary  string // empty: build the program
	data    string // empty: a temporary folder
	nobody  bool   // run it as a user without rights
	args    []string
	env     []string
	line    func(string) // called with each line of standard error
}

// stopTime bounds a stop, even while the store hangs.
const stopTime = 5 * time.Second

var addressLine = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// command returns the program's command, on a free port and away from the repository's own
// settings.
func command(t testing.TB, ctx context.Context, o options) *exec.Cmd {
	t.Helper()
	if o.data == "" {
		o.data = t.TempDir()
	}
	args := append([]string{"--addr", "127.0.0.1:0", "--data", o.data}, o.args...)
	if o.binary == "" {
		o.binary = buildProgram(t, o.program)
	}
	cmd := exec.CommandContext(ctx, o.binary, args...)
	// The ledgers call more often than any owner does.
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + o.data, "BIS_LIMITS=off"}, o.env...)
	cmd.Dir = o.data // so it does not find the repository's .env.production
	if o.nobody {
		const uid = 65_534
		cmd.Dir = "/"
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	}
	return cmd
}

// startChild starts the program and waits until it prints its address.
func startChild(t testing.TB, o options) *child {
	t.Helper()
	c := &child{out: &lockedBuffer{}, errs: &lockedBuffer{}, done: make(chan struct{})}
	c.cmd = command(t, context.Background(), o)
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := c.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address := make(chan string, 1)
	var reading sync.WaitGroup
	reading.Go(func() { c.readOut(stdout, address) })
	reading.Go(func() { readLines(stderr, c.errs, o.line) })
	go func() { reading.Wait(); _ = c.cmd.Wait(); close(c.done) }()
	t.Cleanup(func() { c.kill() })
	select {
	case c.url = <-address:
	case <-c.done:
		t.Fatalf("the program ended: %s%s", c.out, c.errs)
	case <-time.After(patience):
		t.Fatalf("the program says no address: %s%s", c.out, c.errs)
	}
	return c
}

// readOut reads the output and sends the address, once the whole greeting was read.
func (c *child) readOut(r io.Reader, address chan<- string) {
	sent := false
	readLines(r, c.out, func(line string) {
		if url := addressLine.FindString(line); url != "" && strings.Contains(line, "curl ") && !sent {
			sent = true
			address <- url
		}
	})
}

func readLines(r io.Reader, keep io.Writer, line func(string)) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		// The ledger has the debug lines already.
		if line == nil || !strings.Contains(lines.Text(), `"level":"DEBUG"`) {
			fmt.Fprintln(keep, lines.Text())
		}
		if line != nil {
			line(lines.Text())
		}
	}
}

// pass lets real time pass for other processes, which announce no event.
func pass(d time.Duration) { time.Sleep(d) }

// kill ends the process as kill -9 does and waits for it. It may be called twice.
func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	<-c.done
}

// stop ends the process as an operator does, and returns the duration of the stop.
func (c *child) stop(t testing.TB) time.Duration {
	t.Helper()
	begin := time.Now()
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatalf("SIGTERM: %v", err)
	}
	select {
	case <-c.done:
	case <-time.After(20 * time.Second):
		t.Fatalf("the program does not stop: %s", c.errs)
	}
	if code := c.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("exit code after SIGTERM = %d, want 0: %s", code, c.errs)
	}
	return time.Since(begin)
}

// graphql posts an operation and decodes its data into v. The first GraphQL error is returned.
func (c *child) graphql(ctx context.Context, query string, v any) error {
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+"/graphql", bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	var answer struct {
		Data   json.RawMessage
		Errors []struct{ Message string }
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return err
	}
	if len(answer.Errors) > 0 {
		return fmt.Errorf("%s: %s", query, answer.Errors[0].Message)
	}
	if v == nil {
		return nil
	}
	return json.Unmarshal(answer.Data, v)
}

// exits runs the program to its end. It returns the exit code and the standard error.
func exits(t *testing.T, o options) (int, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := command(t, ctx, o)
	var said strings.Builder
	cmd.Stderr = &said
	err := cmd.Run()
	if ctx.Err() != nil {
		t.Fatalf("the program goes on with %q", o.args)
	}
	if err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), said.String()
}
