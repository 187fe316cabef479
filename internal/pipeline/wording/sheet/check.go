package sheet

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"bis/internal/pipeline/wording/hangul"
)

// Rules of a Refusal. They are stable names.
const (
	RuleEmpty     = "empty"     // a line without words
	RuleLong      = "long"      // more than MaxLine characters, or too many for a headline
	RuleCharacter = "character" // a character that no line may have
	RuleDigit     = "digit"     // a digit outside of a slot
	RuleEmoji     = "emoji"     // an emoji that is not listed, or more than one
	RuleSlot      = "slot"      // a slot that is unknown, absent or there twice
	RuleForm      = "form"      // words that are no form of the key's grammar
	RuleKey       = "key"       // a key that does not exist
)

// Refusal is the reason why a line was refused.
type Refusal struct {
	Rule  string `json:"rule"`
	Found string `json:"found"` // the part of the line that was refused
}

// Error implements error.
func (r *Refusal) Error() string { return fmt.Sprintf("%s: %q", r.Rule, r.Found) }

// Emoji are the emoji that a line may have, at most one of them.
var Emoji = []string{"🙂", "😊", "👍", "👌", "✨", "🌿", "☕", "🍀", "📋", "🛒", "🏪"}

// punctuation are the signs that a line may have, where its grammar has them.
const punctuation = ".,!~:;'()/+-& "

// slotNames are the names of slots, in the order of the characters that stand for them inside.
var slotNames = []string{
	"people", "step", "things", "period", "samples", "counted", "share", "average", "time", "peak",
	"hour", "times", "overall", "is", "seem", "was", "part",
}

// firstSlot is the character that stands for the first slot. It is of a private area, so that no
// line has it.
const firstSlot, lastSlot = '\uE000', '\uE0FF'

// inner returns a text with each slot as one character.
func inner(text string) string {
	for i, name := range slotNames {
		text = strings.ReplaceAll(text, "{"+name+"}", string(firstSlot+rune(i)))
	}
	return text
}

// clean replaces variants of a line that look the same: composed characters, typographic
// apostrophes and dots, runs of blanks, and the sign that asks for a coloured emoji.
var clean = strings.NewReplacer(
	"\uFE0F", "", "’", "'", "…", "...", "～", "~", "〜", "~", "–", "-", "—", "-", "−", "-", "·", ", ")

// apart sets the contracted words of English apart from the words before them.
var apart = strings.NewReplacer(
	"'s", " 's", "'re", " 're", "'m", " 'm", "'ve", " 've", "'ll", " 'll", "'d", " 'd")

// Check returns the line in the form in which it is used, or the Refusal of a line that does not
// say what the key means, or says more.
func Check(language string, key Key, line string) (string, error) {
	if !utf8.ValidString(line) {
		return "", &Refusal{RuleCharacter, "�"}
	}
	if utf8.RuneCountInString(line) > MaxLine {
		return "", &Refusal{RuleLong, string([]rune(line)[MaxLine:])}
	}
	def, ok := definition(key)
	if !ok {
		return "", &Refusal{RuleKey, string(key)}
	}
	line = norm.NFC.String(strings.TrimSpace(line))
	if err := checkCharacters(language, line); err != nil {
		return "", err
	}
	if err := checkSlots(key, def.Slots, line); err != nil {
		return "", err
	}
	if IsHeadline(key) && headLength(line) > MaxHeadline {
		return "", &Refusal{RuleLong, line}
	}
	if err := checkForm(language, key, line, true); err != nil {
		return "", err
	}
	line = agreeable.Replace(strings.Join(strings.Fields(line), " "))
	return thereIs.ReplaceAllString(line, "$1 {is}$2{$3}"), nil
}

// thereIs finds a verb of English before the number that it agrees with.
var thereIs = regexp.MustCompile(`([Tt]here)(?:'s| is| are)((?:,? [a-z]+){0,6},? )\{(people|things|step)\}`)

// agreeable replaces English verbs beside a number by the braces that agree with it.
var agreeable = strings.NewReplacer(
	"{people} are ", "{people} {is} ", "{people} is ", "{people} {is} ",
	"{things} are ", "{things} {is} ", "{things} is ", "{things} {is} ",
	"ere are {people}", "ere {is} {people}", "ere is {people}", "ere {is} {people}",
	"ere are {things}", "ere {is} {things}", "ere is {things}", "ere {is} {things}",
	"ere are now {people}", "ere {is} now {people}", "ere are currently {people}", "ere {is} currently {people}",
	"ere are {step}", "ere {is} {step}", "ere is {step}", "ere {is} {step}",
	"ere are now {step}", "ere {is} now {step}", "ere is now {step}", "ere {is} now {step}",
	"{people} seem ", "{people} {seem} ", "{people} seems ", "{people} {seem} ",
	"{people} appear to", "{people} {seem} to", "{people} appears to", "{people} {seem} to",
	"ere appear to be {people}", "ere {seem} to be {people}",
	"ere appears to be {people}", "ere {seem} to be {people}",
	"ere seem to be {people}", "ere {seem} to be {people}",
	"ere seems to be {people}", "ere {seem} to be {people}")

