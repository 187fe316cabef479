package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"bis/bench/load"
	"bis/bench/proc"
)

// startNode starts graphql-ws on Node. Its packages are installed once, by their lock file.
func startNode(ctx context.Context, y *workspace) (*server, error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, err
	}
	dir, err := y.cached("node", func(dir string) error {
		return runIn(ctx, dir, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	}, "package.json", "package-lock.json", "server.js")
	if err != nil {
		return nil, err
	}
	return startOpponent(ctx, proc.Command{Path: node, Args: []string{"server.js"}, Dir: dir, Env: []string{"NODE_ENV=production"}})
}

// startPython starts FastAPI + motor on a fresh database. The database is a process of its own
// and its processor time does not count.
func startPython(ctx context.Context, y *workspace) (*server, error) {
	dir, err := y.cached("fastapi", func(dir string) error {
		if err := runIn(ctx, dir, "python3", "-m", "venv", "venv"); err != nil {
			return err
		}
		return runIn(ctx, dir, "venv/bin/pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "-r", "requirements.txt")
	}, "requirements.txt", "server.py")
	if err != nil {
		return nil, err
	}
	database, uri, err := y.database(ctx)
	if err != nil {
		return nil, err
	}
	// The database ends with the opponent.
	end := func() {
		_ = database.Process.Kill() // it may have ended
		_ = database.Wait()
	}
	s, err := startOpponent(ctx, proc.Command{Path: filepath.Join(dir, "venv/bin/python"), Args: []string{"server.py"}, Dir: dir, Env: []string{"BENCH_DATABASE=" + uri}})
	if err != nil {
		end()
		return nil, err
	}
	s.close = func() { s.Kill(); end() }
	s.topics = func(ctx context.Context, n int) ([]*load.Topic, error) { return namedTopics(ctx, n) }
	return s, nil
}

// cached copies an opponent's files into .cache and installs what they need. It does so again
// only when a file has changed. It returns the folder.
func (y *workspace) cached(name string, install func(dir string) error, files ...string) (string, error) {
	root, err := filepath.Abs(y.root)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	contents := map[string][]byte{}
	for _, file := range files {
		b, err := os.ReadFile(filepath.Join(root, "bench/opponents", name, file))
		if err != nil {
			return "", err
		}
		contents[file] = b
		fmt.Fprintf(sum, "%s %d\n%s", file, len(b), b)
	}
	dir := filepath.Join(root, ".cache/bench", name)
	// The stamp is named after the contents and written last, so a broken installation is repeated.
	stamp := filepath.Join(dir, fmt.Sprintf("%x", sum.Sum(nil)[:8]))
	if _, err := os.Stat(stamp); err == nil {
		return dir, nil
	}
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o755)); err != nil {
		return "", err
	}
	for file, b := range contents {
		if err := os.WriteFile(filepath.Join(dir, file), b, 0o644); err != nil {
			return "", err
		}
	}
	if err := install(dir); err != nil {
		return "", err
	}
	return dir, os.WriteFile(stamp, nil, 0o644)
}

// runIn runs a command in a folder. A name with a slash is relative to that folder. The error
// contains the command's output.
func runIn(ctx context.Context, dir, name string, args ...string) error {
	if strings.Contains(name, "/") {
		name = filepath.Join(dir, name)
	}
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", cmd, err, out)
	}
	return nil
}

// database starts the database that the tests of the MongoDB store use, in memory, and waits
// until it listens. It returns the process and the URI.
func (y *workspace) database(ctx context.Context) (*exec.Cmd, string, error) {
	install := exec.CommandContext(ctx, "bash", "scripts/mongo.sh")
	install.Dir, install.Stderr = y.root, os.Stderr
	path, err := install.Output()
	if err != nil {
		return nil, "", fmt.Errorf("install the database: %w", err)
	}
	addr, err := proc.FreeAddr()
	if err != nil {
		return nil, "", err
	}
	_, port, _ := strings.Cut(addr, ":")
	cmd := exec.Command(strings.TrimSpace(string(path)), "--storage-path", ":memory:", "--port", port)
	if cmd.Dir, err = y.folder(); err != nil {
		return nil, "", err
	}
	if err := cmd.Start(); err != nil {
		return nil, "", err
	}
	// The database prints nothing when it is ready, so connections are tried.
	for end := time.Now().Add(30 * time.Second); ; {
		probe, err := net.DialTimeout("tcp", addr, time.Second)
		if err == nil {
			probe.Close()
			return cmd, "mongodb://" + addr + "/?directConnection=true", nil
		}
		if time.Now().After(end) {
			return nil, "", errors.Join(err, cmd.Process.Kill())
		}
		if err := load.Pause(ctx, 100*time.Millisecond); err != nil {
			return nil, "", errors.Join(err, cmd.Process.Kill())
		}
	}
}
