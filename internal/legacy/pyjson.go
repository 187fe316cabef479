package legacy

import (
	"unicode/utf16"
	"unicode/utf8"
)

// style is one of the ways in which the old server called Python's json.dumps. Old callers compare
// answers as text, so blanks and escapes matter.
type style struct {
	separator string
	ascii     bool // ensure_ascii: all characters outside printable ASCII are escaped
}

// The three styles of the old server.
var (
	compact = style{separator: ","}              // FastAPI's JSONResponse
	spaced  = style{separator: ", "}             // json.dumps(…, ensure_ascii=False)
	escaped = style{separator: ",", ascii: true} // Starlette's send_json
)

// appendStrings appends a JSON array of strings.
func (s style) appendStrings(dst []byte, list []string) []byte {
	dst = append(dst, '[')
	for i, text := range list {
		if i > 0 {
			dst = append(dst, s.separator...)
		}
		dst = s.appendString(dst, text)
	}
	return append(dst, ']')
}

// appendString appends a JSON string as Python writes it. Each byte of invalid UTF-8 becomes
// U+FFFD. encoding/json cannot be used: it always escapes U+2028 and U+2029, and Python does
// not.
func (s style) appendString(dst []byte, text string) []byte {
	dst = append(dst, '"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r < ' ':
			dst = appendControl(dst, r)
		case r < 0x7f || !s.ascii:
			dst = utf8.AppendRune(dst, r)
		case r <= 0xffff:
			dst = appendUnit(dst, r)
		default:
			high, low := utf16.EncodeRune(r)
			dst = appendUnit(appendUnit(dst, high), low)
		}
	}
	return append(dst, '"')
}

// appendControl appends a control character. Python has short forms for five of them.
func appendControl(dst []byte, r rune) []byte {
	switch r {
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	case '\b':
		return append(dst, `\b`...)
	case '\f':
		return append(dst, `\f`...)
	}
	return appendUnit(dst, r)
}

// appendUnit appends one UTF-16 unit as \u and four lower-case hexadecimal digits. A character
// beyond U+FFFF takes two units.
func appendUnit(dst []byte, r rune) []byte {
	const digits = "0123456789abcdef"
	return append(dst, '\\', 'u',
		digits[r>>12&0xf], digits[r>>8&0xf], digits[r>>4&0xf], digits[r&0xf])
}
