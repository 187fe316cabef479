package wording

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"bis/internal/briefing"
)

// number is a number that a text says, in digits or in words.
type number struct {
	from, to int // bytes of the text
	value    int // -1: one that is never right, like "두세"
	digits   string
}

func (c *claims) checkNumbers() error {
	for _, r := range c.raw {
		// Other scripts' digits, and signs like Ⅶ, say numbers too. Full-width ones are read.
		if unicode.IsNumber(r) && (r < '0' || r > '9') && (r < '０' || r > '９') {
			return &Refusal{Rule: ruleNumber, Found: string(r)}
		}
	}
	numbers := numbersIn(c.text)
	for i, n := range numbers {
		from, to := 0, len(c.text)
		if i > 0 {
			from = numbers[i-1].to
		}
		if i+1 < len(numbers) {
			to = numbers[i+1].from
		}
		if !c.allows(n, c.text[from:n.from], c.text[n.to:to]) {
			return &Refusal{Rule: ruleNumber, Found: strings.TrimSpace(c.text[n.from:min(n.to+len("명"), len(c.text))])}
		}
	}
	return nil
}

var (
	digitsPattern = regexp.MustCompile(`\d+(?:[.,:]\d+)*`)
	// The counters of Korean, and what may follow one: else "한 명확한" would be one person.
	counterPattern = regexp.MustCompile(`^ ?(명|분|인|사람|개|대|마리|병|잔|권|쌍|곳)(?:[^가-힣]|[이가은는을를의도만과와뿐씩에께입있으정쯤까부보였더안]|$)`)
	noneAtAll      = regexp.MustCompile(`^ ?(?:명|분|사람|개|대|마리|병)?도 ?[^.!?]{0,12}?(?:없|않|안 )`)
	hourAfter      = regexp.MustCompile(`^ ?(?:시(?:[^간작설]|$)|am\b|pm\b|a\.m\.|p\.m\.|o'clock)`)
	minuteAfter    = regexp.MustCompile(`^ ?분(?:[^이은]|$)`)
	minuteBefore   = regexp.MustCompile(`^ ?시 $`)
	// Units of what nobody measured.
	otherUnit  = regexp.MustCompile(`^ ?(?:%|퍼센트|시간|초(?:[^가-힣]|$)|일(?:[^가-힣]|$)|월|년|원|층|번|배|도 ?(?:[^가-힣]|$)|percent|hours?|hrs?|minutes?|mins?|seconds?|days?|degrees?|°|won|times?)`)
	stepUp     = regexp.MustCompile(`^ ?(?:명|분|사람)?[이가]? ?(?:더 ?|늘|증가|많)|^(?: more| additional| extra)\b`)
	stepDown   = regexp.MustCompile(`^ ?(?:명|분|사람)?[이가]? ?(?:줄|감소|적|덜)|^(?: fewer| less)\b`)
	fromBefore = regexp.MustCompile(`^ ?(?:명|분|사람)에서`)
)

// allows tells whether the facts say this number, which stands between the texts
// before (since the last number) and after (up to the next).
func (c *claims) allows(n number, before, after string) bool {
	if strings.Contains(n.digits, ":") {
		return c.allowsClock(n.digits)
	}
	if n.value == 1 && noneAtAll.MatchString(after) {
		return c.allowsCount(0, before, after)
	}
	switch {
	case n.value < 0 || otherUnit.MatchString(after):
		return false
	case hourAfter.MatchString(after):
		return c.allowsTime(func(t time.Time) bool { return t.Hour() == n.value || (t.Hour()+11)%12+1 == n.value })
	case minuteBefore.MatchString(before) && minuteAfter.MatchString(after):
		return c.allowsTime(func(t time.Time) bool { return t.Minute() == n.value })
	case stepUp.MatchString(after):
		return c.view.step > 0 && n.value == c.view.step
	case stepDown.MatchString(after):
		return c.view.step < 0 && n.value == -c.view.step
	case fromBefore.MatchString(after):
		return c.view.step != 0 && n.value == c.view.people-c.view.step
	}
	return c.allowsCount(n.value, before, after)
}

// allowsCount compares with the count of the class that the number stands beside;
// beside none, the counter tells what may be meant.
func (c *claims) allowsCount(value int, before, after string) bool {
	if c.view.situation != counted && c.view.situation != onlyThings {
		return false
	}
	class := classBeside(before, after)
	counter := ""
	if m := counterPattern.FindStringSubmatch(after); m != nil {
		counter = m[1]
	}
	person := slices.Contains([]string{"명", "분", "인", "사람"}, counter)
	return slices.ContainsFunc(c.in.Facts.Counts, func(o briefing.ObjectCount) bool {
		switch {
		case o.Count != value:
			return false
		case class != "":
			return o.Name == class
		case counter != "":
			return (nounFor(o.Name).counter == counterPeople) == person
		}
		return true
	})
}

func (c *claims) allowsClock(digits string) bool {
	return c.allowsTime(func(t time.Time) bool {
		return digits == t.Format("15:04") || digits == t.Format("3:04") || digits == t.Format("03:04")
	})
}

// allowsTime asks of the times that the facts give: the run's own, and the last picture's.
func (c *claims) allowsTime(is func(time.Time) bool) bool {
	at := c.in.At
	return is(at) || !c.in.LastSeen.IsZero() && is(c.in.LastSeen.In(at.Location()))
}

// numbersIn finds all numbers of a text, in order.
func numbersIn(text string) []number {
	found := append(digitsIn(text), koreanNumbersIn(text)...)
	found = append(found, englishNumbersIn(text)...)
	slices.SortFunc(found, func(a, b number) int { return a.from - b.from })
	return found
}

func digitsIn(text string) []number {
	var found []number
	for _, m := range digitsPattern.FindAllStringIndex(text, -1) {
		digits := text[m[0]:m[1]]
		value, err := strconv.Atoi(digits)
		if err != nil {
			value = -1 // a fraction, a list, or too great: no count
		}
		found = append(found, number{from: m[0], to: m[1], value: value, digits: digits})
	}
	return found
}
