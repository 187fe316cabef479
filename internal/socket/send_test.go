package socket_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/socket"

	"github.com/gorilla/websocket"
)

func TestSend_keeps_the_order_and_the_bytes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newPipeServer(t, socket.Config{})
		defer w.stop()
		client, conn := w.dial()
		long := strings.Repeat("손님 두 명. ", 20_000) // larger than every bound, sent in many frames
		want := []string{"첫째", "", long, "끝"}
		go func() {
			for _, text := range want {
				if err := conn.Send(t.Context(), []byte(text)); err != nil {
					t.Error(err)
				}
			}
		}()
		for i, text := range want {
			kind, got, err := client.ReadMessage()
			if kind != websocket.TextMessage || string(got) != text || err != nil {
				t.Fatalf("message %d: %d bytes of kind %d, %v; want %d bytes", i, len(got), kind, err, len(text))
			}
		}
		end(t, client, conn)
	})
}

// end closes a connection from the client's side and waits until it is over.
func end(t *testing.T, client *websocket.Conn, conn *socket.Conn) {
	t.Helper()
	client.Close()
	<-conn.Done()
	if err := conn.Send(t.Context(), nil); !errors.Is(err, socket.ErrClosed) {
		t.Errorf("Send after the end: %v, want ErrClosed", err)
	}
}

func TestSend_waits_while_the_queue_is_full(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		cfg  socket.Config
		text string
		want int // messages accepted while the peer does not read
	}{
		"of_messages": {socket.Config{QueueLen: 3}, "x", 3},
		"of_bytes":    {socket.Config{QueueBytes: 100}, strings.Repeat("x", 30), 3},
		"of_one":      {socket.Config{QueueBytes: 100}, strings.Repeat("x", 101), 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newPipeServer(t, tt.cfg)
				defer w.stop()
				client, conn := w.dial()
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				sent, err := 0, error(nil)
				for err == nil {
					if err = conn.Send(ctx, []byte(tt.text)); err == nil {
						sent++
					}
				}
				if sent != tt.want || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%d messages were queued, then %v; want %d, then the context's end", sent, err, tt.want)
				}
				for range sent {
					if _, _, err := client.ReadMessage(); err != nil {
						t.Fatal(err)
					}
				}
				if err := conn.Send(t.Context(), []byte("room again")); err != nil {
					t.Errorf("Send after the peer has read: %v", err)
				}
				_, _, _ = client.ReadMessage()
				end(t, client, conn)
			})
		})
	}
}

func TestSend_gives_up_when_the_socket_closes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newPipeServer(t, socket.Config{QueueLen: 1})
		defer w.stop()
		client, conn := w.dial()
		defer client.Close()
		if err := conn.Send(t.Context(), []byte("stuck")); err != nil {
			t.Fatal(err)
		}
		got := make(chan error, 1)
		go func() { got <- conn.Send(t.Context(), []byte("waits")) }()
		synctest.Wait()
		conn.Close(socket.CodeInternal, "")
		if err := <-got; !errors.Is(err, socket.ErrClosed) {
			t.Errorf("Send: %v, want ErrClosed", err)
		}
		<-conn.Done()
	})
}

func TestConn_never_has_two_writers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newPipeServer(t, socket.Config{PingEvery: time.Millisecond, WriteTimeout: time.Minute})
		defer w.stop()
		client, conn := w.dial()
		go func() {
			for i := range 2_000 {
				if conn.Send(t.Context(), make([]byte, i*20)) != nil {
					return
				}
				pass(100 * time.Microsecond)
			}
			conn.Close(socket.CodeServiceRestart, "")
		}()
		go func() {
			for i := range 500 {
				_ = client.WriteControl(websocket.PingMessage, []byte(fmt.Sprint(i)), time.Now().Add(time.Minute))
			}
		}()
		n, closed := farewell(t, client)
		<-conn.Done()
		client.Close()
		if n != 2_000 || closed.Code != socket.CodeServiceRestart || w.clash.Load() {
			t.Errorf("%d messages, close %v, two writers: %v; want 2000, 1012, false", n, closed, w.clash.Load())
		}
	})
}

func BenchmarkSend(b *testing.B) {
	w := newPipeServer(b, socket.Config{})
	defer w.stop()
	client, conn := w.dial()
	go func() {
		for {
			if _, _, err := client.NextReader(); err != nil {
				return
			}
		}
	}()
	text := []byte("2024-02-03 14:06_현재 매장에는 손님이 두 명 있습니다.")
	b.ReportAllocs()
	for b.Loop() {
		if err := conn.Send(b.Context(), text); err != nil {
			b.Fatal(err)
		}
	}
	client.Close()
	<-conn.Done()
}

func TestMust_tells_a_peer_for_which_too_much_waits_to_come_back_later(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newPipeServer(t, socket.Config{QueueBytes: 1000})
		defer w.stop()
		client, conn := w.dial()
		sent := 0
		for over := false; !over; sent++ {
			conn.Post(make([]byte, 100))
			select {
			case <-conn.Closing():
				over = true
			default:
			}
			if sent > 100 {
				t.Fatal("a queue without a bound")
			}
		}
		if n, closed := farewell(t, client); closed.Code != socket.CodeTryAgainLater || n < 10 || n >= sent {
			t.Errorf("%d of %d messages, then %v; want a bounded number, then 1013", n, sent, closed)
		}
		<-conn.Done()
	})
}

func TestSend_has_what_waits_go_out_in_one_write(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newPipeServer(t, socket.Config{})
		defer w.stop()
		client, conn := w.dial()
		if err := conn.Send(t.Context(), []byte("first")); err != nil {
			t.Fatal(err)
		}
		synctest.Wait() // the message is being written, and the peer does not read
		for range 50 {
			if err := conn.Send(t.Context(), []byte("waits")); err != nil {
				t.Fatal(err)
			}
		}
		before := w.writes.Load()
		for range 51 {
			if _, _, err := client.ReadMessage(); err != nil {
				t.Fatal(err)
			}
		}
		if got := w.writes.Load() - before; got != 1 {
			t.Errorf("50 messages that waited took %d writes, want 1", got)
		}
		end(t, client, conn)
	})
}

func TestConn_cuts_a_peer_that_takes_a_part_and_no_more(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newPipeServer(t, socket.Config{})
		defer w.stop()
		client, conn := w.dial()
		defer client.Close()
		if err := conn.Send(t.Context(), make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
		if _, _, err := client.NextReader(); err != nil { // reads one buffer of the message
			t.Fatal(err)
		}
		started := time.Now()
		<-conn.Done()
		if took := time.Since(started); took < 10*time.Second || took > 12*time.Second {
			t.Errorf("it was cut %v after its last byte, want 10 to 12 s", took)
		}
	})
}
