package model

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"bis/internal/briefing"
)

// maxAnswer is the most bytes of an answer's text. A question with a higher limit of tokens may
// have more: bytesPerToken for each of them.
const (
	maxAnswer     = 16_000
	bytesPerToken = 12
)

// reply is what a response says, in whatever form it came.
type reply struct {
	text       strings.Builder
	reasoned   bool // there was reasoning
	choices    bool // there was a choice
	finish     string
	usage      briefing.Usage
	complaint  *complaint
	done       bool // the end of a stream was announced
	chunks     int
	unfinished bool // the body ended within a value
}

// read reads a response with status 200.
func (c *Client) read(ctx context.Context, res *http.Response, q Question, d dialect) (Answer, *failure) {
	body := bufio.NewReader(res.Body)
	start, err := skipSpace(body)
	switch {
	case errors.Is(err, io.EOF):
		return Answer{}, &failure{kind: transient, err: ErrGarbled}
	case err != nil:
		return Answer{}, c.broken(ctx, err)
	case start == '<':
		return Answer{}, &failure{kind: wrongPath, err: ErrNoChat}
	}
	var r reply
	if start == '{' || start == '[' {
		err = r.readValues(body)
	} else {
		err = r.readStream(body)
	}
	if err != nil {
		return Answer{}, c.broken(ctx, err)
	}
	if r.choices && r.complaint == nil {
		c.foundChat(d.path)
		return r.answer(q, d)
	}
	return Answer{}, c.confused(&r, q, d)
}

// confused returns the failure of a response with status 200 that has no choice.
func (c *Client) confused(r *reply, q Question, d dialect) *failure {
	if r.complaint != nil {
		return c.classify(http.StatusOK, *r.complaint, q, d)
	}
	if !d.found && r.chunks == 0 && !r.unfinished {
		return &failure{kind: wrongPath, err: ErrNoChat} // neither JSON nor a stream
	}
	return &failure{kind: transient, err: ErrGarbled}
}

// skipSpace skips blanks and a byte order mark, and returns the first byte behind them.
func skipSpace(b *bufio.Reader) (byte, error) {
	for {
		c, err := b.ReadByte()
		if err != nil {
			return 0, err
		}
		if !strings.ContainsRune(" \t\r\n\xef\xbb\xbf", rune(c)) && c < 0x80 {
			return c, b.UnreadByte()
		}
	}
}

// readValues reads a completion, or a stream of values without a frame. It stops behind the first
// value that is whole, so a body without end does no harm.
func (r *reply) readValues(b *bufio.Reader) error {
	decoder := json.NewDecoder(b)
	for {
		var value json.RawMessage
		switch err := decoder.Decode(&value); {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, ErrTooLarge):
			return err
		case err != nil:
			var syntax *json.SyntaxError
			r.unfinished = true
			if errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF) {
				return nil
			}
			return err
		}
		if chunk := r.add(value, false); !chunk || r.done {
			return nil
		}
	}
}

// readStream reads server-sent events until the stream announces its end. Other text is skipped.
func (r *reply) readStream(b *bufio.Reader) error {
	lines := bufio.NewScanner(b)
	lines.Buffer(nil, maxBody)
	for !r.done && lines.Scan() {
		data, found := strings.CutPrefix(lines.Text(), "data:")
		if !found {
			continue
		}
		if data = strings.TrimSpace(data); data == "[DONE]" {
			r.done = true
		} else if json.Valid([]byte(data)) {
			r.add(json.RawMessage(data), true)
		} else {
			r.unfinished = true
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return ErrTooLarge
	}
	if lines.Err() != nil {
		return lines.Err()
	}
	// A stream that breaks off is no answer, unless its last chunk said why it ended.
	if r.chunks > 0 && !r.done && r.finish == "" {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// completion is a completion or a chunk of one. Each field is read apart, so that one of another
// type does not spoil the rest.
type completion struct {
	Choices json.RawMessage `json:"choices"`
	Usage   json.RawMessage `json:"usage"`
	Error   json.RawMessage `json:"error"`
}

// choice is a choice of a completion. Fields are read apart for the same reason.
type choice struct {
	Message json.RawMessage `json:"message"`
	Delta   json.RawMessage `json:"delta"`
	Text    json.RawMessage `json:"text"`
	Finish  json.RawMessage `json:"finish_reason"`
}

// message is a message of a choice.
type message struct {
	Content   json.RawMessage `json:"content"`
	Refusal   json.RawMessage `json:"refusal"`
	Reasoning json.RawMessage `json:"reasoning"`
	Thoughts  json.RawMessage `json:"reasoning_content"`
}

// add adds a value to the reply. It reports whether more may follow. Events of a stream that have
// neither a choice nor an error are skipped.
func (r *reply) add(value json.RawMessage, event bool) (chunk bool) {
	if value = bytes.TrimSpace(value); len(value) > 0 && value[0] == '[' {
		var list []json.RawMessage // some servers wrap an error in a list
		if json.Unmarshal(value, &list) == nil && len(list) > 0 {
			value = list[0]
		}
	}
	r.chunks++
	var c completion
	if json.Unmarshal(value, &c) != nil {
		return false
	}
	r.addUsage(c.Usage)
	var choices []choice
	none := json.Unmarshal(c.Choices, &choices) != nil || len(choices) == 0
	if present(c.Error) && (none || event) || !event && len(c.Choices) == 0 && !present(c.Usage) {
		said := readComplaint(value)
		r.complaint, r.done = &said, true
		return false
	}
	if none {
		return len(c.Choices) > 0 && present(c.Usage) // the last chunk may have the usage alone
	}
	r.choices = true
	first := choices[0]
	if finish := plain(first.Finish); finish != "" {
		r.finish = finish
	}
	r.text.WriteString(plain(first.Text))
	r.addMessage(first.Message)
	return r.addMessage(first.Delta)
}

// addMessage adds the text of a message, and reports whether there is a message.
func (r *reply) addMessage(raw json.RawMessage) bool {
	var m message
	if !present(raw) || json.Unmarshal(raw, &m) != nil {
		return false
	}
	r.reasoned = r.reasoned || plain(m.Reasoning) != "" || plain(m.Thoughts) != ""
	if text := content(m.Content); text != "" {
		r.text.WriteString(text)
	} else {
		r.text.WriteString(plain(m.Refusal))
	}
	return true
}

// content returns the text of a message's content: a string, or a list of parts.
func content(raw json.RawMessage) string {
	if text := plain(raw); text != "" {
		return text
	}
	var parts []struct {
		Type json.RawMessage `json:"type"`
		Text json.RawMessage `json:"text"`
	}
	if json.Unmarshal(raw, &parts) != nil {
		return ""
	}
	var b strings.Builder
	for _, part := range parts {
		switch plain(part.Type) {
		case "", "text", "output_text": // and not the model's thoughts
			b.WriteString(plain(part.Text))
		}
	}
	return b.String()
}

// plain returns a JSON string, or "" for any other value.
func plain(raw json.RawMessage) string {
	var s string
	_ = json.Unmarshal(raw, &s)
	return s
}

// present reports whether a JSON value says something.
func present(raw json.RawMessage) bool {
	switch string(bytes.TrimSpace(raw)) {
	case "", "null", "false", `""`, "{}", "[]":
		return false
	}
	return true
}
