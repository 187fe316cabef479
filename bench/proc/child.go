// Package proc starts the servers that are measured as processes of their own and reads their figures from outside.
package proc

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"
)

// startTime is how long a server may take until it says where it listens; stopTime until it has ended.
const (
	startTime = 60 * time.Second
	stopTime  = 30 * time.Second
)

// Command is what to start. It must say http://127.0.0.1:PORT on its standard output once it listens.
type Command struct {
	Path string
	Args []string
	Env  []string // beside PATH and HOME
	Dir  string   // also its HOME, so that no settings of the user's are found
}

// Child is a running server.
type Child struct {
	Addr string // host:port

	cmd  *exec.Cmd
	log  tail
	done chan struct{} // closed when it has ended
}

var address = regexp.MustCompile(`http://(127\.0\.0\.1:\d+)`)

// Start starts a server and waits until it listens.
func Start(ctx context.Context, c Command) (*Child, error) {
	child := &Child{cmd: exec.Command(c.Path, c.Args...), done: make(chan struct{})}
	child.cmd.Dir = c.Dir
	child.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + c.Dir}, c.Env...)
	child.cmd.Stderr = &child.log
	out, err := child.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := child.cmd.Start(); err != nil {
		return nil, err
	}
	said := make(chan string, 1)
	go func() {
		defer close(child.done)
		child.read(out, said)
		_ = child.cmd.Wait() // how it ended is in ProcessState
	}()
	select {
	case child.Addr = <-said:
		return child, nil
	case <-child.done:
		return nil, fmt.Errorf("%s ended: %s", c.Path, child.log.String())
	case <-time.After(startTime):
		child.Kill()
		return nil, fmt.Errorf("%s says no address: %s", c.Path, child.log.String())
	case <-ctx.Done():
		child.Kill()
		return nil, ctx.Err()
	}
}

func (c *Child) read(out io.Reader, said chan<- string) {
	lines := bufio.NewScanner(out)
	for told := false; lines.Scan(); {
		if found := address.FindStringSubmatch(lines.Text()); found != nil && !told {
			told = true
			said <- found[1]
		}
	}
}

// Kill ends it as kill -9 does and waits. It may be called again, and after Stop.
func (c *Child) Kill() {
	_ = c.cmd.Process.Kill()
	<-c.done
}

// Stop ends it as an operator does and returns how long that took.
func (c *Child) Stop() (time.Duration, error) {
	begin := time.Now()
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return 0, err
	}
	select {
	case <-c.done:
		return time.Since(begin), nil
	case <-time.After(stopTime):
		return time.Since(begin), errors.New("it does not stop")
	}
}

// PID is its process id.
func (c *Child) PID() int { return c.cmd.Process.Pid }

// Log is the end of what it wrote on its standard error.
func (c *Child) Log() string { return c.log.String() }

// Build builds a Go program of the module in dir.
func Build(ctx context.Context, dir, pkg, to string) error {
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", to, pkg)
	build.Dir, build.Stderr = dir, os.Stderr
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if err := build.Run(); err != nil {
		return fmt.Errorf("build %s: %w", pkg, err)
	}
	return nil
}

// FreeAddr is an address nobody listens on, for servers that come back where they were.
func FreeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// tail keeps the end of a log.
type tail struct {
	mu sync.Mutex // guards b
	b  []byte
}

// Write implements io.Writer.
func (t *tail) Write(p []byte) (int, error) {
	const most = 8 << 10
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, p...)
	t.b = t.b[max(0, len(t.b)-most):]
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.b))
}
