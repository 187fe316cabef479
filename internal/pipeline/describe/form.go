package describe

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"bis/internal/pipeline/wording/hangul"
)

// sentences returns the sentences of a text. A line break ends a sentence, and so does a full stop
// or a similar sign with a blank or the end behind it.
func sentences(text string) []string {
	var list []string
	var b strings.Builder
	end := func() {
		if s := strings.Join(strings.Fields(b.String()), " "); s != "" {
			list = append(list, s)
		}
		b.Reset()
	}
	runes := []rune(norm.NFC.String(text))
	for i, r := range runes {
		if r == '\n' || r == '\r' {
			end()
			continue
		}
		b.WriteRune(r)
		if strings.ContainsRune(".!?…。", r) && (i+1 == len(runes) || unicode.IsSpace(runes[i+1])) {
			end()
		}
	}
	end()
	return list
}

// form returns the rule that the characters of a sentence break, or "".
func form(sentence, language string) string {
	for _, r := range sentence {
		switch {
		case r == unicode.ReplacementChar || r != ' ' && !unicode.IsGraphic(r):
			return RuleGarbled
		case unicode.IsDigit(r) || unicode.IsNumber(r):
			return nameOf(sentence, RuleNumber)
		case unicode.IsLetter(r) && !isOf(r, language):
			return RuleScript
		case unicode.IsLetter(r), r == ' ', strings.ContainsRune(".,!?;…", r):
		case language == "en" && strings.ContainsRune("'’-", r):
		default:
			return nameOf(sentence, RuleMarkup)
		}
	}
	return ""
}

// isOf reports whether a letter belongs to a language. Korean has Latin letters in a few names.
func isOf(r rune, language string) bool {
	latin := r < unicode.MaxASCII && unicode.IsLetter(r)
	return latin || language == "ko" && hangul.IsSyllable(r)
}

// foreign reports whether a text is in another language: most of its letters belong to another
// script.
func foreign(text, language string) bool {
	own, others := 0, 0
	for _, r := range text {
		switch {
		case !unicode.IsLetter(r):
		case language == "ko" && hangul.IsSyllable(r), language == "en" && isOf(r, "en"):
			own++
		default:
			others++
		}
	}
	return others > own
}
