package hostile_test

import (
	"cmp"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"bis/test/hostile"
)

// toPath makes a call that is not one of GraphQL.
func (s *server) toPath(door hostile.Door, call hostile.Call) (answer, error) {
	path := strings.ReplaceAll(call.Path, "{user}", user)
	if door == hostile.OldSocket {
		return s.overOldSocket(path)
	}
	method, body := http.MethodGet, ""
	if door == hostile.Form {
		method, body = http.MethodPost, call.Raw
	}
	r, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	if door == hostile.Form {
		r.Header.Set("Content-Type", cmp.Or(call.Type, "application/x-www-form-urlencoded"))
	} else {
		r.Header.Set("Accept-Encoding", "identity")
	}
	a, err := s.answer(r, len(body))
	if a.verdict == "200" {
		a.verdict = hostile.Answered
	}
	return a, err
}

// overOldSocket opens an old socket and reads its first message.
func (s *server) overOldSocket(path string) (answer, error) {
	dialer := websocket.Dialer{HandshakeTimeout: patience}
	conn, res, err := dialer.Dial(strings.Replace(s.url, "http", "ws", 1)+path, nil)
	if errors.Is(err, websocket.ErrBadHandshake) {
		return answer{verdict: strconv.Itoa(res.StatusCode), sent: len(path)}, nil
	}
	if err != nil {
		return answer{}, err
	}
	defer conn.Close()
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return answer{}, err
	}
	_, text, err := conn.ReadMessage()
	if closed, ok := errors.AsType[*websocket.CloseError](err); ok {
		return answer{strconv.Itoa(closed.Code), []byte(closed.Text), len(path)}, nil
	}
	return answer{hostile.Answered, text, len(path)}, err
}

// stay makes a client return redirects instead of following them.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
