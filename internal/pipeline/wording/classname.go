package wording

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"bis/internal/briefing"
)

// classByName has every name under which a text may speak of a class: both
// languages' names of the 80 classes, and what a shop calls people.
var classByName = func() map[string]string {
	m := make(map[string]string)
	for _, n := range nouns {
		for _, name := range []string{n.class, n.korean, n.one, n.many} {
			m[strings.ToLower(name)] = n.class
		}
	}
	for _, name := range strings.Fields(`손님 사람 고객 방문객 방문자 이용객 이용자 인원 인원수
		people persons customer customers visitor visitors guest guests shopper shoppers patron patrons
		individual individuals occupant occupants`) {
		m[name] = briefing.Person
	}
	return m
}()

// namesByStart has the names by their first letter, the longest first, so that a
// hot dog is no dog. Looking them up so is ten times faster than one large pattern.
var namesByStart = func() map[rune][]string {
	m := make(map[rune][]string)
	for name := range classByName {
		first, _ := utf8.DecodeRuneInString(name)
		m[first] = append(m[first], name)
	}
	for _, names := range m {
		slices.SortFunc(names, func(a, b string) int { return cmp.Or(len(b)-len(a), cmp.Compare(a, b)) })
	}
	return m
}()

// wordAfter is what may stand after a name that is a word of its own: "소파" holds no 소.
var wordAfter = regexp.MustCompile(`^(?:들|수|분들)?(?:은|는|이|가|을|를|도|만|과|와|의|으로|로|께서|이나|나)?(?:[^가-힣a-z]|$)`)

// classesIn returns the classes that a text names, in its order.
func classesIn(text string) []string {
	var classes []string
	inWord, skip := false, 0
	for i, r := range text {
		if i >= skip && !inWord {
			if name := nameAt(text[i:], r); name != "" {
				classes = append(classes, classByName[name])
				skip = i + len(name)
			}
		}
		inWord = r >= 'a' && r <= 'z' || r >= '가' && r <= '힣'
	}
	return classes
}

// nameAt returns the name that a text begins with; empty when there is none.
func nameAt(text string, first rune) string {
	for _, name := range namesByStart[first] {
		if strings.HasPrefix(text, name) && wordAfter.MatchString(text[len(name):]) {
			return name
		}
	}
	return ""
}

// classBeside returns the class that a number between two texts belongs to; empty
// when none is near. Korean puts the noun before the number ("병 5개") unless it
// says "5개의 병"; English puts it after.
func classBeside(before, after string) string {
	behind := classesIn(after)
	if len(behind) > 0 && ofPattern.MatchString(after) {
		return behind[0]
	}
	ahead := classesIn(before)
	last := ""
	if len(ahead) > 0 {
		last = ahead[len(ahead)-1]
	}
	if !latinAfter.MatchString(after) && last != "" || counterPattern.MatchString(after) {
		return last
	}
	if near := classesIn(clause(after)); len(near) > 0 {
		return near[0]
	}
	return last
}

var latinAfter = regexp.MustCompile(`^[ -]?[a-z]`)

var ofPattern = regexp.MustCompile(`^ ?(?:명|분|개|대|마리|병|잔|권)의 `)

// clause cuts a text at its first stop.
func clause(text string) string {
	if i := strings.IndexAny(text, ".;!?,"); i >= 0 {
		return text[:i]
	}
	return text
}
