package wording

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"bis/internal/pipeline"
)

// MaxCaption is the greatest length of a caption in code points. Models are asked for 200.
const MaxCaption = 300

// Refusal is the reason why the checker refuses a text. Both fields go into the repair prompt.
// Only Rule may be logged.
type Refusal struct {
	Rule  string // one of a fixed set, such as "is not in the facts"
	Found string // the words that broke the rule; empty if none can be named
}

// Error returns the words and the rule. It quotes the text, so it must not be logged.
func (r *Refusal) Error() string {
	if r.Found == "" {
		return r.Rule
	}
	return fmt.Sprintf("%q: %s", r.Found, r.Rule)
}

// The rules that a text can break.
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

// CheckCaption returns a *Refusal if a text states more than the facts, or is not a caption, and
// nil otherwise. It refuses a text that
//
//   - is not one plain line of 1 to MaxCaption code points in the style's language;
//   - names a trait of people, such as age or sex;
//   - contains a number, in digits or in words, that is neither a count of the facts, nor a step
//     from the previous counts, nor a clock time of the facts;
//   - states that people are there, or that nobody is, against the count or without one;
//   - does not mark an estimate as an estimate.
//
// It prefers refusing a true sentence to passing a false one. The reasons come in this order, and
// the first one is returned.
func CheckCaption(text string, in pipeline.CaptionInput, style Style) error {
	if err := checkForm(text, MaxCaption, style.Language); err != nil {
		return err
	}
	plain := strings.ToLower(norm.NFKC.String(text))
	c := claims{in: in, view: viewOf(in), raw: text, text: plain}
	for _, check := range []func() error{
		c.checkTraits, c.checkNumbers, c.checkPresence, c.checkEstimate,
	} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// checkForm checks the rules that need no facts: length, characters, markup and language. limit is
// in code points.
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

// isInvisible reports whether r is a control character, a line break, or a character that hides or
// reorders the text around it.
func isInvisible(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp)
}

// markup returns the first sign of markup or of a link in a text, or "".
func markup(text string) string {
	if i := strings.IndexAny(text, "<>{}[]|\\`*#_@"); i >= 0 {
		return text[i : i+1]
	}
	return linkPattern.FindString(strings.ToLower(norm.NFKC.String(text)))
}

// checkLanguage requires at least half of the letters of a Korean text to be Hangul: names of
// classes and brands may be Latin. An English text must contain no Hangul. Letters of any other
// script are refused in both.
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

// claims compares one text with the facts of one run.
type claims struct {
	in   pipeline.CaptionInput
	view view
	raw  string // the text as the model wrote it
	text string // raw in NFKC and lower case
}

// countsPeople reports whether a text may state anything about the presence of people.
func (c *claims) countsPeople() bool { return c.view.situation == counted }

// checkTraits refuses words for what nobody measures: sex, age, origin, relation or role.
func (c *claims) checkTraits() error {
	if m := traitPattern.FindString(c.text); m != "" {
		return &Refusal{Rule: ruleTrait, Found: strings.TrimSpace(m)}
	}
	return nil
}

// checkPresence refuses statements about people without a number that the count contradicts:
// nobody, somebody, many. Without a count of people it refuses all three.
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

// checkEstimate refuses a text about an estimated count that does not call it an estimate.
func (c *claims) checkEstimate() error {
	if c.in.Facts.Estimate && c.countsPeople() && !hedgePattern.MatchString(c.text) {
		return &Refusal{Rule: ruleEstimate}
	}
	return nil
}
