package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"bis/internal/store/mongo/mongotest"
)

// oldPython is the old server's code in test/oldpython, working on a database.
type oldPython struct {
	*testing.T
	in  io.Writer
	out *bufio.Scanner
}

// startOldPython starts it with the driver that scripts/mongo.sh has installed together with the
// database.
func startOldPython(t *testing.T, uri string) *oldPython {
	t.Helper()
	python := filepath.Join(filepath.Dir(os.Getenv(mongotest.Variable)), "python")
	cmd := exec.Command(python, filepath.Join(root, "test/oldpython/old.py"), uri)
	cmd.Env = append(os.Environ(), "PYTHONIOENCODING=utf-8")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start the old code: %v", err)
	}
	t.Cleanup(func() { _ = in.Close(); _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return &oldPython{T: t, in: in, out: bufio.NewScanner(out)}
}

// ask sends a call of one of the old code's functions and decodes the result.
func ask[T any](p *oldPython, call string, with map[string]any) T {
	p.Helper()
	line := map[string]any{"do": call}
	for name, value := range with {
		line[name] = value
	}
	body, err := json.Marshal(line)
	if err != nil {
		p.Fatal(err)
	}
	if _, err := p.in.Write(append(body, '\n')); err != nil {
		p.Fatalf("%s: %v", call, err)
	}
	if !p.out.Scan() {
		p.Fatalf("%s: the old code has ended: %v", call, p.out.Err())
	}
	var answer struct {
		OK    T `json:"ok"`
		Fault string
	}
	if err := json.Unmarshal(p.out.Bytes(), &answer); err != nil || answer.Fault != "" {
		p.Fatalf("%s: %s %v", call, p.out.Bytes(), err)
	}
	return answer.OK
}

// oldRequest is a document of the collection requests, as the old code reads it.
type oldRequest struct {
	ID       string `json:"_id"`
	Username string `json:"username"`
	Name     string `json:"request_name"`
	Interval int    `json:"interval"`
	EndTime  string `json:"endtime"`
	Active   bool   `json:"is_active"`
}

// user is the argument of most old calls.
func user(name string) map[string]any { return map[string]any{"username": name} }

// TestOldPython lets the old server's code work on the database of a running server. Each reads the
// data that the other writes, even live.
func TestOldPython(t *testing.T) {
	t.Parallel()
	mongotest.Need(t)
	database := mongotest.Own(t)
	old := startOldPython(t, database.URI())
	// The old server started first, and continues to run its own request.
	signup := ask[map[string]string](old, "login", user("owner"))
	end := time.Now().Add(time.Hour).In(seoul(t))
	request := ask[string](old, "start", map[string]any{"username": "owner", "interval": 30, "endtime": end.Format("15:04")})
	first := ask[string](old, "brief", map[string]any{"request_id": request, "caption": "손님이 2명 있어요."})
	c := startChild(t, options{env: []string{"DATABASE_URI=" + database.URI()}})

	t.Run("its users and requests are read", func(t *testing.T) { readsOld(t, c, signup["user_id"], request, end, first) })
	t.Run("its briefings reach every subscriber", func(t *testing.T) { streamsOld(t, c, old, request, first) })
	t.Run("it reads and hears what the server stores", func(t *testing.T) { readByOld(t, c, old) })
	t.Run("it ends and briefs the server's request", func(t *testing.T) { writtenByOld(t, c, old) })
	t.Run("either changes the style", func(t *testing.T) { customs(t, c, old) })
	t.Run("the server ends its request", func(t *testing.T) {
		if got := form(t, c, "/endBriefing", url.Values{"username": {"owner"}}); got != `{"message":"브리핑 성공적으로 종료"}` {
			t.Errorf("/endBriefing: %s", got)
		}
		if r := ask[oldRequest](old, "latest", user("owner")); r.ID != request || r.Active {
			t.Errorf("the old code reads %+v, want it ended", r)
		}
	})
	t.Run("it works on with what only the server knows", func(t *testing.T) { newFields(t, c, old, request) })
	t.Run("the fields it knows have their old types", func(t *testing.T) { oldKinds(t, old) })
}

// form posts to one of the old endpoints.
func form(t *testing.T, c *child, path string, fields url.Values) string {
	t.Helper()
	res, err := http.PostForm(c.url+path, fields)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %s, %v", path, res.Status, body, err)
	}
	return string(body)
}

