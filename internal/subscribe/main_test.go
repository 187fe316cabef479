package subscribe_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"bis/graph"
	"bis/internal/await"
	"bis/internal/briefing"
	"bis/internal/feed"
	"bis/internal/store/sqlite"
	"bis/internal/subscribe"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house is GraphQL over the real service, store, hub and pump. Only the schedule and the summariser
// are fakes.
type house struct {
	t          *testing.T
	store      *sqlite.Store
	hub        *feed.Hub
	transports *subscribe.Transports
	url        string
	executed   atomic.Int64 // responses that were encoded
	stuck      *stuck       // nil: the hub reads the store itself
}

// stuck is a store that lets some reads wait until their context ends.
type stuck struct {
	feed.Replay
	seeds, pages bool          // which of the hub's
	queries      bool          // briefings that are asked for by a selection
	reading      chan struct{} // gets a token for each that waits
}

func (s *stuck) wait(ctx context.Context) error {
	s.reading <- struct{}{}
	<-ctx.Done()
	return ctx.Err()
}

func (s *stuck) Request(ctx context.Context, id briefing.RequestID) (briefing.Request, error) {
	if s.seeds {
		return briefing.Request{}, s.wait(ctx)
	}
	return s.Replay.Request(ctx, id)
}

func (s *stuck) Briefings(ctx context.Context, id briefing.RequestID, at briefing.Slice) ([]briefing.Briefing, bool, error) {
	if s.pages && !at.Backward {
		return nil, false, s.wait(ctx)
	}
	return s.Replay.Briefings(ctx, id, at)
}

func open(t *testing.T) *house { return openWith(t, nil) }

// openWith builds a house whose transports' settings a test may change.
func openWith(t *testing.T, change func(*subscribe.Config)) *house {
	t.Helper()
	return build(&house{t: t}, change)
}

// openStuck builds a house whose hub reads the store through stuck.
func openStuck(t *testing.T, s *stuck) *house {
	t.Helper()
	return build(&house{t: t, stuck: s}, nil)
}

