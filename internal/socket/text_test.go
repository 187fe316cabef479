package socket_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"bis/internal/socket"
)

func TestNextWriter_sends_one_message_of_any_length(t *testing.T) {
	t.Parallel()
	for name, pieces := range map[string][]string{
		"nothing":           {},
		"a short one":       {"손님 ", "두 명"},
		"a whole frame":     {strings.Repeat("x", 16<<10)},
		"runes cut apart":   {strings.Repeat("손", 20_000), "끝"},
		"many small pieces": strings.Split(strings.Repeat("손님,", 30_000), ","),
		"beyond the queue":  {strings.Repeat("x", 1<<20), "y"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newPipeServer(t, socket.Config{})
				defer w.stop()
				client, conn := w.dial()
				go func() {
					long := conn.NextWriter(t.Context())
					for _, p := range pieces {
						if n, err := io.WriteString(long, p); n != len(p) || err != nil {
							t.Errorf("Write = %d, %v", n, err)
						}
					}
					if err := long.Close(); err != nil {
						t.Error(err)
					}
					if err := conn.Send(t.Context(), []byte("behind it")); err != nil {
						t.Error(err)
					}
				}()
				for _, want := range []string{strings.Join(pieces, ""), "behind it"} {
					kind, got, err := client.ReadMessage()
					if kind != websocket.TextMessage || err != nil || string(got) != want {
						t.Fatalf("got %d bytes of kind %d, %v; want %d", len(got), kind, err, len(want))
					}
				}
				end(t, client, conn)
			})
		})
	}
}

// The old server sent a short message in one frame, so this server must, too.
func TestNextWriter_needs_one_frame_for_a_short_message(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newPipeServer(t, socket.Config{})
		defer w.stop()
		client, conn := w.dial()
		go func() {
			long := conn.NextWriter(t.Context())
			_, _ = io.WriteString(long, "ab")
			_, _ = io.WriteString(long, "c")
			_ = long.Close()
		}()
		got := make([]byte, 5)
		if _, err := io.ReadFull(client.NetConn(), got); err != nil || string(got) != "\x81\x03abc" {
			t.Errorf("got %q, %v", got, err)
		}
		end(t, client, conn)
	})
}

func TestNextWriter_waits_for_a_slow_peer_and_gives_up_with_it(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newPipeServer(t, socket.Config{})
		defer w.stop()
		client, conn := w.dial()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		n, err := conn.NextWriter(ctx).Write(make([]byte, 1<<20))
		if n > 200<<10 || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Write = %d, %v for a peer that reads nothing; want what the queue holds, and the context's end", n, err)
		}
		conn.Close(socket.CodeTryAgainLater, "")
		if _, err := conn.NextWriter(t.Context()).Write(make([]byte, 1<<20)); !errors.Is(err, socket.ErrClosed) {
			t.Errorf("Write on a closed connection: %v, want ErrClosed", err)
		}
		client.Close()
		<-conn.Done()
	})
}
