package stylist

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"bis/internal/briefing"
	"bis/internal/pipeline/wording"
)

// style is a style as a model is asked for it. It is immutable.
type style struct {
	hash     string   // identifies the language and the wishes
	language string   // ko or en
	base     string   // the nearest built-in sheet
	wishes   []string // the style lines, bounded and cleaned
}

// styleOf returns the style of style lines, which are read once: long ones take some 20 ms.
func (s *Stylist) styleOf(custom []string) style {
	var text []byte
	for _, line := range custom {
		text = append(binary.AppendUvarint(text, uint64(len(line))), line...)
	}
	sum := sha256.Sum256(text)
	st, ok := s.styles.Get(sum)
	if !ok {
		st = readStyle(custom)
		s.styles.Add(sum, st)
	}
	return st
}

// readStyle returns the style of a user's style lines. Lines that differ only in blanks, invisible
// characters and the composition of letters are equal.
func readStyle(custom []string) style {
	s := style{wishes: []string{}}
	s.language, s.base = wording.BaseOf(custom)
	for _, line := range custom[:min(len(custom), briefing.MaxCustomLines)] {
		if wish := clean(line); wish != "" {
			s.wishes = append(s.wishes, wish)
		}
	}
	// The sum of JSON, because no line can contain the end of a JSON string.
	text, _ := json.Marshal([]any{s.language, s.wishes}) // strings can always be encoded
	sum := sha256.Sum256(text)
	s.hash = hex.EncodeToString(sum[:16])
	return s
}

// clean returns a style line without control characters and invisible ones, which could hide words
// from a reader. It bounds the line, because the old system accepted longer ones.
func clean(line string) string {
	if r := []rune(line); len(r) > briefing.MaxCustomLineLen {
		line = string(r[:briefing.MaxCustomLineLen])
	}
	line = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || unicode.IsControl(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, norm.NFC.String(line))
	return strings.Join(strings.Fields(line), " ")
}
