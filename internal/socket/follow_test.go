package socket_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/socket"

	"github.com/gorilla/websocket"
)

// dribble writes bytes one by one with pauses, and ignores errors: the server may cut it.
func dribble(client *websocket.Conn, bytes string, pause time.Duration) {
	for i := range len(bytes) {
		if _, err := client.NetConn().Write([]byte{bytes[i]}); err != nil {
			return
		}
		pass(pause)
	}
}

// A message has 10 s, wherever it stops. Pongs and pings within it do not give it more.
func TestConn_bounds_the_time_of_a_message(t *testing.T) {
	t.Parallel()
	const hello = "\x81\x85\x00\x00\x00\x00hello"
	for name, c := range map[string]struct {
		bytes string
		pause time.Duration // between two bytes
	}{
		"half a header":              {"\x81", 0},
		"half a long header":         {"\x81\xfe\x04", 0},
		"half a mask":                {"\x81\x85\x00", 0},
		"half a payload":             {"\x81\x85\x00\x00\x00\x00hel", 0},
		"a payload that dribbles":    {"\x81\x94\x00\x00\x00\x00hello world, hello", time.Second},
		"half a ping":                {"\x89\x85\x00\x00\x00\x00hel", 0},
		"half a close":               {"\x88\x82\x00\x00\x00\x00\x03", 0},
		"a message without its end":  {"\x01\x85\x00\x00\x00\x00hello", 0},
		"behind a whole one":         {hello + "\x01\x80\x00\x00\x00\x00", 0},
		"with empty fragments in it": {"\x01\x80\x00\x00\x00\x00" + "\x00\x80\x00\x00\x00\x00" + "\x00\x80\x00\x00\x00\x00" + "\x00\x80\x00\x00\x00\x00", time.Second},
		"with pongs in it":           {"\x01\x80\x00\x00\x00\x00" + "\x8a\x80\x00\x00\x00\x00" + "\x8a\x80\x00\x00\x00\x00" + "\x8a\x80\x00\x00\x00\x00", time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newPipeServer(t, socket.Config{})
			defer w.stop()
			client, conn := w.dial()
			begun := time.Now()
			go dribble(client, c.bytes, c.pause)
			_, closed := farewell(t, client)
			if took := time.Since(begun); closed.Code != websocket.ClosePolicyViolation || took != 10*time.Second {
				t.Errorf("%s: closed with %v after %v, want 1008 after 10 s", name, closed, took)
			}
			<-conn.Done()
			if !conn.Late() || conn.Flooded() {
				t.Errorf("%s: late %v, flooded %v", name, conn.Late(), conn.Flooded())
			}
			synctest.Wait()
		})
	}
}

// lengths is a Peer that reports how long each message is.
type lengths chan int

func (l lengths) Receive(text []byte, _ bool) { l <- len(text) }
func (lengths) Room()                         {}

// A slow phone gets a long message through: each KiB adds a second, and shows that the phone lives.
func TestConn_lets_a_slow_message_through(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		received := make(lengths, 10)
		w := newPipeServer(t, socket.Config{ReadLimit: 64 << 10})
		defer w.stop()
		w.peer = received
		client, conn := w.dial()
		const kib = 64
		client.SetPingHandler(func(string) error { return nil }) // no answer fits into a frame
		go func() {
			for {
				if _, _, err := client.NextReader(); err != nil {
					return
				}
			}
		}()
		for range 2 {
			if _, err := client.NetConn().Write([]byte{0x81, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0}); err != nil {
				t.Fatal(err)
			}
			for range kib {
				pass(time.Second)
				if _, err := client.NetConn().Write(make([]byte, 1<<10)); err != nil {
					t.Fatal(err)
				}
			}
			if n := <-received; n != kib<<10 {
				t.Errorf("%d bytes arrived, want %d", n, kib<<10)
			}
		}
		end(t, client, conn)
	})
}

// A pause between messages has no bound but the pings.
func TestConn_may_be_silent_between_messages(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newPipeServer(t, socket.Config{})
		defer w.stop()
		client, conn := w.dial()
		dribble(client, "\x01\x80\x00\x00\x00\x00"+"\x80\x80\x00\x00\x00\x00", time.Second/2)
		pass(20 * time.Second)
		select {
		case <-conn.Closing():
			t.Error("it is closed after a message that has ended")
		default:
		}
		end(t, client, conn)
	})
}

