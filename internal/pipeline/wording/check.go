package wording

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"bis/internal/pipeline"
)

// MaxCaption is how long a caption may be, in code points.
const MaxCaption = 300

// Refusal is why a text may not be said. Its parts go into the repair prompt;
// Found is a piece of the text and must not be logged.
type Refusal struct {
	Rule  string // from a fixed set: "not in the facts"
	Found string // the words that broke it; may be empty
}

func (r *Refusal) Error() string {
	if r.Found == "" {
		return r.Rule
	}
	return fmt.Sprintf("%q: %s", r.Found, r.Rule)
}

// The rules a text can break.
const (
	ruleEmpty    = "must not be empty"
	ruleLength   = "must be shorter"
	ruleLine     = "must be one line without control characters"
	ruleMarkup   = "must be plain text without links or markup"
	ruleLanguage = "must be written in the language asked for"
	ruleNumber   = "is not in the facts"
	rulePresence = "the facts do not say so about people"
	ruleTrait    = "was not measured"
	ruleEstimate = "must say that the count is an estimate"
)

// CheckCaption returns a *Refusal when a text says what the facts do not, or is
// no caption: not one plain line of at most MaxCaption code points in
// the style's language; a number, in digits or in words, that is no count of the
// facts, no step to the ones before and no given clock time; people told to be
// there or not, against the count or without one; a trait nobody measured. It
// would rather refuse a true sentence than pass a false one.
func CheckCaption(text string, in pipeline.CaptionInput, style Style) error {
	if err := checkForm(text, MaxCaption, style.Language); err != nil {
		return err
	}
	plain := strings.ToLower(norm.NFKC.String(text))
	c := claims{in: in, view: viewOf(in), raw: text, text: plain}
	for _, check := range []func() error{c.checkTraits, c.checkNumbers, c.checkPresence, c.checkEstimate} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// checkForm checks what does not need the facts.
func checkForm(text string, limit int, lang Language) error {
	switch {
	case strings.TrimSpace(text) == "":
		return &Refusal{Rule: ruleEmpty}
	case !utf8.ValidString(text):
		return &Refusal{Rule: ruleLine}
	case utf8.RuneCountInString(text) > limit:
		return &Refusal{Rule: ruleLength}
	case strings.ContainsFunc(text, isInvisible):
		return &Refusal{Rule: ruleLine}
	}
	if found := markup(text); found != "" {
		return &Refusal{Rule: ruleMarkup, Found: found}
	}
	return checkLanguage(text, lang)
}

// isInvisible tells of controls, line breaks, and of characters that hide or
// reorder what is read.
func isInvisible(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp)
}

// markup returns the first sign of a link or of markup.
func markup(text string) string {
	if i := strings.IndexAny(text, "<>{}[]|\\`*#_@"); i >= 0 {
		return text[i : i+1]
	}
	return linkPattern.FindString(strings.ToLower(norm.NFKC.String(text)))
}

// checkLanguage wants Korean to be half Hangul at least, because class and brand
// names may be Latin, and English to have none. Other scripts have no business in either.
func checkLanguage(text string, lang Language) error {
	hangul, latin := 0, 0
	for _, r := range norm.NFC.String(text) {
		switch {
		case unicode.Is(unicode.Hangul, r):
			hangul++
		case unicode.Is(unicode.Latin, r):
			latin++
		case unicode.IsLetter(r):
			return &Refusal{Rule: ruleLanguage, Found: string(r)}
		}
	}
	if lang == English && hangul == 0 && latin > 0 || lang != English && hangul > 0 && hangul >= latin {
		return nil
	}
	return &Refusal{Rule: ruleLanguage}
}

// claims checks what one text says of one set of facts.
type claims struct {
	in   pipeline.CaptionInput
	view view
	raw  string
	text string // raw in NFKC and lower case
}

// countsPeople tells whether something may be said about people at all.
func (c *claims) countsPeople() bool { return c.view.situation == counted }

func (c *claims) checkTraits() error {
	if m := traitPattern.FindString(c.text); m != "" {
		return &Refusal{Rule: ruleTrait, Found: strings.TrimSpace(m)}
	}
	return nil
}

// checkPresence compares what is said of people without a number.
func (c *claims) checkPresence() error {
	n, known := c.view.people, c.countsPeople()
	for _, claim := range []struct {
		said string
		ok   bool
	}{
		{saysAbsence(c.text), known && n == 0},
		{saysPresence(c.text), known && n > 0},
		{manyPattern.FindString(c.text), known && n > 1},
	} {
		if claim.said != "" && !claim.ok {
			return &Refusal{Rule: rulePresence, Found: strings.TrimSpace(claim.said)}
		}
	}
	return nil
}

func (c *claims) checkEstimate() error {
	if c.in.Facts.Estimate && c.countsPeople() && !hedgePattern.MatchString(c.text) {
		return &Refusal{Rule: ruleEstimate}
	}
	return nil
}
