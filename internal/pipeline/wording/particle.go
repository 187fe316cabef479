package wording

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Particle is a Korean particle (조사) that has two forms. The first follows a word that ends in
// a consonant (받침), the second follows a word that ends in a vowel. 으로/로 is the exception:
// ㄹ counts as a vowel there ("서울로").
type Particle uint8

// The particles with two forms that captions need, as the Standard Korean Language Dictionary
// (표준국어대사전) lists them.
const (
	Topic       Particle = iota // 은/는
	Subject                     // 이/가
	Object                      // 을/를
	And                         // 과/와
	Toward                      // 으로/로
	numParticle                 // the number of particles
)

// particleForms has the two forms of each particle: after a consonant, after a vowel.
var particleForms = [numParticle][2]string{
	Topic: {"은", "는"}, Subject: {"이", "가"}, Object: {"을", "를"},
	And: {"과", "와"}, Toward: {"으로", "로"},
}

// With returns the word followed by the form of the particle that fits the word's last sound.
// Brackets, quotation marks and signs at the word's end have no sound: "2명(추정)" ends like
// "추정".
func With(word string, p Particle) string {
	forms := particleForms[p]
	final := finalOf(word)
	if final == none || (p == Toward && final == rieul) {
		return word + forms[1]
	}
	return word + forms[0]
}

// final is the sound at the end of a word, as far as it decides the form of a particle.
type final uint8

const (
	none  final = iota // a vowel
	rieul              // ㄹ
	other              // any other consonant
)

// digitFinals has the final sound of each digit as Koreans read it: 영 일 이 삼 사 오 육 칠 팔 구.
// A zero at the end of a number may also be read 십, 백, 천 or 만. All of these end in a consonant
// other than ㄹ, as 영 does.
var digitFinals = [10]final{other, rieul, none, other, none, none, other, rieul, rieul, none}

// finalOf returns the final sound of a word. A word without letters and digits counts as ending
// in a vowel.
func finalOf(word string) final {
	word = strings.TrimRightFunc(word, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '%'
	})
	last, size := utf8.DecodeLastRuneInString(word)
	switch {
	case size == 0:
		return none
	case last >= '가' && last <= '힣':
		// Unicode orders the syllables by initial consonant, vowel and final consonant:
		// 가 + (initial*21 + vowel)*28 + final. Final 0 is none, final 8 is ㄹ (The Unicode
		// Standard, section 3.12).
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
		return none // % is read 퍼센트
	}
	return latinFinal(strings.ToLower(word))
}

// latinFinal guesses the final sound of a Latin word as Koreans say it, from its last letter. A
// single letter, and an abbreviation read letter by letter, end like the name of their last letter.
// Only the names of L, M, N and R (엘, 엠, 엔, 알) end in a consonant. word is in lower case.
func latinFinal(word string) final {
	spelled := isShort(word) // so "QR" is 큐알
	switch word[len(word)-1] {
	case 'l':
		return rieul
	case 'r':
		if !spelled {
			return none // "car" is 카, "beer" is 비어
		}
		return rieul
	case 'm', 'n':
		return other
	case 'b', 'c', 'k', 'p', 't', 'g':
		// A stop at the end of a word becomes a final consonant: "book" is 북, "cup" is 컵. The rule
		// applies after a short vowel (loanword orthography, chapter 3, section 1, article 1).
		// Vowel length is not visible in the letters, so this is a guess.
		if spelled {
			return none
		}
		return other
	}
	return none
}

// isShort reports whether a word has no vowel: a single consonant, or an abbreviation that is read
// letter by letter. word is in lower case.
func isShort(word string) bool { return !strings.ContainsAny(word, "aeiouy") }
