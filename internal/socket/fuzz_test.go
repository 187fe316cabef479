package socket_test

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"bis/internal/socket"

	"github.com/gorilla/websocket"
)

// handshake opens a WebSocket without a library, so that any bytes may follow.
const handshake = "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: YmlzYmlzYmlzYmlzYmlzYg==\r\n\r\n"

// FuzzFrames sends any bytes instead of frames, and then nothing. The connection ends soon, and the
// peer has received complete frames of a server only: short control frames without a mask.
func FuzzFrames(f *testing.F) {
	for _, text := range []string{
		"\x81\x80abcd", "\x81\x02\x00\x00", "\x88\x82\x00\x00\x00\x00\x03\xe8", "\x89\xfe\x00\x7e\x00\x00\x00\x00", "\x01\x81\x00\x00\x00\x00a\x80\x81\x00\x00\x00\x00\xff",
		"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff", "\xc1\x80abcd", "\x83\x80abcd", "\x80\x80abcd", "\x81\xfe\x04\x01\x00\x00\x00\x00", "GET / HTTP/1.1\r\n\r\n",
	} {
		f.Add([]byte(text))
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if conn, err := socket.Accept(w, r, socket.Config{}); err == nil {
			conn.Run()
		}
	}))
	f.Cleanup(server.Close)
	f.Fuzz(func(t *testing.T, text []byte) {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(20 * time.Second)) // TCP has deadlines
		if _, err := io.WriteString(conn, handshake); err != nil {
			t.Fatal(err)
		}
		in := bufio.NewReader(conn)
		if answer, err := http.ReadResponse(in, nil); err != nil || answer.StatusCode != http.StatusSwitchingProtocols {
			t.Fatalf("the handshake is answered with %v, %v", answer, err)
		}
		_, _ = conn.Write(text) // the server may have cut the connection
		_ = conn.(*net.TCPConn).CloseWrite()
		frames, err := io.ReadAll(in)
		if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
			t.Fatalf("%q keeps the connection open", text)
		}
		checkFrames(t, text, frames, err != nil)
	})
}

// checkFrames reads a server's frames one by one. The frames of a connection that was cut may end
// anywhere.
func checkFrames(t *testing.T, sent, frames []byte, cut bool) {
	t.Helper()
	for len(frames) > 0 {
		if len(frames) < 2 || len(frames) < 2+int(frames[1]) {
			if !cut {
				t.Errorf("%q is answered with the broken frame %q", sent, frames)
			}
			return
		}
		kind, n := frames[0], int(frames[1])
		payload := frames[2 : 2+n]
		switch {
		case n > 125 || kind != 0x80|websocket.CloseMessage && kind != 0x80|websocket.PongMessage && kind != 0x80|websocket.PingMessage:
			t.Errorf("%q is answered with the frame %q", sent, frames)
			return
		case kind == 0x80|websocket.CloseMessage && n >= 2:
			if code := binary.BigEndian.Uint16(payload); code < 1000 || code > 4999 || code == 1005 || code == 1006 {
				t.Errorf("%q is closed with %d", sent, code)
			}
		}
		frames = frames[2+n:]
	}
}
