package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"bis/bench/load"
	"bis/bench/proc"
)

// contender is a server that the load generator can drive.
type contender struct {
	name     string
	protocol load.Protocol
	// start starts the server on a free port, with empty data. The caller closes it.
	start func(ctx context.Context, y *workspace) (*server, error)
	// fewer divides the usual number of subscribers, for a contender that cannot serve that many.
	// Zero means 1.
	fewer int
	// wakesAll says that a text wakes the code of all subscribers, even of other topics. Then the
	// cost of publishing must be measured before there are subscribers.
	wakesAll bool
}

// The contenders. Each command under opponents/ says how it is set up and why. The bare ones show
// the cost of the WebSocket alone. Nobody would run them as servers.
var (
	ours      = contender{name: "bis", protocol: load.GraphQL(true), start: startOurs}
	bareWrite = contender{name: "bare prebuilt write", protocol: load.Bare("/ws"), start: startGo("floor")}
	bareHub   = contender{name: "bare gorilla hub", protocol: load.Bare("/ws"), start: startGo("hub")}
	engine    = contender{name: "centrifuge engine", protocol: load.Centrifuge(), start: startGo("engine")}
	stock     = contender{name: "stock gqlgen", protocol: load.GraphQL(false), start: startGo("gqlgen")}
	onNode    = contender{name: "graphql-ws on Node", protocol: load.GraphQL(false), start: startNode}
	// Each of its sockets has three connections to the database, which answers one at a time.
	python = contender{name: "FastAPI + motor", protocol: load.Bare("/ws"), start: startPython, fewer: 20, wakesAll: true}
)

// server is a contender that runs. Its functions may be called concurrently.
type server struct {
	*proc.Child
	// publish sends a text to a topic and returns when it is acknowledged.
	publish load.Publish
	size    int // bytes of a text; zero means a usual caption
	// topics creates n new topics without texts.
	topics func(ctx context.Context, n int) ([]*load.Topic, error)
	// newest returns the cursor of a topic's newest text. Nil means that the server has no cursors.
	newest func(ctx context.Context, topic string) (string, error)
	// again starts the server again after Kill, on the same address and data.
	again func(ctx context.Context) (*server, error)
	// close ends the server and the processes that it needed. It may be called after Kill and Stop.
	close func()
}

// workspace is where a benchmark works: a temporary folder, and the programs built in it.
type workspace struct {
	options
	dir   string
	built map[string]string // path of a program by its package
	count int
}

// newWorkspace makes a workspace. close removes it.
func newWorkspace(o options) (*workspace, error) {
	dir, err := os.MkdirTemp("", "bis-bench-")
	return &workspace{options: o, dir: dir, built: map[string]string{}}, err
}

func (y *workspace) close() { os.RemoveAll(y.dir) }

// compareServers measures this server, its other build if there is one, and stock gqlgen, one
// after the other. It returns their rows, and leaves out contenders that the flag -only excludes.
// An error of one contender ends the comparison, so a table never lacks a row unnoticed.
func compareServers(ctx context.Context, o options, measure func(*workspace, context.Context, contender) (string, error)) ([]string, error) {
	y, err := newWorkspace(o)
	if err != nil {
		return nil, err
	}
	defer y.close()
	var rows []string
	for _, c := range o.withBefore(ours, stock) {
		if !o.wants(c.name) {
			continue
		}
		fmt.Printf("   %s\n", c.name)
		row, err := measure(y, ctx, c)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// folder makes an empty folder in the workspace, with a name of its own.
func (y *workspace) folder() (string, error) {
	y.count++
	path := filepath.Join(y.dir, fmt.Sprint(y.count))
	return path, os.Mkdir(path, 0o755)
}

// build builds the package pkg of the module in dir once and returns the program's path. The
// program exists until the workspace is closed.
func (y *workspace) build(ctx context.Context, dir, pkg string) (string, error) {
	if path, ok := y.built[pkg]; ok {
		return path, nil
	}
	path := filepath.Join(y.dir, "program-"+filepath.Base(pkg))
	if err := proc.Build(ctx, dir, pkg, path); err != nil {
		return "", err
	}
	y.built[pkg] = path
	return path, nil
}

// startOurs builds this project's server and starts it on an empty data folder.
func startOurs(ctx context.Context, y *workspace) (*server, error) {
	path, err := y.build(ctx, y.root, ".")
	if err != nil {
		return nil, err
	}
	return startProgram(ctx, y, path, proc.Unlimited)
}

// startLimited is startOurs with the limits of the defaults.
func startLimited(ctx context.Context, y *workspace) (*server, error) {
	path, err := y.build(ctx, y.root, ".")
	if err != nil {
		return nil, err
	}
	return startProgram(ctx, y, path, nil)
}

// withBefore inserts the other build of this server after the first contender, if the command
// line names one.
func (o options) withBefore(list ...contender) []contender {
	if o.before == "" {
		return list
	}
	before := ours
	before.name = ours.name + " before"
	before.start = func(ctx context.Context, y *workspace) (*server, error) {
		return startProgram(ctx, y, o.before, proc.Unlimited)
	}
	return slices.Insert(list, 1, before)
}

// startProgram starts a build of this server on an empty data folder. It logs errors only, as its
// opponents do.
func startProgram(ctx context.Context, y *workspace, path string, env []string) (*server, error) {
	data, err := y.folder()
	if err != nil {
		return nil, err
	}
	addr, err := proc.FreeAddr()
	if err != nil {
		return nil, err
	}
	var again func(ctx context.Context) (*server, error)
	again = func(ctx context.Context) (*server, error) {
		child, err := proc.Start(ctx, proc.Command{Path: path, Args: []string{"--addr", addr, "--data", data, "--log-level", "error"}, Env: env, Dir: data})
		if err != nil {
			return nil, err
		}
		c := caller{addr: addr, client: newClient()}
		return &server{Child: child, publish: c.addBriefing, topics: c.startRequests, newest: c.newest, again: again, close: child.Kill}, nil
	}
	return again(ctx)
}

// startGo returns a function that starts an opponent written in Go.
func startGo(name string) func(ctx context.Context, y *workspace) (*server, error) {
	return func(ctx context.Context, y *workspace) (*server, error) {
		path, err := y.build(ctx, filepath.Join(y.root, "bench"), "./opponents/"+name)
		if err != nil {
			return nil, err
		}
		home, err := y.folder()
		if err != nil {
			return nil, err
		}
		addr, err := proc.FreeAddr()
		if err != nil {
			return nil, err
		}
		return startOpponent(ctx, proc.Command{Path: path, Args: []string{"--addr", addr}, Dir: home})
	}
}

// startOpponent starts a server that accepts POST /publish and creates a topic when it is first
// named. All opponents are published to in this way.
func startOpponent(ctx context.Context, c proc.Command) (*server, error) {
	child, err := proc.Start(ctx, c)
	if err != nil {
		return nil, err
	}
	call := caller{addr: child.Addr, client: newClient()}
	return &server{
		Child: child, publish: call.post, topics: namedTopics, close: child.Kill,
		again: func(ctx context.Context) (*server, error) { return startOpponent(ctx, c) },
	}, nil
}

// namedTopics returns topics for opponents, which need no preparation.
func namedTopics(_ context.Context, n int) ([]*load.Topic, error) {
	list := make([]*load.Topic, n)
	for i := range list {
		list[i] = &load.Topic{ID: fmt.Sprintf("topic%d", i)}
	}
	return list, nil
}

// caller calls a server over HTTP.
type caller struct {
	addr   string
	client *http.Client
}

// newClient returns an HTTP client with enough idle connections for all callers.
func newClient() *http.Client {
	return &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}}
}

