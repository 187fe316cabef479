// Package mongotest runs a server that speaks MongoDB's protocol (SecantusDB) as a child process,
// for tests and benchmarks. scripts/mongo.sh installs the program, and the variable BIS_TEST_MONGOD
// names it.
//
// Most tests share one server per package (Shared) and use a database of their own (Database).
// Tests that kill or reconfigure a server start their own (Own).
package mongotest

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Variable is the environment variable that names the server's program.
const Variable = "BIS_TEST_MONGOD"

// Server is a running database server with its files in a temporary folder.
type Server struct {
	dir   string
	port  int
	args  []string
	cmd   *exec.Cmd
	ended chan struct{} // closed when the present process has ended
}

// Start starts a server with additional arguments on a free port, and waits until it listens. The
// caller must call Stop.
func Start(args ...string) (*Server, error) {
	program := os.Getenv(Variable)
	if program == "" {
		return nil, fmt.Errorf("%s is not set: run make test, which installs the database", Variable)
	}
	dir, err := os.MkdirTemp("", "bis-mongo-")
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, args: args}
	for range 5 { // another program may have used the port first
		if s.port, err = freePort(); err != nil {
			break
		}
		if err = s.Restart(); err == nil {
			return s, nil
		}
	}
	s.Stop()
	return nil, err
}

// freePort returns a port that was free a moment ago.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// Restart starts the server again on the same port and files, after Kill. It waits until the server
// listens, for at most 60 s.
func (s *Server) Restart() error {
	args := append([]string{
		"--host", "127.0.0.1", "--port", strconv.Itoa(s.port),
		"--storage-path", filepath.Join(s.dir, "files"), "--log-level", "ERROR",
	}, s.args...)
	s.cmd = exec.Command(os.Getenv(Variable), args...)
	s.cmd.Dir = s.dir // so that no configuration file in the working folder applies
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	s.cmd.Stdout, s.cmd.Stderr = log, log
	leash(s.cmd)
	if err := s.cmd.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	s.ended = ended
	go func() { _ = s.cmd.Wait(); close(ended) }()
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); {
		select {
		case <-ended:
			text, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			return fmt.Errorf("the database ended at once: %s", text)
		case <-time.After(20 * time.Millisecond):
		}
		if conn, err := net.DialTimeout("tcp", s.Addr(), time.Second); err == nil {
			return conn.Close()
		}
	}
	return errors.New("the database does not listen")
}

// Arguments replaces the additional arguments from the next start on.
func (s *Server) Arguments(args ...string) { s.args = args }

// Kill ends the server as kill -9 does, and waits for its end. Without a server it does nothing.
func (s *Server) Kill() {
	if s.cmd == nil || s.cmd.Process == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	<-s.ended
}

// Stop ends the server and removes its files.
func (s *Server) Stop() {
	s.Kill()
	_ = os.RemoveAll(s.dir)
}

// Addr returns the server's address as host:port.
func (s *Server) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// URI returns the server's address for the driver.
func (s *Server) URI() string { return URI(s.Addr()) }

// URI returns the address for the driver of a server, or of a proxy in front of it, at host:port.
func URI(addr string) string { return "mongodb://" + addr + "/?directConnection=true" }

// shared is the server that all tests of a package use. The first of them starts it.
var shared struct {
	once   sync.Once
	server *Server
	err    error
	used   atomic.Int64
}

// Shared returns the server that the tests of a package share, and starts it if needed. TestMain
// must call Stop. Without the program it skips the test, or fails it if CI=true.
func Shared(t testing.TB) *Server {
	t.Helper()
	Need(t)
	shared.once.Do(func() { shared.server, shared.err = Start() })
	if shared.err != nil {
		t.Fatalf("start the database: %v", shared.err)
	}
	return shared.server
}

// Need skips the test if the program is not installed, or fails it if CI=true.
func Need(t testing.TB) {
	t.Helper()
	if os.Getenv(Variable) != "" {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is not set: this test must run in CI", Variable)
	}
	t.Skipf("%s is not set; make test sets it", Variable)
}

// Own starts a server for one test, and stops it at the test's end. With -short it skips the test,
// because a server takes seconds to start.
func Own(t testing.TB, args ...string) *Server {
	t.Helper()
	Need(t)
	if testing.Short() {
		t.Skip("starts a database of its own, which takes seconds")
	}
	s, err := Start(args...)
	if err != nil {
		t.Fatalf("start the database: %v", err)
	}
	t.Cleanup(s.Stop)
	return s
}

// Database returns a name for a database that no other test uses.
func Database() string { return fmt.Sprintf("BIS_%d_%d", os.Getpid(), shared.used.Add(1)) }

// Stop ends the shared server if one was started. TestMain calls it.
func Stop() {
	if shared.server != nil {
		shared.server.Stop()
	}
}
