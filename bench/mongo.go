package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"bis/bench/proc"
	"bis/internal/store/mongo/mongotest"
)

// onMongo is the real server on a database of its own. Each benchmark starts a fresh one, because
// the test database becomes slower with every document.
type onMongo struct {
	database *mongotest.Server
	dir      string
	cmd      *exec.Cmd
	url      string
}

// startOnMongo builds the server and starts it on a fresh database. If through is not nil, it
// receives the database's address and returns the one that the server must use.
func startOnMongo(ctx context.Context, o options, through func(addr string) (string, error)) (m *onMongo, err error) {
	m = &onMongo{}
	defer func() {
		if err != nil {
			m.stop()
		}
	}()
	if m.database, err = mongotest.Start(); err != nil {
		return m, err
	}
	if m.dir, err = os.MkdirTemp("", "bis-bench-"); err != nil {
		return m, err
	}
	addr := m.database.Addr()
	if through != nil {
		if addr, err = through(addr); err != nil {
			return m, err
		}
	}
	server := filepath.Join(m.dir, "server")
	build := exec.CommandContext(ctx, "go", "build", "-o", server, ".")
	build.Dir, build.Stderr = o.root, os.Stderr
	if err = build.Run(); err != nil {
		return m, fmt.Errorf("build the server: %w", err)
	}
	m.cmd = exec.CommandContext(ctx, server, "--addr", "127.0.0.1:0")
	m.cmd.Dir, m.cmd.Stderr = m.dir, os.Stderr
	m.cmd.Env = append(os.Environ(), "DATABASE_URI="+mongotest.URI(addr), "BIS_LOG_LEVEL=warn")
	m.cmd.Env = append(m.cmd.Env, proc.Unlimited...)
	out, err := m.cmd.StdoutPipe()
	if err != nil {
		return m, err
	}
	if err = m.cmd.Start(); err != nil {
		return m, err
	}
	// The server prints its address once it listens.
	greeting, part := "", make([]byte, 512)
	for m.url == "" {
		n, err := out.Read(part)
		if err != nil {
			return m, fmt.Errorf("the server does not start: %w", err)
		}
		greeting += string(part[:n])
		m.url = regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(greeting)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }() // a full pipe would block the server
	return m, nil
}

// stop ends the server and the database, and removes the folder.
func (m *onMongo) stop() {
	if m.cmd != nil && m.cmd.Process != nil {
		_ = m.cmd.Process.Signal(os.Interrupt)
		_ = m.cmd.Wait()
	}
	if m.database != nil {
		m.database.Stop()
	}
	_ = os.RemoveAll(m.dir)
}

// start starts n requests that do not tick during the benchmark, and returns their ids.
func (m *onMongo) start(ctx context.Context, n int) ([]string, error) {
	ids := make([]string, n)
	for i := range ids {
		query := fmt.Sprintf(`mutation { startBriefing(input: {username: "user%d", interval: 86400, endTime: %q}) { id } }`, i, time.Now().Add(48*time.Hour).UTC().Format(time.RFC3339))
		body, err := json.Marshal(map[string]string{"query": query})
		if err != nil {
			return nil, err
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, m.url+"/graphql", bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		r.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			return nil, err
		}
		var answer struct {
			Data struct{ StartBriefing struct{ ID string } }
		}
		err = json.NewDecoder(res.Body).Decode(&answer)
		res.Body.Close()
		if ids[i] = answer.Data.StartBriefing.ID; err != nil || ids[i] == "" {
			return nil, fmt.Errorf("start request %d: %v", i, err)
		}
	}
	return ids, nil
}

// subscribe opens one socket with a subscription to each request.
func (m *onMongo) subscribe(ctx context.Context, ids []string) (*websocket.Conn, error) {
	dialer := websocket.Dialer{Subprotocols: []string{"graphql-transport-ws"}, HandshakeTimeout: 10 * time.Second}
	conn, _, err := dialer.DialContext(ctx, strings.Replace(m.url, "http", "ws", 1)+"/graphql", nil)
	if err != nil {
		return nil, err
	}
	if err := conn.WriteJSON(map[string]string{"type": "connection_init"}); err != nil {
		return nil, err
	}
	if _, _, err := conn.ReadMessage(); err != nil { // connection_ack
		return nil, err
	}
	for i, id := range ids {
		if err := conn.WriteJSON(map[string]any{"id": fmt.Sprint(i), "type": "subscribe", "payload": map[string]string{
			"query": fmt.Sprintf(`subscription { briefings(requestId: %q) { id text } }`, id),
		}}); err != nil {
			return nil, err
		}
	}
	return conn, nil
}

// gauge returns one of the server's metrics.
func (m *onMongo) gauge(name string) (int, error) {
	res, err := http.Get(m.url + "/metrics")
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			var n float64
			_, err := fmt.Sscan(value, &n)
			return int(n), err
		}
	}
	return 0, fmt.Errorf("there is no metric %s", name)
}
