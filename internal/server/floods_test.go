package server_test

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"bis/internal/await"
)

// wire is a WebSocket without a library, so that its client may send anything.
type wire struct {
	t    testing.TB
	conn net.Conn
	in   *bufio.Reader
}

// wire opens a WebSocket. An empty protocol names none.
func (s *site) wire(t testing.TB, path, protocol string) *wire {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(soon)) // TCP has deadlines
	if protocol != "" {
		protocol = "Sec-WebSocket-Protocol: " + protocol + "\r\n"
	}
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: YmlzYmlzYmlzYmlzYmlzYg==\r\n%s\r\n", path, protocol)
	in := bufio.NewReader(conn)
	if res, err := http.ReadResponse(in, nil); err != nil || res.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("the handshake of %s is answered with %v, %v", path, res, err)
	}
	return &wire{t, conn, in}
}

// sends sends bytes on a goroutine of its own. The server may cut the connection meanwhile.
func (w *wire) sends(bytes []byte) {
	sent := make(chan struct{})
	go func() { defer close(sent); _, _ = w.conn.Write(bytes) }()
	w.t.Cleanup(func() { w.conn.Close(); <-sent })
}

// next reads a frame of the server.
func (w *wire) next() (kind byte, payload []byte, err error) {
	head := make([]byte, 2)
	if _, err := io.ReadFull(w.in, head); err != nil {
		return 0, nil, err
	}
	n := int(head[1])
	if n == 126 {
		long := make([]byte, 2)
		if _, err := io.ReadFull(w.in, long); err != nil {
			return 0, nil, err
		}
		n = int(binary.BigEndian.Uint16(long))
	}
	if n == 127 {
		w.t.Fatal("the server sends a frame of more than 64 KiB")
	}
	payload = make([]byte, n)
	_, err = io.ReadFull(w.in, payload)
	return head[0] & 0x0f, payload, err
}

// closed reads up to the server's close frame and returns its code.
func (w *wire) closed() (code int, err error) {
	for {
		kind, payload, err := w.next()
		switch {
		case err != nil:
			return 0, err
		case kind == websocket.CloseMessage && len(payload) < 2:
			return 0, errors.New("the server's close frame has no code")
		case kind == websocket.CloseMessage:
			return int(binary.BigEndian.Uint16(payload)), nil
		}
	}
}

// frame is a client's frame: the first byte of its header, and a payload of at most 64 KiB under a
// mask of zeros.
func frame(first byte, payload string) []byte {
	b := []byte{first}
	if len(payload) < 126 {
		b = append(b, 0x80|byte(len(payload)))
	} else {
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(len(payload)))
	}
	return append(append(b, 0, 0, 0, 0), payload...)
}

// giant is the header of a client's frame that declares n bytes.
func giant(first byte, n uint64) []byte {
	return append(binary.BigEndian.AppendUint64([]byte{first, 0x80 | 127}, n), 0, 0, 0, 0)
}

// flood is a number of the same frames, and begins with others.
func flood(n int, each []byte, before ...[]byte) []byte {
	all := join(before...)
	for range n {
		all = append(all, each...)
	}
	return all
}

func join(frames ...[]byte) (all []byte) {
	for _, f := range frames {
		all = append(all, f...)
	}
	return all
}

const (
	text, ping, pong, bye, more = 0x81, 0x89, 0x8a, 0x88, 0x00
	begin                       = 0x01 // the first frame of a fragmented text message

	// many is more frames than one socket may send at once.
	many = 6_000

	// slowRefill is a rate factor. A socket then has 400 messages at once and 20 a second more, so a
	// flood ends even on a machine that takes minutes for many messages.
	slowRefill = "0.1"
)