// jsonList returns a list as /getBriefing and /getCustom write it.
func jsonList(list ...string) string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = `"` + s + `"`
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

func readsOld(t *testing.T, c *child, userID, request string, end time.Time, first string) {
	if got, want := form(t, c, "/login", url.Values{"username": {"owner"}}), fmt.Sprintf(`{"message":"login","user_id":%q}`, userID); got != want {
		t.Errorf("/login: %s, want %s", got, want)
	}
	got := form(t, c, "/getAllRequest", url.Values{"username": {"owner"}})
	if !strings.Contains(got, request) || !strings.Contains(got, end.Format(`"endtime":"15:04"`)) {
		t.Errorf("/getAllRequest: %s", got)
	}
	if got := form(t, c, "/getBriefing", url.Values{"request_id": {request}}); got != jsonList(first) {
		t.Errorf("/getBriefing: %s, want %s", got, jsonList(first))
	}
	var data struct {
		User struct {
			ActiveRequest struct {
				ID, EndTime string
				Interval    int
				EndsAt      time.Time
				Active      bool
			}
		}
	}
	err := c.graphql(t.Context(), `{ user(username: "owner") { activeRequest { id interval endTime endsAt active } } }`, &data)
	if r := data.User.ActiveRequest; err != nil || r.ID != request || r.Interval != 30 || !r.Active || !r.EndsAt.Equal(end.Truncate(time.Minute)) {
		t.Errorf("by GraphQL: %+v, %v", r, err)
	}
}

// readText reads a text frame of an old socket.
func readText(t *testing.T, conn *websocket.Conn) string {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(hung)); err != nil {
		t.Fatal(err)
	}
	_, text, err := conn.ReadMessage()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func reloadOld(t *testing.T, c *child, username string) *websocket.Conn {
	t.Helper()
	conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), strings.Replace(c.url, "http", "ws", 1)+"/reloadBriefing?username="+username, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func streamsOld(t *testing.T, c *child, old *oldPython, request, first string) {
	_, next := overSocket(t, c, `subscription { reloadBriefing(username: "owner") { caption } }`)
	stream := overSSE(t, c, fmt.Sprintf(`subscription { briefings(requestId: %q) { caption } }`, request))
	phone := reloadOld(t, c, "owner")
	var snapshot struct {
		Past []string `json:"briefing_data"`
	}
	if frame := readText(t, phone); json.Unmarshal([]byte(frame), &snapshot) != nil || !slices.Equal(snapshot.Past, []string{first}) {
		t.Errorf("the first frame of /reloadBriefing: %s", frame)
	}
	_, caption, _ := strings.Cut(first, "_")
	if got := next().Caption; got != caption {
		t.Errorf("the replay over the socket: %s", got)
	}
	if got := firstOf(t, stream).Caption; got != caption {
		t.Errorf("the replay over SSE: %s", got)
	}
	for i := range 3 {
		caption := fmt.Sprintf("손님이 %d명 있어요.", i)
		text := ask[string](old, "brief", map[string]any{"request_id": request, "caption": caption})
		if got := next().Caption; got != caption {
			t.Errorf("over the socket: %q, want %q", got, caption)
		}
		if got := firstOf(t, stream).Caption; got != caption {
			t.Errorf("over SSE: %q, want %q", got, caption)
		}
		if got := readText(t, phone); got != text {
			t.Errorf("at /reloadBriefing: %q, want %q", got, text)
		}
	}
}

var (
	oldName = regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$`)
	oldText = regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d_.+$`)
)

