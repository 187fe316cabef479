package sheet

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of an answer.
const (
	MaxAnswer   = 64 << 10 // bytes; a longer answer is no sheet
	maxRejected = 120      // lines that Read returns as rejected
	maxObjects  = 8        // places in an answer at which Read expects a sheet
	maxBraces   = 4        // braces before such a place at which its object may start
)

// ErrNoSheet is the error of an answer without a sheet.
var ErrNoSheet = errors.New("the answer has no sheet")

// Rejected is a line of an answer that was refused.
type Rejected struct {
	Key   Key    `json:"key"`
	Line  string `json:"line"`
	Rule  string `json:"rule"`
	Found string `json:"found"`
}

// answer is the JSON that a model was asked for. Each key is read by itself, so that one of another
// type does not spoil the others.
type answer struct {
	Sheet   map[string]json.RawMessage `json:"sheet"`
	Counter json.RawMessage            `json:"counter"`
	Numbers json.RawMessage            `json:"numbers"`
}

// Read reads the answer of a model. The JSON may be in a fence, behind a text or behind reasoning.
// Unknown keys are ignored, and so are lines beyond MaxLines. Lines that the grammar refuses are in
// rejected. The error is ErrNoSheet if nothing was understood; a sheet without one good line is no
// error, because a repair call may mend it.
func Read(text, language string) (Sheet, []Rejected, error) {
	s := Sheet{Language: language, Base: Polite, Lines: map[Key][]string{}}
	if len(text) > MaxAnswer || Languages[language] == "" {
		return s, nil, ErrNoSheet
	}
	a, ok := find(text)
	if !ok {
		return s, nil, ErrNoSheet
	}
	s.Counter = oneOf(a.Counter, "명", "분")
	s.Numbers = oneOf(a.Numbers, "digits", "words")
	if language != "ko" {
		s.Counter = ""
	}
	var rejected []Rejected
	for _, name := range slices.Sorted(maps.Keys(a.Sheet)) {
		key := Key(name)
		if _, ok := Definitions[key]; !ok {
			continue
		}
		for _, line := range linesOf(a.Sheet[name]) {
			good, err := Check(language, key, line)
			switch r := (*Refusal)(nil); {
			case errors.As(err, &r) && len(rejected) < maxRejected:
				rejected = append(rejected, Rejected{key, clip(line), r.Rule, clip(r.Found)})
			case err == nil && !slices.Contains(s.Lines[key], good):
				s.Lines[key] = append(s.Lines[key], good)
				if Hedges(language, key, good) {
					s.Doubts = append(s.Doubts, good)
				}
			}
		}
	}
	return s, rejected, nil
}

// Merge returns the sheet with the lines of another for the keys that it has no lines of. A repair
// call gives the other.
func (s Sheet) Merge(other Sheet) Sheet {
	merged := s
	merged.Lines = maps.Clone(s.Lines)
	for key, lines := range other.Lines {
		if len(merged.Lines[key]) == 0 {
			merged.Lines[key] = lines
		}
	}
	merged.Doubts = slices.Concat(s.Doubts, other.Doubts)
	return merged
}

// find returns the last sheet in a text: reasoning, which may hold drafts, comes first. The object
// starts at a brace before "sheet". An answer that is the inside of a sheet alone is a sheet too.
func find(text string) (found answer, ok bool) {
	for end, tried := len(text), 0; tried < maxObjects; tried++ {
		at := strings.LastIndex(text[:end], `"sheet"`)
		if at < 0 {
			break
		}
		for from, back := at, 0; back < maxBraces; back++ {
			if from = strings.LastIndexByte(text[:from], '{'); from < 0 {
				break
			}
			if a, ok := object(text[from:]); ok {
				return a, true
			}
		}
		end = at
	}
	if from := strings.IndexByte(text, '{'); from >= 0 {
		var inside map[string]json.RawMessage
		if json.NewDecoder(strings.NewReader(text[from:])).Decode(&inside) == nil {
			for key := range inside {
				_, known := Definitions[Key(key)]
				ok = ok || known
			}
		}
		return answer{Sheet: inside}, ok
	}
	return answer{}, false
}

// object reads a sheet from the start of a text. What follows it is free.
func object(text string) (a answer, ok bool) {
	err := json.NewDecoder(strings.NewReader(text)).Decode(&a)
	return a, err == nil && a.Sheet != nil
}

// oneOf returns a value of JSON if it is one of the allowed strings, and else "".
func oneOf(raw json.RawMessage, allowed ...string) string {
	var s string
	if json.Unmarshal(raw, &s) != nil || !slices.Contains(allowed, s) {
		return ""
	}
	return s
}

// linesOf returns the lines of a key, at most MaxLines: a list of strings, or one string.
func linesOf(raw json.RawMessage) []string {
	var one string
	if json.Unmarshal(raw, &one) == nil && one != "" {
		return []string{one}
	}
	var list []json.RawMessage
	_ = json.Unmarshal(raw, &list)
	var lines []string
	for _, item := range list[:min(len(list), MaxLines)] {
		if one = ""; json.Unmarshal(item, &one) == nil && one != "" {
			lines = append(lines, one)
		}
	}
	return lines
}

// clip returns at most MaxLine characters of a text, without control characters.
func clip(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F || r == utf8.RuneError {
			return ' '
		}
		return r
	}, text)
	if r := []rune(text); len(r) > MaxLine {
		return string(r[:MaxLine])
	}
	return text
}

// reasons say to a model why a line was refused.
var reasons = map[string]string{
	RuleEmpty:     "the line has no words",
	RuleLong:      "the line is too long",
	RuleCharacter: "this character is not allowed",
	RuleDigit:     "digits stand in slots only",
	RuleEmoji:     "one of the listed emoji at most",
	RuleSlot:      "each slot of the key once, and no other",
	RuleForm:      "these words add to the meaning or are not plain enough",
}

// Repair returns the user's turn of the one call that asks for other lines in place of the rejected
// ones, and for lines of keys without any. It goes behind the request and the first answer. The
// rejected lines are JSON strings.
func Repair(rejected []Rejected, missing ...Key) string {
	var b strings.Builder
	if len(rejected) > 0 {
		b.WriteString("Some lines cannot be used. Write simpler lines for these keys, in the same style, " +
			"closer to the meaning of the key and with common words.\n\nREFUSED\n")
		for _, r := range rejected {
			fmt.Fprintf(&b, "%s %s: %s at %s\n", r.Key, asJSON(r.Line), reasons[r.Rule], asJSON(r.Found))
		}
		b.WriteString("END OF REFUSED\n\n")
	}
	if len(missing) > 0 {
		fmt.Fprintf(&b, "These keys have no line yet. Write lines for them in the same style: %s\n\n",
			strings.Trim(fmt.Sprint(missing), "[]"))
	}
	b.WriteString("Answer with JSON only, with these keys alone: " +
		`{"sheet": {"some": ["..."]}}` + "\n")
	return b.String()
}
