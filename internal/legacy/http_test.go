package legacy_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bis/internal/auth"
	"bis/internal/briefing"
	"bis/internal/legacy"
	"bis/internal/limit"
)

const unknownID = "0123456789abcdef01234567"

func TestLogin(t *testing.T) {
	t.Parallel()
	h := open(t, legacy.Config{})
	multi := exchange{name: "multipart", path: "/login",
		header: map[string]string{"Content-Type": `multipart/form-data; boundary="x"`},
		body: "--x\r\nContent-Disposition: form-data; name=\"username\"; filename=\"a\"\r\n\r\nno field\r\n" +
			"--x\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\n김사장\r\n--x--\r\n"}
	broken := multi
	broken.name, broken.body = "multipart without an end", "--x\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\nkim"
	unbounded := multi.with("Content-Type", "multipart/form-data")
	unbounded.name = "multipart without a boundary"
	json := exchange{name: "JSON body", path: "/login", body: `{"username":"kim"}`}.with("Content-Type", "application/json")
	literal := exchange{name: "lenient escapes", path: "/login", body: "username=100%+%zz%4"}.
		with("Content-Type", "application/x-www-form-urlencoded")
	h.record("login",
		post("new user", "/login", "username", "김사장"),
		post("known user", "/login", "username", "김사장"),
		post("the last of two counts", "/login", "username", "nobody yet", "username", "김사장"),
		multi, broken, unbounded,
		literal,
		post("what the lenient escapes mean", "/login", "username", "100% %zz%4"),
		post("missing", "/login", "user", "kim"),
		post("empty", "/login", "username", ""),
		json,
		exchange{name: "no content type", path: "/login", body: "username=kim"},
		post("longest", "/login", "username", strings.Repeat("김", 64)),
		post("over-long", "/login", "username", strings.Repeat("김", 65)),
		post("control character", "/login", "username", "kim\n"),
		post("not UTF-8", "/login", "username", "kim\xff"),
		post("largest body", "/login", "username", "kim", "x", strings.Repeat("x", 128<<10-len("username=kim&x="))),
		exchange{name: "most fields", path: "/login", body: strings.Repeat("a=1&", 999) + "username=kim"}.with("Content-Type", "application/x-www-form-urlencoded"),
		exchange{name: "too many fields", path: "/login", body: strings.Repeat("a=1&", 1_000) + "username=kim"}.with("Content-Type", "application/x-www-form-urlencoded"),
		post("body over the limit", "/login", "username", "kim", "x", strings.Repeat("x", 128<<10)),
	)
	must(t, h.store.Close())
	h.record("login_unavailable", post("database away", "/login", "username", "kim"))
}

func TestLogin_with_the_words_of_the_readme(t *testing.T) {
	t.Parallel()
	h := open(t, legacy.Config{LoginWords: legacy.WordsOfReadme})
	h.record("login_readme",
		post("new user", "/login", "username", "kim"),
		post("known user", "/login", "username", "kim"),
	)
}

func TestNew_refuses_other_login_words(t *testing.T) {
	t.Parallel()
	h := open(t, legacy.Config{})
	if _, err := legacy.New(h.svc, legacy.Config{LoginWords: "both"}); err == nil {
		t.Error(`New took the login words "both"`)
	}
	if _, err := legacy.New(nil, legacy.Config{}); err == nil {
		t.Error("New took no service")
	}
}

