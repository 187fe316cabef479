package model

import (
	"bytes"
	"image/jpeg"
	"unicode/utf8"

	"bis/internal/briefing"
)

// Question is what a model is asked.
type Question struct {
	// Rules are the system message. A model without one gets them before the first turn.
	Rules string
	// Turns alternate between user and assistant. The first and the last are the user's.
	Turns []string
	// Pictures are JPEG. They follow the text of the last turn.
	Pictures [][]byte
	// Tail is text of the last turn behind the pictures. Empty means none.
	Tail string
	// JSON asks for a JSON object. The answer's text is then the first object in it, if it has one.
	// An object that the limit of tokens has cut is asked for again with a higher limit, and is the
	// answer if that gives none.
	JSON bool
	// MaxTokens bounds the answer, including the model's reasoning. Zero means 1,024.
	MaxTokens int
	// Attempts bounds the HTTP requests. Zero means MaxAttempts, which is also the most.
	Attempts int
	// Before is called before each HTTP request. Its error ends the question and is returned.
	// Nil means no call.
	Before func() error
	// HandOver says that another provider stands behind this one. Then a server that limits the
	// rate, and one that is too slow, is not asked again.
	HandOver bool
}

// Answer is what a model answered.
type Answer struct {
	// Model is the model that answered. Empty means that none did.
	Model string
	// Picked says that the client has picked the model, because the owner named none.
	Picked bool
	// Text is trimmed. It has no reasoning and no Markdown fence around it. It may be a refusal.
	Text string
	// Cut says that the model stopped at the limit of tokens.
	Cut bool
	// Usage is what the question cost, also if it failed.
	Usage briefing.Usage
}

// input estimates the tokens of a question.
func (q Question) input() int {
	n := tokens(q.Rules) + tokens(q.Tail)
	for _, turn := range q.Turns {
		n += tokens(turn)
	}
	for _, picture := range q.Pictures {
		n += pictureTokens(picture)
	}
	return n
}

// tokens estimates the tokens of a text: about four ASCII letters make one, and about one letter of
// another script.
func tokens(text string) int {
	letters := utf8.RuneCountInString(text)
	ascii := 0
	for i := range len(text) {
		if text[i] < utf8.RuneSelf {
			ascii++
		}
	}
	return letters - ascii + (ascii+3)/4
}

// pictureTokens estimates the tokens of a picture as several vendors count them: by squares of 512
// pixels.
func pictureTokens(picture []byte) int {
	size, err := jpeg.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return 85
	}
	return 85 + 170*((size.Width+511)/512)*((size.Height+511)/512)
}
