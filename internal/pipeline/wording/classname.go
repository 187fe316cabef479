package wording

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"bis/internal/briefing"
)

// classByName finds a class by any name that a text may use for it: the names of the 80 classes in
// both languages, and the words for people in a shop. Names are in lower case.
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

// namesByStart has the names by their first letter, the longest first, so that the longest name
// at a place is the one that counts. This is ten times faster than one pattern of all names.
var namesByStart = func() map[rune][]string {
	m := make(map[rune][]string)
	for name := range classByName {
		first, _ := utf8.DecodeRuneInString(name)
		m[first] = append(m[first], name)
	}
	for _, names := range m {
		slices.SortFunc(names, func(a, b string) int {
			return cmp.Or(len(b)-len(a), cmp.Compare(a, b))
		})
	}
	return m
}()

// wordAfter matches what may follow a name that ends a word: particles, or no letter at all. In
// Korean a noun's particles are written together with it (orthography, article 41), so the end of
// the letters is not the end of the noun. The pattern prevents 소파 (sofa) from matching 소 (cow).
var wordAfter = regexp.MustCompile(`^(?:들|수|분들)?(?:은|는|이|가|을|를|도|만|과|와|의|으로|로|께서|이나|` +
	`나)?(?:[^가-힣a-z]|$)`)

// classesIn returns the classes that a text names, in the order of the text. A name must begin a
// word.
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

// nameAt returns the name with which a text begins, or "". first is the text's first rune.
func nameAt(text string, first rune) string {
	for _, name := range namesByStart[first] {
		if strings.HasPrefix(text, name) && wordAfter.MatchString(text[len(name):]) {
			return name
		}
	}
	return ""
}

// classBeside returns the class that a number counts, or "" if the text names none near it. before
// and after are the texts around the number. Korean puts the noun before the number and its counter
// (병 5개), or after them with the particle 의 (5개의 병). English puts the noun after the number, in the
// same clause.
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

// latinAfter matches an English word directly after the number.
var latinAfter = regexp.MustCompile(`^[ -]?[a-z]`)

// ofPattern matches a counter with 의, after which the noun follows.
var ofPattern = regexp.MustCompile(`^ ?(?:명|분|개|대|마리|병|잔|권)의 `)

// clause returns the text up to its first punctuation mark.
func clause(text string) string {
	if i := strings.IndexAny(text, ".;!?,"); i >= 0 {
		return text[:i]
	}
	return text
}
