package socket

import (
	"context"
	"io"

	"github.com/gorilla/websocket"
)

// NextWriter returns a writer for one text message of any length, which must be valid UTF-8 as a
// whole. The message is sent in frames while it is written, so it is never in memory as a whole.
// Write waits while the queue is full. Close ends the message. A caller that does not call the
// writer's Close must close the connection instead.
//
// Before the message has ended, nothing else may be sent and no heartbeat may be set. Errors are
// ErrClosed or ctx.Err().
func (c *Conn) NextWriter(ctx context.Context) io.WriteCloser {
	return &textWriter{conn: c, ctx: ctx, first: websocket.TextMessage}
}

// textWriter sends a message in frames of chunkLen bytes. A message that fits is one frame.
type textWriter struct {
	conn  *Conn
	ctx   context.Context // of NextWriter; bounds the whole message
	first byte
	frame []byte // the next frame, at most chunkLen bytes
}

// Write implements io.Writer.
func (w *textWriter) Write(p []byte) (n int, err error) {
	for n < len(p) {
		if len(w.frame) == chunkLen {
			if err := w.send(w.first, w.frame); err != nil {
				return n, err
			}
			w.first, w.frame = 0, nil // 0 continues the message
		}
		more := p[n:min(n+chunkLen-len(w.frame), len(p))]
		w.frame = append(w.frame, more...)
		n += len(more)
	}
	return n, nil
}

// Close implements io.Closer.
func (w *textWriter) Close() error { return w.send(w.first|frameEnd, w.frame) }

// send waits for room and queues a frame.
func (w *textWriter) send(first byte, piece []byte) error {
	c := w.conn
	for {
		c.mu.Lock()
		switch {
		case c.closed:
			c.mu.Unlock()
			return ErrClosed
		case c.accepts(len(piece)):
			c.pushFrame(first, piece)
			c.startWriter()
			return nil
		}
		c.mu.Unlock()
		select {
		case <-c.room:
		case <-c.closing:
			return ErrClosed
		case <-w.ctx.Done():
			return w.ctx.Err()
		}
	}
}
