package wording

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// errGarbled means that an answer has no text in the expected form. It is final: the template
// writes, without a repair.
var errGarbled = errors.New("garbled answer")

// readCaption returns the caption in an answer. Its error is errGarbled or a *Refusal.
func readCaption(answer string, in pipeline.CaptionInput, style Style) (string, error) {
	text, err := unwrap(answer, "caption")
	if err != nil {
		return "", err
	}
	text = strings.Join(strings.Fields(text), " ") // a line break alone is not a fault of a caption
	if text == "" {
		return "", errGarbled
	}
	return text, CheckCaption(text, in, style)
}

var (
	// thinking is the reasoning that some models write before the answer.
	thinking = regexp.MustCompile(`(?s)^\s*<think>.*?</think>`)
	// fence is a Markdown code block; its group is the content.
	fence = regexp.MustCompile("(?s)```[a-zA-Z]*\\s*\\n?(.*?)```")
)

// unwrap returns the text in an answer: the named field of its JSON object. It allows what models
// often add: reasoning before the object, a code fence around it, words around it, or plain text
// instead of it. A broken object is errGarbled. Characters that reorder the text on a screen are
// removed.
func unwrap(answer, field string) (string, error) {
	answer = thinking.ReplaceAllString(norm.NFC.String(answer), "")
	if m := fence.FindStringSubmatch(answer); m != nil {
		answer = m[1]
	}
	answer = strings.TrimSpace(answer)
	i := strings.Index(answer, "{")
	if i < 0 {
		return briefing.WithoutTurns(strings.Trim(answer, `"“”'‘’ `)), nil
	}
	var object map[string]json.RawMessage
	if err := json.NewDecoder(strings.NewReader(answer[i:])).Decode(&object); err != nil {
		return "", errGarbled
	}
	var text string
	if err := json.Unmarshal(object[field], &text); err != nil {
		return "", errGarbled
	}
	return strings.TrimSpace(briefing.WithoutTurns(text)), nil
}
