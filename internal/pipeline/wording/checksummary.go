package wording

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// CheckSummary returns a *Refusal when a text names a number that the report it
// rewords does not name with that unit, tells a trait nobody measured, or is not plain text
// of at most MaxSummary code points in that language. Line breaks are allowed.
func CheckSummary(text, report string, lang Language) error {
	flat := strings.ReplaceAll(text, "\n", " ")
	if err := checkForm(flat, MaxSummary, lang); err != nil {
		return err
	}
	plain := strings.ToLower(norm.NFKC.String(text))
	if m := traitPattern.FindString(plain); m != "" {
		return &Refusal{Rule: ruleTrait, Found: strings.TrimSpace(m)}
	}
	known := make(map[figure]bool)
	for _, f := range figuresIn(strings.ToLower(norm.NFKC.String(report))) {
		known[f] = true
		known[figure{value: f.value}] = true // a number without a unit may be any of them
	}
	for _, f := range figuresIn(plain) {
		if !known[f] {
			return &Refusal{Rule: ruleNumber, Found: f.value + f.unit}
		}
	}
	return nil
}

// figure is a number with the kind of thing it counts.
type figure struct{ value, unit string }

// units are kinds by what follows a number, in both languages.
var units = []struct {
	unit string
	re   *regexp.Regexp
}{
	{"명", regexp.MustCompile(`^ ?(?:명|인|사람|people|persons?|customers?|visitors?|guests?)`)},
	{"%", regexp.MustCompile(`^ ?(?:%|퍼센트|percent)`)},
	{"시간", regexp.MustCompile(`^ ?(?:시간|hours?|hrs?)`)},
	{"시", regexp.MustCompile(`^ ?(?:시|o'clock|[ap]\.?m)`)},
	{"분", regexp.MustCompile(`^ ?(?:분|minutes?|mins?)`)},
	{"회", regexp.MustCompile(`^ ?(?:회|번|건|차례|(?:of the )?(?:planned |counted )?(?:samples?|times?|briefings?|checks?))`)},
}

var listMarker = regexp.MustCompile(`(?m)^[ \t]*(?:\d{1,2}[.)]|[-•])[ \t]+`)

// figuresIn finds the numbers of a summary. Markers of numbered lists are none.
func figuresIn(text string) []figure {
	text = listMarker.ReplaceAllString(text, "")
	var found []figure
	for _, n := range numbersIn(text) {
		value := n.digits
		if value == "" {
			value = strconv.Itoa(n.value)
		}
		f := figure{value: strings.ReplaceAll(value, ",", "")}
		for _, u := range units {
			if u.re.MatchString(text[n.to:]) {
				f.unit = u.unit
				break
			}
		}
		found = append(found, f)
	}
	return found
}

// readSummary takes the summary out of an answer and checks it. The marks that models
// put around headings are taken away rather than refused.
func readSummary(answer, report string, lang Language) (string, error) {
	text, err := unwrap(answer, "summary")
	if err != nil {
		return "", err
	}
	text = headings.ReplaceAllString(strings.ReplaceAll(text, "\r\n", "\n"), "$1")
	text = strings.ReplaceAll(text, "**", "")
	text = strings.TrimSpace(text)
	if text == "" {
		return "", errGarbled
	}
	return text, CheckSummary(text, report, lang)
}

var headings = regexp.MustCompile(`(?m)^[ \t]*#{1,6}[ \t]+(.*)$`)
