package e2e

import (
	"bufio"
	"database/sql"
	"fmt"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/gorilla/websocket"
	"github.com/rs/zerolog"

	"bis/internal/store/mongo/mongotest"
)

// clients are the clients of a server while its store hangs.
type clients struct {
	*testing.T
	sockets map[string]*websocket.Conn
	starts  []*websocket.Conn // old sockets whose start waits for the store
	stream  *bufio.Scanner
	first   map[string]seen // the first briefing of each of some users
}

// connectClients connects clients of every kind, and starts enough requests to keep the store busy.
func connectClients(t *testing.T, c *child) *clients {
	t.Helper()
	a := &clients{T: t, sockets: map[string]*websocket.Conn{}, first: map[string]seen{}}
	firsts := map[string]func() seen{}
	for i := range 10 {
		name := fmt.Sprint("user", i)
		a.sockets["graphql-transport-ws of "+name], firsts[name] = overSocket(t, c, startDocument(name))
	}
	for name, first := range firsts {
		a.first[name] = first()
	}
	a.stream = overSSE(t, c, startDocument("lee"))
	firstOf(t, a.stream)
	a.sockets["/ws"] = overOldSocket(t, c, "park")
	readText(t, a.sockets["/ws"])
	a.sockets["/reloadBriefing"] = reloadOld(t, c, "park")
	return a
}

// startCalls starts calls that wait for the hanging store when the server is stopped.
func (a *clients) startCalls(c *child) {
	a.Helper()
	for i := range 3 {
		conn, err := dialGraphQL(a.Context(), c.url)
		if err != nil {
			a.Fatal(err)
		}
		a.Cleanup(func() { conn.Close() })
		name := fmt.Sprint("late", i)
		if err := conn.WriteJSON(map[string]any{"id": "1", "type": "subscribe", "payload": map[string]string{"query": startDocument(name)}}); err != nil {
			a.Fatal(err)
		}
		a.sockets["graphql-transport-ws of "+name] = conn
		a.starts = append(a.starts, overOldSocket(a.T, c, "old"+name))
		go func() {
			_ = c.graphql(a.Context(), fmt.Sprintf(`mutation { login(username: "login%d") { outcome } }`, i), nil)
		}() // ends with the server
	}
}

// checkFarewells checks that every socket was closed with a code that asks for a reconnection, and
// that the stream was not completed.
func (a *clients) checkFarewells() {
	a.Helper()
	for name, socket := range a.sockets {
		if err := endOf(socket); !websocket.IsCloseError(err, websocket.CloseServiceRestart) {
			a.Errorf("%s ends with %v, want 1012", name, err)
		}
	}
	// These get 1013 because the store was unreachable just before the stop, or 1012.
	for _, socket := range a.starts {
		if err := endOf(socket); !websocket.IsCloseError(err, websocket.CloseServiceRestart, websocket.CloseTryAgainLater) {
			a.Errorf("an old socket that was about to start ends with %v, want 1012 or 1013", err)
		}
	}
	for a.stream.Scan() {
		if strings.Contains(a.stream.Text(), "complete") {
			a.Error("the stream says complete although the request goes on")
		}
	}
}

// endOf reads a socket of an ended server to its end and returns the error, such as a close code.
func endOf(socket *websocket.Conn) error {
	err := socket.SetReadDeadline(time.Now().Add(hung))
	for err == nil {
		_, _, err = socket.ReadMessage()
	}
	return err
}

// checkRestart checks that every request continues after the restart, still has its first briefing,
// and has counts that add up in the end.
func (a *clients) checkRestart(c *child) {
	a.Helper()
	for name, first := range a.first {
		_, next := overSocket(a.T, c, fmt.Sprintf(`subscription { reloadBriefing(username: %q) { cursor caption } }`, name))
		b := next()
		if b.Cursor != first.Cursor || b.Caption != first.Caption {
			a.Errorf("%s: the first briefing is %+v, was %+v", name, b, first)
		}
		said := "nothing"
		for deadline := time.Now().Add(patience); said != "" && time.Now().Before(deadline); next() {
			said = a.checkCounts(c, name)
		}
		if said != "" {
			a.Errorf("%s: %s", name, said)
		}
	}
}

