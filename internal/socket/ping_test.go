package socket_test

import (
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/socket"

	"github.com/gorilla/websocket"
)

func TestConn_pings_and_keeps_a_peer_that_answers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newPipeServer(t, socket.Config{})
		defer w.stop()
		client, conn := w.dial()
		started := time.Now()
		var pings []time.Duration
		answer := client.PingHandler()
		client.SetPingHandler(func(payload string) error {
			pings = append(pings, time.Since(started))
			return answer(payload)
		})
		read := make(chan error, 1)
		go func() {
			_, _, err := client.ReadMessage()
			read <- err
		}()
		pass(10*time.Minute + time.Second)
		select {
		case <-conn.Closing():
			t.Error("a peer that answers was cut")
		default:
		}
		client.Close()
		<-read
		<-conn.Done()
		if len(pings) != 24 || pings[0] != 25*time.Second || pings[23] != 10*time.Minute {
			t.Errorf("pings at %v, want one every 25 s", pings)
		}
	})
}

// The peer may send its pong after much other data.
func TestConn_keeps_a_peer_that_talks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newPipeServer(t, socket.Config{})
		defer w.stop()
		client, conn := w.dial()
		client.SetPingHandler(func(string) error { return nil })
		go func() { _, _, _ = client.ReadMessage() }()
		for range 10 {
			pass(30 * time.Second)
			if err := client.WriteMessage(websocket.TextMessage, []byte("x")); err != nil {
				t.Fatal(err)
			}
		}
		client.Close()
		<-conn.Done()
	})
}

func TestConn_finds_a_dead_peer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newPipeServer(t, socket.Config{})
		defer w.stop()
		client, conn := w.dial()
		defer client.Close()
		client.SetPingHandler(func(string) error { return nil }) // the client sends no pong
		started := time.Now()
		go func() { _, _, _ = client.ReadMessage() }()
		<-conn.Done()
		if took := time.Since(started); took != 35*time.Second {
			t.Errorf("found after %v, want 35 s", took)
		}
	})
}

func TestConn_answers_the_newest_ping(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newPipeServer(t, socket.Config{})
		defer w.stop()
		client, conn := w.dial()
		var pongs []string
		client.SetPongHandler(func(payload string) error {
			pongs = append(pongs, payload)
			return nil
		})
		for _, payload := range []string{"a", "b", "c"} { // the client does not read yet
			if err := client.WriteControl(websocket.PingMessage, []byte(payload), time.Now().Add(time.Second)); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		if err := conn.Send(t.Context(), []byte("x")); err != nil {
			t.Fatal(err)
		}
		if _, _, err := client.ReadMessage(); err != nil {
			t.Fatal(err)
		}
		// The answer to the first ping was being written already. The second ping needs no answer.
		if len(pongs) != 2 || pongs[0] != "a" || pongs[1] != "c" {
			t.Errorf("pongs %q, want a and c", pongs)
		}
		end(t, client, conn)
	})
}
