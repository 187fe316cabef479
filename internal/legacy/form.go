package legacy

import (
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

// errBadForm means that a multipart body is malformed.
var errBadForm = errors.New("bad form")

// readForm reads the fields of an urlencoded or a multipart body. A body of another type, such as
// JSON, has no fields, as in FastAPI. The error is an *http.MaxBytesError, limit.ErrNoRoom,
// errBadForm, or an error of the connection.
func readForm(w http.ResponseWriter, r *http.Request) (form, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, err
	}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		return form{}, nil
	}
	switch kind {
	case "application/x-www-form-urlencoded":
		return parsePairs(string(body)), nil
	case "multipart/form-data":
		return parseParts(body, params["boundary"])
	}
	return form{}, nil
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
	b := append(make([]byte, 0, len(s)), s[:at]...)
	for i := at; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			high, low := unhex(s[i+1]), unhex(s[i+2])
			if high >= 0 && low >= 0 {
				b = append(b, byte(high<<4|low))
				i += 2
				continue
			}
		}
		b = append(b, s[i])
	}
	return string(b)
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