// checkCounts returns what is wrong with the counts of a user's request. The first stored tick
// after the restart settles the ticks that nobody ran. One tick may be running.
func (a *clients) checkCounts(c *child, name string) string {
	a.Helper()
	var data struct {
		User struct {
			ActiveRequest struct {
				StartedAt time.Time
				Ticks     struct{ Done, Skipped, Missed int }
				Briefings struct{ Edges []struct{ Cursor string } }
			}
		}
	}
	asked := time.Now()
	query := fmt.Sprintf(`{ user(username: %q) { activeRequest { startedAt ticks { done skipped missed } briefings(first: 500) { edges { cursor } } } } }`, name)
	if err := c.graphql(a.Context(), query, &data); err != nil {
		a.Fatal(err)
	}
	r := data.User.ActiveRequest
	sum, grid := r.Ticks.Done+r.Ticks.Skipped+r.Ticks.Missed, int(asked.Sub(r.StartedAt)/time.Second)
	if stored := len(r.Briefings.Edges); stored != r.Ticks.Done && stored != r.Ticks.Done+1 || sum < grid-1 || sum > grid+1 || r.Ticks.Missed == 0 {
		return fmt.Sprintf("%+v with %d stored, and %d ticks have passed", r.Ticks, stored, grid)
	}
	return ""
}

// lockedBy locks a data folder's file as another program would, until release is called or the test
// ends.
func lockedBy(t *testing.T, dir, begin string) (release func()) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "bis.db")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(t.Context(), begin); err != nil {
		t.Fatal(err)
	}
	release = func() { conn.Close(); db.Close() }
	t.Cleanup(release)
	return release
}

// A store that hangs does not delay a stop. Every caller gets a close code that asks for a
// reconnection, everything ends within 5 s, and all acknowledged data is there afterwards. Results
// that waited for the store count as missed.
//
// Other programs on the machine can only lengthen a stop, so the shortest of three counts.
func TestServer_stops_in_five_seconds_while_the_store_hangs(t *testing.T) {
	mongotest.Need(t)
	for _, hung := range []struct {
		since   string
		waiting int // bytes of results that wait for the store by then
	}{{"a moment ago", 0}, {"results wait", 1}, {"many results wait", 15_000}} {
		for _, begin := range []string{"BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"} {
			if begin == "BEGIN EXCLUSIVE" && hung.waiting != 1 {
				continue // in WAL mode it is the same lock
			}
			t.Run(fmt.Sprintf("another program locks SQLite with %s: %s", begin, hung.since), func(t *testing.T) {
				t.Parallel()
				inTime(t, func() time.Duration {
					dir := t.TempDir()
					c := startChild(t, options{data: dir})
					a := connectClients(t, c)
					release := lockedBy(t, dir, begin)
					took := a.stopWhile(c, hung.waiting)
					release()
					a.checkRestart(startChild(t, options{data: dir}))
					return took
				})
			})
		}
		t.Run("MongoDB does not answer: "+hung.since, func(t *testing.T) {
			t.Parallel()
			inTime(t, func() time.Duration { return stopWithoutMongo(t, hung.waiting) })
		})
	}
}

// inTime runs a test of a stop up to three times, until a stop was short enough.
func inTime(t *testing.T, stop func() time.Duration) {
	t.Helper()
	for tries := 1; ; tries++ {
		took := stop()
		if took <= stopTime || t.Failed() {
			return
		}
		if tries == 3 {
			t.Errorf("the stop took %v, want at most %v", took, stopTime)
			return
		}
	}
}

// stopWithoutMongo stops a server whose database does not answer any more, and returns the
// duration.
func stopWithoutMongo(t *testing.T, waiting int) time.Duration {
	t.Helper()
	database := mongotest.Own(t)
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	proxy := toxiproxy.NewProxy(server, "database", "127.0.0.1:0", database.Addr())
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(proxy.Stop)
	c := startChild(t, options{env: []string{"DATABASE_URI=" + mongotest.URI(proxy.Listen)}})
	a := connectClients(t, c)
	for _, toxic := range []string{hangUp, halfOpen} {
		if _, err := proxy.Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
			t.Fatal(err)
		}
	}
	took := a.stopWhile(c, waiting)
	a.checkRestart(startChild(t, options{env: []string{"DATABASE_URI=" + database.URI()}}))
	return took
}

// stopWhile stops the server once that many bytes of results wait for the store, and returns the
// duration of the stop.
func (a *clients) stopWhile(c *child, waiting int) time.Duration {
	a.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); waitingBytes(a.T, c) < float64(waiting); <-tick.C {
		if time.Now().After(deadline) {
			a.Fatalf("no %d bytes of results wait", waiting)
		}
	}
	a.startCalls(c)
	took := c.stop(a.T)
	a.Logf("the stop took %v: %s", took, tail(c.errs.String()))
	a.checkFarewells()
	return took
}

// waitingBytes returns how many bytes of results wait for the store, by the metrics.
func waitingBytes(t *testing.T, c *child) float64 {
	t.Helper()
	res, err := http.Get(c.url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), "bis_results_waiting_bytes "); ok {
			n, err := strconv.ParseFloat(value, 64)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatal("the metrics do not say what waits")
	return 0
}
