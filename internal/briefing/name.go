package briefing

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxNameBytes is the most bytes of a name that has several spellings. MaxUsernameLen code points
// take at most 768 bytes in every spelling, so all legal names with usual spaces are shorter.
const MaxNameBytes = 1 << 10

// NameKey returns the key that identifies a user: the name composed (NFC), without spaces around
// it. Names with one key are one user. Some phones send Hangul composed, others decomposed, and
// keyboards add a space. Case counts. A name of more than MaxNameBytes is its own key: it is too
// long for a new user, and composing a long text is slow.
func NameKey(name string) string {
	if len(name) > MaxNameBytes {
		return name
	}
	return strings.TrimFunc(norm.NFC.String(name), isSpace)
}

// Spellings returns the usual spellings of a name, each once: unchanged, composed, decomposed. All
// have the same NameKey. A name that is not valid UTF-8 has none, because no store has such a name.
func Spellings(name string) []string {
	list := []string{} // not nil, because databases distinguish an empty list from none
	key := NameKey(name)
	all := []string{name, key}
	if len(key) <= MaxNameBytes {
		all = append(all, norm.NFD.String(key))
	}
	for _, s := range all {
		if utf8.ValidString(s) && !slices.Contains(list, s) && NameKey(s) == key {
			list = append(list, s)
		}
	}
	return list
}

// SameUser reports whether two names are one user's.
func SameUser(a, b string) bool {
	return a == b || NameKey(a) == NameKey(b)
}

// isSpace reports whether r is a space. Unlike strings.TrimSpace it leaves line breaks alone: names
// with control characters are refused, not repaired.
func isSpace(r rune) bool { return unicode.Is(unicode.Zs, r) }

// hasHidden reports whether s has a character that cannot be seen, or one that changes the
// direction of the text. With such characters two names could look the same and be two users.
// Joiners and selectors inside an emoji are allowed.
func hasHidden(s string) bool {
	runes := []rune(s)
	for i, r := range runes {
		if isHidden(r) && !inEmoji(runes, i) {
			return true
		}
	}
	return false
}

// isHidden reports whether r cannot be seen by itself. Prepended concatenation marks are in the
// category Cf, but they are visible. The empty Braille cell is in no such category, but it is
// invisible. So is the plane of tags, including its unassigned code points.
func isHidden(r rune) bool {
	switch {
	case r == ' ' || unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		return false
	case r == '\u2800', r >= 0xe0000 && r <= 0xe0fff:
		return true
	}
	return unicode.In(r, unicode.Cf, unicode.Z,
		unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
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

// inEmoji reports whether the hidden rune at i is part of an emoji: a joiner between two pictures,
// a selector after a picture or before a keycap, or a tag in a flag.
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

// inFlag reports whether the tag at i is part of a flag such as Scotland's: a black flag, tags, and
// a cancel tag.
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

// isPicture reports whether r is a picture, alone or with a selector. A digit is not: it becomes an
// emoji only with a keycap.
func isPicture(r rune) bool { return unicode.In(r, unicode.So, pictures) }

// pictures are the Extended_Pictographic characters that are not in the category So. These are also
// all bases in emoji-variation-sequences.txt that are not in So, except for the bases of keycaps.
// Source: emoji-data.txt of Unicode 16.0, under the Unicode License v3. The blocks of pictographs
// are listed in full, because each version of Unicode assigns more of them.
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

// hasBidi reports whether s has a character that changes the direction of the text.
func hasBidi(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) })
}

// hasSeparator reports whether s has Unicode's separator of lines or of paragraphs.
func hasSeparator(s string) bool { return strings.ContainsAny(s, "\u2028\u2029") }

// WithoutTurns returns s without characters that change the direction of the text: such characters
// would change the order in which it is shown. Unicode's separators of lines and paragraphs become
// spaces.
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