func build(h *house, change func(*subscribe.Config)) *house {
	t := h.t
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	var err error
	h.store, err = sqlite.Open(t.Context(), sqlite.Config{Dir: t.TempDir(), Instance: "one", Log: log})
	must(t, err)
	t.Cleanup(func() { must(t, h.store.Close()) })
	replay, read := feed.Replay(h.store), briefing.Store(h.store)
	if h.stuck != nil {
		h.stuck.Replay, replay = h.store, h.stuck
		read = &stuckStore{h.store, h.stuck}
	}
	h.hub, err = feed.NewHub(feed.HubConfig{Replay: replay, Linger: time.Millisecond})
	must(t, err)
	pump, err := feed.NewPump(feed.PumpConfig{Source: h.store, Hub: h.hub, Log: log})
	must(t, err)
	svc, err := briefing.New(briefing.Config{Store: read, Schedule: idle{}, Live: h.hub, Summarizer: idle{}, Zone: time.UTC})
	must(t, err)
	cfg := subscribe.Config{
		Allow: func(r *http.Request) bool { return r.Header.Get("Origin") != "https://evil.example" },
		API: subscribe.API{
			Taking: graph.Taking, Telling: graph.Telling, ReadOnly: graph.ReadOnly,
			Params: graph.Params, Query: graph.FromQuery, Body: graph.FromBody, Answer: graph.Answer, Refuse: graph.Refuse,
			Flat: func(op *graphql.OperationContext) func(*briefing.Briefing, []byte) ([]byte, bool) {
				write := graph.Flat(time.UTC)(op)
				if write == nil {
					return nil
				}
				return func(b *briefing.Briefing, room []byte) ([]byte, bool) { h.executed.Add(1); return write(b, room) }
			},
			Encode: func(res *graphql.Response) ([]byte, error) { h.executed.Add(1); return graph.Encode(res) },
		},
	}
	if change != nil {
		change(&cfg)
	}
	h.transports, err = subscribe.New(cfg)
	must(t, err)
	srv := httptest.NewUnstartedServer(graph.New(svc, graph.Options{Log: log, Transports: h.transports.List()}))
	// Little room in the kernel, so that a client that does not read is felt soon.
	srv.Config.ConnState = func(c net.Conn, s http.ConnState) {
		if tcp, ok := c.(*net.TCPConn); ok && s == http.StateNew {
			must(t, tcp.SetWriteBuffer(16<<10))
		}
	}
	srv.Start()
	t.Cleanup(srv.Close)
	t.Cleanup(func() { h.transports.Drain(context.Background(), 0) }) // hijacked sockets outlive the server
	h.url = srv.URL
	ctx, cancel := context.WithCancel(context.Background())
	var pumping sync.WaitGroup
	pumping.Go(func() { _ = pump.Run(ctx) })
	t.Cleanup(func() { cancel(); pumping.Wait() })
	return h
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (h *house) start(username string) briefing.Request {
	h.t.Helper()
	ends := time.Now().Add(time.Hour)
	got, err := h.store.StartRequest(h.t.Context(), briefing.Start{Request: briefing.Request{
		Username: username, Interval: 60, EndTime: "13:00", EndText: "13:00", StartedAt: time.Now(), EndsAt: &ends, CameraID: briefing.DefaultCamera,
	}})
	must(h.t, err)
	return got.Request
}

func (h *house) brief(req briefing.Request, caption string) briefing.Briefing {
	h.t.Helper()
	b, err := h.store.AddBriefing(h.t.Context(), briefing.Briefing{RequestID: req.ID, At: time.Now(), Caption: caption, Text: "_" + caption})
	must(h.t, err)
	return b
}

func (h *house) end(req briefing.Request) {
	h.t.Helper()
	_, err := h.store.EndRequest(h.t.Context(), briefing.End{ID: req.ID, Reason: briefing.EndedByUser, At: time.Now()})
	must(h.t, err)
}

// stuckStore is stuck for the service.
type stuckStore struct {
	briefing.Store
	stuck *stuck
}

func (s *stuckStore) Briefings(ctx context.Context, id briefing.RequestID, at briefing.Slice) ([]briefing.Briefing, bool, error) {
	if s.stuck.queries {
		return nil, false, s.stuck.wait(ctx)
	}
	return s.Store.Briefings(ctx, id, at)
}

// peer is a client's socket.
type peer struct {
	t *testing.T
	*websocket.Conn
}

// dial opens a socket of a subprotocol without saying anything.
func (h *house) dial(subprotocol string) peer {
	h.t.Helper()
	d := websocket.Dialer{Subprotocols: []string{subprotocol}}
	conn, _, err := d.DialContext(h.t.Context(), strings.Replace(h.url, "http", "ws", 1), nil)
	must(h.t, err)
	h.t.Cleanup(func() { conn.Close() })
	return peer{h.t, conn}
}

// init opens a graphql-transport-ws socket and greets.
func (h *house) init() peer {
	h.t.Helper()
	p := h.dial("graphql-transport-ws")
	p.says(`{"type":"connection_init"}`)
	p.hears(`{"type":"connection_ack"}`)
	return p
}

func (p peer) says(message string) {
	p.t.Helper()
	must(p.t, p.WriteMessage(websocket.TextMessage, []byte(message)))
}

// hears reads messages, passing over pings, and holds them against what is wanted.
func (p peer) hears(want ...string) {
	p.t.Helper()
	for _, w := range want {
		for {
			must(p.t, p.SetReadDeadline(time.Now().Add(10*time.Second)))
			_, got, err := p.ReadMessage()
			if err != nil {
				p.t.Fatalf("%v, want %s", err, w)
			}
			text := strings.TrimSpace(string(got))
			if text == `{"type":"ping"}` || text == `{"type":"ka"}` && w != text {
				continue
			}
			if text != w {
				p.t.Errorf("heard %s, want %s", text, w)
			}
			break
		}
	}
}

// closes reads until the socket is closed by the server.
func (p peer) closes(code int) {
	p.t.Helper()
	must(p.t, p.SetReadDeadline(time.Now().Add(10*time.Second)))
	for {
		_, got, err := p.ReadMessage()
		if websocket.IsCloseError(err, code) {
			return
		}
		if err != nil {
			p.t.Fatalf("%v, want a close with %d", err, code)
		}
		p.t.Logf("before the close: %s", got)
	}
}

// left waits until n subscriptions are left: the server learns of an end from the network.
func (h *house) left(n int) {
	h.t.Helper()
	await.True(h.t, fmt.Sprint(n, " subscriptions are left"), func() bool { return h.hub.Stats().Subscribers == n })
}

type idle struct{}

func (idle) Add(briefing.Request)                            {}
func (idle) Remove(briefing.RequestID)                       {}
func (idle) Skipped(briefing.Request) int                    { return 0 }
func (idle) Counts(req briefing.Request) briefing.TickCounts { return req.Ticks }
func (idle) Summarize(context.Context, briefing.SummaryInput) (briefing.Summary, error) {
	return briefing.Summary{}, nil
}
