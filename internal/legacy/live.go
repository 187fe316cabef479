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
	"bis/internal/socket"
)

// script is what is said over an old socket. It returns nil when it has nothing more to say:
// the socket then stays open and silent. It must stop when ctx ends, with the socket.
type script func(ctx context.Context, conn *socket.Conn, query form) error

// upgrade accepts a socket, always, and talks. What is no handshake is not found, as FastAPI's
// socket routes answered HTTP.
func (h *Handler) upgrade(run script) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !handshake(r) {
			notFound.write(w)
			return
		}
		conn, err := socket.Accept(w, r, h.socket)
		if err != nil {
			return // the answer has been given
		}
		ctx, cancel := context.WithCancel(r.Context())
		var running sync.WaitGroup
		running.Go(func() { h.talk(ctx, conn, run, parsePairs(r.URL.RawQuery)) })
		conn.Run()
		cancel()
		running.Wait()
	})
}

func handshake(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// talk talks until there is nothing more to say and closes when that is an error.
func (h *Handler) talk(ctx context.Context, conn *socket.Conn, run script, query form) {
	if h.sockets.Draining() {
		return // it is being closed, and a start would be for nobody
	}
	err := run(ctx, conn, query)
	if err == nil || ctx.Err() != nil || errors.Is(err, socket.ErrClosed) {
		return
	}
	code, reason := h.farewell(ctx, err)
	conn.Close(code, reason)
}

// farewell turns an error into a close code and a reason that is safe to show.
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

// parameter spells a field of the service as the old callers do.
func parameter(field string) string {
	if field == "endTime" {
		return "endtime"
	}
	return field
}

// start is /ws: it starts a request anew and tells its briefings. The request goes on when the
// socket closes.
func (h *Handler) start(ctx context.Context, conn *socket.Conn, query form) error {
	in, err := parseStart(query)
	if err != nil {
		return err
	}
	req, err := h.svc.StartBriefing(ctx, nobody, in)
	if err != nil {
		return err
	}
	stream, err := h.svc.Watch(ctx, nobody, briefing.WatchQuery{RequestID: req.ID})
	if err != nil {
		return err
	}
	return sendStream(ctx, conn, stream)
}

// parseStart reads the parameters of /ws. The error is an InvalidError.
func parseStart(query form) (briefing.StartInput, error) {
	for _, name := range []string{"username", "interval", "endtime"} {
		if query[name] == "" {
			return briefing.StartInput{}, briefing.Invalid(name, "must not be empty")
		}
	}
	interval, err := parseInterval(query["interval"])
	return briefing.StartInput{
		Username: query["username"], Interval: interval,
		EndTime: unescape(query["endtime"]), // some callers encode it twice
	}, err
}

// parseInterval reads decimal digits as seconds.
func parseInterval(text string) (int, error) {
	seconds, err := strconv.ParseUint(text, 10, 31) // neither sign nor point
	if err != nil || seconds < briefing.MinInterval || seconds > briefing.MaxInterval {
		return 0, briefing.Invalid("interval", "must be a whole number of seconds, %d to %d",
			briefing.MinInterval, briefing.MaxInterval)
	}
	return int(seconds), nil
}

// reload is /reloadBriefing: it tells what exists of the user's latest request in one
// message, and then what comes. Who has no request gets an empty list and silence.
func (h *Handler) reload(ctx context.Context, conn *socket.Conn, query form) error {
	if query["username"] == "" {
		return briefing.Invalid("username", "must not be empty")
	}
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
	return sendStream(ctx, conn, stream)
}

// snapshot is the first message of /reloadBriefing. It goes out in frames as the store is read, so
// a long past is never held, however slow the caller is.
type snapshot struct {
	to   io.WriteCloser
	text []byte // what is yet to be written
	more bool   // the list has started
}

// add appends a briefing.
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

func (s *snapshot) write() error {
	_, err := s.to.Write(s.text)
	s.text = s.text[:0]
	return err
}

// end ends the list and the message.
func (s *snapshot) end() error {
	s.text = append(s.text, snapshotEnd...)
	if err := s.write(); err != nil {
		return err
	}
	return s.to.Close()
}

// The text around the list in the first message of /reloadBriefing. Old callers recognise that
// message by its first bytes, so it must start with {".
const (
	snapshotHead = `{"briefing_data":[`
	snapshotEnd  = `]}`
)

// A burst is sent as one batch, within these bounds.
const (
	burstLen   = 32
	burstBytes = 16 << 10
)

// sendStream sends a stream's texts, those that are ready together. The next are taken only when the last
// have found room, so a slow caller holds up nobody but itself.
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

// readBurst waits for a briefing and returns its text with those that are ready behind it. After an
// error the texts are what came before.
func readBurst(ctx context.Context, stream briefing.Stream) (texts [][]byte, err error) {
	for bytes := 0; len(texts) == 0 || len(texts) < burstLen && bytes < burstBytes && stream.More(); {
		b, err := stream.Next(ctx)
		if err != nil {
			return texts, err
		}
		text := []byte(strings.ToValidUTF8(b.Text, "\uFFFD")) // a text frame must be valid
		texts, bytes = append(texts, text), bytes+len(text)
	}
	return texts, nil
}
