package legacy

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzParsePairs compares parsePairs with net/url for the texts that net/url accepts.
func FuzzParsePairs(f *testing.F) {
	for _, seed := range []string{"username=kim&interval=5", "a=%EA%B9%80+x&a=2", "=x&&a", "a=%zz%4&b=100%", "a;b=c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := parsePairs(text)
		if strings.Contains(text, ";") {
			return // the standard library refuses it
		}
		want, err := url.ParseQuery(text)
		if err != nil {
			return
		}
		for name, values := range want {
			if last := values[len(values)-1]; name != "" && got[name] != last {
				t.Errorf("parsePairs(%q)[%q] = %q, want %q", text, name, got[name], last)
			}
		}
	})
}

// FuzzAppendString decodes each encoded string with encoding/json.
func FuzzAppendString(f *testing.F) {
	for _, seed := range []string{"손님 👋", "\x00\x1f\x7f", `"\`, "\u2028", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, s := range []style{compact, spaced, escaped} {
			b := s.appendString(nil, text)
			var got string
			if err := json.Unmarshal(b, &got); err != nil {
				t.Fatalf("%q: %v", b, err)
			}
			if want := strings.ToValidUTF8(text, "\uFFFD"); utf8.ValidString(text) && got != want {
				t.Errorf("%q reads back as %q", text, got)
			}
			for _, c := range b {
				if s.ascii && (c < ' ' || c > '~') {
					t.Errorf("%q holds the byte %x", b, c)
				}
			}
		}
	})
}

// FuzzParseParts checks that parseParts invents no fields and fails with errBadForm alone.
func FuzzParseParts(f *testing.F) {
	f.Add("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nv\r\n--x--\r\n", "x")
	f.Add("--x\r\n\r\n--x--", "x")
	f.Fuzz(func(t *testing.T, body, boundary string) {
		got, err := parseParts([]byte(body), boundary)
		if err != nil && err != errBadForm {
			t.Fatalf("error %v", err)
		}
		for name, value := range got {
			if !strings.Contains(body, value) {
				t.Errorf("field %q = %q is not in the body", name, value)
			}
		}
	})
}
