package legacy_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"bis/internal/briefing"
	"bis/internal/legacy"
)

// phone is an old app's socket.
type phone struct {
	t *testing.T
	*websocket.Conn
}

// dial opens an old socket. query is not encoded further.
func (h *house) dial(query string) phone {
	h.t.Helper()
	conn, res, err := websocket.DefaultDialer.DialContext(h.t.Context(), strings.Replace(h.url, "http", "ws", 1)+query, nil)
	if err != nil {
		h.t.Fatalf("%s: %v, %v", query, err, res)
	}
	h.t.Cleanup(func() { conn.Close() })
	return phone{h.t, conn}
}

// receives reads frames and compares them with the wanted frames byte for byte.
func (p phone) receives(want ...string) {
	p.t.Helper()
	for _, w := range want {
		must(p.t, p.SetReadDeadline(time.Now().Add(time.Minute)))
		kind, got, err := p.ReadMessage()
		if err != nil {
			p.t.Fatalf("%v, want %q", err, w)
		}
		if kind != websocket.TextMessage || string(got) != w {
			p.t.Errorf("frame %d %q, want text %q", kind, got, w)
		}
	}
}

// ends checks that the socket closes within a minute, with this code and reason.
func (p phone) ends(code int, reason string) {
	p.t.Helper()
	must(p.t, p.SetReadDeadline(time.Now().Add(time.Minute)))
	_, got, err := p.ReadMessage()
	closed, ok := errors.AsType[*websocket.CloseError](err)
	if !ok || closed.Code != code || closed.Text != reason {
		p.t.Errorf("frame %q, %v; want a close with %d %q", got, err, code, reason)
	}
}

// isOpen checks that the socket is open and silent: a ping is answered, and no frame comes first.
func (p phone) isOpen() {
	p.t.Helper()
	ponged := errors.New("pong")
	p.SetPongHandler(func(string) error { return ponged })
	must(p.t, p.WriteControl(websocket.PingMessage, nil, time.Now().Add(5*time.Second)))
	must(p.t, p.SetReadDeadline(time.Now().Add(time.Minute)))
	if _, got, err := p.ReadMessage(); !errors.Is(err, ponged) {
		p.t.Errorf("frame %q, %v; want silence and a pong", got, err)
	}
}

// started waits until the user has an active request.
func (h *house) started(username string, than briefing.RequestID) briefing.Request {
	h.t.Helper()
	for {
		req, err := h.store.ActiveRequest(h.t.Context(), username)
		if err == nil && req.ID != than {
			return req
		}
		if err != nil && !errors.Is(err, briefing.ErrNotFound) {
			h.t.Fatal(err)
		}
	}
}

func TestWs_starts_a_request_and_tells_its_briefings(t *testing.T) {
	t.Parallel()
	h := open(t, legacy.Config{})
	p := h.dial("/ws?username=%EA%B9%80&interval=5&endtime=6:30%20PM")
	req := h.started("김", "")
	if req.Interval != 5 || req.EndTime != "18:30" || req.Username != "김" {
		t.Errorf("started %+v", req)
	}
	h.brief("김", "현재 매장에는 손님이 없습니다.")
	h.brief("김", "손님 2명이 있습니다.")
	p.receives("2024-02-03 14:06_현재 매장에는 손님이 없습니다.", "2024-02-03 14:07_손님 2명이 있습니다.")
	h.brief("김", "\"따옴표\" _와 <b>")
	p.receives("2024-02-03 14:08_\"따옴표\" _와 <b>")
}

func TestWs_reads_end_times_as_callers_spell_them(t *testing.T) {
	t.Parallel()
	h := open(t, legacy.Config{})
	var last briefing.RequestID
	for spelled, want := range map[string]string{
		"6:30%20PM": "18:30", "6:30+PM": "18:30", "6:30%2520PM": "18:30", "12:05%20AM": "00:05", "18%3A30": "18:30", "9:00%20am": "09:00",
		"%EC%98%A4%ED%9B%84%206:30": "18:30", "%EC%98%A4%EC%A0%84+12%3A05": "00:05", "%EC%98%A4%ED%9B%84%206%EC%8B%9C%2030%EB%B6%84": "18:30",
		"%25EC%2598%25A4%25ED%259B%2584%25206:30": "18:30", "6:30%E2%80%AFPM": "18:30", "24:00": "00:00", "18:30:00": "18:30", "%EF%BC%91%EF%BC%98%EF%BC%9A%EF%BC%93%EF%BC%90": "18:30",
	} {
		h.dial("/ws?username=kim&interval=100&endtime=" + spelled)
		req := h.started("kim", last)
		if last = req.ID; req.EndTime != want {
			t.Errorf("%s is %s, want %s", spelled, req.EndTime, want)
		}
	}
}

