package wording

import (
	"regexp"
	"strings"

	"bis/internal/pipeline/wording/sheet"
)

// The ways to write numbers of people and things, as sheets name them.
const (
	inWords  = "words"
	inDigits = "digits"
)

// numberPatterns find wishes for numbers in words, for none in digits, and for digits.
var numberPatterns = []struct {
	want     string
	negation bool // the words around may turn the wish into its opposite
	re       *regexp.Regexp
}{
	{inWords, true, regexp.MustCompile(`(?:(?:^|[,.;] ?|모든 ?)수|숫자|수치)` + numberParts +
		`(?:순 ?우리말|우리말|한글|글자|글|문자|말|한국어|한국말|단어|고유어|영어 ?단어)(?:으?로만|으?로)`)},
	{inWords, true, regexp.MustCompile(`(?:인원 ?수|인원|명수|손님 ?수|사람 ?수|개수|몇 ?명인지)` + numberParts +
		`(?:한글|글자|문자|단어|고유어)(?:으?로만|으?로)`)},
	{inWords, true, regexp.MustCompile(`(?:한글|글자|우리말|단어|말)(?:으?로만|으?로) ?(?:숫자|수)(?:를|을)? ?` +
		`(?:써|쓰|적|표기|표현|읽|말)`)},
	{inWords, true, regexp.MustCompile(`숫자(?:는|를|을|도)? ?(?:모두 |다 |전부 )?(?:풀어|읽는 ?대로|읽듯|소리 ?나는 ?대로)`)},
	{inWords, true, regexp.MustCompile(`하나,? 둘(?:,? 셋)?(?:로|으로|처럼|이라고)|(?:한|두|세|네|다섯) (?:명|분|개)['"’”]?(?:처럼| ?이렇게|식으로|(?:이?라고|으?로) ?` +
		`(?:써|쓰|적|표기|표현|읽|말))`)},
	{inWords, false, regexp.MustCompile(`숫자(?:를|는|은|도|로는|로)? ?(?:절대로? |아예 |가급적 |되도록 )?` +
		`(?:(?:쓰|사용하|적|표기하|표시하|말하|보이|보여주|넣)지 ?(?:마|말|않)|사용 ?금지|금지|안 ?쓰|안 ?써|없이|빼(?:고|줘|주|라)|싫)`)},
	{inDigits, true, regexp.MustCompile(`(?:한글|글자|우리말|단어|말) ?(?:말고|대신|아니라) ?숫자로|아라비아 ?숫자로|` +
		`숫자로 ?(?:써|쓰|적|표기|표현)|(?:숫자|수|인원|인원 ?수|손님 ?수|사람 ?수)(?:는|은) 숫자로(?: |$)`)},

	{inWords, true, regexp.MustCompile(`\b` + numberNouns + `(?: (?:are|is|be|should be|must be|written|spelled|` +
		`spelt|shown|given|expressed|always|only|please|out))* (?:in|as|with|using|into|to|by)` +
		`(?: (?:full|plain|english|korean|written|number))? (?:words?|letters|hangul|full|text|writing)\b`)},
	{inWords, true, regexp.MustCompile(`\bspell(?:ing|ed|s)?(?:[ -]out)?(?: the| all| every| each| any| your)* ` +
		numberNouns + `(?: out)?\b|\bwrit(?:e|es|ing|ten)(?: out(?: the| all)* ` + numberNouns + `|(?: the| all)* ` +
		numberNouns + ` (?:out|in full))\b|\b` + numberNouns +
		` (?:(?:are|should be|must be|to be) )?(?:spelled|spelt|written)[ -](?:out|in full)\b`)},
	{inWords, true, regexp.MustCompile(`\b(?:words?|letters),? (?:instead of|rather than|in place of|and not|` +
		`and no|but no|not|no|over|for)(?: the| all| any)* ` + numberNouns + `\b|\bnumber words\b|` +
		`(?:^|[,.;] ?|use |in |with )(?:only|just) words\b|\bwords (?:only|alone)\b|\b(?:one|two|three|four|five) (?:instead of|rather than|not) ` +
		`[1-9]\b|\bin words(?:$|[.,!;]| (?:not|please|instead|only))`)},
	{inWords, false, regexp.MustCompile(`(?:\b(?:no|without|avoid|stop using|(?:do not|never|not) (?:use|write|show|want|like|using))|` +
		`n't (?:use|write|show|want|like))(?: any| the| arabic)* ` + numberNouns + `\b(?:,? (?:but|only|just|use)? ?words\b)?`)},
	{inDigits, true, regexp.MustCompile(`\b(?:in|as|use|using|with)(?: arabic)? (?:digits|numerals|figures)\b|` +
		`^(?:digits|numerals)(?:,? please)?[.!]?$|\b` + numberNouns + `,? (?:instead of|rather than|and not|not|over) (?:words|letters)\b`)},
}

// numberNouns are the English names of numbers, and numberParts what may stand between a Korean
// one and the way to write it.
const (
	numberNouns = `(?:numbers?|figures?|digits?|numerals?|counts)`
	numberParts = `(?: ?(?:표기|표현|표시|부분))?(?:는|은|를|을|도|만은|만|로|가)? ?` +
		`(?:(?:모두|전부|항상|꼭|다|되도록|가능하면|말고|대신|쓰지 ?말고|아니라|아닌|무조건|그냥|반드시|최대한|웬만하면|가급적|제발|좀) ?)*`
)

var (
	numberNegated = regexp.MustCompile(`^[^,.!?;]{0,6}?(?:지 ?마|지 ?말|말고|않|금지|싫|안 ?써|안 ?쓰|안 ?[돼되된될됨됩했해하])`)
	figuresAlone  = regexp.MustCompile(`^ (?:only|alone)(?: please)?(?:$|[.,!;])`)
)

// numberWish returns how a line wants numbers to be written, or "", and the line with full stops in
// place of the wish. 한글 in "숫자는 한글로" names no language.
func numberWish(line string) (want, rest string) {
	at, masked := -1, []byte(line)
	for _, p := range numberPatterns {
		for _, m := range p.re.FindAllStringIndex(line, -1) {
			before, after := near(line[:m[0]]), line[m[1]:]
			if (!p.negation || p.want == inDigits) && !strings.HasSuffix(line[:m[1]], inWords) &&
				figuresAlone.MatchString(after) {
				continue // "do not use figures only"
			}
			copy(masked[m[0]:m[1]], strings.Repeat(".", m[1]-m[0]))
			if m[0] < at {
				continue
			}
			at, want = m[0], p.want
			if p.negation && (numberNegated.MatchString(after) || negatedBefore.MatchString(before)) {
				want = map[string]string{inWords: inDigits, inDigits: inWords}[want]
			}
		}
	}
	return want, string(masked)
}

// numbersOf returns how a style wants numbers to be written, or "". The last line that says so
// decides.
func numbersOf(custom []string) string {
	numbers := ""
	for _, line := range readable(custom) {
		if want, _ := numberWish(normal(line)); want != "" {
			numbers = want
		}
	}
	return numbers
}

// Follow returns a sheet that writes numbers as a style wants, whatever the sheet says. Words are
// for 1 to 99 people and things; greater numbers, times and shares have digits.
func Follow(s sheet.Sheet, custom []string) sheet.Sheet {
	if want := numbersOf(custom); want != "" {
		s.Numbers = want
	}
	return s
}

// follow is Follow for the sheet of a style.
func (s Styled) follow(custom []string) Styled {
	s.Sheet = Follow(s.Sheet, custom)
	return s
}