// floods are what a peer may send that breaks the rules of every WebSocket, with the code that
// closes it. Zero is the code of a flood, which depends on the kind of socket.
var floods = map[string]struct {
	bytes []byte
	code  int
}{
	"pings":                             {flood(many, frame(ping, "x")), 0},
	"pongs":                             {flood(many, frame(pong, "")), 0},
	"pings and pongs":                   {flood(many/2, join(frame(ping, ""), frame(pong, ""))), 0},
	"empty fragments":                   {flood(many, frame(more, ""), frame(begin, "")), 0},
	"fragments with little in them":     {flood(many/8, flood(7, frame(more, ""), frame(more, "x")), frame(begin, "")), 0},
	"pings between fragments":           {flood(many/2, join(frame(more, ""), frame(ping, "")), frame(begin, "")), 0},
	"a frame of 4 GiB":                  {giant(text, 4<<30), 1009},
	"a binary frame of 1 TiB":           {giant(0x82, 1<<40), 1009},
	"a frame of 2^63-1 bytes":           {giant(text, 1<<63-1), 1009},
	"a frame of 2^63 bytes":             {giant(text, 1<<63), 1009},
	"a frame of 2^64-1 bytes":           {giant(text, 1<<64-1), 1009},
	"fragments beyond the size":         {flood(3_000, frame(more, strings.Repeat("x", 30)), frame(begin, "")), 1009},
	"a giant fragment":                  {join(frame(begin, "x"), giant(more, 1<<40)), 1009},
	"a fragment that overflows the sum": {join(frame(begin, "x"), giant(more, 1<<63-1)), 1009},
	"a message that grows":              {flood(100, frame(more, strings.Repeat("x", 2<<10)), frame(begin, "x")), 1009},
	"a frame without a mask":            {[]byte("\x81\x02{}"), 1002},
	"the first reserved bit":            {frame(0xc1, "{}"), 1002},
	"the second reserved bit":           {frame(0xa1, "{}"), 1002},
	"the third reserved bit":            {frame(0x91, "{}"), 1002},
	"a reserved kind of data":           {frame(0x83, "{}"), 1002},
	"a reserved kind of control":        {frame(0x8b, ""), 1002},
	"a long ping":                       {frame(ping, strings.Repeat("x", 126)), 1002},
	"a giant ping":                      {giant(ping, 1<<40), 1002},
	"a ping in fragments":               {frame(0x09, ""), 1002},
	"a fragment of nothing":             {frame(0x80, "x"), 1002},
	"a text inside of a text":           {join(frame(begin, "{"), frame(text, "{}")), 1002},
	"a close with one byte":             {frame(bye, "x"), 1002},
	"a close with a long reason":        {frame(bye, "\x03\xe8"+strings.Repeat("x", 124)), 1002},
	"a close with code 0":               {frame(bye, "\x00\x00"), 1002},
	"a close with code 999":             {frame(bye, "\x03\xe7"), 1002},
	"a close with code 1004":            {frame(bye, "\x03\xec"), 1002},
	"a close with code 1005":            {frame(bye, "\x03\xed"), 1002},
	"a close with code 1006":            {frame(bye, "\x03\xee"), 1002},
	"a close with code 1015":            {frame(bye, "\x03\xf7"), 1002},
	"a close with code 2999":            {frame(bye, "\x0b\xb7"), 1002},
	"a close with code 5000":            {frame(bye, "\x13\x88"), 1002},
	"a close with code 65535":           {frame(bye, "\xff\xff"), 1002},
	"a reason that is not UTF-8":        {frame(bye, "\x03\xe8\xff"), 1007},
	"a text that is not UTF-8":          {frame(text, "\"\xff\""), 1007},
	"a close with 4321":                 {frame(bye, "\x10\xe1"), 4321},
}

// sockets are the kinds of WebSockets, with the code that closes a flood.
var sockets = []struct {
	name, path, protocol string
	flooded              int
}{
	{"graphql-transport-ws", "/graphql", "graphql-transport-ws", 4429},
	{"graphql-ws", "/graphql", "graphql-ws", 4429},
	{"ws", "/ws?username=kim&interval=3600&endtime=" + tomorrow, "", 1013},
	{"reloadBriefing", "/reloadBriefing?username=kim", "", 1013},
}

// The server closes a WebSocket whose peer breaks the protocol or floods it, with the code for that
// fault. Other sockets stay open, and the server ends all goroutines of the closed one.
func TestFloods_are_closed(t *testing.T) {
	s := start(t, "--trusted-proxies", "127.0.0.1")
	honest, err := dialGraphQL(t.Context(), s.url+"/graphql")
	if err != nil {
		t.Fatal(err)
	}
	defer honest.Close()
	s.calls(t, http.MethodGet, "/healthz", "") // the goroutines of a kept connection are there
	before := connections()
	t.Run("each", func(t *testing.T) {
		for _, kind := range sockets {
			for name, f := range floods {
				t.Run(kind.name+"/"+name, func(t *testing.T) {
					w := s.wire(t, kind.path, kind.protocol)
					w.sends(f.bytes)
					want := f.code
					if want == 0 {
						want = kind.flooded
					}
					if code, err := w.closed(); code != want {
						t.Errorf("closed with %d, %v; want %d", code, err, want)
					}
				})
			}
		}
	})
	await.True(t, "nothing of the peers is left", func() bool { return connections() <= before+2 })
	if err := honest.WriteJSON(map[string]string{"type": "ping"}); err != nil {
		t.Fatal(err)
	}
	if _, message, err := honest.ReadMessage(); err != nil || string(message) != `{"type":"pong"}` {
		t.Errorf("another socket hears %s, %v", message, err)
	}
}

// ofConnections matches the stacks of goroutines that serve one connection.
var ofConnections = regexp.MustCompile(`net/http\.\(\*conn\)\.serve|bis/internal/(socket|subscribe/ws|legacy)\.`)

// connections returns how many goroutines serve connections. Others belong to the server, and may
// begin a while after its start.
func connections() (n int) {
	var stacks strings.Builder
	_ = pprof.Lookup("goroutine").WriteTo(&stacks, 2) // a Builder takes everything
	for stack := range strings.SplitSeq(stacks.String(), "\n\n") {
		if ofConnections.MatchString(stack) {
			n++
		}
	}
	return n
}

