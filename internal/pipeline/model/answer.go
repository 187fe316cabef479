package model

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"bis/internal/briefing"
)

// answer returns the answer of a reply to a question.
func (r *reply) answer(q Question, d dialect) (Answer, *failure) {
	text := stripped(r.text.String())
	usage := r.cost(q)
	cut := r.finish == "length" || r.finish == "max_tokens" || r.finish == "MAX_TOKENS"
	if q.JSON {
		if object, ok := object(text); ok {
			text, cut = object, false
		}
	}
	switch {
	case text == "" && (cut || r.text.Len() > 0 && r.finish == ""), cut && q.JSON:
		f := &failure{kind: tooFew, err: ErrEmpty, usage: usage}
		if len(text) <= d.mostBytes(q) {
			f.cut = text
		}
		return Answer{}, f
	case text == "":
		// Text in the reasoning alone is not an answer: it was not written for the reader.
		return Answer{}, &failure{err: ErrEmpty, usage: usage}
	case len(text) > d.mostBytes(q):
		return Answer{}, &failure{err: ErrTooLarge, usage: usage}
	}
	return Answer{Text: text, Cut: cut, Usage: usage}, nil
}

// mostBytes returns the most bytes of an answer's text.
func (d *dialect) mostBytes(q Question) int {
	return max(maxAnswer, bytesPerToken*d.tokens(q.MaxTokens))
}

// cost returns the tokens of a reply. Those that were not reported are estimated.
func (r *reply) cost(q Question) briefing.Usage {
	u := r.usage
	if u.InputTokens == 0 {
		u.InputTokens, u.Estimated = q.input(), true
	}
	if u.OutputTokens == 0 {
		u.OutputTokens, u.Estimated = max(1, tokens(r.text.String())), true
	}
	return u
}

// addUsage adds the reported tokens. In a stream the last report counts, because it covers all.
func (r *reply) addUsage(raw json.RawMessage) {
	var u struct {
		Prompt     json.RawMessage `json:"prompt_tokens"`
		Completion json.RawMessage `json:"completion_tokens"`
		Input      json.RawMessage `json:"input_tokens"`
		Output     json.RawMessage `json:"output_tokens"`
	}
	if !present(raw) || json.Unmarshal(raw, &u) != nil {
		return
	}
	if n := max(count(u.Prompt), count(u.Input)); n > 0 {
		r.usage.InputTokens = n
	}
	if n := max(count(u.Completion), count(u.Output)); n > 0 {
		r.usage.OutputTokens = n
	}
}

// count returns a number of tokens, as a number or a string, or 0 if it is absurd.
func count(raw json.RawMessage) int {
	n, err := strconv.ParseFloat(strings.Trim(string(raw), `" `), 64)
	if err != nil || !(n > 0 && n < 1e9) {
		return 0
	}
	return int(math.Ceil(n))
}
