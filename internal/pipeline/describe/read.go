package describe

import (
	"encoding/json"
	"errors"
	"strings"
	"unicode"
)

// maxObjects bounds the places in an answer at which an object may begin.
const maxObjects = 16

// answer is the JSON that a model was asked for.
type answer struct{ Description, Question string }

// errUnusable is the error of an answer of which nothing can be shown because the model declined,
// wrote another language, or wrote no text.
var errUnusable = errors.New("the answer is of no use")

// read reads the answer of a model. It may be a JSON object, also behind or in front of a text, or
// a plain text, which is then the description. A field of another type is empty.
func read(text string) answer {
	text = strings.TrimSpace(text[:min(len(text), maxAnswer)])
	for from, tries := 0, 0; from < len(text) && tries < maxObjects; from, tries = from+1, tries+1 {
		at := strings.IndexByte(text[from:], '{')
		if at < 0 {
			break
		}
		from += at
		var fields map[string]json.RawMessage
		if json.NewDecoder(strings.NewReader(text[from:])).Decode(&fields) != nil {
			continue
		}
		return answer{Description: textOf(fields["description"]), Question: textOf(fields["question"])}
	}
	if strings.HasPrefix(text, "{") { // JSON that was cut
		return answer{}
	}
	return answer{Description: text}
}

// textOf returns a string of JSON, or a list of strings as one, and else "".
func textOf(raw json.RawMessage) string {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return one
	}
	var list []string
	if json.Unmarshal(raw, &list) == nil {
		return strings.Join(list, "\n")
	}
	return ""
}

// evaluate returns what may be shown of an answer. The error is errUnusable.
func evaluate(text, language string) (said, error) {
	a := read(text)
	s := check(a, language)
	all := a.Description + " " + a.Question
	switch {
	case !s.empty():
		return s, nil
	case strings.TrimSpace(all) == "":
		if isEmptyAnswer(text) {
			return s, nil // there is nothing to say
		}
		s.refuse(keyDescription, text, RuleGarbled)
		return s, errUnusable
	case foreign(all, language):
		s.refused = nil
		s.refuse(keyDescription, strings.TrimSpace(all), RuleLanguage)
		return s, errUnusable
	case !strings.ContainsFunc(all, unicode.IsLetter):
		return s, errUnusable
	}
	for _, r := range s.refused {
		if r.Rule == RuleRefusal || r.Rule == RuleGarbled || r.Rule == RuleReasoning {
			return s, errUnusable
		}
	}
	return s, nil
}

// isEmptyAnswer reports whether an answer is JSON whose texts are empty.
func isEmptyAnswer(text string) bool {
	var fields map[string]any
	at := strings.IndexByte(text, '{')
	if at < 0 || json.NewDecoder(strings.NewReader(text[at:])).Decode(&fields) != nil {
		return false
	}
	_, described := fields["description"].(string)
	_, none := fields["description"]
	return described || none && fields["description"] == nil
}
