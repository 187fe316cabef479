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

// number is a number in a text, in digits or in words.
type number struct {
	from, to int    // byte offsets in the text
	value    int    // -1: a number that no fact can equal, such as 두세 (two or three) or 1.5
	digits   string // the number as written in digits; empty: written in words
}

// checkNumbers refuses a text with a number that is not in the facts. Each number is judged
// together with the text around it, up to the numbers before and after it.
func (c *claims) checkNumbers() error {
	for _, r := range c.raw {
		// Digits of other scripts and characters such as Ⅶ or ½ are numbers that the
		// patterns do not read. Full-width digits become ASCII digits by NFKC.
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
			found := c.text[n.from:min(n.to+len("명"), len(c.text))] // with its counter
			return &Refusal{Rule: ruleNumber, Found: strings.TrimSpace(found)}
		}
	}
	return nil
}

var (
	// digitsPattern matches a number in digits, with decimals ("1.5"), thousands ("1,000") or a
	// clock time ("14:06").
	digitsPattern = regexp.MustCompile(`\d+(?:[.,:]\d+)*`)
	// counterPattern matches a counter (단위 명사) after a number, and the first syllable of a particle
	// or an ending after the counter. Without the latter 한 명확한 ("a clear …") would be one person.
	counterPattern = regexp.MustCompile(`^ ?(명|분|인|사람|개|대|마리|병|잔|권|쌍|곳)(?:[^가-힣]|` +
		`[이가은는을를의도만과와뿐씩에께입있으정쯤까부보였더안]|$)`)
	// noneAtAll matches "도 없" after a one: 한 명도 없습니다 is "not even one", so zero.
	noneAtAll = regexp.MustCompile(`^ ?(?:명|분|사람|개|대|마리|병)?도 ?[^.!?]{0,12}?(?:없|않|안 )`)
	// hourAfter matches the hour of a clock time: 시, but not 시간 (a duration), 시작, 시설.
	hourAfter = regexp.MustCompile(`^ ?(?:시(?:[^간작설]|$)|am\b|pm\b|a\.m\.|p\.m\.|o'clock)`)
	// 분 is the minute and also the honorific counter of people. It is a minute only directly after
	// an hour, and not before the particles 이 and 은, which follow people.
	minuteAfter  = regexp.MustCompile(`^ ?분(?:[^이은]|$)`)
	minuteBefore = regexp.MustCompile(`^ ?시 $`)
	// otherUnit matches units of things that nobody measured: shares, durations, dates, money,
	// floors, times, degrees.
	otherUnit = regexp.MustCompile(`^ ?(?:%|퍼센트|시간|초(?:[^가-힣]|$)|일(?:[^가-힣]|$)|월|년|원|층|번|배|` +
		`도 ?(?:[^가-힣]|$)|percent|hours?|hrs?|minutes?|mins?|seconds?|days?|degrees?|°|won|times?)`)
	// stepUp and stepDown match words for more and fewer after a number ("2명 늘었습니다", "2 more"). The
	// number is then the step from the previous briefing, not a count.
	stepUp = regexp.MustCompile(`^ ?(?:명|분|사람)?[이가]? ?(?:더 ?|늘|증가|많)|^(?: more| additional|` +
		` extra)\b`)
	stepDown = regexp.MustCompile(`^ ?(?:명|분|사람)?[이가]? ?(?:줄|감소|적|덜)|^(?: fewer| less)\b`)
	// fromBefore matches "명에서" ("from 3 people"): the number is the previous count.
	fromBefore = regexp.MustCompile(`^ ?(?:명|분|사람)에서`)
)

// allows reports whether the facts support the number n. before is the text between the previous
// number and n, after the text between n and the next number. The first rule that matches decides:
// a clock time, "not even one", a unit that nobody measured, an hour or a minute, a step, the
// previous count, and last a count of the facts.
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
		return c.allowsTime(func(t time.Time) bool {
			twelve := (t.Hour()+11)%12 + 1 // 0 and 12 are 12, 13 is 1
			return t.Hour() == n.value || twelve == n.value
		})
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

// allowsCount reports whether value is a count of the facts over all zones. If the text names a
// class next to the number, the number must be the count of that class. Otherwise a counter narrows
// the classes: 명, 분, 인 and 사람 count people, all others count things. Without both, any count will
// do.
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
	return slices.ContainsFunc(c.in.Facts.ByClass(), func(o briefing.ObjectCount) bool {
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

// allowsClock reports whether digits such as "14:06", "2:06" or "02:06" are a time of the facts.
func (c *claims) allowsClock(digits string) bool {
	return c.allowsTime(func(t time.Time) bool {
		return digits == t.Format("15:04") ||
			digits == t.Format("3:04") || digits == t.Format("03:04")
	})
}

// allowsTime reports whether is returns true for a time of the facts: the tick's, or that of the
// last good frame, both in the owner's zone.
func (c *claims) allowsTime(is func(time.Time) bool) bool {
	at := c.in.At
	return is(at) || !c.in.LastSeen.IsZero() && is(c.in.LastSeen.In(at.Location()))
}

// numbersIn returns all numbers of a text in their order. The text is in NFKC and lower case.
func numbersIn(text string) []number {
	found := append(digitsIn(text), koreanNumbersIn(text)...)
	found = append(found, englishNumbersIn(text)...)
	slices.SortFunc(found, func(a, b number) int { return a.from - b.from })
	return found
}

// digitsIn returns the numbers that are written in digits.
func digitsIn(text string) []number {
	var found []number
	for _, m := range digitsPattern.FindAllStringIndex(text, -1) {
		digits := text[m[0]:m[1]]
		value, err := strconv.Atoi(digits)
		if err != nil {
			value = -1 // a fraction, a list or a number that is too large is never a count
		}
		found = append(found, number{from: m[0], to: m[1], value: value, digits: digits})
	}
	return found
}