func readByOld(t *testing.T, c *child, old *oldPython) {
	old.T = t
	end := time.Now().Add(time.Hour).In(seoul(t))
	phone := overOldSocket(t, c, "kim")
	seen := []string{readText(t, phone)}
	r := ask[oldRequest](old, "latest", user("kim"))
	if r.Username != "kim" || r.Interval != 1 || !r.Active || !oldName.MatchString(r.Name) {
		t.Errorf("the request: %+v", r)
	}
	if started, err := time.ParseInLocation("2006-01-02 15:04:05", r.Name, seoul(t)); err != nil || time.Since(started).Abs() > time.Minute {
		t.Errorf("its name is not the local time of its start: %s", r.Name)
	}
	if near := []string{end.Format("15:04"), end.Add(time.Minute).Format("15:04")}; !slices.Contains(near, r.EndTime) {
		t.Errorf("its endtime: %s, want one of %s", r.EndTime, near)
	}
	ask[any](old, "watch", map[string]any{"request_id": r.ID})
	heard := ask[string](old, "heard", map[string]any{"request_id": r.ID})
	for !slices.Contains(seen, heard) || len(seen) < 3 {
		if seen = append(seen, readText(t, phone)); len(seen) > 30 {
			t.Fatalf("the old change stream says %q, the phone never; it has %q", heard, seen)
		}
	}
	if list := ask[[]string](old, "all_briefings", map[string]any{"request_id": r.ID}); len(list) < len(seen) || !slices.Equal(list[:len(seen)], seen) {
		t.Errorf("the old code reads %q, the phone has %q", list, seen)
	}
	for _, text := range seen {
		if !oldText.MatchString(text) {
			t.Errorf("the text %q", text)
		}
	}
	all := ask[[]map[string]string](old, "all_requests", user("kim"))
	if len(all) != 1 || all[0]["request_id"] != r.ID || all[0]["endtime"] != r.EndTime {
		t.Errorf("all requests: %v", all)
	}
	if custom := ask[[]string](old, "get_custom", user("kim")); len(custom) != 3 || custom[0] != "한국어로 말해줘" {
		t.Errorf("the style of a user that the server made: %q", custom)
	}
	if got := ask[map[string]string](old, "login", user("kim")); got["message"] != "login" {
		t.Errorf("the old login of a user that the server made: %v", got)
	}
}

// writtenByOld continues with the request that readByOld started.
func writtenByOld(t *testing.T, c *child, old *oldPython) {
	old.T = t
	r := ask[oldRequest](old, "latest", user("kim"))
	stream := overSSE(t, c, fmt.Sprintf(`subscription { briefings(requestId: %q) { caption } }`, r.ID))
	firstOf(t, stream)
	ask[string](old, "brief", map[string]any{"request_id": r.ID, "caption": "옆에서 썼어요."})
	for n := 0; firstOf(t, stream).Caption != "옆에서 썼어요."; n++ {
		if n == 30 {
			t.Fatal("a briefing that the old code inserted beside the server's own never came")
		}
	}
	ask[string](old, "end", user("kim"))
	completed := false
	for stream.Scan() {
		completed = completed || stream.Text() == "event: complete"
	}
	if !completed {
		t.Error("the subscription of a request that the old code ended does not complete")
	}
	before := ask[[]string](old, "all_briefings", map[string]any{"request_id": r.ID})
	pass(2500 * time.Millisecond) // two ticks that must not be run
	if after := ask[[]string](old, "all_briefings", map[string]any{"request_id": r.ID}); len(after) != len(before) {
		t.Errorf("%d briefings came after the end", len(after)-len(before))
	}
}

