package legacy

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"time"

	"bis/internal/briefing"
)

// pieceLen is the number of bytes of a list that are encoded before they are written. A shorter
// list is sent at once with a Content-Length, as by the old server. A longer list is sent in chunks
// without this header; the old app reads both kinds.
const pieceLen = 64 << 10

// list is an answer whose length grows with the stored rows: a JSON array. Rows are read by pages
// and encoded one by one. So a list needs memory for one page and one piece only.
type list[T any] struct {
	call      string // the endpoint, for the log
	kind      string // content type
	separator string
	rows      iter.Seq2[T, error] // ErrNotFound: the list is empty
	encode    func(dst []byte, row T) []byte
}

// write sends the list. An error before the first byte gets the usual answer. A later error aborts
// the connection, because the caller cannot see otherwise that the list is incomplete.
func (l list[T]) write(ctx context.Context, h *Handler, w http.ResponseWriter) {
	booking, err := h.history(ctx, listPatience)
	if err != nil {
		refuseForRoom(w)
		return
	}
	defer booking.Release()
	out := pieces{w: w, kind: l.kind, timeout: h.writeTimeout, text: []byte{'['}}
	separator := ""
	for row, err := range l.rows {
		switch {
		case errors.Is(err, briefing.ErrNotFound):
			continue // an error is the last of the sequence
		case err != nil && !out.started:
			h.internalError(ctx, l.call, err).write(w)
			return
		case err != nil:
			h.logFault(ctx, l.call, err)
			panic(http.ErrAbortHandler)
		}
		out.text = l.encode(append(out.text, separator...), row)
		separator = l.separator
		if len(out.text) >= pieceLen && out.write() != nil {
			return // the caller has left or is too slow, and net/http closes the connection
		}
	}
	out.text = append(out.text, ']')
	if !out.started {
		ok(l.kind, out.text).write(w)
		return
	}
	out.end()
}

// pieces writes an answer piece by piece.
type pieces struct {
	w       http.ResponseWriter
	kind    string
	timeout time.Duration // for the caller to read one piece
	text    []byte        // the next piece
	started bool          // the first piece was written
}

// write writes the next piece, after status and headers if it is the first. It may wait for a slow
// caller. Each piece has its own deadline, so a long list may take longer than one timeout.
func (p *pieces) write() error {
	if !p.started {
		p.started = true
		p.w.Header().Set("Content-Type", p.kind)
		p.w.WriteHeader(http.StatusOK)
	}
	p.limit(time.Now().Add(p.timeout))
	_, err := p.w.Write(p.text)
	p.text = p.text[:0]
	return err
}

// end writes the last piece and flushes net/http's buffer before the deadline. Then it clears the
// deadline, because the connection may serve further calls.
func (p *pieces) end() {
	if p.write() == nil && http.NewResponseController(p.w).Flush() == nil {
		p.limit(time.Time{})
	}
}

// limit sets the write deadline; the zero time clears it. The error does not matter: TCP
// connections always support deadlines, and only writers of tests may not.
func (p *pieces) limit(at time.Time) { _ = http.NewResponseController(p.w).SetWriteDeadline(at) }
