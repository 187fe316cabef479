package socket_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/socket"

	"github.com/gorilla/websocket"
)

// The test needs a real connection, because the sender writes directly only to real connections.
func TestConn_answers_the_peers_close_while_others_write(t *testing.T) {
	t.Parallel()
	address := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := socket.Accept(w, r, socket.Config{})
		if err != nil {
			t.Error(err)
			return
		}
		go func() {
			for err := error(nil); !errors.Is(err, socket.ErrClosed); _, err = conn.Try(socket.Batch{Bodies: [][]byte{[]byte("x")}}) {
			}
		}()
		conn.Run()
	}))
	for range 300 {
		client, _, err := websocket.DefaultDialer.Dial(address, nil)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if _, _, err := client.ReadMessage(); err != nil {
				t.Fatal(err)
			}
		}
		if err := client.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(4321, ""), time.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, closed := farewell(t, client); closed.Code != 4321 {
			t.Fatalf("answered with %v", closed)
		}
		client.Close()
	}
}

// roomPeer is a peer that records calls of Room.
type roomPeer struct{ again chan struct{} }

func (roomPeer) Receive([]byte, bool) {}

func (r roomPeer) Room() {
	select {
	case r.again <- struct{}{}:
	default:
	}
}

// numbered returns bodies of one size that start with their numbers.
func numbered(from, to, size int) [][]byte {
	var list [][]byte
	for i := from; i < to; i++ {
		text := fmt.Sprintf("%08d", i)
		list = append(list, []byte(text+strings.Repeat("x", size-len(text))))
	}
	return list
}

// The peer reads nothing until the kernel and the queue are full, in the middle of a message and of
// a batch. The sender continues after the accepted messages.
func TestTry_takes_a_part_of_a_batch_and_loses_nothing(t *testing.T) {
	t.Parallel()
	for _, size := range []int{500, 3_000, 40_000} {
		for name, send := range map[string]func(*socket.Conn, socket.Batch) (int, error){
			"Try":   (*socket.Conn).Try,
			"Queue": func(c *socket.Conn, b socket.Batch) (int, error) { defer c.Flush(); return c.Queue(b) },
		} {
			t.Run(fmt.Sprint(name, size), func(t *testing.T) {
				t.Parallel()
				again := roomPeer{make(chan struct{}, 1)}
				conns := make(chan *socket.Conn, 1)
				address := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					conn, err := socket.Accept(w, r, socket.Config{QueueBytes: 100_000, QueueLen: 1_000, WriteTimeout: time.Minute})
					if err != nil {
						t.Error(err)
						return
					}
					conns <- conn
					conn.Serve(again)
				}))
				client, _, err := websocket.DefaultDialer.Dial(address, nil)
				if err != nil {
					t.Fatal(err)
				}
				defer client.Close()
				conn := <-conns
				const burst = 8
				total := 12 << 20 / size // more than the kernel buffers
				done := make(chan error, 1)
				full := make(chan struct{})
				var parts atomic.Int64 // batches that were accepted in part
				go func() {
					refused := false
					for at := 0; at < total; {
						n, err := send(conn, socket.Batch{Bodies: numbered(at, min(at+burst, total), size)})
						if err != nil {
							done <- err
							return
						}
						if at += n; n == burst || at == total {
							continue
						}
						if n > 0 {
							parts.Add(1)
						}
						if !refused {
							refused = true
							close(full)
						}
						<-again.again
					}
					done <- nil
				}()
				select {
				case <-full:
				case err := <-done:
					t.Fatal("the peer's not reading was never felt", err)
				}
				for want := range total {
					_, got, err := client.ReadMessage()
					if err != nil {
						t.Fatal(err)
					}
					if len(got) != size || string(got[:8]) != fmt.Sprintf("%08d", want) {
						t.Fatalf("message %d: %d bytes, %.8s", want, len(got), got)
					}
				}
				if err := <-done; err != nil {
					t.Fatal(err)
				}
				t.Logf("%d batches were taken in part", parts.Load())
			})
		}
	}
}

