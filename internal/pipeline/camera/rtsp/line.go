package rtsp

import (
	"bytes"
	"fmt"
	"net"
	"sync"
)

// line is the connection to a camera. It remembers the first bytes that came, which name the
// protocol of the port. The RTSP client skips bytes that it does not know, so it would wait for an
// answer until its time is over.
type line struct {
	net.Conn
	raw net.Conn // below TLS

	mu    sync.Mutex // guards first
	first []byte     // at most maxFirst bytes
}

// maxFirst bounds the bytes that are remembered. They show a status line of another protocol.
const maxFirst = 256

// Read fails when the first bytes are those of another protocol.
func (l *line) Read(b []byte) (int, error) {
	n, err := l.Conn.Read(b)
	l.mu.Lock()
	defer l.mu.Unlock()
	if room := maxFirst - len(l.first); room > 0 && n > 0 {
		l.first = append(l.first, b[:min(n, room)]...)
		if other := protocolOf(l.first); other != "" {
			return 0, otherProtocolError{protocol: other}
		}
	}
	return n, err
}

// otherProtocol returns the error of a port with another protocol, after a session failed with err.
// It is nil if any RTSP came, or nothing.
func (l *line) otherProtocol(err error) error {
	if err == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.first) == 0 || bytes.Contains(l.first, []byte("RTSP/")) {
		return nil
	}
	return otherProtocolError{protocol: protocolOf(l.first)}
}

// otherProtocolError says that something else than RTSP answers on the port. What it said is no
// camera's words: the port may be that of any service, so only the protocol's name leaves.
type otherProtocolError struct {
	protocol string // empty: unknown
}

func (e otherProtocolError) Error() string {
	if e.protocol == "" {
		return "the port speaks no RTSP"
	}
	return fmt.Sprintf("the port speaks %s, not RTSP", e.protocol)
}

// protocolOf names the protocol of a connection's first bytes, or returns "" for RTSP, for others
// and for too few bytes.
func protocolOf(first []byte) string {
	first = bytes.TrimLeft(first, "\r\n \x00")
	for start, name := range map[string]string{
		"HTTP/":    "HTTP",
		"SSH-":     "SSH",
		"<":        "HTML",
		"220 ":     "FTP",
		"220-":     "FTP",
		"\x15\x03": "TLS",
	} {
		if bytes.HasPrefix(first, []byte(start)) {
			return name
		}
	}
	return ""
}
