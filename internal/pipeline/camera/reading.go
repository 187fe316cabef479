package camera

import (
	"context"
	"errors"
	"strings"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// Pauses in what a camera sends.
const (
	// quietAfter is a pause after which a picture may be complete without its end marker.
	quietAfter = 300 * time.Millisecond
	readSize   = 32 << 10
)

// reading reads the pictures of an answer. One goroutine uses it, until close. Another one reads
// the connection, so that a pause can be told from the end.
type reading struct {
	a       *answer
	src     briefing.Source
	scanner scanner
	bytes   chan []byte   // closed at the end of the answer
	quit    chan struct{} // ends the other goroutine
	done    chan struct{} // closed when it has ended
	failed  error         // why the answer ended; set before bytes is closed
	closed  bool
}

// newReading begins to read an answer.
func newReading(a *answer, src briefing.Source) *reading {
	r := &reading{
		a: a, src: src, bytes: make(chan []byte), quit: make(chan struct{}), done: make(chan struct{}),
	}
	if a.head.get("transfer-encoding") == "" && a.head.get("content-encoding") == "" {
		r.scanner.length = a.head.length()
	}
	go r.pump()
	return r
}

// pump reads the body. Two buffers alternate: the reader is done with one when it asks for the
// next.
func (r *reading) pump() {
	defer close(r.done)
	buffers := [2][]byte{make([]byte, readSize), make([]byte, readSize)}
	for i := 0; ; i = 1 - i {
		n, err := r.a.body.Read(buffers[i])
		if n > 0 {
			select {
			case r.bytes <- buffers[i][:n]:
			case <-r.quit:
				return
			}
		}
		if err != nil {
			r.failed = err
			close(r.bytes)
			return
		}
	}
}

// close ends the connection, and waits for the goroutine that reads it.
func (r *reading) close() {
	if r.closed {
		return
	}
	r.closed = true
	close(r.quit)
	r.a.close()
	<-r.done
}

// multipart reports whether the answer is a stream: its header says so, or it begins with a
// boundary.
func (r *reading) multipart() bool {
	return strings.HasPrefix(strings.ToLower(r.a.head.get("content-type")), "multipart/") ||
		strings.HasPrefix(strings.TrimLeft(string(r.scanner.sample[:min(64, len(r.scanner.sample))]), "\r\n"), "--")
}

// single reports whether everything that the header announced has come.
func (r *reading) single() bool {
	return !r.multipart() && r.scanner.length > 0 && r.scanner.total >= r.scanner.length
}

// next returns the next picture. It returns an error when the answer has ended, when it has too
// much of anything, or when ctx ends. Parts that are no pictures are given to faulty, if that is
// not nil; otherwise they are left out.
func (r *reading) next(ctx context.Context, faulty func(error)) ([]byte, error) {
	b, err := r.nextPicture(ctx, faulty)
	if t, ok := errors.AsType[*pipeline.Trouble](err); ok {
		t.Err = answered{t.Err, r.a.head.status}
	}
	return b, err
}

func (r *reading) nextPicture(ctx context.Context, faulty func(error)) ([]byte, error) {
	quiet := time.NewTimer(quietAfter)
	defer quiet.Stop()
	for {
		picture, err := r.scanner.next()
		if picture != nil {
			return picture, nil
		}
		if err != nil {
			if reasonOf(err) == briefing.TroubleNotPicture {
				err = r.scanner.fault(r.src)
			}
			return nil, err
		}
		if r.scanner.faulty != nil && faulty != nil {
			faulty(r.scanner.fault(r.src))
			r.scanner.faulty = nil
		}
		select {
		case b, ok := <-r.bytes:
			if !ok {
				return r.last()
			}
			r.scanner.feed(b)
			quiet.Reset(quietAfter)
		case <-quiet.C:
			if picture := r.scanner.quiet(); picture != nil {
				return picture, nil
			}
			if r.single() && !r.scanner.picture {
				return nil, r.scanner.fault(r.src)
			}
			if faulty != nil && r.strange() {
				faulty(r.scanner.fault(r.src))
			}
			quiet.Reset(quietAfter)
		case <-ctx.Done():
			return nil, r.late()
		}
	}
}

// strange reports whether what has come so far is the beginning of something else than a picture.
func (r *reading) strange() bool {
	s := &r.scanner
	return !s.picture && s.total > 0 && (!r.multipart() || len(strings.TrimSpace(string(s.begun))) > 0)
}

// last returns what is left of a picture when the answer has ended, and then why.
func (r *reading) last() ([]byte, error) {
	if picture := r.scanner.rest(); picture != nil {
		return picture, nil
	}
	if r.scanner.found > 0 {
		return nil, away(briefing.TroubleCut, "the stream ended")
	}
	if t := networkTrouble(r.failed); r.scanner.total == 0 && t.Reason != briefing.TroubleCut {
		return nil, t
	}
	return nil, r.scanner.fault(r.src)
}

// late returns the trouble of an answer without a picture in time.
func (r *reading) late() error {
	switch {
	case r.scanner.picture:
		return away(briefing.TroubleSlow, "%d bytes of a picture in time", len(r.scanner.buf))
	case r.strange(), r.scanner.faulty != nil:
		return r.scanner.fault(r.src)
	}
	return away(briefing.TroubleNoPicture, "connected, but no picture in time")
}
