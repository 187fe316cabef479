package legacy_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/feed"
	"bis/internal/legacy"
	"bis/internal/service"
	"bis/internal/store/sqlite"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var seoul = time.FixedZone("KST", 9*60*60)

var nobody = briefing.Viewer{}

// house is the old endpoints over the real service, store and hub. Only the schedule and the
// summarizer are fakes; a test stores its briefings itself.
type house struct {
	t       *testing.T
	store   *sqlite.Store
	svc     *service.Service
	handler *legacy.Handler
	url     string
	ended   chan string // the path of each answered call
	now     atomic.Pointer[time.Time]
}

func open(t *testing.T, cfg legacy.Config) *house {
	t.Helper()
	return openOver(t, cfg, func(st briefing.Store) briefing.Store { return st })
}

// openOver is open with the store that over returns for the real store.
func openOver(t *testing.T, cfg legacy.Config, over func(briefing.Store) briefing.Store) *house {
	t.Helper()
	return openBehind(t, cfg, over, func(h http.Handler) http.Handler { return h })
}

// openBehind is openOver with a check in front of all paths.
func openBehind(
	t *testing.T, cfg legacy.Config, over func(briefing.Store) briefing.Store, door func(http.Handler) http.Handler,
) *house {
	t.Helper()
	h := &house{t: t, ended: make(chan string, 1_000)}
	h.set(time.Date(2024, 2, 3, 14, 5, 9, 0, seoul))
	log := slog.New(slog.DiscardHandler)
	var err error
	h.store, err = sqlite.Open(t.Context(), sqlite.Config{
		Dir: t.TempDir(), Instance: "one", Log: log, Clock: func() time.Time { return *h.now.Load() },
	})
	must(t, err)
	t.Cleanup(func() { h.store.Close() })
	hub, err := feed.NewHub(feed.HubConfig{Replay: h.store, Linger: time.Millisecond})
	must(t, err)
	pump, err := feed.NewPump(feed.PumpConfig{Source: h.store, Hub: hub, Log: log})
	must(t, err)
	h.svc, err = service.New(service.Config{
		Store: over(h.store), Schedule: idle{}, Live: hub, Summarizer: summarizer{}, Zone: seoul,
	})
	must(t, err)
	if cfg.Log == nil {
		cfg.Log = log
	}
	h.handler, err = legacy.New(h.svc, cfg)
	must(t, err)
	h.serve(door)
	h.pump(pump)
	return h
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (h *house) set(at time.Time) { h.now.Store(&at) }

func (h *house) serve(door func(http.Handler) http.Handler) {
	mux := http.NewServeMux()
	h.handler.Mount(nil, func(pattern, _ string, handler http.Handler) { mux.Handle(pattern, door(handler)) })
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mux.ServeHTTP(w, r)
		h.ended <- r.URL.Path
	}))
	h.t.Cleanup(srv.Close)
	h.url = srv.URL
}

func (h *house) pump(pump *feed.Pump) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = pump.Run(ctx) })
	h.t.Cleanup(func() {
		cancel()
		running.Wait()
	})
}

// brief stores a run's briefing in the user's active request.
func (h *house) brief(username, caption string) {
	h.t.Helper()
	req, err := h.store.ActiveRequest(h.t.Context(), username)
	must(h.t, err)
	at := req.StartedAt.Add(time.Duration(req.LastTick+1) * time.Minute)
	_, err = h.store.Append(h.t.Context(), briefing.Append{
		RequestID: req.ID, Owner: req.Owner, Tick: req.LastTick + 1,
		Briefing: briefing.Briefing{At: at, Caption: caption, Text: briefing.Text(at, seoul, caption)},
	})
	must(h.t, err)
}

// startLong starts a request of the user with room for 2,000 runs, and returns it.
func (h *house) startLong(username string) briefing.Request {
	h.t.Helper()
	req := h.startRequest(username)
	req, err := h.store.MoveEnd(h.t.Context(), briefing.Move{
		ID: req.ID, EndsAt: req.StartedAt.Add(2_000 * time.Minute), EndTime: req.EndTime,
	})
	must(h.t, err)
	return req
}

// startRequest starts a request of the user.
func (h *house) startRequest(username string) briefing.Request {
	h.t.Helper()
	req, err := h.svc.StartBriefing(h.t.Context(), briefing.Viewer{}, service.StartInput{
		Username: username, Interval: 60, EndTime: "6:30 PM",
	})
	must(h.t, err)
	return req
}

// idle is a schedule that runs nothing.
type idle struct{}

func (idle) Add(briefing.Request)                            {}
func (idle) Remove(briefing.RequestID)                       {}
func (idle) Move(briefing.Request)                           {}
func (idle) Skipped(string) briefing.Skips                   { return briefing.Skips{} }
func (idle) Counts(req briefing.Request) briefing.TickCounts { return req.Ticks }

// summarizer returns its input as the summary.
type summarizer struct{}

func (summarizer) Summarize(_ context.Context, in briefing.SummaryInput) (briefing.Summary, error) {
	if in.Request.ID == "" {
		return briefing.Summary{Text: "아무 일도 없었습니다."}, nil
	}
	text := "오늘의 요약 \"<" + in.Request.Username + ">\"\n"
	for _, caption := range in.Captions {
		text += caption + "\n"
	}
	return briefing.Summary{Text: text}, nil
}
