package describe

// Finals of a Hangul syllable, by their number. The syllables are ordered by initial consonant,
// vowel and final consonant: 가 + (initial*21 + vowel)*28 + final (The Unicode Standard, 3.12).
const (
	noFinal = 0
	finalN  = 4  // ㄴ
	finalR  = 8  // ㄹ
	finalM  = 16 // ㅁ
	finalB  = 17 // ㅂ
	finalSS = 20 // ㅆ
)

// isSyllable reports whether r is a Hangul syllable.
func isSyllable(r rune) bool { return r >= '가' && r <= '힣' }

// finalOf returns the final of a word's last syllable.
func finalOf(word string) rune {
	r := []rune(word)
	return (r[len(r)-1] - '가') % 28
}

// withFinal returns a word with another final in its last syllable.
func withFinal(word string, final rune) string {
	r := []rune(word)
	last := r[len(r)-1]
	r[len(r)-1] = last - (last-'가')%28 + final
	return string(r)
}
