// Package subscribetest offers helpers for the tests of package subscribe and of its protocols: a
// server with the real service, store, hub and pump, and clients over WebSocket and SSE. Only the
// schedule and the summariser are fakes, because a test stores its briefings itself. The functions
// fail the test on errors that are not the subject of the test.
package subscribetest

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql/handler"

	"bis/graph"
	"bis/internal/await"
	"bis/internal/briefing"
	"bis/internal/feed"
	"bis/internal/limit"
	"bis/internal/service"
	"bis/internal/store/sqlite"
	"bis/internal/subscribe"
	"bis/internal/subscribe/sse"
	"bis/internal/subscribe/ws"
)

// ForeignOrigin is a web origin whose pages may not open sockets. All other origins may.
const ForeignOrigin = "https://evil.example"

// House is a server with its own store. A test stores requests and briefings in it, and clients of
// the test call it.
type House struct {
	t     *testing.T
	Store *sqlite.Store
	Hub   *feed.Hub
	Core  *subscribe.Core
	WS    *ws.Transport
	SSE   *sse.Transport
	URL   string // of the GraphQL endpoint
	Stuck *Stuck // nil: no read waits

	InFlight *limit.Bytes // nil: no limit
}

// Options change a House. The zero value changes nothing.
type Options struct {
	// WS changes the settings of the WebSocket transport.
	WS func(*ws.Config)
	// Live wraps the hub for the service, which subscribes at the result.
	Live func(briefing.Live) briefing.Live
	// Handler changes gqlgen's handler.
	Handler func(*handler.Server)
	// Stuck makes reads of the store wait.
	Stuck *Stuck
	// InFlight bounds the bytes in flight. Zero means no limit.
	InFlight int64
	// Held bounds the documents and variables of subscriptions. Zero means the default.
	Held int64
	// Limits are the limits of callers. Nil means no limits.
	Limits *limit.Limits
	// Replay wraps the source of the hub's replays.
	Replay func(feed.Replay) feed.Replay
}

// Open starts a house that stops at the end of the test.
func Open(t *testing.T) *House {
	t.Helper()
	return OpenWith(t, Options{})
}

// OpenWith is Open with options.
func OpenWith(t *testing.T, o Options) *House {
	t.Helper()
	h := &House{t: t, Stuck: o.Stuck}
	if o.InFlight > 0 {
		h.InFlight = limit.NewBytes(o.InFlight)
	}
	log := slog.New(slog.DiscardHandler)
	var err error
	h.Store, err = sqlite.Open(t.Context(), sqlite.Config{Dir: t.TempDir(), Instance: "one", Log: log})
	Must(t, err)
	t.Cleanup(func() { Must(t, h.Store.Close()) })
	replay, read := feed.Replay(h.Store), briefing.Store(h.Store)
	if h.Stuck != nil {
		h.Stuck.Replay, replay = h.Store, h.Stuck
		read = &stuckStore{h.Store, h.Stuck}
	}
	if o.Replay != nil {
		replay = o.Replay(replay)
	}
	h.Hub, err = feed.NewHub(feed.HubConfig{Replay: replay, Linger: time.Millisecond})
	Must(t, err)
	live := briefing.Live(h.Hub)
	if o.Live != nil {
		live = o.Live(live)
	}
	svc, err := service.New(service.Config{
		Store: read, Schedule: idle{}, Live: live, Summarizer: idle{}, Zone: time.UTC,
	})
	Must(t, err)
	h.openTransports(o)
	h.serve(graph.New(svc, graph.Options{
		Log: log, Transports: []graph.Transport{h.WS, h.SSE}, Budget: graph.Budget{InFlight: h.InFlight},
		Limits: o.Limits,
	}), o)
	h.pump(log)
	return h
}