func TestWs_replaces_the_active_request(t *testing.T) {
	t.Parallel()
	h := open(t, legacy.Config{})
	first := h.dial("/ws?username=kim&interval=5&endtime=6:30%20PM")
	old := h.started("kim", "")
	second := h.dial("/ws?username=kim&interval=5&endtime=6:30%20PM")
	h.started("kim", old.ID)
	h.brief("kim", "새 요청입니다.")
	second.receives("2024-02-03 14:06_새 요청입니다.")
	first.isOpen()
	ended, err := h.store.Request(t.Context(), old.ID)
	must(t, err)
	if ended.Active || *ended.EndReason != briefing.Replaced {
		t.Errorf("the first request is %+v", ended)
	}
}

func TestWs_closes_on_wrong_parameters_and_stores_nothing(t *testing.T) {
	t.Parallel()
	h := open(t, legacy.Config{})
	for query, reason := range map[string]string{
		"":                                          "username must not be empty",
		"interval=5&endtime=18:30":                  "username must not be empty",
		"username=&interval=5":                      "username must not be empty",
		"username=kim&endtime=18:30":                "interval must not be empty",
		"username=kim&interval=5":                   "endtime must not be empty",
		"username=kim&interval=5&endtime=":          "endtime must not be empty",
		"username=kim&interval=0&endtime=18:30":     "interval must be a whole number of seconds, 1 to 86400",
		"username=kim&interval=-1&endtime=18:30":    "interval must be a whole number of seconds, 1 to 86400",
		"username=kim&interval=1.5&endtime=18:30":   "interval must be a whole number of seconds, 1 to 86400",
		"username=kim&interval=abc&endtime=18:30":   "interval must be a whole number of seconds, 1 to 86400",
		"username=kim&interval=86401&endtime=18:30": "interval must be a whole number of seconds, 1 to 86400",
		"username=" + strings.Repeat("x", 65) + "&interval=5&endtime=18:30": "username must have at most 64 characters",
		"username=k%0Am&interval=5&endtime=18:30":                           "username must not contain control characters",
		"username=kim&interval=86400&endtime=14:30":                         "endtime must not lie before the first briefing, one interval after the start",
		"username=kim&interval=5&endtime=오후%2013:00":                        "endtime must have an hour of 0 to 12 beside AM, PM, 오전 or 오후",
		"username=kim&interval=5&endtime=noon":                              `endtime must be like "6:30 PM", "오후 6:30", "18:30" or "2006-01-02T18:30:00+09:00"`,
	} {
		h.dial("/ws?"+query).ends(websocket.ClosePolicyViolation, reason)
	}
	for _, endtime := range []string{"25:00", "6:30%20XM", "noon", "2020-01-01T00:00:00Z"} {
		p := h.dial("/ws?username=kim&interval=5&endtime=" + endtime)
		must(t, p.SetReadDeadline(time.Now().Add(time.Minute)))
		_, _, err := p.ReadMessage()
		closed, ok := errors.AsType[*websocket.CloseError](err)
		if !ok || closed.Code != websocket.ClosePolicyViolation || !strings.HasPrefix(closed.Text, "endtime ") {
			t.Errorf("%s: %v, want 1008 and a rule on endtime", endtime, err)
		}
	}
	if _, err := h.store.User(t.Context(), "kim"); !errors.Is(err, briefing.ErrNotFound) {
		t.Errorf("a user was stored: %v", err)
	}
}

func TestWs_without_the_database_is_told_to_try_again(t *testing.T) {
	t.Parallel()
	h := open(t, legacy.Config{})
	must(t, h.store.Close())
	h.dial("/ws?username=kim&interval=5&endtime=6:30%20PM").
		ends(websocket.CloseTryAgainLater, "the database is unavailable, try again later")
}

