package legacy

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"time"

	"bis/internal/briefing"
)

// pieceLen is how many bytes of a list are encoded before they are written. A list up to that
// length goes out at once, with a Content-Length as from the old server. A longer one goes out in
// pieces, without.
const pieceLen = 64 << 10

// list is an answer that grows with the stored rows: a JSON array, encoded row by row. It holds one
// page of rows and one piece of text.
type list[T any] struct {
	call      string // for the log
	kind      string // content type
	separator string
	rows      iter.Seq2[T, error] // ErrNotFound means that there are none
	encode    func(dst []byte, row T) []byte
}

// write answers. An error before the first byte gets the usual answer. A later one breaks the
// connection off, because nothing else tells the caller that the list is incomplete.
func (l list[T]) write(ctx context.Context, h *Handler, w http.ResponseWriter) {
	out := pieces{w: w, kind: l.kind, timeout: h.writeTimeout, text: []byte{'['}}
	separator := ""
	for row, err := range l.rows {
		switch {
		case errors.Is(err, briefing.ErrNotFound):
			continue // it is the last
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
			return // the caller has left, and net/http gives the connection up
		}
	}
	out.text = append(out.text, ']')
	if !out.started {
		ok(l.kind, out.text).write(w)
		return
	}
	out.end()
}

// pieces is an answer that goes out piece by piece.
type pieces struct {
	w       http.ResponseWriter
	kind    string
	timeout time.Duration // in which the caller must take a piece
	text    []byte        // the next piece
	started bool          // the first piece was written
}

// write writes the next piece. It may wait for a slow caller; each piece has the timeout for
// itself.
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

// end writes the last piece and flushes net/http's buffer while there is a deadline. Then it clears
// the deadline, because the connection may serve other calls.
func (p *pieces) end() {
	if p.write() == nil && http.NewResponseController(p.w).Flush() == nil {
		p.limit(time.Time{})
	}
}

// limit sets the write deadline. Test writers may have none; TCP connections do.
func (p *pieces) limit(at time.Time) { _ = http.NewResponseController(p.w).SetWriteDeadline(at) }
