package wording

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"bis/internal/briefing"
)

// Language is the language of a text, by its code in ISO 639-1.
type Language string

// The languages in which briefings are written.
const (
	Korean  Language = "ko"
	English Language = "en"
)

// Style is the part of a user's custom lines that the built-in sheets can follow.
type Style struct {
	Language Language
	// Polite means the formal polite level in Korean (하십시오체: 있습니다) and complete
	// sentences in English. Otherwise both languages are casual (해체 in Korean: 있어).
	Polite bool
	// Brief means one short sentence. Otherwise a caption also states what changed since the
	// last briefing and which things are seen.
	Brief bool
	// Figures means figures without sentences.
	Figures bool
}

// DefaultStyle returns the style without custom lines: Korean, polite, not brief.
func DefaultStyle() Style { return Style{Language: Korean, Polite: true} }

// ParseStyle reads the style from free lines in Korean and English. It ignores what it does not
// understand. A later line overrides an earlier one, and a later word an earlier one of its line.
// A negated word ("반말하지 마", "not too long") means its opposite. Another language than Korean and
// English ("일본어로") means English, and its negation nothing. If a line also names one of the two,
// that one is chosen.
func ParseStyle(custom []string) Style {
	s := DefaultStyle()
	for _, line := range readable(custom) {
		for _, w := range styleWordsIn(line) {
			w.set(&s)
		}
	}
	return s
}

// wish is one word of a style line that sets a part of the style.
type wish struct {
	at      int // byte offset in the line
	axis    axis
	want    bool // the value that the word sets
	negated bool // the line negates the word
}

// axis is one of the switches of a Style.
type axis uint8

const (
	axisKorean axis = iota
	axisOther       // another language than Korean and English
	axisPolite
	axisBrief
	axisFigures
)

// set applies the wish to s.
func (w wish) set(s *Style) {
	want := w.want != w.negated
	switch w.axis {
	case axisKorean:
		s.Language = English
		if want {
			s.Language = Korean
		}
	case axisOther:
		if want {
			s.Language = English
		}
	case axisPolite:
		s.Polite = want
	case axisBrief:
		s.Brief = want
		s.Figures = s.Figures && want
	case axisFigures:
		s.Figures, s.Brief = want, want
	}
}

// styleWords lists words by the part of the style that they set. English words match whole words
// only, so that "informal" does not count as "formal". Korean words match anywhere, because
// particles and endings are written together with them.
var styleWords = []struct {
	axis axis
	want bool
	re   *regexp.Regexp
}{
	{axisKorean, true, regexp.MustCompile(`한국어|한국말|한글|우리말|국문|\b(?:korean|hangul)\b`)},
	{axisKorean, false, regexp.MustCompile(`영어|영문|잉글리시|\benglish\b`)},
	{axisOther, true, otherLanguages},
	{axisPolite, true, regexp.MustCompile(`공손|정중|존댓|존대|높임말|예의|격식|깍듯|경어|\b(?:polite|politely|` +
		`formal|formally|respectful|respectfully|courteous|courteously)\b`)},
	{axisPolite, false, regexp.MustCompile(`반말|편한 말|편하게|친구처럼|친구한테|캐주얼|\b(?:casual|casually|` +
		`informal|informally|impolite|slang|like a friend)\b`)},
	{axisBrief, true, regexp.MustCompile(`간단|간략|간결|짧|짤막|한 ?줄|한 ?문장|핵심만|요점만|\b(?:brief|` +
		`briefly|short|shortly|concise|concisely|terse|tersely|one line|one sentence|one-liner|` +
		`to the point|succinct|succinctly)\b`)},
	{axisFigures, true, regexp.MustCompile(`(?:숫자|수치|인원 ?수|인원|사람 ?수|손님 ?수)(?:로)?만|숫자 위주|` +
		`\b(?:(?:numbers|figures|digits|counts) (?:only|alone)|` +
		`(?:only|just|nothing but)(?: the)? (?:numbers|figures|digits|counts))\b`)},
	{axisBrief, false, regexp.MustCompile(`자세|상세|길게|길지|길면|길어도|구체적|꼼꼼|\b(?:detail|details|detailed|` +
		`long|longer|verbose|thorough|thoroughly|elaborate)\b`)},
}

// A negation is near the word, in the same clause. In Korean it follows the word: an auxiliary such
// as -지 마 or -지 않, or a word such as 말고. In English it precedes it.
var (
	negatedAfter = regexp.MustCompile(`^(?:[은는을를도로]{0,2} ?(?:절대로?|제발|아예|되도록|가급적|전혀|너무|더 ?이상|이제) )?` +
		`[^,.!?;]{0,6}?(?:말고|말아|마라|마세요|하지 ?마|쓰지 ?마|지 ?말|지 ?마|않|` +
		`금지|빼고|아니|싫|그만|안 ?쓰|안 ?써|안 ?[돼되된될됨됩했해하])`)
	negatedBefore = regexp.MustCompile(`(?:\b(?:not|no|never|without|avoid|less)|` +
		`n't)(?: [a-z]+){0,2} $`)
)

// Bounds of style lines that are read. Old data may have more and longer lines than users may save.
const (
	maxLinesRead = 50
	maxLineRead  = 2 << 10 // bytes
	nearBytes    = 160     // before a word, that may change its meaning
)

// readable returns the style lines that are read.
func readable(custom []string) []string { return custom[:min(len(custom), maxLinesRead)] }

// near returns the words right before another one. The patterns on them end there, and would else
// search the whole line for each word.
func near(before string) string {
	if len(before) <= nearBytes {
		return before
	}
	_, words, _ := strings.Cut(before[len(before)-nearBytes:], " ")
	return words
}

// plainLine returns a style line as one line of visible text. Old callers may store line
// separators, and old data may have control characters; each becomes a space.
func plainLine(line string) string {
	line = strings.ToValidUTF8(line[:min(len(line), maxLineRead)], "")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, briefing.WithoutTurns(line))
}

// normal returns a style line as the patterns read it.
func normal(line string) string {
	line = strings.ToLower(norm.NFC.String(plainLine(line)))
	return strings.ReplaceAll(line, "’", "'")
}

// styleWordsIn returns the wishes of a line in the order of their words.
func styleWordsIn(line string) []wish {
	_, line = numberWish(normal(line))
	var found []wish
	for _, word := range styleWords {
		for _, m := range word.re.FindAllStringIndex(line, -1) {
			negated := negatedAfter.MatchString(line[m[1]:]) ||
				negatedBefore.MatchString(near(line[:m[0]]))
			found = append(found, wish{
				at: m[0], axis: word.axis, want: word.want, negated: negated,
			})
		}
	}
	slices.SortStableFunc(found, func(a, b wish) int { return cmp.Compare(a.at, b.at) })
	written := func(w wish) bool { return w.axis == axisKorean && !w.negated }
	if slices.ContainsFunc(found, written) {
		// Of several languages in a line, one that is written is chosen.
		found = slices.DeleteFunc(found, func(w wish) bool { return w.axis == axisOther })
	}
	return found
}
