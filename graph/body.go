package graph

import (
	"bytes"
	"errors"
	"mime"
	"net/http"
	"os"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"

	"bis/internal/limit"
)

// bodies are scratch buffers for the bodies of calls.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// reusable is the greatest capacity of a buffer that is used again. A pool keeps its buffers for
// two collections, so the large buffers of a burst would stay in memory.
const reusable = 16 << 10

// reuse returns a buffer to bodies.
func reuse(b *bytes.Buffer) {
	if b.Cap() <= reusable {
		bodies.Put(b)
	}
}

// FromBody reads the parameters of an operation from the body of a POST. The body must be a JSON
// object in UTF-8, uncompressed, of at most 128 KiB. The server sets the connection's deadlines. An
// error does not quote the body; Refuse answers with it.
func FromBody(w http.ResponseWriter, r *http.Request) (*graphql.RawParams, error) {
	if err := checkHead(w, r); err != nil {
		return nil, err
	}
	body := bodies.Get().(*bytes.Buffer)
	defer reuse(body)
	body.Reset()
	_, err := body.ReadFrom(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		return nil, &badRequest{
			http.StatusRequestEntityTooLarge, "the body must have at most 128 KiB",
		}
	case errors.Is(err, limit.ErrNoRoom):
		return nil, &badRequest{http.StatusServiceUnavailable, err.Error()}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, &badRequest{http.StatusRequestTimeout, "the body did not come in time"}
	case err != nil:
		return nil, &badRequest{http.StatusBadRequest, "the body could not be read"}
	}
	if err := checkBody(body.Bytes()); err != nil {
		return nil, err
	}
	p, err := Params(body.Bytes()) // copies its strings, because the buffer is used again
	if err != nil {
		return nil, err
	}
	return p, needsDocument(p)
}

// compressed is the error of a compressed body, which could expand to any size.
const compressed = "the body must not be compressed (gzip, deflate, br): " +
	"send it without Content-Encoding"

// checkHead refuses a body whose headers say that it is compressed, or that it is not JSON in
// UTF-8.
func checkHead(w http.ResponseWriter, r *http.Request) error {
	for _, list := range r.Header.Values("Content-Encoding") {
		for coding := range strings.SplitSeq(list, ",") {
			coding = strings.TrimSpace(coding)
			if coding != "" && !strings.EqualFold(coding, "identity") {
				w.Header().Set("Accept-Encoding", "identity") // RFC 9110, section 12.5.3
				return &badRequest{http.StatusUnsupportedMediaType, compressed}
			}
		}
	}
	contentType := r.Header.Get("Content-Type")
	if contentType == typeJSON {
		return nil // nearly all clients write this form, so the header is rarely parsed
	}
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != typeJSON {
		return &badRequest{
			http.StatusUnsupportedMediaType, "the Content-Type must be application/json",
		}
	}
	switch strings.ToLower(params["charset"]) {
	case "", "utf-8", "utf8":
		return nil
	}
	return &badRequest{http.StatusUnsupportedMediaType, "the charset of the body must be UTF-8"}
}

// starts are the first bytes of bodies that are not JSON in UTF-8, with the errors of such bodies.
// A JSON object in UTF-16 starts with a brace and a zero byte, in either order.
var starts = []struct{ bytes, rule string }{
	{"\xef\xbb\xbf", "the body must not begin with a byte order mark (BOM)"},
	{"\xff\xfe", utf16},
	{"\xfe\xff", utf16},
	{"{\x00", utf16},
	{"[\x00", utf16},
	{"\x00", utf16},
	{"\x1f\x8b", compressed}, // gzip without a Content-Encoding
}

const utf16 = "the body must be UTF-8, not UTF-16"

// checkBody refuses a body by its bytes. Each common mistake has an error of its own, because "not
// JSON" does not help a caller whose editor wrote a byte order mark.
func checkBody(body []byte) error {
	for _, s := range starts {
		if bytes.HasPrefix(body, []byte(s.bytes)) {
			return &badRequest{http.StatusBadRequest, s.rule}
		}
	}
	switch {
	case bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("[")):
		return &badRequest{
			http.StatusBadRequest,
			"a batch is not supported: send one operation a request, as a JSON object",
		}
	case !utf8.Valid(body): // encoding/json would replace the invalid bytes by U+FFFD
		return &badRequest{http.StatusBadRequest, "the body must be UTF-8"}
	}
	return nil
}
