package sqlite

import (
	"encoding/json"

	"bis/internal/briefing"
)

// words is the stored form of what a briefing says besides its caption, and how that was made. The
// names stay.
type words struct {
	Headline    string          `json:"headline,omitempty"`
	Description string          `json:"description,omitempty"`
	Question    string          `json:"question,omitempty"`
	Made        *briefing.Made  `json:"made,omitempty"`
	Usage       *briefing.Usage `json:"usage,omitempty"`
}

// jsonParts are the columns of a briefing that are JSON.
type jsonParts struct {
	facts, words string
}

// marshalParts returns the JSON of a briefing. A briefing without words has an empty text of them.
func marshalParts(b *briefing.Briefing) (jsonParts, error) {
	facts, err := json.Marshal(&b.Facts)
	if err != nil {
		return jsonParts{}, err
	}
	w := words{b.Headline, b.Description, b.Question, b.Made, b.Usage}
	if w == (words{}) {
		return jsonParts{facts: string(facts)}, nil
	}
	text, err := json.Marshal(&w)
	return jsonParts{facts: string(facts), words: string(text)}, err
}

// readWords reads the text of words into a briefing.
func readWords(text string, b *briefing.Briefing) error {
	if text == "" {
		return nil
	}
	var w words
	err := json.Unmarshal([]byte(text), &w)
	b.Headline, b.Description, b.Question, b.Made, b.Usage = w.Headline, w.Description, w.Question, w.Made, w.Usage
	return err
}
