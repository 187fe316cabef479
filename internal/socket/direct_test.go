package socket_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"bis/internal/socket"

	"github.com/gorilla/websocket"
)

// A real connection, because only there writes are made by whoever has something to say.
func TestConn_answers_the_peers_close_while_others_write(t *testing.T) {
	t.Parallel()
	address := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := socket.Accept(w, r, socket.Config{})
		if err != nil {
			t.Error(err)
			return
		}
		go func() {
			for err := error(nil); !errors.Is(err, socket.ErrClosed); _, err = conn.Try([]byte("x")) {
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
