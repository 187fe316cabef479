package legacy

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"bis/internal/briefing"
	"bis/internal/limit"
	"bis/internal/service"
	"bis/internal/socket"
)

// script sends the messages of one old endpoint over a socket. It returns nil when it has sent all
// of them; the socket then stays open and silent. ctx ends with the socket, and then the script
// must return. query has the parameters of the address.
type script func(ctx context.Context, conn *socket.Conn, query form) error

// upgrade returns the handler of a socket's path. It answers 429 when the caller has too many
// sockets. Otherwise it accepts the WebSocket handshake and runs the script. Bad parameters close
// the socket after the handshake, with the broken rule as the reason. A plain HTTP request is 404,
// as for FastAPI's socket routes.
func (h *Handler) upgrade(run script) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !handshake(r) {
			notFound.write(w)
			return
		}
		release, err := h.limits.Connect(r.Context())
		if err != nil {
			tooMany(err).write(w)
			return
		}
		defer release()
		conn, err := socket.Accept(w, r, h.socket)
		if err != nil {
			return // Accept has answered
		}
		ctx, cancel := context.WithCancel(r.Context())
		var running sync.WaitGroup
		running.Go(func() { h.talk(ctx, conn, run, parsePairs(r.URL.RawQuery)) })
		conn.Run()
		if conn.Flooded() {
			h.limits.Report(limit.CallerOf(ctx), limit.TooManyMessages)
		}
		if conn.Late() {
			h.limits.Report(limit.CallerOf(ctx), limit.TooSlow)
		}
		if conn.Crowded() {
			h.limits.Report(limit.CallerOf(ctx), limit.NoRoom)
		}
		cancel()
		running.Wait()
	})
}