// openTransports creates the core and both protocols.
func (h *House) openTransports(o Options) {
	h.t.Helper()
	h.Core = subscribe.New(subscribe.Config{InFlight: h.InFlight, Held: o.Held, Limits: o.Limits})
	allow := func(r *http.Request) bool { return r.Header.Get("Origin") != ForeignOrigin }
	cfg := ws.Config{Core: h.Core, Allow: allow}
	if o.WS != nil {
		o.WS(&cfg)
	}
	var err error
	h.WS, err = ws.New(cfg)
	Must(h.t, err)
	h.SSE, err = sse.New(h.Core)
	Must(h.t, err)
}

// serve starts the HTTP server. Its connections have small kernel buffers, so that a client that
// does not read blocks the server's writes soon.
func (h *House) serve(api http.Handler, o Options) {
	h.t.Helper()
	if o.Handler != nil {
		o.Handler(api.(*handler.Server))
	}
	srv := httptest.NewUnstartedServer(api)
	srv.Config.ConnState = func(c net.Conn, s http.ConnState) {
		if tcp, ok := c.(*net.TCPConn); ok && s == http.StateNew {
			Must(h.t, tcp.SetWriteBuffer(16<<10))
		}
	}
	srv.Start()
	h.t.Cleanup(srv.Close)
	h.t.Cleanup(func() { h.Drain(context.Background(), 0) }) // hijacked sockets outlive the server
	h.URL = srv.URL
}

// pump copies the store's feed into the hub.
func (h *House) pump(log *slog.Logger) {
	h.t.Helper()
	pump, err := feed.NewPump(feed.PumpConfig{Source: h.Store, Hub: h.Hub, Log: log})
	Must(h.t, err)
	ctx, cancel := context.WithCancel(context.Background())
	var pumping sync.WaitGroup
	pumping.Go(func() { _ = pump.Run(ctx) }) // ends with ctx
	h.t.Cleanup(func() { cancel(); pumping.Wait() })
}

// Drain drains both protocols. The end of the test drains them, too.
func (h *House) Drain(ctx context.Context, d time.Duration) { h.Core.Drain(ctx, d, h.WS, h.SSE) }

// Drained calls Drain. It fails the test if Drain does not return within 5 s, or if a subscription
// is left afterwards.
func (h *House) Drained() {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	over := make(chan struct{})
	go func() {
		defer close(over)
		h.Drain(ctx, 0)
	}()
	select {
	case <-over:
	case <-time.After(8 * time.Second):
		h.t.Fatal("Drain waits")
	}
	if left := h.Hub.Stats().Subscribers; left != 0 {
		h.t.Errorf("%d subscriptions are left", left)
	}
}

// Count returns the number of open sockets and streams.
func (h *House) Count() int { return h.WS.Count() + h.SSE.Count() }

// Start stores an active request of a user.
func (h *House) Start(username string) briefing.Request {
	h.t.Helper()
	ends := time.Now().Add(time.Hour)
	got, err := h.Store.StartRequest(h.t.Context(), briefing.Start{Request: briefing.Request{
		Username: username, Interval: 60, EndTime: "13:00", EndText: "13:00", StartedAt: time.Now(), EndsAt: &ends, CameraID: briefing.DefaultCamera,
	}})
	Must(h.t, err)
	return got.Request
}

// Brief stores a briefing. Subscribers receive it through the feed.
func (h *House) Brief(req briefing.Request, caption string) briefing.Briefing {
	h.t.Helper()
	b, err := h.Store.AddBriefing(h.t.Context(), briefing.Briefing{RequestID: req.ID, At: time.Now(), Caption: caption, Text: "_" + caption})
	Must(h.t, err)
	return b
}

// End ends a request.
func (h *House) End(req briefing.Request) {
	h.t.Helper()
	_, err := h.Store.EndRequest(h.t.Context(), briefing.End{ID: req.ID, Reason: briefing.EndedByUser, At: time.Now()})
	Must(h.t, err)
}

// Left waits until n subscriptions are left, because the server notices a closed connection only
// later.
func (h *House) Left(n int) {
	h.t.Helper()
	await.True(h.t, fmt.Sprint(n, " subscriptions are left"), func() bool { return h.Hub.Stats().Subscribers == n })
}
