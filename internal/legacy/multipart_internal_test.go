package legacy

import (
	"bytes"
	"maps"
	"mime/multipart"
	"strings"
	"testing"
)

// part returns one part of a body with the boundary x.
func part(head, value string) string {
	return "--x\r\nContent-Disposition: form-data; " + head + "\r\n\r\n" + value + "\r\n"
}

func TestParseParts_reads_fields(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body string
		want form
	}{
		"none":                    {"--x--\r\n", form{}},
		"one":                     {part(`name="a"`, "v") + "--x--", form{"a": "v"}},
		"two":                     {part(`name="a"`, "1") + part(`name=b`, "2") + "--x--\r\n", form{"a": "1", "b": "2"}},
		"the last of two":         {part(`name="a"`, "1") + part(`name="a"`, "2") + "--x--\r\n", form{"a": "2"}},
		"preamble and epilogue":   {"before\r\n" + part(`name="a"`, "v") + "--x-- \r\nafter", form{"a": "v"}},
		"bare line feeds":         {strings.ReplaceAll(part(`name="a"`, "v")+"--x--\r\n", "\r\n", "\n"), form{"a": "v"}},
		"breaks in a value":       {part(`name="a"`, "\r\n1\r\n\r\n2\n") + "--x--", form{"a": "\r\n1\r\n\r\n2\n"}},
		"what is like a boundary": {part(`name="a"`, "--xx\r\n --x--") + "--x--", form{"a": "--xx\r\n --x--"}},
		"empty":                   {part(`name="a"`, "") + "--x--", form{"a": ""}},
		"a file":                  {part(`name="a"; filename="f"`, "v") + "--x--", form{}},
		"no name":                 {part(`filename=""`, "v") + "--x--", form{}},
		"no head":                 {"--x\r\n\r\nv\r\n--x--", form{}},
		"another disposition":     {strings.Replace(part(`name="a"`, "v"), "form-data", "attachment", 1) + "--x--", form{}},
		"more heads":              {strings.Replace(part(`name="a"`, "v"), "--x\r\n", "--x\r\nContent-Type: text/plain\r\n", 1) + "--x--", form{"a": "v"}},
		"control characters":      {part("name=\"\x1e\"", "1") + part(`name="a"`, "\x00") + "--x--", form{"\x1e": "1", "a": "\x00"}},
		"not UTF-8":               {part("name=\"\xff\"", "\xff") + "--x--", form{"\xff": "\xff"}},
		"spaces behind boundary":  {strings.Replace(part(`name="a"`, "v"), "--x\r\n", "--x \t\r\n", 1) + "--x--", form{"a": "v"}},
	} {
		got, err := parseParts([]byte(c.body), "x")
		if err != nil || !maps.Equal(got, c.want) {
			t.Errorf("%s: parseParts(%q) = %q, %v, want %q", name, c.body, got, err, c.want)
		}
	}
}

func TestParseParts_refuses_what_is_broken(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"nothing":       "",
		"no delimiter":  "username=kim",
		"no end":        part(`name="a"`, "v"),
		"cut off":       "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nv",
		"cut in a head": "--x\r\nContent-Disposition: form-data; na",
		"head alone":    "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n--x--",
		"no colon":      "--x\r\nContent-Disposition\r\n\r\nv\r\n--x--",
		"no key":        "--x\r\n: v\r\n\r\nv\r\n--x--",
		"a space":       "--x\r\nA b: v\r\n\r\nv\r\n--x--",
		"inside a line": "a--x\r\n\r\na--x--",
	} {
		if got, err := parseParts([]byte(body), "x"); err != errBadForm {
			t.Errorf("%s: parseParts(%q) = %q, %v, want errBadForm", name, body, got, err)
		}
	}
	if got, err := parseParts([]byte("--\r\n"), ""); err != errBadForm {
		t.Errorf("without a boundary: %q, %v, want errBadForm", got, err)
	}
}

// FuzzParts writes two fields by the standard library and reads them back.
func FuzzParts(f *testing.F) {
	f.Add("username", "kim", "custom_list", `["한국어로"]`)
	f.Add("a", "\r\n--", "b", "\x00\xff")
	f.Add("\x1e", "", "\"\\", "\n")
	f.Fuzz(func(t *testing.T, name1, value1, name2, value2 string) {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		if strings.Contains(value1+value2, w.Boundary()) || name1 == "" || name2 == "" {
			return
		}
		_ = w.WriteField(name1, value1) // a buffer accepts every write
		_ = w.WriteField(name2, value2)
		_ = w.Close()
		got, err := parseParts(body.Bytes(), w.Boundary())
		if err != nil {
			t.Fatalf("%q: %v", body.Bytes(), err)
		}
		if strings.ContainsAny(name1+name2, "\r\n\"\\%") || strings.ContainsRune(name1+name2, 0) {
			return // writers differ in their escapes of these characters
		}
		want := form{name1: value1}
		want[name2] = value2
		if !maps.Equal(got, want) {
			t.Errorf("%q reads as %q", body.Bytes(), got)
		}
	})
}