// handshake reports whether a request asks for a WebSocket.
func handshake(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// talk runs a script. If the script fails, talk closes the socket with a code for the error. While
// the server drains it does nothing, because the registry closes the socket and a started request
// would have no listener.
func (h *Handler) talk(ctx context.Context, conn *socket.Conn, run script, query form) {
	if h.sockets.Draining() {
		return
	}
	err := run(ctx, conn, query)
	if err == nil || ctx.Err() != nil || errors.Is(err, socket.ErrClosed) {
		return
	}
	code, reason := h.farewell(ctx, err)
	conn.Close(code, reason)
}

// farewell returns the close code and the public reason for an error. The code is 1008 for a fault
// of the caller, 1013 for an error that may pass, and 1011 for other errors, which are logged.
func (h *Handler) farewell(ctx context.Context, err error) (code int, reason string) {
	invalid, isInvalid := errors.AsType[*briefing.InvalidError](err)
	switch {
	case isInvalid:
		return socket.CodeRuleBroken, parameter(invalid.Field) + " " + invalid.Rule
	case errors.Is(err, briefing.ErrUnauthenticated), errors.Is(err, briefing.ErrForbidden):
		return socket.CodeRuleBroken, "not allowed"
	case errors.Is(err, briefing.ErrRateLimited):
		return socket.CodeTryAgainLater, "too many attempts"
	case errors.Is(err, briefing.ErrUnavailable):
		return socket.CodeTryAgainLater, "the database is unavailable, try again later"
	}
	h.logFault(ctx, "socket", err)
	return socket.CodeInternal, "internal error"
}

// parameter returns the old callers' name of a field.
func parameter(field string) string {
	if field == "endTime" {
		return "endtime"
	}
	return field
}

// start is WS /ws. It starts a request, which replaces the user's active request, and sends each
// briefing as a text frame with the stored text only. The request continues after the socket
// closes, and the owner reconnects by /reloadBriefing.
func (h *Handler) start(ctx context.Context, conn *socket.Conn, query form) error {
	in, err := parseStart(query)
	if err != nil {
		return err
	}
	stream, err := h.svc.Watch(ctx, nobody, service.WatchQuery{Start: &in, Anew: true})
	if err != nil {
		return err
	}
	return sendStream(ctx, conn, stream)
}

// parseStart reads the parameters of /ws. The error is an InvalidError.
func parseStart(query form) (service.StartInput, error) {
	for _, name := range []string{"username", "interval", "endtime"} {
		if query[name] == "" {
			return service.StartInput{}, briefing.Invalid(name, "must not be empty")
		}
	}
	interval, err := parseInterval(query["interval"])
	return service.StartInput{
		Username: query["username"], Interval: interval,
		// Flutter formats the end time, as in "6:30 PM".
		EndTime: unescape(query["endtime"]), // some callers encode the blank twice
	}, err
}

// parseInterval reads decimal digits as seconds. It refuses signs, points and blanks.
func parseInterval(text string) (int, error) {
	seconds, err := strconv.ParseUint(text, 10, 31)
	if err != nil || seconds < briefing.MinInterval || seconds > briefing.MaxInterval {
		return 0, briefing.Invalid("interval", "must be a whole number of seconds, %d to %d",
			briefing.MinInterval, briefing.MaxInterval)
	}
	return int(seconds), nil
}

// reload is WS /reloadBriefing. It sends all stored briefings of the user's latest request in one
// JSON message, oldest first. Then it sends each further briefing like /ws. A user without a
// request gets an empty list, and the socket stays open.
func (h *Handler) reload(ctx context.Context, conn *socket.Conn, query form) error {
	if query["username"] == "" {
		return briefing.Invalid("username", "must not be empty")
	}
	booking, err := h.history(ctx, socketPatience)
	if err != nil {
		return err
	}
	defer booking.Release()
	past := snapshot{to: conn.NextWriter(ctx), text: []byte(snapshotHead)}
	stream, err := h.svc.Reload(ctx, nobody, query["username"], past.add)
	if errors.Is(err, briefing.ErrNotFound) {
		return past.end()
	}
	if err != nil {
		return err
	}
	if err := past.end(); err != nil {
		stream.Close()
		return err
	}
	booking.Release()
	return sendStream(ctx, conn, stream)
}

// snapshot writes the first message of /reloadBriefing. It sends fragments while the store is read,
// so a long list is never in memory as a whole. A slow caller slows the reads down.
type snapshot struct {
	to   io.WriteCloser
	text []byte // encoded text that is not written yet
	more bool   // a briefing was added before
}

// add appends a briefing to the list.
func (s *snapshot) add(b briefing.Briefing) error {
	if s.more {
		s.text = append(s.text, escaped.separator...)
	}
	s.more = true
	s.text = escaped.appendString(s.text, b.Text)
	if len(s.text) < pieceLen {
		return nil
	}
	return s.write()
}

// write sends the encoded text as a fragment.
func (s *snapshot) write() error {
	_, err := s.to.Write(s.text)
	s.text = s.text[:0]
	return err
}

// end completes the list and the message.
func (s *snapshot) end() error {
	s.text = append(s.text, snapshotEnd...)
	if err := s.write(); err != nil {
		return err
	}
	return s.to.Close()
}

// The text around the list of the first message of /reloadBriefing. Old callers recognise this
// message by its first two bytes, so it must start with {". A briefing starts with its date
// instead.
const (
	snapshotHead = `{"briefing_data":[`
	snapshotEnd  = `]}`
)

// Briefings that are ready together are sent as one batch, within these bounds.
const (
	burstLen   = 32       // briefings
	burstBytes = 16 << 10 // the last briefing may exceed it
)

// sendStream sends the briefings of a stream. It returns nil when the stream ends, and otherwise
// the error. It reads the next batch only after Send has accepted the last one. A slow caller
// therefore queues nothing and does not delay other callers. The stream replays the briefings that
// the caller missed.
func sendStream(ctx context.Context, conn *socket.Conn, stream briefing.Stream) error {
	defer stream.Close()
	for {
		texts, err := readBurst(ctx, stream)
		if sendErr := conn.Send(ctx, texts...); sendErr != nil {
			return sendErr
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// readBurst waits for a briefing. It returns the text of this briefing and of the briefings that
// are ready after it, within the bounds of a batch. With an error it returns the texts before the
// error.
func readBurst(ctx context.Context, stream briefing.Stream) (texts [][]byte, err error) {
	bytes := 0
	for len(texts) == 0 || len(texts) < burstLen && bytes < burstBytes && stream.More() {
		b, err := stream.Next(ctx)
		if err != nil {
			return texts, err
		}
		text := []byte(strings.ToValidUTF8(b.Text, "\uFFFD")) // a text frame must be valid
		texts, bytes = append(texts, text), bytes+len(text)
	}
	return texts, nil
}