func TestCustom(t *testing.T) {
	t.Parallel()
	h := open(t, legacy.Config{})
	set := func(name, list string) exchange {
		return post(name, "/updateCustom", "username", "김사장", "custom_list", list)
	}
	get := post("read back", "/getCustom", "username", "김사장")
	bad := func(name, list string) exchange { return set("bad: "+name, list) }
	h.call(post("", "/login", "username", "김사장"))
	h.record("custom",
		post("new user's", "/getCustom", "username", "김사장"),
		set("update", ` ["한국어로", "\"짧게\" \\ <b> & \u2028", "\ud83d\ude00😀", ""] `), get,
		set("empty list", "[]"), get,
		set("most", `["`+strings.Repeat("가", 200)+`"`+strings.Repeat(`,""`, 9)+`]`),
		post("unknown user", "/getCustom", "username", "lee"),
		post("update of an unknown user", "/updateCustom", "username", "lee", "custom_list", `["x"]`),
		post("still unknown", "/getCustom", "username", "lee"),
		post("missing: one", "/updateCustom", "username", "lee"),
		post("missing: all", "/updateCustom"),
		post("missing", "/getCustom"),
		bad("not JSON", "한국어로"), bad("not a list", `{"a":"b"}`), bad("null", "null"), bad("a string", `"x"`),
		bad("not strings", `["x",1]`), bad("null in it", `["x",null]`), bad("a list in it", `[["x"]]`),
		bad("cut off", `["x"`), bad("more behind it", `["x"]["y"]`),
		bad("eleven lines", `[""`+strings.Repeat(`,""`, 10)+`]`),
		bad("a line of 201", `["`+strings.Repeat("가", 201)+`"]`),
		bad("a list of 70 KB", `["x"]`+strings.Repeat(" ", 70_000)),
		bad("a control character", `["a\nb"]`),
		post("bad: of an unknown user", "/updateCustom", "username", "lee", "custom_list", "x"),
	)
	must(t, h.store.Close())
	h.record("custom_unavailable", get, set("update", "[]"))
}

func TestRequests(t *testing.T) {
	t.Parallel()
	h := open(t, legacy.Config{})
	all := post("all", "/getAllRequest", "username", "김사장")
	h.startRequest("김사장")
	h.set(time.Date(2024, 2, 3, 23, 59, 59, 999e6, seoul))
	h.startRequest("김사장")
	h.call(post("", "/login", "username", "lee"))
	h.record("requests",
		all,
		post("none", "/getAllRequest", "username", "lee"),
		post("unknown user", "/getAllRequest", "username", "nobody"),
		post("missing", "/getAllRequest"),
		post("end", "/endBriefing", "username", "김사장"),
		post("nothing to end", "/endBriefing", "username", "김사장"),
		post("end of an unknown user", "/endBriefing", "username", "nobody"),
		post("end: missing", "/endBriefing", "username", ""),
	)
	if _, err := h.svc.ActiveRequest(t.Context(), nobody, "김사장"); err == nil {
		t.Error("endBriefing left the request active")
	}
	must(t, h.store.Close())
	h.record("requests_unavailable", all, post("end", "/endBriefing", "username", "김사장"))
}

func TestBriefings(t *testing.T) {
	t.Parallel()
	h := open(t, legacy.Config{})
	id := string(h.startRequest("김사장").ID)
	empty := string(h.startRequest("lee").ID)
	h.brief("김사장", "현재 매장에는 손님이 두 명 있습니다.")
	h.brief("김사장", "a \"quote\", a \\, <b>&amp;, a\ttab, 😀\u2028\x7f")
	get := func(name, id string) exchange { return post(name, "/getBriefing", "request_id", id) }
	sum := func(name, id string) exchange { return post(name, "/aiSummary", "request_id", id) }
	// No path or body has an id, so the golden files are the same for every run.
	h.record("briefings",
		get("oldest first", id), get("upper-case id", strings.ToUpper(id)), get("none yet", empty),
		get("unknown id", unknownID), get("malformed id", "x"), get("id too long", id+"0"),
		post("missing", "/getBriefing"),
		sum("summary", id), sum("unknown id", unknownID), sum("malformed id", strings.Repeat("g", 24)),
		post("summary: missing", "/aiSummary", "request_id", ""),
	)
	must(t, h.store.Close())
	h.record("briefings_unavailable", get("get", id), sum("summary", id))
}

