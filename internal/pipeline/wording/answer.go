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

// errGarbled says that an answer holds no text that could be meant.
var errGarbled = errors.New("garbled answer")

// readCaption takes the caption out of an answer and checks it.
func readCaption(answer string, in pipeline.CaptionInput, style Style) (string, error) {
	text, err := unwrap(answer, "caption")
	if err != nil {
		return "", err
	}
	text = strings.Join(strings.Fields(text), " ") // a line break is no reason to refuse a caption
	if text == "" {
		return "", errGarbled
	}
	return text, CheckCaption(text, in, style)
}

var (
	thinking = regexp.MustCompile(`(?s)^\s*<think>.*?</think>`)
	fence    = regexp.MustCompile("(?s)```[a-zA-Z]*\\s*\\n?(.*?)```")
)

// unwrap forgives what models do around the JSON they are asked for: thoughts before it, fences
// around it, words after it, or plain text in its place. Something that begins as JSON and is none
// is garbled. What would turn the text around is left out.
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
