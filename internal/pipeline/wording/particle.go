package wording

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Particle names a Korean particle by its two forms: after a final consonant,
// and after a vowel.
type Particle uint8

// The particles.
const (
	Topic       Particle = iota // 은/는
	Subject                     // 이/가
	Object                      // 을/를
	And                         // 과/와
	Toward                      // 으로/로
	numParticle                 // how many there are
)

var particleForms = [numParticle][2]string{
	Topic: {"은", "는"}, Subject: {"이", "가"}, Object: {"을", "를"}, And: {"과", "와"}, Toward: {"으로", "로"},
}

// With returns the word with the particle that fits its last sound. Brackets,
// quotes and signs at its end are passed over: "2명(추정)" sounds like "추정".
func With(word string, p Particle) string {
	forms := particleForms[p]
	final := finalOf(word)
	if final == none || (p == Toward && final == rieul) {
		return word + forms[1]
	}
	return word + forms[0]
}

// final is the consonant at the end of a word, as far as particles care.
type final uint8

const (
	none  final = iota // it ends in a vowel
	rieul              // in ㄹ, which takes 로
	other
)

// Digits as they are read in Korean: 영 일 이 삼 사 오 육 칠 팔 구. A last zero may
// also be read 십, 백, 천 or 만, which take the same forms as 영.
var digitFinals = [10]final{other, rieul, none, other, none, none, other, rieul, rieul, none}

// finalOf tells how a word ends. One without a sound to tell by ends in a vowel.
func finalOf(word string) final {
	word = strings.TrimRightFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '%' })
	last, size := utf8.DecodeLastRuneInString(word)
	switch {
	case size == 0:
		return none
	case last >= '가' && last <= '힣':
		// A syllable's number is (initial*21 + vowel)*28 + final; final 8 is ㄹ.
		switch (last - '가') % 28 {
		case 0:
			return none
		case 8:
			return rieul
		}
		return other
	case last >= '0' && last <= '9':
		return digitFinals[last-'0']
	case last == '%':
		return none // 퍼센트
	}
	return latinFinal(strings.ToLower(word))
}

// latinFinal guesses how Koreans say a Latin word: by its last letters. A single letter, or
// capitals read one by one, end as the letter's name does, and of those only
// L, M, N and R (엘 엠 엔 알) end in a consonant.
func latinFinal(word string) final {
	switch word[len(word)-1] {
	case 'l', 'r':
		if strings.HasSuffix(word, "r") && utf8.RuneCountInString(word) > 1 {
			return none // "car" is 카, "beer" is 비어
		}
		return rieul
	case 'm', 'n':
		return other
	case 'b', 'c', 'k', 'p', 't', 'g':
		// Written words end short: "book" is 북, "cup" is 컵; letters by themselves do not.
		if utf8.RuneCountInString(word) == 1 || isShort(word) {
			return none
		}
		return other
	}
	return none
}

// isShort tells of an abbreviation without a vowel, which is read letter by letter.
func isShort(word string) bool { return !strings.ContainsAny(word, "aeiouy") }