// Old callers read texts alone. Zones, boxes and unchanged runs change no byte of their answers.
func TestGetBriefing_of_counts_by_zone(t *testing.T) {
	t.Parallel()
	h := open(t, legacy.Config{})
	req := h.startRequest("kim")
	p := h.dial("/reloadBriefing?username=kim")
	p.receives(`{"briefing_data":[]}`) // before the briefing is stored
	at := req.TickAt(1)
	_, err := h.store.Append(t.Context(), briefing.Append{
		RequestID: req.ID, Owner: req.Owner, Tick: 1,
		Briefing: briefing.Briefing{
			At: at, Caption: "손님 3명", Text: briefing.Text(at, seoul, "손님 3명"), Unchanged: true,
			Facts: briefing.Facts{
				Counted: true, Method: briefing.MethodModel, Boxes: []briefing.Box{{X1: 1, Y1: 1, Name: briefing.Person}},
				Counts: []briefing.ObjectCount{{Name: briefing.Person, Count: 1, Zone: "a"}, {Name: briefing.Person, Count: 2, Zone: "b"}},
			},
		},
	})
	must(t, err)
	text := briefing.Text(at, seoul, "손님 3명")
	p.receives(text)
	if _, body := h.call(post("", "/getBriefing", "request_id", string(req.ID))); !strings.Contains(string(body), text) ||
		strings.ContainsAny(strings.ReplaceAll(string(body), text, ""), "{}") {
		t.Errorf("the list is %s", body)
	}
}

// Old callers read the caption alone. A headline, a description and a question change no byte of
// their answers.
func TestGetBriefing_of_a_described_picture(t *testing.T) {
	t.Parallel()
	h := open(t, legacy.Config{})
	req := h.startRequest("kim")
	p := h.dial("/reloadBriefing?username=kim")
	p.receives(`{"briefing_data":[]}`) // before the briefing is stored
	at := req.TickAt(1)
	text := briefing.Text(at, seoul, "손님 3명")
	_, err := h.store.Append(t.Context(), briefing.Append{
		RequestID: req.ID, Owner: req.Owner, Tick: 1,
		Briefing: briefing.Briefing{
			At: at, Caption: "손님 3명", Text: text, Source: "m", Headline: "세 명", Description: "문이 열려 있습니다.", Question: "확인해 주세요: 연기",
			Made:  &briefing.Made{Verdict: briefing.VerdictStyleSheet, Model: "m", Said: []briefing.SaidLine{{Key: "some", Line: "손님 {people}"}}, Refused: []string{"r"}},
			Usage: &briefing.Usage{Attempts: 1},
		},
	})
	must(t, err)
	p.receives(text)
	other := h.startRequest("lee")
	_, err = h.store.Append(t.Context(), briefing.Append{
		RequestID: other.ID, Owner: other.Owner, Tick: 1, Briefing: briefing.Briefing{At: at, Caption: "손님 3명", Text: text},
	})
	must(t, err)
	_, with := h.call(post("", "/getBriefing", "request_id", string(req.ID)))
	_, without := h.call(post("", "/getBriefing", "request_id", string(other.ID)))
	if string(with) != string(without) || !strings.Contains(string(with), text) {
		t.Errorf("the list is %s, want %s", with, without)
	}
}

func TestGetBriefing_has_no_pages(t *testing.T) {
	t.Parallel()
	h := open(t, legacy.Config{})
	id := string(h.startLong("kim").ID)
	for range 502 { // more than the service reads at a time
		h.brief("kim", "x")
	}
	_, body := h.call(post("", "/getBriefing", "request_id", id))
	if n := strings.Count(string(body), "_x"); n != 502 {
		t.Errorf("%d briefings, want 502", n)
	}
}

func TestPaths(t *testing.T) {
	t.Parallel()
	h := open(t, legacy.Config{})
	var list []exchange
	for _, path := range []string{"/", "/login", "/endBriefing", "/getAllRequest", "/getBriefing", "/aiSummary", "/getCustom", "/updateCustom", "/ws", "/reloadBriefing"} {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodOptions} {
			if method != http.MethodPost || path == "/" || path == "/ws" {
				list = append(list, exchange{name: "method", method: method, path: path})
			}
		}
		if path != "/" {
			list = append(list, exchange{name: "slash", path: path + "/"}, exchange{name: "slash", method: http.MethodGet, path: path + "/?a=b"},
				exchange{name: "below", path: path + "/x"})
		}
	}
	list = append(list, exchange{name: "unknown", method: http.MethodGet, path: "/Login"}, exchange{name: "unknown", path: "/docs"})
	h.record("paths", list...)
}

