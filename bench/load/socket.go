// Package load is the benchmarks' one generator of load: WebSocket clients that speak every contender's
// protocol, note each delivery, and cost so little that the servers are what is measured. A delivery is not
// decoded: its sequence number is found by its marks (see Text).
package load

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Sizes and times of a client's socket.
const (
	readBuffer   = 2 << 10 // a delivery fits in
	maxMessage   = 4 << 20 // bytes of one message
	writeTimeout = 10 * time.Second
	dialTimeout  = 20 * time.Second
)

// Opcodes of RFC 6455.
const (
	opText  = 1
	opClose = 8
	opPing  = 9
	opPong  = 10
)

// Dialing says how a socket is opened.
type Dialing struct {
	Addr        string // host:port
	Path        string
	Subprotocol string
	From        string // source address; empty: the system's choice
	// Narrow makes the peer's send buffer small: a small receive window and short segments. Else loopback's kernel takes
	// megabytes for a client that reads nothing.
	Narrow bool
}

// Socket is the client's end of a WebSocket. One goroutine reads it; several may write.
type Socket struct {
	nc     net.Conn
	in     *bufio.Reader
	unread int    // bytes of the message that Next gave out
	long   []byte // messages that do not fit in the buffer

	mu  sync.Mutex // guards out
	out []byte
}

// ClosedError is the peer's close frame.
type ClosedError struct {
	Code   int
	Reason string
}

func (e ClosedError) Error() string { return fmt.Sprintf("closed with %d %s", e.Code, e.Reason) }

// Dial opens a socket.
func Dial(ctx context.Context, d Dialing) (*Socket, error) {
	dialer := net.Dialer{Timeout: dialTimeout, KeepAlive: -1}
	if d.From != "" {
		dialer.LocalAddr = &net.TCPAddr{IP: net.ParseIP(d.From)}
		dialer.Control = lateBind
	}
	if d.Narrow {
		dialer.Control = narrow
	}
	nc, err := dialer.DialContext(ctx, "tcp", d.Addr)
	if err != nil {
		return nil, err
	}
	s := &Socket{nc: nc, in: bufio.NewReaderSize(nc, readBuffer)}
	if err := s.handshake(d); err != nil {
		nc.Close()
		return nil, err
	}
	return s, nil
}

// shake is the client's half of the handshake. The key is a constant: loopback has no caches to fool.
func (s *Socket) handshake(d Dialing) error {
	var b strings.Builder
	fmt.Fprintf(&b, "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n", d.Path, d.Addr)
	b.WriteString("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n")
	if d.Subprotocol != "" {
		fmt.Fprintf(&b, "Sec-WebSocket-Protocol: %s\r\n", d.Subprotocol)
	}
	b.WriteString("\r\n")
	if err := s.nc.SetDeadline(time.Now().Add(dialTimeout)); err != nil {
		return err
	}
	if _, err := io.WriteString(s.nc, b.String()); err != nil {
		return err
	}
	res, err := http.ReadResponse(s.in, nil)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusSwitchingProtocols {
		return fmt.Errorf("handshake: %s", res.Status)
	}
	return s.nc.SetDeadline(time.Time{})
}

// Next returns the next message. It is valid until the next call.
func (s *Socket) Next() ([]byte, error) {
	var whole []byte // of a fragmented message
	for {
		final, op, payload, err := s.frame()
		switch {
		case err != nil:
			return nil, err
		case op == opPing:
			if err := s.write(opPong, payload); err != nil {
				return nil, err
			}
		case op == opClose:
			return nil, closed(payload)
		case op == opPong:
		case final && whole == nil:
			return payload, nil
		default:
			whole = append(whole, payload...)
			if final {
				return whole, nil
			}
		}
	}
}

// within is Next with a deadline.
func (s *Socket) within(d time.Duration) ([]byte, error) {
	if err := s.nc.SetReadDeadline(time.Now().Add(d)); err != nil {
		return nil, err
	}
	message, err := s.Next()
	if err != nil {
		return nil, err
	}
	return message, s.nc.SetReadDeadline(time.Time{})
}

func closed(payload []byte) error {
	if len(payload) < 2 {
		return ClosedError{Code: 1005}
	}
	return ClosedError{Code: int(binary.BigEndian.Uint16(payload)), Reason: string(payload[2:])}
}

// frame reads one frame; its payload lies in the buffer if it fits.
func (s *Socket) frame() (final bool, op byte, payload []byte, err error) {
	if _, err := s.in.Discard(s.unread); err != nil {
		return false, 0, nil, err
	}
	s.unread = 0
	first, err := s.in.ReadByte()
	if err != nil {
		return false, 0, nil, err
	}
	second, err := s.in.ReadByte()
	if err != nil {
		return false, 0, nil, err
	}
	size, err := s.size(second)
	if err != nil {
		return false, 0, nil, err
	}
	if size <= s.in.Size() {
		payload, err = s.in.Peek(size)
		s.unread = len(payload)
	} else {
		s.long = append(s.long[:0], make([]byte, size)...)
		payload = s.long
		_, err = io.ReadFull(s.in, payload)
	}
	return first&0x80 != 0, first & 0x0f, payload, err
}

// size reads the rest of a frame's head. Servers do not mask.
func (s *Socket) size(second byte) (int, error) {
	n := int(second & 0x7f)
	extra := 0
	switch n {
	case 126:
		extra = 2
	case 127:
		extra = 8
	}
	if extra > 0 {
		b, err := s.in.Peek(extra)
		if err != nil {
			return 0, err
		}
		n = 0
		for _, c := range b {
			n = n<<8 | int(c)
		}
		_, _ = s.in.Discard(extra) // it was peeked
	}
	if n < 0 || n > maxMessage {
		return 0, fmt.Errorf("a frame of %d bytes", n)
	}
	return n, nil
}

// Send writes a text message.
func (s *Socket) Send(text string) error { return s.write(opText, []byte(text)) }

// write masks with a key of zeros, which leaves the payload as it is.
func (s *Socket) write(op byte, payload []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := append(s.out[:0], 0x80|op)
	switch n := len(payload); {
	case n < 126:
		b = append(b, 0x80|byte(n))
	default:
		b = append(b, 0x80|126)
		b = binary.BigEndian.AppendUint16(b, uint16(n))
	}
	b = append(append(b, 0, 0, 0, 0), payload...)
	if err := s.nc.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	_, err := s.nc.Write(b)
	return err
}

// Goodbye sends a normal close frame and closes.
func (s *Socket) Goodbye() {
	_ = s.write(opClose, []byte{0x03, 0xe8}) // the peer may be gone
	_ = s.nc.Close()
}

// Cut breaks the connection as a lost network does, but seen at once by both: a reset, what is on its way is lost.
func (s *Socket) Cut() {
	if tcp, ok := s.nc.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = s.nc.Close()
}

// LocalPort tells which of the server's connections is this one.
func (s *Socket) LocalPort() int { return s.nc.LocalAddr().(*net.TCPAddr).Port }