func customs(t *testing.T, c *child, old *oldPython) {
	old.T = t
	ask[int](old, "update_custom", map[string]any{"username": "kim", "custom": []string{"영어로", "짧게", "반말로"}})
	if got := form(t, c, "/getCustom", url.Values{"username": {"kim"}}); got != jsonList("영어로", "짧게", "반말로") {
		t.Errorf("/getCustom: %s", got)
	}
	form(t, c, "/updateCustom", url.Values{"username": {"owner"}, "custom_list": {`["a", "b", "c"]`}})
	if got := ask[[]string](old, "get_custom", user("owner")); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("the old code reads the style %q", got)
	}
}

// newFields marks the old server's data, lists it by day, and deletes a user of both.
func newFields(t *testing.T, c *child, old *oldPython, request string) {
	old.T = t
	before := ask[[]string](old, "all_briefings", map[string]any{"request_id": request})
	var data struct {
		Briefings, DayBriefings struct {
			Edges []struct {
				Node struct {
					ID, Text      string
					ReportedWrong bool
					Facts         *struct{}
					Made          *struct{ Source string }
				}
			}
		}
		MarkSeen       struct{ SeenAt time.Time }
		DeleteUserData struct{ Requests, Briefings int }
	}
	must := func(query string) {
		t.Helper()
		if err := c.graphql(t.Context(), query, &data); err != nil {
			t.Fatal(err)
		}
	}
	const node = `edges { node { id text reportedWrong facts { people } made { source } } }`
	must(fmt.Sprintf(`{ briefings(requestId: %q, first: 500) { %s } }`, request, node))
	must(fmt.Sprintf(`mutation { reportBriefing(briefingId: %q, wrong: true, note: "x") { id } markSeen(username: "owner", at: "2026-01-01T00:00:00Z") { seenAt } }`, data.Briefings.Edges[0].Node.ID))
	today := time.Now().In(seoul(t))
	must(fmt.Sprintf(`{ dayBriefings(username: "owner", date: %q, first: 500) { %s } }`, today.Format(time.DateOnly), node))
	var texts []string
	for i, e := range data.DayBriefings.Edges {
		texts = append(texts, e.Node.Text)
		if e.Node.ReportedWrong != (i == 0) || e.Node.Facts != nil || e.Node.Made == nil || e.Node.Made.Source != "outside" {
			t.Errorf("a briefing of the old server: %+v", e.Node)
		}
	}
	if !slices.Equal(texts, before) && today.Hour() > 0 { // the test may run over midnight
		t.Errorf("the day has %q, want %q", texts, before)
	}
	if after := ask[[]string](old, "all_briefings", map[string]any{"request_id": request}); !slices.Equal(after, before) {
		t.Errorf("the old code reads %q, want %q", after, before)
	}
	if got := ask[map[string]string](old, "login", user("owner")); got["message"] != "login" {
		t.Errorf("the old login of a user that has seen something: %v", got)
	}
	must(`mutation { deleteUserData(username: "kim") { requests briefings } }`)
	if data.DeleteUserData.Requests != 1 || data.DeleteUserData.Briefings == 0 {
		t.Errorf("deleted %+v", data.DeleteUserData)
	}
	if all := ask[[]map[string]string](old, "all_requests", user("kim")); len(all) != 0 {
		t.Errorf("the old code reads requests of a deleted user: %v", all)
	}
}

// oldKinds checks the types in all documents that either has written.
func oldKinds(t *testing.T, old *oldPython) {
	old.T = t
	for collection, fields := range map[string]map[string]string{
		"users":     {"_id": "ObjectId", "username": "str", "custom": "list"},
		"requests":  {"_id": "ObjectId", "username": "str", "request_name": "str", "interval": "int", "endtime": "str", "is_active": "bool"},
		"briefings": {"_id": "ObjectId", "request_id": "ObjectId", "briefing": "str"},
	} {
		kinds := ask[map[string][]string](old, "kinds", map[string]any{"collection": collection})
		for field, want := range fields {
			if got := kinds[field]; len(got) != 1 || got[0] != want {
				t.Errorf("%s.%s is %q to the old code, want %s alone", collection, field, got, want)
			}
		}
	}
}
