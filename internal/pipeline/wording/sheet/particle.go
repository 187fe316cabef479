package sheet

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"bis/internal/pipeline/wording/hangul"
)

// particles are the Korean particles (조사) with two forms: after a consonant (받침) and after a
// vowel. 으로 is 로 after ㄹ too.
var particles = [][2]string{
	{"으로", "로"}, {"이랑", "랑"}, {"이나", "나"}, {"이", "가"}, {"은", "는"}, {"을", "를"}, {"과", "와"},
}

// copulas are starts of forms of 이다, after a consonant and after a vowel. Longer ones are first.
var copulas = [][2]string{
	{"이에요", "예요"}, {"이에요", "에요"}, {"이예요", "예요"}, {"이었", "였"}, {"이올시다", "올시다"},
	{"이십", "십"}, {"이세", "세"}, {"이옵", "옵"}, {"이로", "로"}, {"이거든", "거든"},
	{"이랍", "랍"}, {"이라", "라"}, {"이랑", "랑"}, {"이래", "래"}, {"이야", "야"}, {"이여", "여"}, {"이네", "네"},
	{"이군", "군"}, {"이구", "구"}, {"이지", "지"}, {"이죠", "죠"}, {"이쥬", "쥬"}, {"이고", "고"}, {"이며", "며"},
	{"이다", "다"}, {"이데", "데"}, {"이제", "제"}, {"이유", "유"}, {"이당", "당"},
}

// attach puts the text of a line behind a value, with the form of a particle or of 이다 at its start
// that fits the value's last sound.
func attach(value, rest string) string {
	final, ok := lastFinal(value)
	open := !ok || final == hangul.None
	for _, p := range particles {
		for i, form := range p {
			behind, ok := strings.CutPrefix(rest, form)
			if !ok || !bounded(behind) {
				continue
			}
			if open || p[0] == "으로" && final == hangul.R {
				i = 1
			} else {
				i = 0
			}
			return value + p[i] + behind
		}
	}
	for _, c := range copulas {
		full := strings.HasPrefix(rest, c[0])
		switch {
		case full && open:
			return value + c[1] + rest[len(c[0]):]
		case full:
			return value + rest
		case strings.HasPrefix(rest, c[1]) && !open:
			return value + c[0] + rest[len(c[1]):]
		}
	}
	return value + rest
}

// bounded reports whether a text starts with something that ends a word.
func bounded(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return text == "" || !hangul.IsSyllable(r)
}

// With returns a word with the form of a particle that fits its last sound. The particle is one of
// the forms, such as 이 for 이/가.
func With(word, particle string) string { return attach(word, particle) }

// digitFinals has the final of each digit as Koreans read it: 영 일 이 삼 사 오 육 칠 팔 구. A zero at
// the end of a number is also read 십, 백, 천 or 만, which end in consonants other than ㄹ.
var digitFinals = [10]rune{hangul.NG, hangul.R, hangul.None, hangul.M, hangul.None, hangul.None, hangul.G, hangul.R, hangul.R, hangul.None}

// lastFinal returns the final of the last sound of a word. Signs at its end have no sound, and what
// is in brackets is not read: "1개(추정)" ends like "개". ok is false for a word without letters and
// digits.
func lastFinal(word string) (final rune, ok bool) {
	if at := strings.LastIndexByte(word, '('); at > 0 && strings.HasSuffix(word, ")") {
		word = word[:at]
	}
	word = strings.TrimRightFunc(word, func(r rune) bool {
		return r != '%' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	last, _ := utf8.DecodeLastRuneInString(word)
	switch {
	case word == "":
		return hangul.None, false
	case hangul.IsSyllable(last):
		return hangul.Final(last), true
	case last >= '0' && last <= '9':
		return digitFinals[last-'0'], true
	case isLatin(last):
		return latinFinal(strings.ToLower(word)), true
	}
	return hangul.None, true // % is read 퍼센트
}

// latinFinal guesses the final of a Latin word as Koreans say it. An abbreviation that is read
// letter by letter ends like the name of its last letter: of those only 엘, 엠, 엔 and 알 end in a
// consonant. In other words a stop after a vowel is a consonant (book, 북), as the orthography of
// loanwords has it for short vowels.
func latinFinal(word string) rune {
	spelled := !strings.ContainsAny(word, "aeiouy")
	switch word[len(word)-1] {
	case 'l':
		return hangul.R
	case 'r':
		if spelled {
			return hangul.R
		}
	case 'm', 'n':
		return hangul.M
	case 'b', 'c', 'k', 'p', 't', 'g':
		if !spelled {
			return hangul.G
		}
	}
	return hangul.None
}
