package socket_test

import (
	"fmt"
	"net/http"
	"testing"

	"bis/internal/socket"

	"github.com/gorilla/websocket"
)

// idlePeer is a peer that does nothing.
type idlePeer struct{}

func (idlePeer) Receive([]byte, bool) {}
func (idlePeer) Room()                {}

// Frames may cut a text anywhere, even within a character (RFC 6455, section 8.1).
func TestConn_closes_with_1007_on_a_text_that_is_not_UTF8(t *testing.T) {
	t.Parallel()
	frame := func(opcode byte, payload string) string {
		// The mask is zeros.
		return string([]byte{opcode, 0x80 | byte(len(payload)), 0, 0, 0, 0}) + payload
	}
	const text, more, last, bin, bye = 0x01, 0x00, 0x80, 0x82, 0x88
	for name, tt := range map[string]struct {
		frames string
		code   int
	}{
		"a lone byte":                   {frame(last|text, "a\xff"), 1007},
		"a surrogate":                   {frame(last|text, "\xed\xa0\x80"), 1007},
		"an overlong form":              {frame(last|text, "\xc0\xaf"), 1007},
		"a rune that does not end":      {frame(text, "\xec\x86") + frame(last|more, ""), 1007},
		"in the second frame":           {frame(text, "a") + frame(last|more, "\xfe"), 1007},
		"in the reason of a close":      {frame(bye, "\x03\xe8\xff\xff"), 1007},
		"a rune over two frames":        {frame(text, "\xec\x86") + frame(last|more, "\x90") + frame(bye, "\x10\xe1"), 4321},
		"bytes of a binary message":     {frame(bin, "\xff") + frame(bye, "\x10\xe1"), 4321},
		"a control frame within a text": {frame(text, "\xec") + frame(0x89, "\xff") + frame(last|more, "\x86\x90") + frame(bye, "\x10\xe1"), 4321},
	} {
		for _, heard := range []bool{false, true} {
			t.Run(fmt.Sprint(name, heard), func(t *testing.T) {
				t.Parallel()
				address := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					conn, err := socket.Accept(w, r, socket.Config{})
					switch {
					case err != nil:
						t.Error(err)
					case heard:
						conn.Serve(idlePeer{})
					default:
						conn.Run()
					}
				}))
				client, _, err := websocket.DefaultDialer.Dial(address, nil)
				if err != nil {
					t.Fatal(err)
				}
				defer client.Close()
				if _, err := client.NetConn().Write([]byte(tt.frames)); err != nil {
					t.Fatal(err)
				}
				if _, closed := farewell(t, client); closed == nil || closed.Code != tt.code {
					t.Errorf("closed with %v, want %d", closed, tt.code)
				}
			})
		}
	}
}