func TestTry_sends_a_batch_in_one_write(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newPipeServer(t, socket.Config{})
		defer w.stop()
		client, conn := w.dial()
		before := w.writes.Load()
		b := socket.Batch{Head: []byte("<"), Bodies: numbered(0, 8, 10), Tail: []byte(">")}
		if n, err := conn.Try(b); n != 8 || err != nil {
			t.Fatal(n, err)
		}
		for i := range 8 {
			_, got, err := client.ReadMessage()
			if want := fmt.Sprintf("<%08dxx>", i); err != nil || string(got) != want {
				t.Fatalf("got %s, %v; want %s", got, err, want)
			}
		}
		if got := w.writes.Load() - before; got != 1 {
			t.Errorf("a batch of 8 took %d writes, want 1", got)
		}
		end(t, client, conn)
	})
}

func TestHold_waits_for_Flush_and_goes_out_in_one_write(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newPipeServer(t, socket.Config{})
		defer w.stop()
		client, conn := w.dial()
		before := w.writes.Load()
		for i := range 8 {
			if n, err := conn.Queue(socket.Batch{Bodies: numbered(i, i+1, 10)}); n != 1 || err != nil {
				t.Fatal(n, err)
			}
		}
		synctest.Wait()
		if got := w.writes.Load() - before; got != 0 {
			t.Fatalf("%d writes before Flush", got)
		}
		conn.Flush()
		for i := range 8 {
			_, got, err := client.ReadMessage()
			if want := fmt.Sprintf("%08dxx", i); err != nil || string(got) != want {
				t.Fatalf("got %s, %v; want %s", got, err, want)
			}
		}
		if got := w.writes.Load() - before; got != 1 {
			t.Errorf("8 held messages took %d writes, want 1", got)
		}
		conn.Flush() // with an empty queue
		end(t, client, conn)
	})
}

func TestSend_has_messages_that_come_together_go_out_in_one_write(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newPipeServer(t, socket.Config{})
		defer w.stop()
		client, conn := w.dial()
		before := w.writes.Load()
		texts := numbered(0, 8, 10)
		if err := conn.Send(t.Context(), texts...); err != nil {
			t.Fatal(err)
		}
		for _, want := range texts {
			if _, got, err := client.ReadMessage(); err != nil || string(got) != string(want) {
				t.Fatalf("got %s, %v; want %s", got, err, want)
			}
		}
		if got := w.writes.Load() - before; got != 1 {
			t.Errorf("8 messages took %d writes, want 1", got)
		}
		end(t, client, conn)
	})
}

func TestSend_waits_in_the_middle_of_what_comes_together(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newPipeServer(t, socket.Config{QueueLen: 3})
		defer w.stop()
		client, conn := w.dial()
		texts := numbered(0, 20, 10)
		sent := make(chan error, 1)
		go func() { sent <- conn.Send(t.Context(), texts...) }()
		synctest.Wait()
		select {
		case err := <-sent:
			t.Fatalf("20 messages found room for 3: %v", err)
		default:
		}
		for _, want := range texts {
			if _, got, err := client.ReadMessage(); err != nil || string(got) != string(want) {
				t.Fatalf("got %s, %v; want %s", got, err, want)
			}
		}
		if err := <-sent; err != nil {
			t.Error(err)
		}
		end(t, client, conn)
	})
}

// A sender may find no room before Serve is called.
func TestConn_tells_of_room_that_was_missed_before_Serve(t *testing.T) {
	t.Parallel()
	again := roomPeer{make(chan struct{}, 1)}
	conns, serving := make(chan *socket.Conn, 1), make(chan struct{})
	address := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := socket.Accept(w, r, socket.Config{WriteTimeout: time.Minute})
		if err != nil {
			t.Error(err)
			return
		}
		conns <- conn
		<-serving
		conn.Serve(again)
	}))
	client, _, err := websocket.DefaultDialer.Dial(address, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	conn := <-conns
	sent := 0
	for taken := 1; taken == 1; {
		if taken, err = conn.Try(socket.Batch{Bodies: numbered(sent, sent+1, 10_000)}); err != nil {
			t.Fatal(err)
		}
		sent += taken
	}
	for range sent {
		if _, _, err := client.ReadMessage(); err != nil {
			t.Fatal(err)
		}
	}
	close(serving)
	<-again.again
}
