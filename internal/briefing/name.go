package briefing

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// NameKey returns what tells users apart: the name composed (NFC), without spaces around it. Names
// of one key are one user, however they are spelled: phones send the same Hangul composed or
// decomposed, and keyboards add a space. Case counts.
func NameKey(name string) string {
	return strings.TrimFunc(norm.NFC.String(name), isSpace)
}

// Spellings returns the usual spellings of a name, without repetition: as it is, composed,
// decomposed.
func Spellings(name string) []string {
	list := []string{name}
	key := NameKey(name)
	for _, s := range []string{key, norm.NFD.String(key)} {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// SameUser reports whether two names are one user's.
func SameUser(a, b string) bool {
	return a == b || NameKey(a) == NameKey(b)
}

// isSpace leaves out controls such as line breaks, which strings.TrimSpace would take.
func isSpace(r rune) bool { return unicode.Is(unicode.Zs, r) }

// hasHidden reports whether s has a character that cannot be seen, or one that turns the direction
// of the text: two names that look alike would be two users. Joiners and selectors inside an emoji
// are part of it.
func hasHidden(s string) bool {
	runes := []rune(s)
	for i, r := range runes {
		if isHidden(r) && !inEmoji(runes, i) {
			return true
		}
	}
	return false
}

func isHidden(r rune) bool {
	switch {
	case r == ' ' || unicode.Is(unicode.Prepended_Concatenation_Mark, r): // the latter are of Cf, yet are seen
		return false
	case r == '\u2800', r >= 0xe0000 && r <= 0xe0fff: // the empty Braille cell; tags and what may follow them
		return true
	}
	return unicode.In(r, unicode.Cf, unicode.Z, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// Parts of emoji.
const (
	zeroWidthJoiner = '\u200d'
	textSelector    = '\ufe0e'
	emojiSelector   = '\ufe0f'
	keycap          = '\u20e3'
	tagSpace        = '\U000e0020'
	tagCancel       = '\U000e007f'
	blackFlag       = '\U0001f3f4'
)

// inEmoji reports whether the hidden rune i has its place in an emoji: a joiner between two of
// them, a selector behind one or before a keycap, a tag in a flag.
func inEmoji(s []rune, i int) bool {
	switch r := s[i]; {
	case r == textSelector, r == emojiSelector:
		return i > 0 && (isPicture(s[i-1]) || i+1 < len(s) && s[i+1] == keycap)
	case r == zeroWidthJoiner:
		before := i - 1
		if before > 0 && s[before] == emojiSelector {
			before--
		}
		return before >= 0 && isPicture(s[before]) && i+1 < len(s) && isPicture(s[i+1])
	case r >= tagSpace && r <= tagCancel:
		return inFlag(s, i)
	}
	return false
}

// inFlag reports whether the tag i is in a run of tags that a black flag begins and a cancel tag
// ends.
func inFlag(s []rune, i int) bool {
	isTag := func(r rune) bool { return r >= tagSpace && r < tagCancel }
	from := i
	for from > 0 && isTag(s[from-1]) {
		from--
	}
	to := i
	for to < len(s) && isTag(s[to]) {
		to++
	}
	return from > 0 && s[from-1] == blackFlag && to > from && to < len(s) && s[to] == tagCancel
}

// isPicture reports whether r may be a picture of its own, or the base of one with a selector. A
// digit is none: only a keycap makes an emoji of it.
func isPicture(r rune) bool { return unicode.In(r, unicode.So, pictures) }

// pictures are the Extended_Pictographic characters outside of So. They are also all bases of
// emoji-variation-sequences.txt outside of So, without the keycaps' bases. Source: emoji-data.txt
// of Unicode 16.0, under the Unicode License v3. The planes of pictographs count as a whole, since
// each version of Unicode fills more of them.
var pictures = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x203c, Hi: 0x203c, Stride: 1}, // ‼
		{Lo: 0x2049, Hi: 0x2049, Stride: 1}, // ⁉
		{Lo: 0x2139, Hi: 0x2139, Stride: 1}, // ℹ
		{Lo: 0x2194, Hi: 0x2194, Stride: 1}, // ↔
		{Lo: 0x25fb, Hi: 0x25fe, Stride: 1}, // ◻◼◽◾
		{Lo: 0x266f, Hi: 0x266f, Stride: 1}, // ♯
		{Lo: 0x2934, Hi: 0x2935, Stride: 1}, // ⤴⤵
		{Lo: 0x3030, Hi: 0x3030, Stride: 1}, // 〰
		{Lo: 0x303d, Hi: 0x303d, Stride: 1}, // 〽
	},
	R32: []unicode.Range32{
		{Lo: 0x1f000, Hi: 0x1faff, Stride: 1},
		{Lo: 0x1fc00, Hi: 0x1fffd, Stride: 1},
	},
}

// hasBidi reports whether s has a bidirectional control.
func hasBidi(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) })
}

// hasSeparator reports whether s has a separator of lines or paragraphs.
func hasSeparator(s string) bool { return strings.ContainsAny(s, "\u2028\u2029") }

// WithoutTurns returns s without bidirectional controls, which would show it in another order than
// it was written; separators of lines and paragraphs become spaces.
func WithoutTurns(s string) string {
	if !hasBidi(s) && !hasSeparator(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		case unicode.In(r, unicode.Zl, unicode.Zp):
			return ' '
		}
		return r
	}, s)
}
