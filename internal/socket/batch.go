package socket

import "context"

// Send queues text messages, which must be valid UTF-8 and are not changed afterwards. Messages
// that are queued together go out in one write. While the queue is full it waits; a message beyond
// all bounds waits for an empty queue. The error is ErrClosed or ctx's.
func (c *Conn) Send(ctx context.Context, texts ...[]byte) error {
	for {
		n, err := c.enqueue(texts)
		if texts = texts[n:]; err != nil || len(texts) == 0 {
			return err
		}
		select {
		case <-c.room:
		case <-c.closing:
			return ErrClosed
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// enqueue puts the first of the messages into the queue, as many as find room, and starts a writer.
func (c *Conn) enqueue(texts [][]byte) (n int, err error) {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return 0, ErrClosed
	}
	for n < len(texts) && c.fits(len(texts[n])) {
		c.push(texts[n])
		n++
	}
	c.startWriter()
	return n, nil
}

// Batch is text messages that share their beginning and their end: each is Head, one of Bodies, and
// Tail.
type Batch struct {
	Head   []byte
	Bodies [][]byte
	Tail   []byte
}

// len is the length of a message, in bytes.
func (b *Batch) len(i int) int { return len(b.Head) + len(b.Bodies[i]) + len(b.Tail) }

// text returns a message.
func (b *Batch) text(i int) []byte {
	text := make([]byte, 0, b.len(i))
	return append(append(append(text, b.Head...), b.Bodies[i]...), b.Tail...)
}

// Try sends the messages of a batch as far as it can without waiting: the kernel takes them, all in
// one write where they are short, or the queue has room. It returns how many it has taken, from the
// first on. When those are not all, Peer.Room is called once there is room. The batch is not kept.
// The error is ErrClosed.
func (c *Conn) Try(b Batch) (taken int, err error) {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return 0, ErrClosed
	}
	if !c.nowait.works() || c.hasWriter || !c.idle() {
		taken = c.pushBatch(b, 0)
		c.startWriter()
		return taken, nil
	}
	c.hasWriter = true
	c.writers.Add(1)
	c.mu.Unlock()
	f := buffers.Get().(*writeBuffer)
	taken, rest := c.tryNow(f, b)
	c.mu.Lock()
	if c.partial = rest; !c.closed {
		taken = c.pushBatch(b, taken)
	}
	c.finishWriter(f)
	return taken, nil
}

// tryNow gives the kernel as many messages as it takes. rest is what it left of a message's frame:
// that message counts as taken. The caller has set c.writing.
func (c *Conn) tryNow(f *writeBuffer, b Batch) (taken int, rest []byte) {
	for taken < len(b.Bodies) {
		var n int
		if f.buf, n = appendBatch(f.buf[:0], b, taken); n == 0 {
			break // it goes out in several frames
		}
		written, err := c.nowait.write(f.buf)
		if err != nil {
			c.sever()
			return len(b.Bodies), nil
		}
		if written < len(f.buf) {
			begun, left := startedFrames(b, taken, f.buf, written)
			return taken + begun, left
		}
		taken += n
	}
	return taken, nil
}

// appendBatch appends the frames of messages from a batch's i-th on, as many as one write has room
// for.
func appendBatch(buf []byte, b Batch, i int) (frames []byte, n int) {
	for ; i < len(b.Bodies); i++ {
		size := b.len(i)
		if size > chunkLen || len(buf)+size > chunkLen && n > 0 {
			break
		}
		buf = appendText(buf, b.Head, b.Bodies[i], b.Tail)
		n++
	}
	return buf, n
}

// begun counts the frames from a batch's i-th message on that a short write has begun, and returns
// a copy of what is left of the last of them.
func startedFrames(b Batch, i int, buf []byte, written int) (n int, rest []byte) {
	for end := 0; end < written; n++ {
		end += headerLen(b.len(i+n)) + b.len(i+n)
		if end > written {
			rest = append(rest, buf[written:end]...)
		}
	}
	return n, rest
}

// putBatch queues a batch's messages from the i-th on, as many as find room, and returns how many
// of all are taken then; c.mu is held.
func (c *Conn) pushBatch(b Batch, i int) (taken int) {
	for ; i < len(b.Bodies); i++ {
		if !c.fits(b.len(i)) {
			c.tryRefused = true
			break
		}
		c.push(b.text(i))
	}
	return i
}

// Hold is Try without a write: the messages wait in the queue for Flush, or for another message. So
// what many topics have for one peer goes out together.
func (c *Conn) Queue(b Batch) (taken int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return 0, ErrClosed
	}
	return c.pushBatch(b, 0), nil
}

// Flush starts the writing of what Hold has queued.
func (c *Conn) Flush() {
	c.mu.Lock()
	if c.idle() {
		c.mu.Unlock()
		return
	}
	c.startWriter()
}
