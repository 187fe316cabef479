package legacy

import (
	"bytes"
	"mime"
	"strings"
)

// parseParts reads the fields of a multipart body. A part with a file name is not a field. The
// error is errBadForm.
//
// mime/multipart refuses a whole body for a control character in the head of one part, for example
// in the name of a field that the endpoint does not use. The old server accepted such bodies.
func parseParts(body []byte, boundary string) (form, error) {
	if boundary == "" {
		return nil, errBadForm
	}
	f := form{}
	delimiter := []byte("--" + boundary)
	_, rest, last := cutPart(body, delimiter)
	for parts := 0; !last; parts++ {
		if parts == maxFields {
			return nil, errBadForm
		}
		var part []byte
		if part, rest, last = cutPart(rest, delimiter); rest == nil {
			break
		}
		name, value, err := parsePart(part)
		if err != nil {
			return nil, err
		}
		if name != "" {
			f[name] = value
		}
	}
	if rest == nil {
		return nil, errBadForm // the end is missing
	}
	return f, nil
}

// cutPart returns the text before the next delimiter line, and the text after that line. rest is
// nil without a delimiter line. last reports whether the line ends the whole body.
func cutPart(text, delimiter []byte) (part, rest []byte, last bool) {
	for at := 0; ; {
		i := bytes.Index(text[at:], delimiter)
		if i < 0 {
			return text, nil, false
		}
		start := at + i
		at = start + len(delimiter)
		if start > 0 && text[start-1] != '\n' {
			continue // inside a line
		}
		line, rest, whole := bytes.Cut(text[at:], []byte("\n"))
		if rest == nil {
			rest = []byte{}
		}
		switch line = bytes.TrimRight(line, " \t\r"); {
		case string(line) == "--":
			return withoutBreak(text[:start]), rest, true
		case len(line) == 0 && whole:
			return withoutBreak(text[:start]), rest, false
		}
	}
}

// withoutBreak removes the line break before a delimiter, because it belongs to the delimiter.
func withoutBreak(part []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(part, []byte("\n")), []byte("\r"))
}

// parsePart returns the field of one part. The name is empty for a part without a name and for a
// file.
func parsePart(part []byte) (name, value string, err error) {
	for {
		line, rest, whole := bytes.Cut(part, []byte("\n"))
		if !whole {
			return "", "", errBadForm // no empty line ends the head
		}
		part, line = rest, bytes.TrimSuffix(line, []byte("\r"))
		if len(line) == 0 {
			return name, string(part), nil
		}
		key, text, colon := strings.Cut(string(line), ":")
		if !colon || key == "" || strings.ContainsFunc(key, notVisible) {
			return "", "", errBadForm
		}
		if strings.EqualFold(key, "Content-Disposition") {
			name = fieldName(text)
		}
	}
}

// notVisible reports whether a character may not be in the name of a header.
func notVisible(r rune) bool { return r <= ' ' || r > '~' }

// fieldName returns the field that a Content-Disposition names.
func fieldName(disposition string) string {
	kind, params, err := mime.ParseMediaType(disposition)
	if err != nil || kind != "form-data" || params["filename"] != "" {
		return ""
	}
	return params["name"]
}
