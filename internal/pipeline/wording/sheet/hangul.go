package sheet

import "strings"

// Finals of a Hangul syllable, by their number. The syllables are ordered by initial consonant,
// vowel and final consonant: 가 + (initial*21 + vowel)*28 + final (The Unicode Standard, 3.12).
const (
	noFinal = 0
	finalN  = 4  // ㄴ
	finalR  = 8  // ㄹ
	finalM  = 16 // ㅁ
	finalB  = 17 // ㅂ
	finalSS = 20 // ㅆ
	finalNG = 21 // ㅇ
)

// jamoFinals has the final that a letter at the start of an ending becomes.
var jamoFinals = map[rune]rune{'ㄴ': finalN, 'ㄹ': finalR, 'ㅁ': finalM, 'ㅂ': finalB, 'ㅇ': finalNG}

// isSyllable reports whether r is a Hangul syllable.
func isSyllable(r rune) bool { return r >= '가' && r <= '힣' }

// finalOf returns the final of a syllable.
func finalOf(r rune) rune { return (r - '가') % 28 }

// initialOf returns the initial consonant of a syllable, by its number.
func initialOf(r rune) rune { return (r - '가') / (28 * 21) }

// withFinal returns the word with another final in its last syllable.
func withFinal(word string, final rune) string {
	r := []rune(word)
	last := r[len(r)-1]
	r[len(r)-1] = last - finalOf(last) + final
	return string(r)
}

// verb is a Korean verb or adjective: its stem, its infinitive (the form in 아 or 어), its kind (v
// for verbs, a for adjectives, e for 있 and 없, p for a stem of the past), and its stem before 으 if
// that is another one: 어두우 of 어둡.
type verb struct {
	stem, infinitive string
	kind             byte
	soft             string
}

// full returns the verb with the infinitive that is not contracted, such as 하여 for 해 and 보이어 for
// 보여. ok is false if there is no other one.
func (v verb) full() (full verb, ok bool) {
	r := []rune(v.stem)
	last := r[len(r)-1]
	full = v
	switch vowel := (last - '가') / 28 % 21; {
	case v.kind == 'p' || v.soft != "" || finalOf(last) != noFinal:
		return v, false
	case last == '하':
		full.infinitive = v.stem + "여"
	case vowel == 8 && last != '오': // ㅗ
		full.infinitive = v.stem + "아"
	case vowel == 20 || vowel == 13 || vowel == 11 || vowel == 16: // ㅣ, ㅜ, ㅚ, ㅟ
		full.infinitive = v.stem + "어"
	}
	return full, full.infinitive != v.infinitive
}

// past returns the stem of the past: 있었 of 있.
func (v verb) past() verb {
	stem := withFinal(v.infinitive, finalSS)
	return verb{stem: stem, infinitive: stem + "어", kind: 'p'}
}

// forms returns the verb with each ending. An ending is written
//
//	-네요           behind the stem
//	~요             behind the infinitive
//	ㅂ니다/습니다    behind a vowel, and behind a consonant; a letter joins the syllable before
//	v:-는           for verbs of these kinds only
//	h:세요          in place of 시 at the end of an honorific stem
func (v verb) forms(endings []string) []string {
	var all []string
	for _, e := range endings {
		if form, ok := v.form(e); ok {
			all = append(all, form)
		}
	}
	return all
}

func (v verb) form(ending string) (string, bool) {
	if kinds, rest, ok := strings.Cut(ending, ":"); ok {
		if kinds == "h" {
			stem, honorific := strings.CutSuffix(v.stem, "시")
			return stem + rest, honorific
		}
		if !strings.ContainsRune(kinds, rune(v.kind)) {
			return "", false
		}
		ending = rest
	}
	if rest, ok := strings.CutPrefix(ending, "~"); ok {
		return join(v.infinitive, rest), true
	}
	last := []rune(v.stem)[len([]rune(v.stem))-1]
	final := finalOf(last)
	open, closed, both := strings.Cut(strings.TrimPrefix(ending, "-"), "/")
	if both && v.soft != "" && strings.ContainsRune("으은을음", []rune(closed)[0]) {
		return join(v.soft, open), true
	}
	if both && final != noFinal && final != finalR {
		return v.stem + closed, true
	}
	return join(v.stem, open), true
}

// join puts an ending behind a stem. A letter at its start becomes the final of the stem. The final
// ㄹ of a stem is lost before ㄴ, ㅂ and ㅅ.
func join(stem, ending string) string {
	if ending == "" {
		return stem
	}
	first := []rune(ending)[0]
	if final, ok := jamoFinals[first]; ok {
		return withFinal(stem, final) + strings.TrimPrefix(ending, string(first))
	}
	last := []rune(stem)[len([]rune(stem))-1]
	if finalOf(last) == finalR && isSyllable(first) {
		switch initialOf(first) {
		case 2, 7, 9: // ㄴ, ㅂ, ㅅ
			return withFinal(stem, noFinal) + ending
		}
	}
	return stem + ending
}