// Metrics use one short name for a path with and without a slash at its end.
func TestMount_names_each_path_for_metrics(t *testing.T) {
	t.Parallel()
	h := open(t, legacy.Config{})
	got := map[string]string{}
	h.handler.Mount(nil, func(pattern, name string, _ http.Handler) { got[pattern] = name })
	want := map[string]string{"/{$}": "root", "/": "unknown", "/ws": "ws", "/reloadBriefing": "reloadBriefing"}
	for _, name := range []string{"login", "endBriefing", "getAllRequest", "getBriefing", "aiSummary", "getCustom", "updateCustom"} {
		want["/"+name], want["/"+name+"/{$}"] = name, name
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("patterns and names (-want +got):\n%s", diff)
	}
}

func TestRoot_gives_browsers_a_page(t *testing.T) {
	t.Parallel()
	h := open(t, legacy.Config{})
	mux := http.NewServeMux()
	page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("page")) })
	h.handler.Mount(page, func(pattern, _ string, handler http.Handler) { mux.Handle(pattern, handler) })
	for _, c := range []struct{ method, accept, want string }{
		{http.MethodGet, "text/html,*/*", "page"},
		{http.MethodGet, "*/*", `{"message":"Hello World"}`},
		{http.MethodPost, "text/html", `{"detail":"Method Not Allowed"}`},
	} {
		r := httptest.NewRequest(c.method, "/", nil)
		r.Header.Set("Accept", c.accept)
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		if got := w.Body.String(); got != c.want || w.Header().Get("Vary") != "Accept" {
			t.Errorf("%s with Accept %s = %s, Vary %q; want %s, Vary Accept", c.method, c.accept, got, w.Header().Get("Vary"), c.want)
		}
	}
}

// TestCORS records the answers to web pages at the old paths, with the server's check of origins
// and with open CORS.
func TestCORS(t *testing.T) {
	t.Parallel()
	hosts := auth.NewHosts(nil, limit.Proxies{})
	for name, door := range map[string]func(http.Handler) http.Handler{
		"cors": auth.NewOrigins(nil, hosts).Guard, "cors_legacy": legacy.CORS,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := openBehind(t, legacy.Config{}, func(st briefing.Store) briefing.Store { return st }, door)
			recordCORS(h, name)
		})
	}
}

func recordCORS(h *house, golden string) {
	const origin = "https://shop.example"
	from := func(e exchange, more ...string) exchange {
		return e.with(append([]string{"Origin", origin}, more...)...)
	}
	ask := func(name, path, method string) exchange {
		return from(exchange{name: name, method: http.MethodOptions, path: path}, "Access-Control-Request-Method", method)
	}
	login := func(name string) exchange { return post(name, "/login", "username", "kim") }
	h.record(golden,
		login("without an origin"),
		from(login("with an origin")),
		from(login("with a cookie"), "Cookie", "a=b"),
		login("a cookie without an origin").with("Cookie", "a=b"),
		from(post("an error", "/login")),
		from(post("a fault", "/getCustom", "username", "nobody")),
		from(exchange{name: "wrong method", method: http.MethodGet, path: "/login"}),
		from(exchange{name: "redirect", path: "/login/"}),
		from(exchange{name: "root", method: http.MethodGet, path: "/"}),
		from(exchange{name: "socket path", method: http.MethodGet, path: "/ws"}),
		ask("preflight", "/login", "POST"),
		ask("preflight with headers", "/login", "POST").with("Access-Control-Request-Headers", "Content-Type, X-Any"),
		ask("preflight with a cookie", "/login", "POST").with("Cookie", "a=b"),
		ask("preflight of the root", "/", "GET"),
		ask("preflight without an origin", "/login", "POST").with("Origin", ""),
		from(exchange{name: "options without a method", method: http.MethodOptions, path: "/login"}),
		from(exchange{name: "no old path", method: http.MethodGet, path: "/graphql"}),
		ask("preflight of no old path", "/graphql", "POST"),
	)
}