// Hedges reports whether a line that passed Check states doubt.
func Hedges(language string, key Key, line string) bool {
	return checkForm(language, key, line, false) != nil
}

// IsHeadline reports whether the lines of a key are headlines.
func IsHeadline(key Key) bool { return strings.HasPrefix(string(key), "head_") }

// headLength returns the length of a headline with its slots filled by the usual values.
func headLength(line string) int {
	return utf8.RuneCountInString(strings.ReplaceAll(line, "{people}", "12명"))
}

// checkCharacters refuses characters that no line has.
func checkCharacters(language, line string) error {
	emoji := 0
	rest := strings.ReplaceAll(line, "\uFE0F", "")
	for _, e := range Emoji {
		emoji += strings.Count(rest, e)
		rest = strings.ReplaceAll(rest, e, "")
	}
	if emoji > 1 {
		return &Refusal{RuleEmoji, line}
	}
	slot := false
	letters := 0
	for _, r := range clean.Replace(rest) {
		switch {
		case r == '{' || r == '}':
			slot = r == '{'
		case slot: // judged by checkSlots
		case r >= '0' && r <= '9':
			return &Refusal{RuleDigit, string(r)}
		case hangul.IsSyllable(r) && language == "ko", isLatin(r) && language == "en":
			letters++
		case r >= 0x1F000 || r >= 0x2600 && r <= 0x27BF:
			return &Refusal{RuleEmoji, string(r)}
		case !strings.ContainsRune(punctuation, r):
			return &Refusal{RuleCharacter, string(r)}
		}
	}
	if letters == 0 && !strings.Contains(line, "{") {
		return &Refusal{RuleEmpty, line}
	}
	return nil
}

func isLatin(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// checkSlots refuses a line that does not have each slot of its key once, and no other. The words
// in braces that agree with a number are free.
func checkSlots(key Key, slots []string, line string) error {
	count := map[string]int{}
	for rest := line; ; {
		before, after, ok := strings.Cut(rest, "{")
		if strings.Contains(before, "}") {
			return &Refusal{RuleSlot, "}"}
		}
		if !ok {
			break
		}
		name, behind, ok := strings.Cut(after, "}")
		if !ok || !slices.Contains(slotNames, name) {
			return &Refusal{RuleSlot, "{" + name}
		}
		count[name]++
		rest = behind
	}
	for _, name := range slotNames {
		want := 0
		switch {
		case slices.Contains(slots, name):
			want = 1
		case agreeing[name], name == "part" && partOfDay[base(key)] && count[name] < 2:
			continue
		}
		if count[name] != want {
			return &Refusal{RuleSlot, "{" + name + "}"}
		}
	}
	return nil
}

// agreeing are the words in braces that stand for no figure, and agree with one.
var agreeing = map[string]bool{"is": true, "seem": true, "was": true}

// checkForm refuses a line that is no form of its key's grammar.
func checkForm(language string, key Key, line string, hedges bool) error {
	n, err := lines(language, key)
	if err != nil {
		return &Refusal{RuleKey, err.Error()}
	}
	line = clean.Replace(inner(strings.Join(strings.Fields(line), " ")))
	if language == "en" {
		line = apart.Replace(strings.ToLower(line))
	}
	m := matcher{text: []rune(" " + strings.Join(strings.Fields(line), " ")), hedges: hedges}
	if len(m.text) >= setSize {
		return &Refusal{RuleLong, line}
	}
	if n.match(&m, at(0), blank).has(len(m.text)) {
		return nil
	}
	return &Refusal{RuleForm, offending(m.text, m.reached)}
}

// offending returns the part of a text that no form has: from the start of the word at pos.
func offending(text []rune, pos int) string {
	from := min(pos, len(text)-1)
	for from > 0 && text[from-1] != ' ' {
		from--
	}
	return outer(strings.ReplaceAll(strings.TrimSpace(string(text[from:])), " '", "'"))
}

// outer is the inverse of inner.
func outer(text string) string {
	for i, name := range slotNames {
		text = strings.ReplaceAll(text, string(firstSlot+rune(i)), "{"+name+"}")
	}
	return text
}
