// Package legacy answers the nine endpoints of the first BIS server, and its root, byte
// for byte as that server did, so that old callers work unchanged. The goldens in testdata hold every
// answer. It decodes, asks the service, and encodes; it decides nothing.
//
// Its answers carry the old server's open CORS headers. They hold for the old paths only.
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
	"bis/internal/socket"
)

// Service is what of briefing.Service the old endpoints need; its comments are the contracts.
type Service interface {
	Login(ctx context.Context, v briefing.Viewer, username string) (briefing.User, briefing.LoginOutcome, error)
	User(ctx context.Context, v briefing.Viewer, username string) (briefing.User, error)
	UpdateOldCustom(ctx context.Context, v briefing.Viewer, username string, custom []string) (briefing.User, error)

	StartBriefing(ctx context.Context, v briefing.Viewer, in briefing.StartInput) (briefing.Request, error)
	EndBriefing(ctx context.Context, v briefing.Viewer, username string) (*briefing.Request, error)
	EachRequest(ctx context.Context, v briefing.Viewer, username string) iter.Seq2[briefing.Request, error]

	EachBriefing(ctx context.Context, v briefing.Viewer, id briefing.RequestID) iter.Seq2[briefing.Briefing, error]
	AiSummary(ctx context.Context, v briefing.Viewer, id briefing.RequestID) (briefing.Summary, error)
	EmptySummary(ctx context.Context) (briefing.Summary, error)

	Watch(ctx context.Context, v briefing.Viewer, q briefing.WatchQuery) (briefing.Stream, error)
	Reload(ctx context.Context, v briefing.Viewer, username string, past func(briefing.Briefing) error) (briefing.Stream, error)
}

var _ Service = (*briefing.Service)(nil)

// What /login calls a user that it made, and one that it found.
const (
	WordsOfCode   = "code"   // signup, login: what the old server did
	WordsOfReadme = "readme" // login, signup: what its README said
)

// Config is what a Handler may be told.
type Config struct {
	LoginWords string       // WordsOfCode or WordsOfReadme; empty: WordsOfCode
	Log        *slog.Logger // nil: slog.Default()
	// Socket says how the old sockets are kept; its Registry is not used. The zero value is good.
	Socket socket.Config
	// WriteTimeout is how long a caller may take over a piece of a long list. Zero means 60 s.
	WriteTimeout time.Duration
	// DrainOver is the time over which Drain spreads the closes. Zero means 3 s.
	DrainOver time.Duration
}

// Handler answers the old endpoints. It is safe for concurrent use.
type Handler struct {
	svc       Service
	log       *slog.Logger
	words     map[briefing.LoginOutcome]string
	socket    socket.Config
	sockets   *socket.Registry
	drainOver time.Duration

	writeTimeout time.Duration
}

// New checks cfg and returns a handler. It starts nothing.
func New(svc Service, cfg Config) (*Handler, error) {
	if svc == nil {
		return nil, errors.New("legacy: a service is required")
	}
	h := &Handler{
		svc: svc, log: cfg.Log, socket: cfg.Socket, sockets: &socket.Registry{},
		drainOver: cmp.Or(cfg.DrainOver, 3*time.Second), writeTimeout: cmp.Or(cfg.WriteTimeout, time.Minute),
	}
	h.socket.Registry = h.sockets
	if h.log == nil {
		h.log = slog.Default()
	}
	switch cfg.LoginWords {
	case "", WordsOfCode:
		h.words = map[briefing.LoginOutcome]string{briefing.Signup: "signup", briefing.Login: "login"}
	case WordsOfReadme:
		h.words = map[briefing.LoginOutcome]string{briefing.Signup: "login", briefing.Login: "signup"}
	default:
		return nil, fmt.Errorf("legacy: login words must be %q or %q, not %q", WordsOfCode, WordsOfReadme, cfg.LoginWords)
	}
	return h, nil
}

// Drain closes the old sockets with 1012, spread over DrainOver, and those that come
// from now on at once. It returns when all are closed; when ctx ends first, the rest are cut.
func (h *Handler) Drain(ctx context.Context) error {
	return h.sockets.Drain(ctx, socket.Farewell{
		Code: socket.CodeServiceRestart, Reason: "service restart", Over: h.drainOver,
	})
}

// Sockets returns how many old sockets are open.
func (h *Handler) Sockets() int { return h.sockets.Len() }

// nobody is the viewer of every old call: the old system had no sign-in.
var nobody = briefing.Viewer{}
