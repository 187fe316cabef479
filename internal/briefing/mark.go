package briefing

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mark is what an owner says about a briefing.
type Mark struct {
	Wrong bool
	Note  string // what is wrong; empty unless Wrong
}

// MaxNoteLen is the most code points of a note.
const MaxNoteLen = 500

// NewMark returns a mark whose note is one line, without spaces around it, without control
// characters and without characters that change the direction of the text. A note that is still
// longer than MaxNoteLen is an InvalidError on field "note". A mark that is taken back has no note.
func NewMark(wrong bool, note string) (Mark, error) {
	note = cleanNote(note)
	if utf8.RuneCountInString(note) > MaxNoteLen {
		return Mark{}, Invalid("note", "must have at most %d characters", MaxNoteLen)
	}
	if !wrong {
		note = ""
	}
	return Mark{Wrong: wrong, Note: note}, nil
}

// cleanNote returns a note as one line. Line breaks and tabs become spaces.
func cleanNote(note string) string {
	note = WithoutTurns(strings.ToValidUTF8(note, "\uFFFD"))
	note = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, note)
	return strings.Join(strings.Fields(note), " ")
}
