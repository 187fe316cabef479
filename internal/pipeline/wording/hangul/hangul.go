// Package hangul knows the syllables of Hangul and conjugates Korean verbs and adjectives. It does
// no I/O and has no words of its own.
package hangul

// Finals of a syllable, by their number. The syllables are ordered by initial consonant, vowel and
// final consonant: 가 + (initial*21 + vowel)*28 + final (The Unicode Standard, 3.12).
const (
	None = 0  // no final
	G    = 1  // ㄱ
	N    = 4  // ㄴ
	R    = 8  // ㄹ
	RM   = 10 // ㄻ
	M    = 16 // ㅁ
	B    = 17 // ㅂ
	SS   = 20 // ㅆ
	NG   = 21 // ㅇ
	H    = 27 // ㅎ
)

// IsSyllable reports whether r is a syllable.
func IsSyllable(r rune) bool { return r >= '가' && r <= '힣' }

// Final returns the final of a syllable, and None of another character.
func Final(r rune) rune {
	if !IsSyllable(r) {
		return None
	}
	return (r - '가') % 28
}

// initial returns the initial consonant of a syllable, by its number.
func initial(r rune) rune { return (r - '가') / (28 * 21) }

// vowel returns the vowel of a syllable, by its number.
func vowel(r rune) rune { return (r - '가') / 28 % 21 }

// Last returns the last character of a word that is not empty.
func Last(word string) rune {
	r := []rune(word)
	return r[len(r)-1]
}

// withFinal returns the word with another final in its last syllable.
func withFinal(word string, final rune) string {
	r := []rune(word)
	last := r[len(r)-1]
	r[len(r)-1] = last - Final(last) + final
	return string(r)
}
