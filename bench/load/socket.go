// Package load generates the load of all benchmarks: WebSocket clients that speak the protocol of
// every contender and record each delivery.
//
// The clients must cost little compared with the measured servers. So they have a WebSocket of
// their own, and they do not decode a delivery: its sequence number is found by marks (see Text).
//
// A Crowd is many Subscribers of some Topics. Topics number their texts from 1 and remember when
// each was published. From that the crowd finds lost, doubled and reordered deliveries (Verdict)
// and their latency.
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
	readBuffer   = 2 << 10 // bytes; a usual delivery fits
	maxMessage   = 4 << 20 // bytes of the longest frame that is accepted
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
	// Narrow makes the peer's send buffer small, by a small receive window and short segments.
	// Otherwise the kernel buffers megabytes on loopback for a client that reads nothing.
	Narrow bool
}

// Socket is the client's end of a WebSocket. One goroutine reads it; several may write.
type Socket struct {
	nc     net.Conn
	in     *bufio.Reader
	unread int    // bytes in the buffer of the message that Next returned
	long   []byte // storage of a message that does not fit into the buffer

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

// handshake does the client's part of the handshake. The key is a constant, because loopback has no
// caches that a random key would have to defeat.
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

// Next returns the next message, which is valid until the next call. It answers WebSocket's
// pings.
func (s *Socket) Next() ([]byte, error) {
	var whole []byte // a fragmented message so far
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

// within is Next with a time limit.
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

// closed returns the error for a close frame's payload.
func closed(payload []byte) error {
	if len(payload) < 2 {
		return ClosedError{Code: 1005}
	}
	return ClosedError{Code: int(binary.BigEndian.Uint16(payload)), Reason: string(payload[2:])}
}

// frame reads one frame. Its payload is in the read buffer if it fits.
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

// size reads the length of a frame whose second byte was read. Servers do not mask.
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

// write writes a frame. It masks with a key of zeros, which does not change the payload.
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

// Goodbye sends a normal close frame and closes the connection.
func (s *Socket) Goodbye() {
	_ = s.write(opClose, []byte{0x03, 0xe8}) // the peer may be gone
	_ = s.nc.Close()
}

// Cut resets the connection. Bytes in flight are lost, as with a lost network, but both ends notice
// at once.
func (s *Socket) Cut() {
	if tcp, ok := s.nc.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = s.nc.Close()
}

// LocalPort returns the client's port, which identifies the connection among the server's.
func (s *Socket) LocalPort() int { return s.nc.LocalAddr().(*net.TCPAddr).Port }