// Messages of the protocols that come too often, too early or twice.
func TestFloods_of_messages(t *testing.T) {
	t.Parallel()
	s := start(t, "--rate-factor", slowRefill)
	s.calls(t, http.MethodPost, "/login", "username=kim", "Content-Type", "application/x-www-form-urlencoded")
	const init = `{"type":"connection_init"}`
	for _, c := range []struct {
		name, protocol string
		bytes          []byte
		code           int
	}{
		{"init, again and again", "graphql-transport-ws", flood(many, frame(text, init)), 4429},
		{"init, again and again", "graphql-ws", flood(many, frame(text, init)), 4429},
		{"pings of the protocol", "graphql-transport-ws", flood(many, frame(text, `{"type":"ping"}`), frame(text, init)), 4429},
		{"pongs of the protocol", "graphql-transport-ws", flood(many, frame(text, `{"type":"pong"}`)), 4429},
		{"an id that is in use", "graphql-transport-ws", flood(2, frame(text, `{"id":"1","type":"subscribe","payload":{"query":"subscription { requestChanged(username: \"kim\") { id } }"}}`), frame(text, init)), 4409},
		{"an id that is replaced", "graphql-ws", flood(many, frame(text, `{"id":"1","type":"start","payload":{"query":"subscription { requestChanged(username: \"kim\") { id } }"}}`), frame(text, init)), 4429},
		{"ends of nothing", "graphql-transport-ws", flood(many, frame(text, `{"id":"1","type":"complete"}`), frame(text, init)), 4429},
		{"ends of nothing", "graphql-ws", flood(many, frame(text, `{"id":"1","type":"stop"}`), frame(text, init)), 4429},
		{"a long id", "graphql-transport-ws", join(frame(text, init), frame(text, `{"id":"`+strings.Repeat("x", 1025)+`","type":"subscribe","payload":{"query":"{ __typename }"}}`)), 4400},
		{"a long id", "graphql-ws", join(frame(text, init), frame(text, `{"id":"`+strings.Repeat("x", 1025)+`","type":"start","payload":{"query":"{ __typename }"}}`)), 4400},
		{"subscribing before init", "graphql-transport-ws", frame(text, `{"id":"1","type":"subscribe","payload":{"query":"{ __typename }"}}`), 4401},
		{"starting before init", "graphql-ws", frame(text, `{"id":"1","type":"start","payload":{"query":"{ __typename }"}}`), 4401},
		{"no subprotocol", "", frame(text, init), 4406},
		{"binary", "graphql-transport-ws", frame(0x82, init), 4400},
		{"an empty message", "graphql-transport-ws", frame(text, ""), 4400},
		{"an empty message in fragments", "graphql-ws", join(frame(begin, ""), frame(0x80, "")), 4400},
	} {
		t.Run(c.protocol+"/"+c.name, func(t *testing.T) {
			t.Parallel()
			w := s.wire(t, "/graphql", c.protocol)
			w.sends(c.bytes)
			if code, err := w.closed(); code != c.code {
				t.Errorf("closed with %d, %v; want %d", code, err, c.code)
			}
		})
	}
}

// Control frames may come between the fragments of a message, and fragments may be empty.
func TestFragments_make_a_message(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, protocol := range []string{"graphql-transport-ws", "graphql-ws"} {
		w := s.wire(t, "/graphql", protocol)
		all := frame(begin, "")
		for _, c := range `{"type":"connection_init"}` {
			all = append(all, join(frame(more, string(c)), frame(more, ""), frame(ping, ""), frame(pong, "y"))...)
		}
		w.sends(append(all, frame(0x80, "")...))
		for {
			kind, message, err := w.next()
			if err != nil {
				t.Fatal(protocol, err)
			}
			if kind == websocket.TextMessage {
				if string(message) != `{"type":"connection_ack"}` {
					t.Errorf("%s answers %s", protocol, message)
				}
				break
			}
		}
	}
}

// The server closes a silent socket with 4408, even if half a message has arrived. Old sockets need
// no first message, so they stay open.
func TestSilence_is_closed(t *testing.T) {
	t.Parallel()
	s := start(t)
	old := s.wire(t, "/reloadBriefing?username=kim", "")
	var all sync.WaitGroup
	halves := []string{"", "\x81", "\x81\xfe\x00", "\x81\x9a\x00\x00\x00\x00{\"type\":", "\x01\x80\x00\x00\x00\x00", "\x89\x85\x00\x00"}
	for i := range 200 {
		protocol := []string{"graphql-transport-ws", "graphql-ws"}[i%2]
		w := s.wire(t, "/graphql", protocol)
		half := halves[i/2%len(halves)]
		w.sends([]byte(half))
		all.Go(func() {
			if code, err := w.closed(); code != 4408 {
				t.Errorf("%s after %q is closed with %d, %v", protocol, half, code, err)
			}
		})
	}
	all.Wait()
	if _, message, err := old.next(); err != nil || string(message) != `{"briefing_data":[]}` {
		t.Errorf("an old socket hears %s, %v", message, err)
	}
	old.sends(frame(ping, "still here"))
	if kind, payload, err := old.next(); err != nil || kind != websocket.PongMessage || string(payload) != "still here" {
		t.Errorf("an old socket that is silent hears %s, %v", payload, err)
	}
}
