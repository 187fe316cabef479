package model

import (
	"encoding/json"
	"regexp"
	"strings"
)

// thought matches the tags around reasoning that models write into their answer.
var thought = regexp.MustCompile(
	`(?i)<\s*/?\s*(?:think|thinking|thought|thoughts|reason|reasoning|reflection|analysis|scratchpad)(?:\s[^<>]*)?>` +
		`|\[/?THINK\]|◁/?think▷|<\|/?(?:begin|end)_of_thought\|>`)

// channel matches the marks of a model that writes its reasoning into a channel. What follows the
// last mark of the final channel is the answer.
var channel = regexp.MustCompile(`(?s)^.*<\|channel\|>\s*final\s*(?:<\|[a-z]+\|>)?`)

// mark matches marks of a chat's form that a server left in an answer.
var mark = regexp.MustCompile(`<\|(?:end|return|im_end|eot_id|endoftext|message|start)\|>`)

// fenced matches a Markdown block, which may lack its end.
var fenced = regexp.MustCompile("(?s)(?:```|~~~)[a-zA-Z0-9_+-]*[ \\t]*\\r?\\n?(.*?)(?:```|~~~|$)")

// stripped returns an answer without reasoning and without a fence around it.
func stripped(text string) string {
	text = withoutThoughts(channel.ReplaceAllString(text, ""))
	if strings.Contains(text, "<|channel|>") {
		return "" // reasoning alone
	}
	text = strings.TrimSpace(mark.ReplaceAllString(text, ""))
	if strings.HasPrefix(text, "```") || strings.HasPrefix(text, "~~~") {
		if m := fenced.FindStringSubmatchIndex(text); m != nil && m[1] == len(text) {
			text = text[m[2]:m[3]]
		}
	}
	return strings.TrimSpace(text)
}

// withoutThoughts returns a text without the reasoning between its tags. A closing tag alone ends
// reasoning that began with the text; an opening tag alone begins some that did not end.
func withoutThoughts(text string) string {
	var b strings.Builder
	depth, at := 0, 0
	for _, tag := range thought.FindAllStringIndex(text, -1) {
		if depth == 0 {
			b.WriteString(text[at:tag[0]])
		}
		switch at = tag[1]; {
		case !closing(text[tag[0]:tag[1]]):
			depth++
		case depth > 0:
			depth--
		default:
			b.Reset()
		}
	}
	if depth == 0 {
		b.WriteString(text[at:])
	}
	return b.String()
}

// closing reports whether a tag ends reasoning.
func closing(tag string) bool {
	return strings.ContainsAny(tag, "/") || strings.Contains(tag, "end_of")
}

// maxObjects bounds the places at which an object may begin.
const maxObjects = 16

// object returns the first JSON object in a text with words or fences around it. It reports whether
// there is one.
func object(text string) (string, bool) {
	for range maxObjects {
		i := strings.IndexByte(text, '{')
		if i < 0 {
			return "", false
		}
		text = text[i:]
		var value json.RawMessage
		if json.NewDecoder(strings.NewReader(text)).Decode(&value) == nil {
			return string(value), true
		}
		text = text[1:]
	}
	return "", false
}
