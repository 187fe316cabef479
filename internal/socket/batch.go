package socket

import "context"

// Send queues text messages, which must be valid UTF-8 and must not be changed afterwards. Messages
// that are queued together go out in one write if they are short. Send waits while the queue is
// full. A message beyond all bounds waits for an empty queue. The error is ErrClosed or ctx.Err().
// After an error, some of the messages may have been queued.
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

// enqueue queues the first messages, as many as find room, and starts a writer. n is the number of
// queued messages.
func (c *Conn) enqueue(texts [][]byte) (n int, err error) {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return 0, ErrClosed
	}
	for n < len(texts) && c.accepts(len(texts[n])) {
		c.push(texts[n])
		n++
	}
	c.startWriter()
	return n, nil
}

// Batch is text messages that share their beginning and their end. Each message is Head, one of
// Bodies, and Tail.
type Batch struct {
	Head   []byte
	Bodies [][]byte
	Tail   []byte
}

// len returns the length of message i, in bytes.
func (b *Batch) len(i int) int { return len(b.Head) + len(b.Bodies[i]) + len(b.Tail) }

// text returns message i as a slice of its own.
func (b *Batch) text(i int) []byte {
	text := make([]byte, 0, b.len(i))
	return append(append(append(text, b.Head...), b.Bodies[i]...), b.Tail...)
}

// Try sends the messages of a batch without waiting. It writes them directly if nothing waits and
// the kernel has room, short messages together in one write. It queues the remaining messages as
// long as the queue has room. The first accepted messages were written or queued. If they are not
// all, Peer.Room is called once there is room again. Try does not retain the batch. The error is
// ErrClosed.
func (c *Conn) Try(b Batch) (accepted int, err error) {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return 0, ErrClosed
	}
	if !c.nowait.works() || c.hasWriter || !c.idle() {
		accepted = c.pushBatch(b, 0)
		c.startWriter()
		return accepted, nil
	}
	c.hasWriter = true
	c.writers.Add(1)
	c.mu.Unlock()
	f := buffers.Get().(*writeBuffer)
	accepted, rest := c.tryNow(f, b)
	c.mu.Lock()
	if c.partial = rest; !c.closed {
		accepted = c.pushBatch(b, accepted)
	}
	c.finishWriter(f)
	return accepted, nil
}

// tryNow writes as many messages as the kernel has room for. rest is the unwritten part of a frame
// after a short write; the message of that frame counts as accepted. The caller has set
// c.hasWriter.
func (c *Conn) tryNow(f *writeBuffer, b Batch) (accepted int, rest []byte) {
	for accepted < len(b.Bodies) {
		var n int
		if f.buf, n = appendBatch(f.buf[:0], b, accepted); n == 0 {
			break // the next message must be sent in several frames
		}
		written, err := c.nowait.write(f.buf)
		if err != nil {
			c.sever()
			return len(b.Bodies), nil
		}
		if written < len(f.buf) {
			started, left := startedFrames(b, accepted, f.buf, written)
			return accepted + started, left
		}
		accepted += n
	}
	return accepted, nil
}

// appendBatch appends the frames of messages from index i on, as many as fit into one write. n is
// the number of appended frames.
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

// startedFrames counts the frames that a short write has started, from message i on. rest is a copy
// of the unwritten part of the last started frame.
func startedFrames(b Batch, i int, buf []byte, written int) (n int, rest []byte) {
	for end := 0; end < written; n++ {
		end += headerLen(b.len(i+n)) + b.len(i+n)
		if end > written {
			rest = append(rest, buf[written:end]...)
		}
	}
	return n, rest
}

// pushBatch queues the messages of a batch from index i on, as many as find room. accepted is the
// index of the first refused message. The caller has locked c.mu.
func (c *Conn) pushBatch(b Batch, i int) (accepted int) {
	for ; i < len(b.Bodies); i++ {
		n := b.len(i)
		if !c.fits(n) {
			c.tryRefused = true
			break
		}
		if !c.affords(n) {
			c.tryRefused = true
			c.awaitBudget(n)
			break
		}
		c.push(b.text(i))
	}
	return i
}

// Queue is like Try without a write. The messages wait in the queue for Flush or for another
// message. So messages of several topics for one peer go out together.
func (c *Conn) Queue(b Batch) (accepted int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return 0, ErrClosed
	}
	return c.pushBatch(b, 0), nil
}

// Flush starts writing what Queue has queued.
func (c *Conn) Flush() {
	c.mu.Lock()
	if c.idle() {
		c.mu.Unlock()
		return
	}
	c.startWriter()
}
