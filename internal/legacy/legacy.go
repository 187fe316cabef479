// Package legacy answers the endpoints of the first BIS server byte for byte, so that its callers
// work unchanged. That server ran on FastAPI; the app that calls it is written in Flutter.
//
// # The nine endpoints
//
//	1  POST /login          login          user.go
//	2  WS   /ws             start          live.go
//	3  WS   /reloadBriefing reload         live.go
//	4  POST /endBriefing    endBriefing    request.go
//	5  POST /getAllRequest  getAllRequest  request.go
//	6  POST /getBriefing    getBriefing    briefing.go
//	7  POST /aiSummary      aiSummary      briefing.go
//	8  POST /getCustom      getCustom      user.go
//	9  POST /updateCustom   updateCustom   user.go
//
// The root, unknown paths, wrong methods, missing fields and a slash at the end of a path are
// answered like FastAPI (route.go).
//
// # What it promises
//
// Status, headers and body equal the old server's, and golden files in testdata record them. The
// comments of the handlers name the few differences. For example, an unknown user is 404 where the
// old server failed with a trace. Only the old paths have the old server's open CORS headers.
//
// # What it leaves to others
//
// A handler decodes, calls one use case and encodes. The use cases decide, and they call the store
// and the hub. docs/legacy.md describes the endpoints for callers.
package legacy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"time"

	"bis/internal/briefing"
	"bis/internal/limit"
	"bis/internal/service"
	"bis/internal/socket"
)

// Service has the use cases that the old endpoints call. Package service describes their contracts.
type Service interface {
	Login(
		ctx context.Context, v briefing.Viewer, username string,
	) (briefing.User, briefing.LoginOutcome, error)
	User(ctx context.Context, v briefing.Viewer, username string) (briefing.User, error)
	UpdateOldCustom(
		ctx context.Context, v briefing.Viewer, username string, custom []string,
	) (briefing.User, error)

	EndBriefing(ctx context.Context, v briefing.Viewer, username string) (*briefing.Request, error)
	EachRequest(
		ctx context.Context, v briefing.Viewer, username string,
	) iter.Seq2[briefing.Request, error]

	EachBriefing(
		ctx context.Context, v briefing.Viewer, id briefing.RequestID,
	) iter.Seq2[briefing.Briefing, error]
	AiSummaryOrEmpty(
		ctx context.Context, v briefing.Viewer, id briefing.RequestID,
	) (briefing.Summary, error)

	Watch(ctx context.Context, v briefing.Viewer, q service.WatchQuery) (briefing.Stream, error)
	Reload(
		ctx context.Context, v briefing.Viewer, username string, past func(briefing.Briefing) error,
	) (briefing.Stream, error)
}

var _ Service = (*service.Service)(nil)

// The values of Config.LoginWords. The old server's code and its README disagree about the message
// of /login for a new and for an existing user.
const (
	WordsOfCode   = "code"   // new: "signup", existing: "login", as in the old server's code
	WordsOfReadme = "readme" // new: "login", existing: "signup", as in its README
)

// Config has the settings of a Handler. The zero value is valid.
type Config struct {
	LoginWords string       // WordsOfCode or WordsOfReadme; empty means WordsOfCode
	Log        *slog.Logger // nil means slog.Default()
	// InFlight counts the pages of histories that callers read, and the bytes in the queues of the
	// old sockets. Nil means no limit.
	InFlight *limit.Bytes
	// Patience is how long a history waits for other callers to release bytes. Then it is refused.
	// Zero means 1 s for a list, and 5 s for a socket.
	Patience time.Duration
	// Socket has the bounds and deadlines of the old sockets. Its Registry and its Budget are
	// ignored: the handler has its own.
	Socket socket.Config
	// Limits bound the calls and the sockets of one caller. Nil means no limits.
	Limits *limit.Limits
	// WriteTimeout is how long a caller may take to read one piece of a long list. Zero
	// means 60 s.
	WriteTimeout time.Duration
	// DrainOver is the time over which Drain spreads the closes, so that the clients reconnect at
	// different times. Zero means 3 s.
	DrainOver time.Duration
}

// Handler answers the old endpoints. It is safe for concurrent use.
type Handler struct {
	svc       Service
	log       *slog.Logger
	words     map[briefing.LoginOutcome]string // messages of /login
	socket    socket.Config
	sockets   *socket.Registry // the open old sockets
	limits    *limit.Limits
	inFlight  *limit.Bytes
	patience  time.Duration // see Config.Patience
	drainOver time.Duration

	writeTimeout time.Duration
}

// New checks cfg and returns a handler. It starts nothing; Mount puts it under its paths.
func New(svc Service, cfg Config) (*Handler, error) {
	if svc == nil {
		return nil, errors.New("legacy: a service is required")
	}
	h := &Handler{
		svc: svc, log: cfg.Log, socket: cfg.Socket, sockets: &socket.Registry{}, limits: cfg.Limits,
		inFlight: cfg.InFlight, patience: cfg.Patience,
		drainOver:    cmp.Or(cfg.DrainOver, 3*time.Second),
		writeTimeout: cmp.Or(cfg.WriteTimeout, time.Minute),
	}
	h.socket.Registry, h.socket.Budget = h.sockets, h.budget
	if rate := h.limits.Messages(); rate.PerSecond > 0 {
		h.socket.Flood = &socket.Flood{
			PerSecond: rate.PerSecond, Burst: rate.Burst, Code: socket.CodeTryAgainLater,
		}
	}
	if h.log == nil {
		h.log = slog.Default()
	}
	switch cfg.LoginWords {
	case "", WordsOfCode:
		h.words = map[briefing.LoginOutcome]string{
			briefing.Signup: "signup", briefing.Login: "login",
		}
	case WordsOfReadme:
		h.words = map[briefing.LoginOutcome]string{
			briefing.Signup: "login", briefing.Login: "signup",
		}
	default:
		return nil, fmt.Errorf("legacy: login words must be %q or %q, not %q",
			WordsOfCode, WordsOfReadme, cfg.LoginWords)
	}
	return h, nil
}

// Drain closes the old sockets with code 1012 (service restart), spread over DrainOver. A socket
// that opens after the call is closed at once. Drain returns when all sockets are closed. If ctx
// ends first, it cuts the remaining connections.
func (h *Handler) Drain(ctx context.Context) error {
	return h.sockets.Drain(ctx, socket.Farewell{
		Code: socket.CodeServiceRestart, Reason: "service restart", Over: h.drainOver,
	})
}

// Sockets returns the number of open old sockets.
func (h *Handler) Sockets() int { return h.sockets.Len() }

// nobody is the viewer of every old call, because the old system has no sign-in. While the server
// is open, this viewer may act for every user.
var nobody = briefing.Viewer{}
