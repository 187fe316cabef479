package graph_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bis/graph"
	"bis/internal/await"
	"bis/internal/briefing"
	"bis/internal/limit"
)

// TestAnswer_that_is_too_long asks for more text than an answer may have.
func TestAnswer_that_is_too_long(t *testing.T) {
	t.Parallel()
	h := openOptions(t, nil, graph.Options{Budget: graph.Budget{Answer: 1_000}})
	req := h.start("kim")
	for tick := range 5 {
		h.brief(req, int64(tick+1), strings.Repeat("가", 100))
	}
	const document = `query ($id: ID!, $n: Int) { briefings(requestId: $id, first: $n) { edges { node { caption } } } }`
	if a := h.ask(document, "id", req.ID, "n", 1); len(a.Errors) > 0 {
		t.Fatalf("a short answer fails: %+v", a.Errors)
	}
	got := h.refuses("QUERY_TOO_COMPLEX", document, "id", req.ID, "n", 5)
	if got.Extensions["limit"] != 1_000.0 || got.Extensions["cost"].(float64) < 1_500 {
		t.Errorf("the refusal says %v, want what there was and what is allowed", got.Extensions)
	}
}

// TestAnswer_without_room books all bytes before a call. The call is refused with the time to wait,
// and succeeds after the release.
func TestAnswer_without_room(t *testing.T) {
	t.Parallel()
	all := limit.NewBytes(1_000)
	h := openOptions(t, nil, graph.Options{Budget: graph.Budget{InFlight: all}})
	others, _ := all.Acquire("", 500)
	res, err := http.Post(h.url, "application/json", strings.NewReader(`{"query":"{ __typename }"}`))
	must(t, err)
	defer res.Body.Close()
	body, err := bufio.NewReader(res.Body).ReadString('\n')
	if err == nil || res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") != "1" {
		t.Errorf("answered %s, Retry-After %q, want 503 and 1", res.Status, res.Header.Get("Retry-After"))
	}
	if want := `"extensions":{"code":"RATE_LIMITED","retryAfter":1}`; !strings.Contains(body, want) {
		t.Errorf("answered %s, want %s", body, want)
	}
	others.Release()
	h.gets(`{ __typename }`, `{"__typename":"Query"}`)
	await.True(t, "no byte is booked", func() bool { return all.Len() == 0 })
}

// TestAnswer_that_nobody_reads checks that an unread answer is booked until its caller leaves.
func TestAnswer_that_nobody_reads(t *testing.T) {
	t.Parallel()
	all := limit.NewBytes(64 << 20)
	h := openOptions(t, nil, graph.Options{Budget: graph.Budget{InFlight: all}})
	req := h.start("kim")
	for tick := range 450 {
		h.brief(req, int64(tick+1), strings.Repeat("가", 2_000))
	}
	body := fmt.Sprintf(`{"query":"{ briefings(requestId: \"%s\", first: 450) { edges { node { a: caption b: caption } } } }"}`, req.ID)
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.url, "http://"))
	must(t, err)
	_, err = fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	must(t, err)
	await.True(t, "the answer's bytes are booked", func() bool { n := all.Len(); return n > 450*2*6_000 && n < 12<<20 })
	must(t, conn.Close())
	await.True(t, "no byte is booked", func() bool { return all.Len() == 0 })
}

// slow is a store whose reads of users end with their context, or when a test closes free.
type slow struct {
	briefing.Store
	calls           atomic.Int64
	endsWithContext bool
	free            chan struct{}
}

func (s *slow) User(ctx context.Context, _ string) (briefing.User, error) {
	s.calls.Add(1)
	if s.endsWithContext {
		<-ctx.Done()
	} else {
		<-s.free
	}
	return briefing.User{}, context.Cause(ctx)
}

func (s *slow) EnsureUser(ctx context.Context, name string, _ []string) (briefing.User, bool, error) {
	u, err := s.User(ctx, name)
	return u, false, err
}

// TestOperation_that_takes_too_long checks that an operation ends when its time is over.
func TestOperation_that_takes_too_long(t *testing.T) {
	t.Parallel()
	s := &slow{endsWithContext: true}
	h := openOptions(t, func(file briefing.Store) briefing.Store { s.Store = file; return s },
		graph.Options{Budget: graph.Budget{Time: 50 * time.Millisecond}})
	got := h.refuses("UNAVAILABLE", `{ user(username: "kim") { username } }`)
	if got.Message != "the operation takes too long" {
		t.Errorf("the refusal says %q", got.Message)
	}
	if log := h.log.String(); strings.Contains(log, "ERROR") {
		t.Errorf("logged %s", log)
	}
}

// TestOperation_whose_caller_has_gone checks that the next mutation does not start.
func TestOperation_whose_caller_has_gone(t *testing.T) {
	t.Parallel()
	s := &slow{free: make(chan struct{})}
	all := limit.NewBytes(1 << 20)
	h := openOptions(t, func(file briefing.Store) briefing.Store { s.Store = file; return s },
		graph.Options{Budget: graph.Budget{InFlight: all}})
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url,
		strings.NewReader(`{"query":"mutation { a: login(username: \"a\") { outcome } b: login(username: \"b\") { outcome } }"}`))
	must(t, err)
	r.Header.Set("Content-Type", "application/json")
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		if res, err := http.DefaultClient.Do(r); err == nil {
			res.Body.Close()
		}
	}()
	await.True(t, "the first login is under way", func() bool { return s.calls.Load() == 1 })
	cancel()
	<-answered
	gone := all.Len()
	if gone == 0 {
		t.Error("nothing is booked while the store works")
	}
	// The store must return after net/http has noticed the end of the connection.
	must(t, h.noticed())
	close(s.free)
	await.True(t, "no byte is booked", func() bool { return all.Len() == 0 })
	if got := s.calls.Load(); got != 1 {
		t.Errorf("%d logins reached the store, want the one that had begun", got)
	}
}

// TestOperation_whose_caller_left_before_it_began checks that such a call is no fault of the server.
func TestOperation_whose_caller_left_before_it_began(t *testing.T) {
	t.Parallel()
	all := limit.NewBytes(1 << 20)
	h := openOptions(t, nil, graph.Options{Budget: graph.Budget{InFlight: all}})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(`{"query":"{ __typename }"}`))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r.WithContext(ctx))
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), `"code":"UNAVAILABLE"`) {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
	if log := h.log.String(); strings.Contains(log, "ERROR") {
		t.Errorf("logged %s", log)
	}
	if n := all.Len(); n != 0 {
		t.Errorf("%d bytes are booked", n)
	}
}

// noticed makes another call after the server has had time to notice the end of the first one.
func (h *house) noticed() error {
	for range 20 {
		res, err := http.Post(h.url, "application/json", strings.NewReader(`{"query":"{ __typename }"}`))
		if err != nil {
			return err
		}
		res.Body.Close()
	}
	return nil
}
