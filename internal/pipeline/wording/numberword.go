package wording

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

var (
	// koreanCounted matches native numerals before a counter: 두 명, 열한 개. Korean counts people
	// and things with native numerals, which have a short form before a counter: 하나, 둘, 셋,
	// 넷, 스물 become 한, 두, 세, 네, 스무. 석 and 넉 are the forms before a few units (standard
	// language rules, article 17). The first group has the vague ones, such as 두세.
	koreanCounted = regexp.MustCompile(`(?:^|[^가-힣])((?:한두|두세|두서너|서너|너댓|대여섯|예닐곱)|(?:열|스물|스무|서른|` +
		`마흔|쉰)?(?:한|두|세|석|네|넉|다섯|여섯|일곱|여덟|아홉)?) ?(?:명|분|사람|개|대|마리|병|잔|권|쌍|곳)`)
	// koreanAlone matches native numerals without a counter, which carry the particle themselves:
	// 손님 둘이. Only the long forms occur without a counter.
	koreanAlone = regexp.MustCompile(`(?:^|[^가-힣])(열?(?:하나|둘|셋|넷|다섯|여섯|일곱|여덟|아홉)|` +
		`스물)(?:[이가은는을를도만뿐과와의,.! ]|$)`)
	// koreanSino matches Sino-Korean numerals before 명. They are read before no other counter,
	// because 이 is also "this": 이 개 is this dog, not two things.
	koreanSino = regexp.MustCompile(`(?:^|[^가-힣])([일이삼사오육칠팔구십백]+) ?명`)

	// englishCounted matches numerals from zero to ninety-nine.
	englishCounted = regexp.MustCompile(`\b(?:(twenty|thirty|forty|fifty|sixty|seventy|eighty|` +
		`ninety)(?:-| )?)?(zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|` +
		`thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)?\b`)
	// englishOdd matches words that state a number without a value that could be checked.
	englishOdd = regexp.MustCompile(`\b(?:dozens?|hundreds?|thousands?|half|twice|both|trio|duo|` +
		`pairs? of (?:people|customers|visitors|guests|shoppers))\b`)
	// englishSingle matches an article before a person, which states one: "a customer". An
	// article before a thing states no number: "at a table".
	englishSingle = regexp.MustCompile(`\b(a|an|single|lone|another) (?:[a-z]+ )?(?:person|` +
		`customer|visitor|guest|shopper|patron|individual)\b`)
	// "one" is a number only before a person ("one customer"), and not after words such as "this".
	// Elsewhere it is a pronoun ("no one").
	oneBeside = regexp.MustCompile(`^ (?:[a-z]+ )?(?:person|customer|visitor|guest|shopper|` +
		`patron|individual)\b`)
	notOne = regexp.MustCompile(`\b(?:no|any|every|each|this|that|last|next) $`)
)

// koreanOnes has the native numerals from one to nine, in all forms.
var koreanOnes = map[string]int{
	"하나": 1, "한": 1, "둘": 2, "두": 2, "셋": 3, "세": 3, "석": 3, "넷": 4, "네": 4, "넉": 4,
	"다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9,
}

// koreanTens has the native tens that captions may use. Native numerals are formed as ten and
// one: 열하나 is eleven.
var koreanTens = map[string]int{"열": 10, "스물": 20, "스무": 20, "서른": 30, "마흔": 40, "쉰": 50}

// koreanNumbersIn returns the numbers that are written in Korean words, in their order. Where two
// patterns match at the same place, one of the two is left out.
func koreanNumbersIn(text string) []number {
	var found []number
	add := func(re *regexp.Regexp, value func(string) int, counted bool) {
		for _, m := range re.FindAllStringSubmatchIndex(text, -1) {
			word, rest := text[m[2]:m[3]], text[m[3]:]
			if word == "" || counted && !counterPattern.MatchString(rest) {
				continue
			}
			found = append(found, number{from: m[2], to: m[3], value: value(word)})
		}
	}
	add(koreanCounted, nativeValue, true)
	add(koreanAlone, nativeValue, false)
	add(koreanSino, sinoValue, true)
	slices.SortFunc(found, func(a, b number) int { return cmp.Compare(a.from, b.from) })
	return slices.CompactFunc(found, func(a, b number) bool { return a.from == b.from })
}

// nativeValue returns the value of a native Korean numeral, and -1 for a vague one such as 두세.
func nativeValue(word string) int {
	value := 0
	for tens, n := range koreanTens {
		if rest, ok := strings.CutPrefix(word, tens); ok {
			value, word = n, rest
			break
		}
	}
	if word == "" {
		return value
	}
	ones, ok := koreanOnes[word]
	if !ok {
		return -1
	}
	return value + ones
}

// sinoValue returns the value of a Sino-Korean numeral up to the hundreds. A digit multiplies the
// unit after it, and a unit without a digit counts once: 이십일 is 21, 십 is 10. Digits without a unit
// are read one after the other: 일이 is 12.
func sinoValue(word string) int {
	value, digit := 0, 0
	for _, r := range word {
		switch r {
		case '십', '백':
			unit := map[rune]int{'십': 10, '백': 100}[r]
			value += max(digit, 1) * unit
			digit = 0
		default:
			digit = digit*10 + slices.Index([]rune("영일이삼사오육칠팔구"), r)
		}
	}
	return value + digit
}

// englishOnes has the numerals from 0 to 19, each at its value.
var englishOnes = strings.Fields("zero one two three four five six seven eight nine ten " +
	"eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")

// englishTens has the tens from 20 to 90.
var englishTens = strings.Fields("twenty thirty forty fifty sixty seventy eighty ninety")

// englishNumbersIn returns the numbers that are written in English words, in no order.
func englishNumbersIn(text string) []number {
	var found []number
	for _, m := range englishCounted.FindAllStringSubmatchIndex(text, -1) {
		if m[0] == m[1] { // both groups are optional, so the pattern also matches nothing
			continue
		}
		n := number{from: m[0], to: m[1]}
		if m[2] >= 0 {
			n.value = 20 + 10*slices.Index(englishTens, text[m[2]:m[3]])
		}
		if m[4] >= 0 {
			n.value += slices.Index(englishOnes, text[m[4]:m[5]])
		}
		if text[m[0]:m[1]] == "one" &&
			(notOne.MatchString(text[:m[0]]) || !oneBeside.MatchString(text[m[1]:])) {
			continue
		}
		found = append(found, n)
	}
	for _, m := range englishOdd.FindAllStringIndex(text, -1) {
		found = append(found, number{from: m[0], to: m[1], value: -1})
	}
	for _, m := range englishSingle.FindAllStringSubmatchIndex(text, -1) {
		found = append(found, number{from: m[2], to: m[3], value: 1})
	}
	return found
}
