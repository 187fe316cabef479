package graph_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bis/graph"
	"bis/internal/briefing"
	"bis/internal/feed"
	"bis/internal/seal"
	"bis/internal/service"
	"bis/internal/store/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var seoul = time.FixedZone("KST", 9*60*60)

// house is the API with the real service, store and hub. Only the schedule and the summarizer are
// fakes; a test stores its briefings itself.
type house struct {
	handler http.Handler
	hub     *feed.Hub
	t       *testing.T
	store   briefing.Store
	url     string
	log     *logged
	tester  *tester
	frames  *frames
	stylist *stylist
	counts  func() briefing.Counting
}

// byMotion says that motion counts.
func byMotion() briefing.Counting { return briefing.Counting{Method: briefing.MethodMotion} }

// logged is a buffer of log lines.
type logged struct {
	mu sync.Mutex
	bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Buffer.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Buffer.String()
}

// open starts a test API on the store that wrap returns. With a nil wrap the store is unchanged.
func open(t *testing.T, wrap func(briefing.Store) briefing.Store) *house {
	t.Helper()
	return openWith(t, wrap)
}

// openWith is open with further transports before those of HTTP.
func openWith(t *testing.T, wrap func(briefing.Store) briefing.Store, transports ...graph.Transport) *house {
	t.Helper()
	return openOptions(t, wrap, graph.Options{Transports: transports})
}

// openOptions is open with options. It sets Zone and Log itself.
func openOptions(t *testing.T, wrap func(briefing.Store) briefing.Store, o graph.Options) *house {
	t.Helper()
	h := &house{t: t, log: &logged{}, tester: &tester{}, counts: byMotion, stylist: &stylist{}}
	log := slog.New(slog.NewTextHandler(h.log, nil))
	file, err := sqlite.Open(t.Context(), sqlite.Config{Dir: t.TempDir(), Instance: "one", Log: log})
	must(t, err)
	t.Cleanup(func() { must(t, file.Close()) })
	h.store = file
	pictures, err := sqlite.OpenFrames(t.Context(), sqlite.FramesConfig{Dir: t.TempDir()})
	must(t, err)
	t.Cleanup(func() { must(t, pictures.Close()) })
	h.frames = &frames{Frames: pictures}
	if wrap != nil {
		h.store = wrap(file)
	}
	hub, err := feed.NewHub(feed.HubConfig{Replay: h.store, Linger: time.Millisecond})
	h.hub = hub
	must(t, err)
	sealer, err := seal.New(seal.Config{Key: strings.Repeat("5a", 32)})
	must(t, err)
	svc, err := service.New(service.Config{Store: h.store, Schedule: idle{}, Live: hub, Summarizer: summarizer{}, Zone: seoul,
		Sealer: sealer, Tester: h.tester, Stylist: h.stylist, Previewer: h.stylist, Frames: h.frames, Counting: func() briefing.Counting { return h.counts() },
		About: briefing.About{Version: "v1", Store: "SQLite", Camera: "demo", Wording: "template"}})
	must(t, err)
	pump, err := feed.NewPump(feed.PumpConfig{Source: file, Hub: hub, Log: log})
	must(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	var pumping sync.WaitGroup
	pumping.Go(func() { _ = pump.Run(ctx) }) // ends with ctx
	t.Cleanup(func() { cancel(); pumping.Wait() })
	o.Zone, o.Log = seoul, log
	h.handler = graph.New(svc, o)
	srv := httptest.NewServer(h.handler)
	t.Cleanup(srv.Close)
	h.url = srv.URL
	return h
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// answer is a GraphQL response.
type answer struct {
	Data   map[string]json.RawMessage
	Errors []fault
}

type fault struct {
	Message    string
	Path       []any
	Extensions map[string]any
}

// post sends a body and returns status and text.
func (h *house) post(body string) (int, string) {
	h.t.Helper()
	res, err := http.Post(h.url, "application/json", strings.NewReader(body))
	must(h.t, err)
	defer res.Body.Close()
	var text bytes.Buffer
	_, err = text.ReadFrom(res.Body)
	must(h.t, err)
	return res.StatusCode, text.String()
}

// ask runs a document; variables are pairs of name and value.
func (h *house) ask(document string, variables ...any) answer {
	h.t.Helper()
	values := map[string]any{}
	for i := 0; i < len(variables); i += 2 {
		values[variables[i].(string)] = variables[i+1]
	}
	body, err := json.Marshal(map[string]any{"query": document, "variables": values})
	must(h.t, err)
	_, text := h.post(string(body))
	var a answer
	must(h.t, json.Unmarshal([]byte(text), &a))
	return a
}

// gets runs a document that must succeed and compares its data with the wanted JSON.
func (h *house) gets(document, want string, variables ...any) {
	h.t.Helper()
	a := h.ask(document, variables...)
	got, err := json.Marshal(a.Data)
	must(h.t, err)
	if len(a.Errors) > 0 || string(got) != want {
		h.t.Errorf("%s\ngot  %s %v\nwant %s", document, got, a.Errors, want)
	}
}

// refuses runs a document that must fail with one error of the given code, and returns the error.
func (h *house) refuses(code, document string, variables ...any) fault {
	h.t.Helper()
	a := h.ask(document, variables...)
	if len(a.Errors) != 1 || a.Errors[0].Extensions["code"] != code {
		h.t.Errorf("%s %v\nanswers %s %+v, want one error with %s", document, variables, a.Data, a.Errors, code)
		return fault{}
	}
	return a.Errors[0]
}

// start starts a request that runs for an hour.
func (h *house) start(username string) briefing.Request {
	h.t.Helper()
	at := time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)
	ends := time.Now().Add(time.Hour)
	got, err := h.store.StartRequest(h.t.Context(), briefing.Start{Request: briefing.Request{
		Username: username, Name: "2026-03-01 12:00:00", Interval: 60, EndTime: "13:00", EndText: "1:00 PM", StartedAt: at, EndsAt: &ends,
		CameraID: briefing.DefaultCamera,
	}})
	must(h.t, err)
	return got.Request
}

// brief stores the result of a tick.
func (h *house) brief(req briefing.Request, tick int64, caption string) briefing.Briefing {
	h.t.Helper()
	at := req.TickAt(tick)
	b, err := h.store.Append(h.t.Context(), briefing.Append{RequestID: req.ID, Owner: req.Owner, Tick: tick, Briefing: briefing.Briefing{
		At: at, Caption: caption, Text: briefing.Text(at, seoul, caption), Source: "template",
	}})
	must(h.t, err)
	return b
}

// tester is a tester of cameras with one result.
type tester struct {
	trial  briefing.CameraTrial // the last one
	result briefing.CameraTest
	err    error
}

func (t *tester) Test(_ context.Context, c briefing.CameraTrial) (briefing.CameraTest, error) {
	t.trial = c
	return t.result, t.err
}

type idle struct{}

func (idle) Add(briefing.Request)                            {}
func (idle) Remove(briefing.RequestID)                       {}
func (idle) Move(briefing.Request)                           {}
func (idle) Skipped(string) briefing.Skips                   { return briefing.Skips{} }
func (idle) Counts(req briefing.Request) briefing.TickCounts { return req.Ticks }

type summarizer struct{}

func (summarizer) Summarize(_ context.Context, in briefing.SummaryInput) (briefing.Summary, error) {
	return briefing.Summary{Text: strings.Join(in.Captions, "|"), GeneratedAt: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Source: "template", Figures: in.Figures}, nil
}

// readAll copies an answer's body.
func readAll(to io.Writer, res *http.Response) (int64, error) { return io.Copy(to, res.Body) }
