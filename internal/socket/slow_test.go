package socket_test

import (
	"fmt"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"bis/internal/socket"
)

// sent sends a message of size bytes and calls do with both ends. Only do reads from the client's
// end.
func sent(t *testing.T, size int, do func(t *testing.T, client *websocket.Conn, conn *socket.Conn)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newPipeServer(t, socket.Config{})
		defer w.stop()
		client, conn := w.dial()
		defer client.Close()
		if err := conn.Send(t.Context(), make([]byte, size)); err != nil {
			t.Fatal(err)
		}
		do(t, client, conn)
	})
}

func TestConn_cuts_a_peer_that_takes_no_byte(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1, 1 << 20} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			t.Parallel()
			sent(t, size, func(t *testing.T, _ *websocket.Conn, conn *socket.Conn) {
				started := time.Now()
				<-conn.Done()
				if took := time.Since(started); took < 10*time.Second || took > 15*time.Second {
					t.Errorf("it was cut after %v, want 10 s", took)
				}
			})
		})
	}
}

func TestConn_cuts_a_peer_at_most_a_second_late(t *testing.T) {
	t.Parallel()
	sent(t, 1<<20, func(t *testing.T, client *websocket.Conn, conn *socket.Conn) {
		pass(50 * time.Millisecond)
		if _, err := io.ReadFull(client.NetConn(), make([]byte, 100)); err != nil {
			t.Fatal(err)
		}
		last := time.Now()
		<-conn.Done()
		if took := time.Since(last); took < 10*time.Second || took > 11*time.Second {
			t.Errorf("it was cut %v after its last byte, want 10 to 11 s", took)
		}
	})
}

func TestConn_renews_the_deadline_within_a_long_message(t *testing.T) {
	t.Parallel()
	sent(t, 1<<20, func(t *testing.T, client *websocket.Conn, conn *socket.Conn) {
		_, message, err := client.NextReader()
		if err != nil {
			t.Fatal(err)
		}
		total, buf := 0, make([]byte, 8<<10)
		for err == nil { // a phone that reads 8 KiB every four seconds, for minutes
			var n int
			n, err = message.Read(buf)
			total += n
			pass(4 * time.Second)
		}
		if total != 1<<20 {
			t.Errorf("%d bytes came, then %v; want all", total, err)
		}
		end(t, client, conn)
	})
}
