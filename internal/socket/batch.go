package socket

import "context"

// Send queues text messages, which must be valid UTF-8 and must not be changed afterwards.
// Messages that are queued together go out in one write. While the queue is full Send waits. A
// message beyond all bounds waits for an empty queue. The error is ErrClosed or ctx's; then some
// of the messages may have been queued.
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

// enqueue queues the first n of the messages, as many as find room, and starts a writer.
func (c *Conn) enqueue(texts [][]byte) (n int, err error) {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return 0, ErrClosed
	}
	for n < len(texts) && c.takes(len(texts[n])) {
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

// Try sends the messages of a batch as far as it can without waiting. It writes them directly if
// nothing waits and the kernel has room, short ones in one write. The others it queues as far as
// there is room. accepted counts from the first message on. If that is not all, Peer.Room
// is called once there is room again. The batch is not retained. The error is ErrClosed.
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

// tryNow writes as many messages as the kernel has room for. rest is what a short write left of a
// message's frame; that message counts as accepted. The caller has set c.hasWriter.
func (c *Conn) tryNow(f *writeBuffer, b Batch) (accepted int, rest []byte) {
	for accepted < len(b.Bodies) {
		var n int
		if f.buf, n = appendBatch(f.buf[:0], b, accepted); n == 0 {
			break // the next message goes out in several frames
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

// appendBatch appends the frames of messages from the i-th on, as many as fit into one write. n
// is their number.
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

// startedFrames counts the frames that a short write has started, from the i-th message on. rest
// is a copy of what is left of the last of them.
func startedFrames(b Batch, i int, buf []byte, written int) (n int, rest []byte) {
	for end := 0; end < written; n++ {
		end += headerLen(b.len(i+n)) + b.len(i+n)
		if end > written {
			rest = append(rest, buf[written:end]...)
		}
	}
	return n, rest
}

// pushBatch queues the messages of a batch from the i-th on, as many as find room; c.mu is held.
// accepted counts from the batch's first message.
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

// Queue is like Try without a write: the messages wait in the queue for Flush or the next
// message. So messages of many topics for one peer go out together.
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