// post publishes to an opponent.
func (c caller) post(ctx context.Context, topic, text string) error {
	_, err := c.do(ctx, "/publish?topic="+url.QueryEscape(topic), "text/plain", []byte(text))
	return err
}

// addBriefing publishes to this server as an external pipeline does: a GraphQL mutation that is
// acknowledged after the commit. So publishing costs this server more than an opponent, which
// stores nothing.
func (c caller) addBriefing(ctx context.Context, topic, text string) error {
	return c.graphql(ctx, `mutation Add($input: AddBriefingInput!) { addBriefing(input: $input) { id } }`,
		map[string]any{"input": map[string]any{"requestId": topic, "caption": text}}, nil)
}

// newest returns the cursor of a request's last briefing.
func (c caller) newest(ctx context.Context, topic string) (string, error) {
	var answer struct {
		Briefings struct{ PageInfo struct{ EndCursor string } }
	}
	err := c.graphql(ctx, `query Newest($id: ID!) { briefings(requestId: $id, last: 1) { pageInfo { endCursor } } }`, map[string]any{"id": topic}, &answer)
	return answer.Briefings.PageInfo.EndCursor, err
}

// startRequests starts a request for each topic, each of a user of its own. Their first tick is a
// day away, so that only the generator publishes.
func (c caller) startRequests(ctx context.Context, n int) ([]*load.Topic, error) {
	list := make([]*load.Topic, n)
	end := time.Now().Add(48 * time.Hour).Format(time.RFC3339)
	callers, ctx := errgroup.WithContext(ctx)
	callers.SetLimit(32)
	for i := range list {
		callers.Go(func() error {
			var answer struct{ StartBriefing struct{ ID string } }
			input := map[string]any{"username": fmt.Sprintf("user%d", i), "interval": 86_400, "endTime": end}
			err := c.graphql(ctx, `mutation Start($input: StartBriefingInput!) { startBriefing(input: $input) { id } }`,
				map[string]any{"input": input}, &answer)
			list[i] = &load.Topic{ID: answer.StartBriefing.ID}
			return err
		})
	}
	return list, callers.Wait()
}

// graphql posts an operation and decodes its data into to, unless that is nil. The first GraphQL
// error is returned.
func (c caller) graphql(ctx context.Context, query string, variables map[string]any, to any) error {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return err
	}
	b, err := c.do(ctx, "/graphql", "application/json", body)
	if err != nil {
		return err
	}
	var answer struct {
		Data   json.RawMessage
		Errors []struct{ Message string }
	}
	if err := json.Unmarshal(b, &answer); err != nil {
		return err
	}
	if len(answer.Errors) > 0 {
		return fmt.Errorf("graphql: %s", answer.Errors[0].Message)
	}
	if to == nil {
		return nil
	}
	return json.Unmarshal(answer.Data, to)
}

// do posts a body and returns the answer's. A status other than 200 is an error.
func (c caller) do(ctx context.Context, path, kind string, body []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+c.addr+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", kind)
	res, err := c.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %.200s", path, res.Status, b)
	}
	return b, err
}
