package modeltest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Usage is the usage of every whole answer.
const (
	InputTokens  = 600
	OutputTokens = 80
)

// Says answers with a completion of a text.
func Says(text string) Handler { return Finishes("stop", map[string]any{"content": text}) }

// Finishes answers with a completion of a message and a reason for its end.
func Finishes(finish string, message map[string]any) Handler {
	message["role"] = "assistant"
	return Raw(http.StatusOK, encode(completion(finish, message)))
}

// completion returns a completion of a message.
func completion(finish string, message map[string]any) map[string]any {
	return map[string]any{
		"id": "c1", "object": "chat.completion", "model": "fake",
		"choices": []any{map[string]any{"index": 0, "finish_reason": finish, "message": message}},
		"usage":   map[string]any{"prompt_tokens": InputTokens, "completion_tokens": OutputTokens},
	}
}

// Raw answers with a status, a body, and pairs of names and values of headers.
func Raw(status int, body string, headers ...string) Handler {
	return func(w http.ResponseWriter, _ *Request) {
		w.Header().Set("Content-Type", "application/json")
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// Hangs does not answer until the client has gone.
func Hangs(w http.ResponseWriter, _ *Request) { <-gone(w) }

// Drips answers with the start of a body and then a piece each second, until the client has gone.
// Status 0 means that the start was sent.
func Drips(status int, start, piece string) Handler {
	return func(w http.ResponseWriter, r *Request) {
		if status != 0 {
			Raw(status, start)(w, r)
		}
		ticks := time.NewTicker(time.Second)
		defer ticks.Stop()
		for {
			_ = http.NewResponseController(w).Flush()
			select {
			case <-gone(w):
				return
			case <-ticks.C:
			}
			if _, err := io.WriteString(w, piece); err != nil {
				return
			}
		}
	}
}

// Streams answers with server-sent events that hold a text in pieces, then an end.
func Streams(text, end string) Handler {
	var b strings.Builder
	b.WriteString(": comment\n\n")
	for piece := range strings.SplitAfterSeq(text, " ") {
		fmt.Fprintf(&b, "data: %s\n\n", chunk(piece, ""))
	}
	return Raw(http.StatusOK, b.String()+end, "Content-Type", "text/event-stream")
}

// StreamEnd is the end of a whole stream.
var StreamEnd = "data: " + chunk("", "stop") + "\n\n" +
	`data: {"choices":[],"usage":{"prompt_tokens":600,"completion_tokens":80}}` + "\n\ndata: [DONE]\n\n"

// chunk returns a chunk of a stream.
func chunk(piece, finish string) string {
	choice := map[string]any{"index": 0, "delta": map[string]any{"content": piece}, "finish_reason": nil}
	if finish != "" {
		choice["finish_reason"] = finish
	}
	return encode(map[string]any{"object": "chat.completion.chunk", "choices": []any{choice}})
}

// Bomb answers with a body that gzip inflates a thousand times.
func Bomb(w http.ResponseWriter, r *Request) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, `{"choices":[{"message":{"content":"`)
	for range 256 {
		_, _ = io.WriteString(z, strings.Repeat("a", 64<<10))
	}
	_ = z.Close()
	Raw(http.StatusOK, b.String(), "Content-Encoding", "gzip")(w, r)
}

// HeadersWithoutEnd answers with interim responses until the client has gone.
func HeadersWithoutEnd(w http.ResponseWriter, _ *Request) {
	for i := range 1 << 20 {
		w.Header().Set("X-Filler", strings.Repeat("x", 1000))
		w.WriteHeader(http.StatusEarlyHints)
		select {
		case <-gone(w):
			return
		default:
		}
		if i > 1000 {
			<-gone(w)
			return
		}
	}
}

// encode returns a value as JSON.
func encode(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // the values of this package have no cycles
	}
	return string(text)
}
