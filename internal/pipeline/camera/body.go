package camera

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"strconv"
	"strings"
)

// bodyOf returns the body of an answer: without chunks and without compression, if there are any.
// It ignores the length, which cameras state too small as often as too large.
func bodyOf(h *head, r *bufio.Reader) io.Reader {
	var body io.Reader = r
	if strings.Contains(strings.ToLower(strings.Join(h.fields["transfer-encoding"], ",")), "chunked") {
		body = &chunks{r: r}
	}
	encoding := strings.ToLower(h.get("content-encoding"))
	if !strings.Contains(encoding, "gzip") && !strings.Contains(encoding, "deflate") {
		return body
	}
	return &inflating{r: bufio.NewReader(body)}
}

// chunks reads a body in chunks. Where a chunk's size is expected but something else stands, the
// rest of the answer is the body as it is: some cameras announce chunks and send none. The end of
// the connection ends the body, also within a chunk.
type chunks struct {
	r      *bufio.Reader
	left   int // bytes of the chunk
	behind bool
	plain  bool // there are no chunks
	ended  bool
}

func (c *chunks) Read(p []byte) (int, error) {
	if c.plain {
		return c.r.Read(p)
	}
	for c.left == 0 {
		if c.ended {
			return 0, io.EOF
		}
		if err := c.size(); err != nil {
			return 0, err
		}
		if c.plain {
			return c.r.Read(p)
		}
	}
	n, err := c.r.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, err
}

// size reads the line with the size of the next chunk, and the empty line before it.
func (c *chunks) size() error {
	for range 2 {
		start, err := c.r.Peek(1)
		if err != nil {
			return err
		}
		if start[0] != '\r' && start[0] != '\n' && !isHexDigit(start[0]) {
			c.plain = true
			return nil
		}
		line, err := readLine(c.r)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if line == "" && err == nil && c.behind {
			c.behind = false
			continue
		}
		size, _, _ := strings.Cut(line, ";")
		n, parseErr := strconv.ParseUint(strings.TrimSpace(size), 16, 31)
		if parseErr != nil {
			return io.EOF
		}
		c.left, c.ended, c.behind = int(n), n == 0, true
		return nil
	}
	return io.EOF
}

func isHexDigit(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// inflating decompresses a body. The first bytes decide about the format, or that there is none. A
// body that breaks off gives what came.
type inflating struct {
	r   *bufio.Reader
	out io.Reader // nil: not begun
}

func (z *inflating) Read(p []byte) (int, error) {
	if z.out == nil {
		start, err := z.r.Peek(2)
		if err != nil {
			return 0, err
		}
		switch {
		case bytes.Equal(start, []byte{0x1f, 0x8b}):
			z.out, err = gzip.NewReader(z.r)
		case start[0]&15 == 8 && (int(start[0])<<8|int(start[1]))%31 == 0:
			z.out, err = zlib.NewReader(z.r)
		default:
			z.out = z.r
		}
		if err != nil {
			return 0, err
		}
	}
	return z.out.Read(p)
}
