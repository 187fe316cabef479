package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"bis/internal/briefing"
	"bis/internal/store/mongo/mongotest"
)

// awayFor is the time without the database: longer than any call of the server waits.
const awayFor = 9 * time.Second

// TestMongo_away checks the server's promises while its database is unreachable, and afterwards. It
// is not parallel, because runs every second would be late on a busy machine.
func TestMongo_away(t *testing.T) {
	mongotest.Need(t)
	database := mongotest.Own(t, "--sync-on-commit")
	c := startChild(t, options{env: []string{"DATABASE_URI=" + database.URI()}})
	_, next := overSocket(t, c, startDocument("kim"))
	seen := []string{next().Caption, next().Caption}
	phone := reloadOld(t, c, "kim")
	before := len(pastOf(t, phone))
	var data struct {
		User struct {
			ActiveRequest struct{ ID briefing.RequestID }
		}
	}
	if err := c.graphql(t.Context(), `{ user(username: "kim") { activeRequest { id } } }`, &data); err != nil {
		t.Fatal(err)
	}
	id := data.User.ActiveRequest.ID

	database.Kill()
	gone := time.Now()
	t.Run("answers", func(t *testing.T) { answersWithoutDatabase(t, c) })
	// Subscriptions that start without the database are acknowledged and silent. When the database
	// returns, they receive everything from the first briefing on.
	_, lateNext := overSocket(t, c, fmt.Sprintf(`subscription { briefings(requestId: %q) { caption } }`, id))
	lateStream := overSSE(t, c, fmt.Sprintf(`subscription { briefings(requestId: %q, after: null) { caption } }`, id))
	latePhone := reloadOld(t, c, "kim")
	pass(time.Until(gone.Add(awayFor)))
	if err := database.Restart(); err != nil {
		t.Fatal(err)
	}
	back := time.Now()

	for len(seen) < 20 { // over the break and beyond, on the socket that was open all the time
		seen = append(seen, next().Caption)
	}
	for i, want := range seen {
		if got := lateNext().Caption; got != want {
			t.Errorf("briefing %d on the socket that was opened meanwhile: %q, want %q", i, got, want)
		}
		if got := firstOf(t, lateStream).Caption; got != want {
			t.Errorf("briefing %d on the stream that was opened meanwhile: %q, want %q", i, got, want)
		}
	}
	oldSockets(t, phone, latePhone, before)
	ranMeanwhile(t, c, id, gone, back)
}

// answersWithoutDatabase makes every call that must be refused within 5 s, and reads the server's
// health.
func answersWithoutDatabase(t *testing.T, c *child) {
	for _, query := range []string{
		`{ user(username: "kim") { id } }`, `mutation { login(username: "new") { outcome } }`, `mutation { endBriefing(username: "kim") { id } }`,
		fmt.Sprintf(`mutation { startBriefing(input: {username: "lee", interval: 1, endTime: %q}) { id } }`, later()),
	} {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			begin := time.Now()
			if code := errorCode(t, c, query); code != "UNAVAILABLE" || time.Since(begin) > 5*time.Second {
				t.Errorf("%s after %v, want UNAVAILABLE within 5 s", code, time.Since(begin))
			}
		})
	}
	t.Run("readiness", func(t *testing.T) {
		t.Parallel()
		res, err := http.Get(c.url + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		const why = "collection instances cannot be written: the database does not answer, or has no primary\n"
		if err != nil || res.StatusCode != http.StatusServiceUnavailable || string(body) != why {
			t.Errorf("/readyz: %s, %q, %v", res.Status, body, err)
		}
		o := options{args: []string{"--addr", strings.TrimPrefix(c.url, "http://"), "health"}}
		if code, said := exits(t, o); code != 1 || said != "bis: not ready: "+why {
			t.Errorf("health: exit code %d, %q", code, said)
		}
	})
	t.Run("an old start", func(t *testing.T) {
		t.Parallel()
		conn := overOldSocket(t, c, "park")
		if err := conn.SetReadDeadline(time.Now().Add(6 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, _, err := conn.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseTryAgainLater) {
			t.Errorf("/ws: %v, want 1013", err)
		}
	})
}

// errorCode posts an operation and returns the code of its error.
func errorCode(t *testing.T, c *child, query string) string {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Post(c.url+"/graphql", "application/json", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var answer struct {
		Errors []struct{ Extensions struct{ Code string } }
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil || len(answer.Errors) == 0 {
		return fmt.Sprint("no error: ", err)
	}
	return answer.Errors[0].Extensions.Code
}

// oldSockets checks that two old sockets receive the same: one that was open all the time, from a
// number of briefings on, and one that was opened later. It compares by position, because two
// briefings of one minute may have the same text.
func oldSockets(t *testing.T, open, late *websocket.Conn, before int) {
	t.Helper()
	past := pastOf(t, late)
	told := make([]string, 15)
	for i := range told {
		told[i] = readText(t, open)
	}
	all := append(past, readText(t, late), readText(t, late), readText(t, late))
	n := min(len(told), len(all)-before)
	if n < 1 || !slices.Equal(told[:n], all[before:before+n]) {
		t.Errorf("after %d briefings the socket that was open tells %q, the other in all %q", before, told, all)
	}
}

// pastOf reads the first frame of an old socket, which has the past briefings.
func pastOf(t *testing.T, conn *websocket.Conn) []string {
	t.Helper()
	var snapshot struct {
		Past []string `json:"briefing_data"`
	}
	if frame := readText(t, conn); json.Unmarshal([]byte(frame), &snapshot) != nil || len(snapshot.Past) < 2 {
		t.Fatalf("the first frame: %s", frame)
	}
	return snapshot.Past
}

// ranMeanwhile checks that the runs of the time without a database are stored, in order of their
// ticks.
func ranMeanwhile(t *testing.T, c *child, id briefing.RequestID, gone, back time.Time) {
	t.Helper()
	var data struct {
		Briefings struct {
			Edges []struct{ Node struct{ At time.Time } }
		}
	}
	if err := c.graphql(t.Context(), fmt.Sprintf(`{ briefings(requestId: %q, first: 500) { edges { node { at } } } }`, id), &data); err != nil {
		t.Fatal(err)
	}
	meanwhile, last := 0, time.Time{}
	for _, e := range data.Briefings.Edges {
		if !e.Node.At.After(last) {
			t.Errorf("the tick at %s is stored after that at %s", e.Node.At, last)
		}
		if last = e.Node.At; last.After(gone) && last.Before(back) {
			meanwhile++
		}
	}
	if want := int(back.Sub(gone)/time.Second) - 2; meanwhile < want {
		t.Errorf("%d runs of the %v without a database are stored, want at least %d", meanwhile, back.Sub(gone), want)
	}
}
