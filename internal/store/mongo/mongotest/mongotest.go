// Package mongotest runs a real MongoDB-speaking server (SecantusDB) as a child process for tests and benchmarks. scripts/mongo.sh
// installs it and names it in BIS_TEST_MONGOD.
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

// Variable names the server's program.
const Variable = "BIS_TEST_MONGOD"

// Server is a database server of a test's own.
type Server struct {
	dir   string
	port  int
	args  []string
	cmd   *exec.Cmd
	ended chan struct{}
}

// Start starts a server on a free port with its files in a temporary folder, and waits until it listens.
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
	for range 5 { // somebody else may take the port first
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

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// Restart starts the server again, on the same port and files.
func (s *Server) Restart() error {
	args := append([]string{"--host", "127.0.0.1", "--port", strconv.Itoa(s.port), "--storage-path", filepath.Join(s.dir, "files"), "--log-level", "ERROR"}, s.args...)
	s.cmd = exec.Command(os.Getenv(Variable), args...)
	s.cmd.Dir = s.dir // no configuration file of somebody else's
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

// Arguments sets what the next start is given.
func (s *Server) Arguments(args ...string) { s.args = args }

// Kill ends the server as kill -9 does.
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

// Addr is host:port.
func (s *Server) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// URI is the address for the driver.
func (s *Server) URI() string { return URI(s.Addr()) }

// URI is the address for the driver of a server, or of a proxy before it.
func URI(addr string) string { return "mongodb://" + addr + "/?directConnection=true" }

// shared is the server of all tests of a package.
var shared struct {
	once   sync.Once
	server *Server
	err    error
	used   atomic.Int64
}

// Shared returns the server that the tests of a package share; Main stops it. Without the program the test is skipped, but
// where CI=true it fails.
func Shared(t testing.TB) *Server {
	t.Helper()
	Need(t)
	shared.once.Do(func() { shared.server, shared.err = Start() })
	if shared.err != nil {
		t.Fatalf("start the database: %v", shared.err)
	}
	return shared.server
}

// Need skips a test where the program is not there, or fails it where CI=true.
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

// Own starts a server for one test. With -short the test is skipped: servers take seconds to start.
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

// Database names a database that no other test uses.
func Database() string { return fmt.Sprintf("BIS_%d_%d", os.Getpid(), shared.used.Add(1)) }

// Stop ends the shared server, if it was started. TestMain calls it.
func Stop() {
	if shared.server != nil {
		shared.server.Stop()
	}
}
