package legacy

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"time"

	"bis/internal/briefing"
)

// pieceLen is how much of a list is encoded before it is written, in bytes. A list that is no longer goes out at once, with its
// Content-Length, as the old server's did; a longer one goes out in pieces, without.
const pieceLen = 64 << 10

// list is a call's answer that grows with what is stored: a JSON array, encoded row by row. No more is held of it than the
// rows of a page and a piece of text.
type list[T any] struct {
	call      string // for the log
	kind      string // content type
	separator string
	rows      iter.Seq2[T, error] // ErrNotFound means that there are none
	encode    func(dst []byte, row T) []byte
}

// write answers. A fault before the first byte is answered as any other. After that only breaking the connection off tells the
// caller that the list is not whole.
func (l list[T]) write(ctx context.Context, h *Handler, w http.ResponseWriter) {
	out := pieces{w: w, kind: l.kind, timeout: h.writeTimeout, text: append(make([]byte, 0, pieceLen+pieceLen/8), '[')}
	separator := ""
	for row, err := range l.rows {
		switch {
		case errors.Is(err, briefing.ErrNotFound):
			continue // it is the last
		case err != nil && !out.begun:
			h.broken(ctx, l.call, err).write(w)
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
	if !out.begun {
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
	begun   bool          // the first piece was written
}

// write writes the next piece. It may wait for a slow caller, for each piece anew.
func (p *pieces) write() error {
	if !p.begun {
		p.begun = true
		p.w.Header().Set("Content-Type", p.kind)
		p.w.WriteHeader(http.StatusOK)
	}
	p.limit(time.Now().Add(p.timeout))
	_, err := p.w.Write(p.text)
	p.text = p.text[:0]
	return err
}

// end writes the last piece, and whatever net/http still has, while there is a deadline for it. The connection may serve other
// calls afterwards, so the deadline goes.
func (p *pieces) end() {
	if p.write() == nil && http.NewResponseController(p.w).Flush() == nil {
		p.limit(time.Time{})
	}
}

// limit sets the deadline of what is written next. Not every writer has deadlines; over TCP they all do.
func (p *pieces) limit(at time.Time) { _ = http.NewResponseController(p.w).SetWriteDeadline(at) }
