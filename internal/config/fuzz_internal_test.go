package config

import (
	"cmp"
	"errors"
	"maps"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// number is the part of an error before the broken rule.
var number = regexp.MustCompile(`^line \d+ is wrong; `)

// FuzzParseEnvFile reads any file. An error names a line and quotes none of it. An accepted value
// has no line breaks, and is read as the same value after it was written again.
func FuzzParseEnvFile(f *testing.F) {
	for _, s := range []string{
		"\ufeffDATABASE_ID=a\r\nexport B = 'c # d' # e\n", "A:b", "A=\"b\"c\"", "A", "=b", "A='", "A=\"b\"#c", "# \xff\nA=b#c", "A=\x00", "가게=손님\rB=",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		vars, err := parseEnvFile(text)
		if err != nil {
			if number.ReplaceAllString(err.Error(), "") != cmp.Or(errors.Unwrap(err), err).Error() {
				t.Errorf("the error has more than a line's number and a rule: %v", err)
			}
			return
		}
		var again strings.Builder
		for name, value := range vars {
			if name == "" || strings.ContainsAny(name+value, "\r\n\x00") || !utf8.ValidString(name+value) {
				t.Errorf("parseEnvFile(%q) has %q = %q", text, name, value)
			}
			if len(name)+len(value) > maxLine-16 {
				return // the quotes would make it too long
			}
			quote := `"`
			if strings.Contains(value, quote) {
				quote = "'"
			}
			if strings.Contains(value, quote) {
				return // no quote preserves such a value
			}
			again.WriteString(name + "=" + quote + value + quote + "\n")
		}
		if got, err := parseEnvFile(again.String()); err != nil || !maps.Equal(got, vars) {
			t.Errorf("parseEnvFile(%q) = %q, which reads back as %q, %v", text, vars, got, err)
		}
	})
}
