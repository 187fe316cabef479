package briefing

import (
	"fmt"
	"time"
	"unicode"
	"unicode/utf8"
)

// Limits on names and style lines. Older data that breaks them can still be read.
const (
	MaxUsernameLen   = 64  // code points
	MaxCustomLines   = 10  // lines
	MaxCustomLineLen = 200 // code points of a line
)

// User is the owner of a shop.
type User struct {
	ID       UserID
	Username string   // as stored: its NameKey, unless it is older than that rule
	Custom   []string // style instructions for captions, never nil when read from a store
	// SeenAt is the time up to which the user has seen the briefings; nil: the user never said it.
	SeenAt *time.Time
}

// DefaultCustom returns the style lines of a new user: speak Korean, politely, briefly. There are
// three because the old phone app reads three entries of every list that is not empty.
func DefaultCustom() []string {
	return []string{"한국어로 말해줘", "공손하게 말해줘", "간단명료하게 말해줘"}
}

// LoginOutcome says whether a login made the user or found it.
type LoginOutcome string

// The outcomes of a login.
const (
	Signup LoginOutcome = "SIGNUP" // the user is new
	Login  LoginOutcome = "LOGIN"  // the user was there
)

// DeleteUser is an order to delete everything about a user.
type DeleteUser struct {
	Username string
	At       time.Time // the end of requests that are active
	Skipped  Skips     // the ticks of the active requests that their schedule has skipped
}

// Deleted says what was deleted.
type Deleted struct {
	Requests  []RequestID
	Briefings int
}

// CheckUsername returns an InvalidError on field "username" unless the NameKey of the name has 1 to
// MaxUsernameLen code points of valid UTF-8, no control characters, no invisible characters, and
// none that change the direction of the text.
func CheckUsername(name string) error {
	if len(name) > MaxNameBytes { // before anything whose cost grows with the name
		return errLongName()
	}
	name = NameKey(name)
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		return Invalid("username", "must not be empty")
	case !utf8.ValidString(name):
		return Invalid("username", "must be valid UTF-8")
	case n > MaxUsernameLen:
		return errLongName()
	case hasControl(name):
		return Invalid("username", "must not contain control characters")
	case hasHidden(name):
		return Invalid("username", "must not contain invisible or bidirectional characters")
	}
	return nil
}

func errLongName() error {
	return Invalid("username", "must have at most %d characters", MaxUsernameLen)
}

// CheckCustom returns an InvalidError on field "custom" unless there are at most MaxCustomLines
// lines, each of valid UTF-8 with at most MaxCustomLineLen code points, no control characters, no
// separators of lines or paragraphs, and none that change the direction of the text. An empty list
// is allowed.
func CheckCustom(lines []string) error {
	if err := CheckOldCustom(lines); err != nil {
		return err
	}
	for i, line := range lines {
		if hasSeparator(line) {
			return errTurn("custom", fmt.Sprintf("line %d ", i+1))
		}
	}
	return nil
}

// errTurn refuses a text that WithoutTurns would change. where names a part of the field.
func errTurn(field, where string) error {
	return Invalid(field, "%smust not contain bidirectional characters or line separators", where)
}

// CheckOldCustom is CheckCustom without the rule on separators. The old callers must read back what
// they wrote, byte for byte.
func CheckOldCustom(lines []string) error {
	if len(lines) > MaxCustomLines {
		return Invalid("custom", "must have at most %d lines", MaxCustomLines)
	}
	for i, line := range lines {
		switch {
		case longerThan(line, MaxCustomLineLen):
			return Invalid("custom", "line %d must have at most %d characters",
				i+1, MaxCustomLineLen)
		case !utf8.ValidString(line):
			return Invalid("custom", "line %d must be valid UTF-8", i+1)
		case hasControl(line):
			return Invalid("custom", "line %d must not contain control characters", i+1)
		case hasBidi(line):
			return errTurn("custom", fmt.Sprintf("line %d ", i+1))
		}
	}
	return nil
}

// longerThan reports whether s has more than n code points. Its cost is bounded by n.
func longerThan(s string, n int) bool {
	return len(s) > n && (len(s) > n*utf8.UTFMax || utf8.RuneCountInString(s) > n)
}

func hasControl(s string) bool {
	for _, r := range s {
		if unicode.IsControl(r) {
			return true
		}
	}
	return false
}
