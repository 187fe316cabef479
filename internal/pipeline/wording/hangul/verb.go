package hangul

import "strings"

// Verb is a verb or an adjective. Its forms follow from the stem and the infinitive, also those of
// stems whose ㄹ, ㅂ or ㅎ changes. Stems whose ㄷ or ㅅ changes (걷다, 짓다) are not known.
type Verb struct {
	Stem       string
	Infinitive string // the form in 아 or 어
	Kind       byte   // v: verb, a: adjective, e: 있다, 없다 and their compounds, p: a stem of the past
}

// soft returns the stem before an ending in 으 if it is another one: 어두우 of 어둡, 하야 of 하얗.
func (v Verb) soft() (string, bool) {
	stem := withFinal(v.Stem, None)
	switch Final(Last(v.Stem)) {
	case B:
		return stem + "우", v.Infinitive == stem+"워" || v.Infinitive == stem+"와"
	case H: // 하얘 of 하얗, but 놓아 and 놔 of 놓
		last := Last(v.Infinitive)
		return stem, Final(last) == None && strings.ContainsRune("애얘에예", last-initial(last)*588+silent*588)
	}
	return "", false
}

// Full returns the verb with the infinitive that is not contracted, such as 하여 for 해 and 보이어 for
// 보여. ok is false if there is no other one.
func (v Verb) Full() (full Verb, ok bool) {
	last := Last(v.Stem)
	if v.Kind == 'p' || Final(last) != None {
		return v, false
	}
	full = v
	switch vowel := vowel(last); {
	case last == '하':
		full.Infinitive = v.Stem + "여"
	case vowel == 8 && last != '오': // ㅗ
		full.Infinitive = v.Stem + "아"
	case vowel == 20 || vowel == 13 || vowel == 11 || vowel == 16: // ㅣ, ㅜ, ㅚ, ㅟ
		full.Infinitive = v.Stem + "어"
	}
	return full, full.Infinitive != v.Infinitive
}

// Past returns the stem of the past: 있었 of 있.
func (v Verb) Past() Verb {
	stem := withFinal(v.Infinitive, SS)
	return Verb{Stem: stem, Infinitive: stem + "어", Kind: 'p'}
}

// Forms returns the verb with each ending. An ending is written
//
//	-네요           behind the stem
//	~요             behind the infinitive
//	ㅂ니다/습니다    behind a vowel or ㄹ, and behind another consonant; a letter joins the syllable
//	v:-는           for verbs of these kinds only
//	h:세요          in place of 시 at the end of an honorific stem
func (v Verb) Forms(endings []string) []string {
	var all []string
	for _, e := range endings {
		if form, ok := v.form(e); ok {
			all = append(all, form)
		}
	}
	return all
}

func (v Verb) form(ending string) (string, bool) {
	if kinds, rest, ok := strings.Cut(ending, ":"); ok {
		if kinds == "h" {
			stem, honorific := strings.CutSuffix(v.Stem, "시")
			return stem + rest, honorific
		}
		if !strings.ContainsRune(kinds, rune(v.Kind)) {
			return "", false
		}
		ending = rest
	}
	if rest, ok := strings.CutPrefix(ending, "~"); ok {
		return join(v.Infinitive, rest), true
	}
	open, closed, both := strings.Cut(strings.TrimPrefix(ending, "-"), "/")
	if !both {
		return join(v.Stem, open), true
	}
	first := []rune(closed)[0]
	if soft, ok := v.soft(); ok && initial(first) == silent && vowel(first) == eu {
		return join(soft, open), true
	}
	switch final := Final(Last(v.Stem)); {
	case final != None && final != R:
		return v.Stem + closed, true
	case final == R && first == '음': // the noun keeps the ㄹ: 긺 of 길
		return withFinal(v.Stem, RM) + strings.TrimPrefix(open, "ㅁ"), true
	}
	return join(v.Stem, open), true
}

// Numbers of initial consonants and of vowels.
const (
	silent = 11 // ㅇ
	oh     = 8  // ㅗ
	oe     = 11 // ㅚ
	eu     = 18 // ㅡ
)

// letters has the final that a letter at the start of an ending becomes.
var letters = map[rune]rune{'ㄴ': N, 'ㄹ': R, 'ㅁ': M, 'ㅂ': B, 'ㅇ': NG}

// join puts an ending behind a stem. A letter at its start becomes the final of the stem. The final
// ㄹ of a stem is lost before ㄴ, ㅂ, ㅅ and 오.
func join(stem, ending string) string {
	if ending == "" {
		return stem
	}
	first := []rune(ending)[0]
	if final, ok := letters[first]; ok {
		return withFinal(stem, final) + strings.TrimPrefix(ending, string(first))
	}
	if Final(Last(stem)) != R || !IsSyllable(first) {
		return stem + ending
	}
	switch initial(first) {
	case 2, 7, 9: // ㄴ, ㅂ, ㅅ
		return withFinal(stem, None) + ending
	case silent:
		if v := vowel(first); v >= oh && v <= oe { // ㅗ and the vowels that begin with it
			return withFinal(stem, None) + ending
		}
	}
	return stem + ending
}
