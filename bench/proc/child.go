// Package proc runs the servers that are measured as processes of their own, and reads their
// figures from outside: processor time, resident memory, metrics and the kernel's send queues.
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

// Time limits for a server: to print its address, and to end.
const (
	startTime = 60 * time.Second
	stopTime  = 30 * time.Second
)

// Command is the server to start. It must print http://127.0.0.1:PORT once it listens.
type Command struct {
	Path string
	Args []string
	Env  []string // in addition to PATH and HOME
	Dir  string   // also its HOME, so that it finds no settings of the user
}

// Unlimited is the environment of servers whose callers are measured and not limited: one address
// makes all of them. It is a variable and no flag, so that older servers start with it, too.
var Unlimited = []string{"BIS_LIMITS=off"}

// Child is a running server.
type Child struct {
	Addr string // host:port

	cmd  *exec.Cmd
	log  tail
	done chan struct{} // closed when the process has ended
}

// address matches what a server prints.
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
	addr := make(chan string, 1)
	go func() {
		defer close(child.done)
		child.read(out, addr)
		_ = child.cmd.Wait() // the exit status does not matter
	}()
	select {
	case child.Addr = <-addr:
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

// read reads the output to its end, and sends the first address in it.
func (c *Child) read(out io.Reader, addr chan<- string) {
	lines := bufio.NewScanner(out)
	for sent := false; lines.Scan(); {
		if found := address.FindStringSubmatch(lines.Text()); found != nil && !sent {
			sent = true
			addr <- found[1]
		}
	}
}

// Kill ends the process as kill -9 does and waits for it. It may be called again, and after Stop.
func (c *Child) Kill() {
	_ = c.cmd.Process.Kill()
	<-c.done
}

// Stop ends the process as an operator does, and returns the duration of the stop.
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

// PID returns the process id.
func (c *Child) PID() int { return c.cmd.Process.Pid }

// Log returns the end of what the process wrote to its standard error.
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

// FreeAddr returns an address that nobody listens on, for servers that are restarted at one
// address.
func FreeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// tail retains the last 8 KiB of a log.
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