func TestSockets_answer_plain_calls_like_unknown_paths(t *testing.T) {
	t.Parallel()
	h := open(t, legacy.Config{})
	for _, path := range []string{"/ws?username=kim", "/reloadBriefing?username=kim"} {
		res, err := http.Get(h.url + path)
		must(t, err)
		body, err := io.ReadAll(res.Body)
		must(t, err)
		res.Body.Close()
		if res.StatusCode != http.StatusNotFound || string(body) != `{"detail":"Not Found"}` {
			t.Errorf("%s: %s %s", path, res.Status, body)
		}
	}
}

func TestReload_tells_what_exists_and_then_what_comes(t *testing.T) {
	t.Parallel()
	h := open(t, legacy.Config{})
	p := h.dial("/ws?username=kim&interval=5&endtime=6:30%20PM")
	h.started("kim", "")
	h.brief("kim", "손님 1명 👋")
	p.receives("2024-02-03 14:06_손님 1명 👋")
	p.Close() // the owner closes the app; the request continues
	h.brief("kim", "a\"b\\c\n")
	again := h.dial("/reloadBriefing?username=kim")
	again.receives(`{"briefing_data":["2024-02-03 14:06_\uc190\ub2d8 1\uba85 \ud83d\udc4b","2024-02-03 14:07_a\"b\\c\n"]}`)
	h.brief("kim", "손님이 나갔습니다.")
	again.receives("2024-02-03 14:08_손님이 나갔습니다.")
}

func TestReload_without_a_request_is_empty_and_open(t *testing.T) {
	t.Parallel()
	h := open(t, legacy.Config{})
	h.call(post("", "/login", "username", "kim"))
	for _, name := range []string{"kim", "nobody"} {
		p := h.dial("/reloadBriefing?username=" + name)
		p.receives(`{"briefing_data":[]}`)
		p.isOpen()
	}
	h.dial("/reloadBriefing").ends(websocket.ClosePolicyViolation, "username must not be empty")
}

func TestReload_is_of_the_latest_request(t *testing.T) {
	t.Parallel()
	h := open(t, legacy.Config{})
	h.startRequest("kim")
	h.brief("kim", "오래된 것")
	h.startRequest("kim")
	h.brief("kim", "x")
	_, err := h.svc.EndBriefing(t.Context(), nobody, "kim")
	must(t, err)
	p := h.dial("/reloadBriefing?username=kim")
	p.receives(`{"briefing_data":["2024-02-03 14:06_x"]}`)
	p.isOpen()
}

func TestSockets_stay_open_and_silent_after_the_end(t *testing.T) {
	t.Parallel()
	h := open(t, legacy.Config{})
	h.startRequest("kim")
	h.brief("kim", "x")
	p := h.dial("/reloadBriefing?username=kim")
	p.receives(`{"briefing_data":["2024-02-03 14:06_x"]}`)
	h.brief("kim", "y")
	_, err := h.svc.EndBriefing(t.Context(), nobody, "kim")
	must(t, err)
	p.receives("2024-02-03 14:07_y")
	p.isOpen()
}

func TestDrain_closes_old_sockets_with_1012(t *testing.T) {
	t.Parallel()
	h := open(t, legacy.Config{DrainOver: time.Millisecond})
	h.startRequest("kim")
	p := h.dial("/reloadBriefing?username=kim")
	p.receives(`{"briefing_data":[]}`)
	must(t, h.handler.Drain(t.Context()))
	p.ends(websocket.CloseServiceRestart, "service restart")
	if n := h.handler.Sockets(); n != 0 {
		t.Errorf("%d sockets are open", n)
	}
	h.dial("/ws?username=lee&interval=5&endtime=6:30%20PM").ends(websocket.CloseServiceRestart, "service restart")
	if _, err := h.store.ActiveRequest(t.Context(), "lee"); !errors.Is(err, briefing.ErrNotFound) {
		t.Errorf("a start while stopping left a request: %v", err)
	}
}

func TestSockets_of_callers_that_vanish_are_closed(t *testing.T) {
	t.Parallel()
	h := open(t, legacy.Config{})
	h.startRequest("kim")
	p := h.dial("/reloadBriefing?username=kim")
	p.receives(`{"briefing_data":[]}`)
	if tcp, ok := p.NetConn().(*net.TCPConn); ok {
		must(t, tcp.SetLinger(0)) // a reset, like that of a phone that loses its network
	}
	must(t, p.NetConn().Close())
	for path := range h.ended {
		if path == "/reloadBriefing" {
			return
		}
	}
}
