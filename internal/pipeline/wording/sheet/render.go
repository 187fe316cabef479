package sheet

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"bis/internal/pipeline/wording/hangul"
)

// Values are what a line of a key is filled with.
type Values struct {
	Slots    map[string]Value
	Estimate bool   // the number of people, or that there are none, is an estimate
	Note     string // put before the sign that ends the line, such as (10:34부터)
}

// Said is a line that was said.
type Said struct {
	Text  string
	Line  string // as the sheet has it, with its slots in braces
	Slots []Filled
	Own   bool // the line is of the sheet itself and not of its base
}

// Filled is a slot and the text in its place.
type Filled struct{ Name, Text string }

// Signs of an estimate.
const (
	koreanMark  = "(추정)"
	englishMark = "(estimate)"
)

// Render returns the text of Say.
func (s Sheet) Render(key Key, turn uint64, v Values) string { return s.Say(key, turn, v).Text }

// Say returns the line of a key. Turn chooses among several lines. A key that no sheet has gives
// the zero Said.
//
// A line that states doubt speaks of estimates alone, if there is another.
//
// Code sets what a line cannot: particles by the last syllable, counters, numbers in digits or in
// words, English nouns and verbs, and the sign of an estimate. In Korean the sign follows the
// number, unless the line itself states doubt. In English it ends the line, except for a headline
// that states doubt.
func (s Sheet) Say(key Key, turn uint64, v Values) Said {
	lines, of, own := s.lines(key, v.Estimate)
	if len(lines) == 0 {
		return Said{}
	}
	if !v.Estimate && len(of.Doubts) > 0 {
		lines = of.sure(lines)
	}
	line := lines[turn%uint64(len(lines))]
	mark := v.Estimate
	if s.Language == "ko" || IsHeadline(key) {
		mark = mark && !slices.Contains(of.Doubts, line)
	}
	said := s.say(line, v, mark)
	said.Own = own
	return said
}

// sure returns the lines that state no doubt, or all if there are none.
func (s Sheet) sure(lines []string) []string {
	doubt := func(line string) bool { return slices.Contains(s.Doubts, line) }
	if !slices.ContainsFunc(lines, doubt) {
		return lines
	}
	if sure := slices.DeleteFunc(slices.Clone(lines), doubt); len(sure) > 0 {
		return sure
	}
	return lines
}

// SayLine returns a line that code wrote, filled as Say fills one of the sheet.
func (s Sheet) SayLine(line string, v Values) Said { return s.say(line, v, v.Estimate) }

// say fills a line. mark says that an estimate gets its sign.
func (s Sheet) say(line string, v Values, mark bool) Said {
	text, slots, marked := s.fill(line, v, mark)
	end := ""
	if v.Note != "" {
		end = " " + v.Note
	}
	switch {
	case !mark || marked:
	case s.Language == "ko":
		end = koreanMark + end
	default:
		end = " " + englishMark + end
	}
	return Said{Text: beforeEnd(text, end), Line: line, Slots: slots}
}

// base returns the key without the suffix of estimated facts.
func base(key Key) Key { return Key(strings.TrimSuffix(string(key), estimated)) }

// beforeEnd puts an end before the signs and emoji that end a line.
func beforeEnd(line, end string) string {
	if end == "" {
		return line
	}
	head := strings.TrimRightFunc(line, func(r rune) bool {
		return strings.ContainsRune(" .!~…", r) || r > 0x2000 && !hangul.IsSyllable(r) && !unicode.IsLetter(r)
	})
	return head + end + line[len(head):]
}

// fill fills the slots of a line. marked says that the sign of an estimate stands behind a number.
func (s Sheet) fill(line string, v Values, mark bool) (text string, slots []Filled, marked bool) {
	rest := line
	for {
		before, after, ok := strings.Cut(rest, "{")
		name, behind, closed := strings.Cut(after, "}")
		if !ok || !closed {
			return text + rest, slots, marked
		}
		text, rest = text+before, behind
		value := v.Slots[name]
		filled := ""
		switch {
		case agreeing[name]:
			filled = agree(name, v.one())
			text += filled
		case s.Language == "ko":
			filled = value.korean(s.Counter, s.Numbers == "words")
			if mark && (name == "people" || name == "things") {
				filled, marked = filled+koreanMark, true
			}
			text, rest = text+filled, attach(filled, rest)[len(filled):]
		default:
			filled = value.english(s.Numbers == "words", bare(name, rest))
			switch {
			case text == "":
				filled = capital(filled)
			case name == "period" && strings.HasSuffix(strings.ToLower(text), "in ") && strings.Contains(filled, " to "):
				filled = "the time from " + filled
			}
			text += filled
		}
		slots = append(slots, Filled{name, filled})
	}
}

// one reports whether English uses a singular verb with a number among the values.
func (v Values) one() bool {
	for _, name := range []string{"people", "things", "step", "times", "average"} {
		if value, ok := v.Slots[name]; ok {
			return value.one()
		}
	}
	return false
}

// agree returns the verb that agrees with a number.
func agree(name string, one bool) string {
	return map[string][2]string{"is": {"are", "is"}, "seem": {"seem", "seems"}, "was": {"were", "was"}}[name][index(one)]
}

func index(b bool) int {
	if b {
		return 1
	}
	return 0
}

// bare reports whether the text behind a slot brings the noun of its number, or a comparison that
// needs none: 2 more, 48 of the samples, 60 looks.
func bare(slot, behind string) bool {
	word, _, _ := strings.Cut(strings.TrimLeft(behind, " "), " ")
	word = strings.TrimRight(word, ".,!;:")
	switch slot {
	case "step":
		return word == "more" || word == "fewer" || word == "less"
	case "samples", "counted":
		return word == "of" || word == "look" || word == "looks"
	}
	return false
}

// capital returns a text with its first letter in upper case.
func capital(text string) string {
	r, n := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[n:]
}