// Without a bound of floods, too, a message of empty fragments has an end.
func TestConn_bounds_the_frames_of_a_message(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newPipeServer(t, socket.Config{})
		defer w.stop()
		client, conn := w.dial()
		go func() {
			begin := "\x01\x80\x00\x00\x00\x00"
			for range 2 {
				_, _ = client.NetConn().Write([]byte(begin))
				for range 3_000 {
					_, _ = client.NetConn().Write([]byte("\x00\x80\x00\x00\x00\x00"))
				}
				_, _ = client.NetConn().Write([]byte("\x80\x80\x00\x00\x00\x00"))
			}
			_, _ = client.NetConn().Write([]byte(begin))
			for range 10_000 {
				if _, err := client.NetConn().Write([]byte("\x00\x80\x00\x00\x00\x00")); err != nil {
					return
				}
			}
		}()
		_, closed := farewell(t, client)
		if closed.Code != websocket.CloseMessageTooBig {
			t.Errorf("closed with %v, want 1009", closed)
		}
		client.Close()
		<-conn.Done()
		synctest.Wait()
	})
}

// What has come of a long message counts for the budget until the message is received. One without
// room waits for it. After 10 s its connection is closed alone, and gives its bytes back.
func TestConn_counts_half_messages(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, received := &purse{max: 60 << 10}, make(lengths, 10)
		w := newPipeServer(t, socket.Config{ReadLimit: 64 << 10, Budget: func(*http.Request) socket.Budget { return p }})
		defer w.stop()
		w.peer = received
		const size = 32 << 10
		head := []byte{0x81, 0xff, 0, 0, 0, 0, 0, 0, size >> 8, 0, 0, 0, 0, 0}
		send := func(client *websocket.Conn, bytes []byte) {
			if _, err := client.NetConn().Write(bytes); err != nil {
				t.Error(err)
			}
		}
		client, conn := w.dial()
		send(client, append(head, make([]byte, size-1)...))
		if n := p.booked.Load(); n < 24<<10 {
			t.Errorf("%d bytes are counted for half a message of %d", n, size)
		}
		other, second := w.dial()
		go func() { _, _ = other.NetConn().Write(append(head, make([]byte, size-1)...)) }()
		if _, closed := farewell(t, other); closed.Code != socket.CodeTryAgainLater {
			t.Errorf("a message without room is closed with %v, want 1013", closed)
		}
		other.Close()
		<-second.Done()
		if !second.Crowded() || conn.Crowded() {
			t.Errorf("crowded: %v and %v, want only the one without room", second.Crowded(), conn.Crowded())
		}
		third, last := w.dial()
		go func() { _, _ = third.NetConn().Write(append(head, make([]byte, size)...)) }()
		pass(9 * time.Second)
		send(client, []byte{0})
		if n := <-received; n != size {
			t.Errorf("a message of %d bytes arrived, want %d", n, size)
		}
		if n := <-received; n != size {
			t.Errorf("a message of %d bytes that waited arrived, want %d", n, size)
		}
		end(t, third, last)
		synctest.Wait()
		if n := p.booked.Load(); n != 0 {
			t.Errorf("%d bytes are still counted", n)
		}
		end(t, client, conn)
	})
}

// A library that sends long messages in fragments may send as many messages as any other.
func TestFlood_counts_no_long_fragments(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		received := make(lengths, 10)
		w := newPipeServer(t, socket.Config{ReadLimit: 64 << 10, Flood: &socket.Flood{PerSecond: 0.01, Burst: 3, Code: 4429}})
		defer w.stop()
		w.peer = received
		client, conn := w.dial()
		go func() {
			for range 4 {
				_ = client.WriteMessage(websocket.TextMessage, make([]byte, 60<<10)) // 15 frames
			}
		}()
		for range 3 {
			if n := <-received; n != 60<<10 {
				t.Errorf("a message of %d bytes arrived", n)
			}
		}
		if _, closed := farewell(t, client); closed.Code != 4429 {
			t.Errorf("closed with %v, want 4429", closed)
		}
		client.Close()
		<-conn.Done()
		if !conn.Flooded() {
			t.Error("it is not reported as a flood")
		}
		synctest.Wait()
	})
}
