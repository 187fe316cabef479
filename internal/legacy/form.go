package legacy

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
)

// maxBody is the most bytes of a form. The longest honest form is a custom list of 16 KiB whose
// letters are escaped twice.
const maxBody = 128 << 10

// form has the fields of a form or of a query. If a field occurs twice, the last value counts.
type form map[string]string

// maxFields is the most fields of a form. The endpoints use two.
const maxFields = 1_000

// errBadForm means that a multipart body is malformed, or that a form has too many fields.
var errBadForm = errors.New("bad form")

// readForm reads the fields of an urlencoded or a multipart body. A body of another type, such as
// JSON, has no fields, as in FastAPI. The error is an *http.MaxBytesError, limit.ErrNoRoom,
// errBadForm, or an error of the connection.
func readForm(w http.ResponseWriter, r *http.Request) (form, error) {
	body := http.MaxBytesReader(w, r.Body, maxBody)
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		kind = ""
	}
	switch kind {
	case "application/x-www-form-urlencoded":
		var text strings.Builder
		if err := readBody(&text, body, r.ContentLength); err != nil {
			return nil, err
		}
		if strings.Count(text.String(), "&") >= maxFields {
			return nil, errBadForm
		}
		return parsePairs(text.String()), nil
	case "multipart/form-data":
		var parts bytes.Buffer
		if err := readBody(&parts, body, r.ContentLength); err != nil {
			return nil, err
		}
		return parseParts(parts.Bytes(), params["boundary"])
	}
	_, err = io.Copy(io.Discard, body)
	return form{}, err
}

// firstBytes is how much of a body is read before memory for its declared length is allocated. So a
// caller cannot occupy memory by a length alone.
const firstBytes = 32 << 10

// growing is a strings.Builder or a bytes.Buffer.
type growing interface {
	io.Writer
	Grow(n int)
}

// readBody reads a body whose declared length is n bytes, or -1. It copies little of it.
func readBody(to growing, body io.Reader, n int64) error {
	switch _, err := io.CopyN(to, body, firstBytes); {
	case err == io.EOF:
		return nil
	case err != nil:
		return err
	}
	// A bytes.Buffer wants some room for the end of the body.
	to.Grow(int(max(0, min(n, maxBody)-firstBytes)) + bytes.MinRead)
	_, err := io.Copy(to, body)
	return err
}

// parsePairs reads urlencoded fields like Python's urllib: an invalid escape is literal text, and
// no input is an error. net/url would discard a field with an invalid escape.
func parsePairs(text string) form {
	f := form{}
	for pair := range strings.SplitSeq(text, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if name != "" {
			f[unplus(name)] = unplus(value)
		}
	}
	return f
}

// unplus decodes a name or a value. A plus sign means a blank.
func unplus(s string) string { return unescape(strings.ReplaceAll(s, "+", " ")) }

// unescape replaces each valid %XX by its byte. Any other % stays.
func unescape(s string) string {
	at := strings.IndexByte(s, '%')
	if at < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(max(at, len(s)-2*strings.Count(s, "%")))
	b.WriteString(s[:at])
	for i := at; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			high, low := unhex(s[i+1]), unhex(s[i+2])
			if high >= 0 && low >= 0 {
				b.WriteByte(byte(high<<4 | low))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// unhex returns the value of a hexadecimal digit, or -1.
func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
