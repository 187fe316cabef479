package hostile_test

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"bis/test/hostile"
)

// root is the folder of go.mod. Tests run in the folder of their package.
var root, _ = filepath.Abs("../..")

// patience is the time limit of a call. A hostile document is usually refused in milliseconds.
const patience = 3 * time.Second

// user is the user with data, and later is the end time of the user's request. A start with the
// same end time continues the request.
const user = "owner"

var later = time.Now().Add(25 * time.Hour).UTC().Format(time.RFC3339)

// allowed reports whether a verdict is one of the wanted verdicts.
func allowed(want, got string) bool { return slices.Contains(strings.Split(want, "|"), got) }

// fill replaces the placeholders in a call by the ids of a running server.
func fill(c hostile.Call, request, cursor string) hostile.Call {
	r := strings.NewReplacer("{request}", request, "{cursor}", cursor, "{user}", user, "{later}", later)
	c.Query, c.Variables, c.Raw = r.Replace(c.Query), r.Replace(c.Variables), r.Replace(c.Raw)
	return c
}

// decodeVariables decodes variables like the server.
func decodeVariables(text string) (map[string]any, error) {
	if text == "" {
		return nil, nil
	}
	var v map[string]any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	return v, d.Decode(&v)
}

// answer is the outcome of a call.
type answer struct {
	verdict string // see hostile.Case
	text    []byte // the answer, or its first message
	sent    int    // bytes of the call's body
}

// send makes one call and waits for its answer. An error means that there was no answer.
func (s *server) send(door hostile.Door, call hostile.Call) (answer, error) {
	call = fill(call, s.request, s.cursor)
	switch door {
	case hostile.Get:
		query := call.Address()
		r, err := http.NewRequest(http.MethodGet, s.url+"/graphql?"+query, nil)
		if err != nil {
			return answer{}, err
		}
		return s.answer(r, len(query))
	case hostile.Socket:
		return s.overSocket(call)
	case hostile.Form, hostile.OldSocket, hostile.Page:
		return s.toPath(door, call)
	}
	body := call.Body()
	r, err := http.NewRequest(http.MethodPost, s.url+"/graphql", strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("Content-Type", cmp.Or(call.Type, "application/json"))
	if call.Encoding != "" {
		r.Header.Set("Content-Encoding", call.Encoding)
	}
	if door == hostile.Stream {
		r.Header.Set("Accept", "text/event-stream")
	}
	if call.Accept != "" {
		r.Header.Set("Accept", call.Accept)
	}
	return s.answer(r, len(body))
}

// answer makes a call over HTTP. From an event stream it reads the first message.
func (s *server) answer(r *http.Request, sent int) (answer, error) {
	res, err := s.http.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	var text []byte
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		text, err = firstMessage(res.Body)
	} else {
		text, err = io.ReadAll(res.Body)
	}
	return answer{verdict(res.StatusCode, text), text, sent}, err
}

func firstMessage(r io.Reader) ([]byte, error) {
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if data, ok := strings.CutPrefix(string(line), "data: "); ok {
			return []byte(data), nil
		}
		if err != nil {
			return nil, fmt.Errorf("the stream ended without a message: %w", err)
		}
	}
}

// failure is a GraphQL error.
type failure struct {
	Message    string
	Extensions struct{ Code string }
}

// verdict returns the verdict of an HTTP answer: the code of its first error, or the status if the
// request was refused.
func verdict[T string | []byte](status int, text T) string {
	var a struct {
		Data   json.RawMessage
		Errors []failure
	}
	if json.Unmarshal([]byte(text), &a) != nil || len(a.Errors) == 0 && status != http.StatusOK {
		return strconv.Itoa(status)
	}
	if len(a.Errors) == 0 {
		return hostile.Answered
	}
	if code := a.Errors[0].Extensions.Code; code != "BAD_REQUEST" {
		return code
	}
	return strconv.Itoa(status)
}

// overSocket opens a socket, sends one message and reads the first answer to it.
func (s *server) overSocket(call hostile.Call) (answer, error) {
	dialer := websocket.Dialer{Subprotocols: []string{"graphql-transport-ws"}, HandshakeTimeout: patience}
	conn, _, err := dialer.Dial(strings.Replace(s.url, "http", "ws", 1)+"/graphql", nil)
	if err != nil {
		return answer{}, err
	}
	defer conn.Close()
	message := call.Raw
	if message == "" {
		message = `{"id":"1","type":"subscribe","payload":` + call.Body() + `}`
	}
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return answer{}, err
	}
	if err := conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"connection_init"}`)); err != nil {
		return answer{}, err
	}
	if _, _, err := conn.ReadMessage(); err != nil { // connection_ack
		return answer{}, err
	}
	// The server may close the socket during the write.
	_ = conn.WriteMessage(websocket.TextMessage, []byte(message))
	return readSocket(conn, len(message))
}

func readSocket(conn *websocket.Conn, sent int) (answer, error) {
	for {
		_, text, err := conn.ReadMessage()
		if closed, ok := errors.AsType[*websocket.CloseError](err); ok {
			return answer{strconv.Itoa(closed.Code), []byte(closed.Text), sent}, nil
		}
		if err != nil {
			return answer{}, err
		}
		var m struct {
			Type    string
			Payload json.RawMessage
		}
		if err := json.Unmarshal(text, &m); err != nil {
			return answer{}, err
		}
		switch m.Type {
		case "next", "complete":
			return answer{verdict(http.StatusOK, cmp.Or(string(m.Payload), "{}")), text, sent}, nil
		case "error":
			return answer{verdict(http.StatusOK, `{"errors":`+string(m.Payload)+`}`), text, sent}, nil
		}
	}
}
