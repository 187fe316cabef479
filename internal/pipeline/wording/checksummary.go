package wording

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// CheckSummary returns a *Refusal if a text must not replace the report that it rewords, and nil
// otherwise. It refuses a text that
//
//   - is not plain text of 1 to MaxSummary code points in the language; line breaks are allowed;
//   - names a trait of people, such as age or sex;
//   - contains a number that the report does not contain with the same unit. A number without a
//     unit may be any number of the report.
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
		known[figure{value: f.value}] = true
	}
	for _, f := range figuresIn(plain) {
		if !known[f] {
			return &Refusal{Rule: ruleNumber, Found: f.value + f.unit}
		}
	}
	return nil
}

// figure is a number with its unit.
type figure struct {
	value string // digits without thousands separators
	unit  string // one of units; empty: none
}

// units recognises a unit by what follows the number, in both languages. The first match counts,
// so 시간 (a duration) comes before 시 (an hour of the day).
var units = []struct {
	unit string
	re   *regexp.Regexp
}{
	{"명", regexp.MustCompile(`^ ?(?:명|인|사람|people|persons?|customers?|visitors?|guests?)`)},
	{"%", regexp.MustCompile(`^ ?(?:%|퍼센트|percent)`)},
	{"시간", regexp.MustCompile(`^ ?(?:시간|hours?|hrs?)`)},
	{"시", regexp.MustCompile(`^ ?(?:시|o'clock|[ap]\.?m)`)},
	{"분", regexp.MustCompile(`^ ?(?:분|minutes?|mins?)`)},
	{"회", regexp.MustCompile(`^ ?(?:회|번|건|차례|(?:of the )?(?:planned |counted )?(?:samples?|` +
		`times?|briefings?|checks?))`)},
}

// listMarker matches the number or sign at the beginning of a list's item.
var listMarker = regexp.MustCompile(`(?m)^[ \t]*(?:\d{1,2}[.)]|[-•])[ \t]+`)

// figuresIn returns the numbers of a summary with their units. The numbers of a list's items are
// left out.
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

// readSummary returns the summary in an answer. It removes the Markdown of headings and of bold
// text, which models add out of habit, instead of refusing it. Its error is errGarbled or a
// *Refusal.
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

// headings matches a Markdown heading; its group is the text.
var headings = regexp.MustCompile(`(?m)^[ \t]*#{1,6}[ \t]+(.*)$`)
