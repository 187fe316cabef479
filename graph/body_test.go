package graph_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode/utf16"
)

const typename = `{"query":"{ __typename }"}`

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, text)
	must(t, err)
	must(t, w.Close())
	return b.String()
}

func deflated(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestSpeed)
	must(t, err)
	_, err = io.WriteString(w, text)
	must(t, err)
	must(t, w.Close())
	return b.String()
}

// wide encodes text in UTF-16.
func wide(t *testing.T, order binary.ByteOrder, text string) string {
	t.Helper()
	var b bytes.Buffer
	must(t, binary.Write(&b, order, utf16.Encode([]rune(text))))
	return b.String()
}

// Each kind of body that the server refuses gets its own sentence, with any Accept header.
func TestBodies_that_are_not_understood_say_why(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	const (
		batch      = "a batch is not supported: send one operation a request, as a JSON object"
		mark       = "the body must not begin with a byte order mark (BOM)"
		wideText   = "the body must be UTF-8, not UTF-16"
		notUTF8    = "the body must be UTF-8"
		compressed = "the body must not be compressed (gzip, deflate, br): send it without Content-Encoding"
		charset    = "the charset of the body must be UTF-8"
		plain      = "the Content-Type must be application/json"
	)
	zipped := gzipped(t, typename)
	for name, c := range map[string]struct {
		body, contentType, encoding string
		status                      int
		message                     string
	}{
		"a batch":                        {`[` + typename + `,` + typename + `]`, "", "", 400, batch},
		"a batch of one":                 {" \r\n\t[" + typename + "]", "", "", 400, batch},
		"an empty batch":                 {`[]`, "", "", 400, batch},
		"a batch that is cut off":        {`[{`, "", "", 400, batch},
		"a BOM":                          {"\xef\xbb\xbf" + typename, "", "", 400, mark},
		"a BOM before a batch":           {"\xef\xbb\xbf[" + typename + "]", "", "", 400, mark},
		"a BOM alone":                    {"\xef\xbb\xbf", "", "", 400, mark},
		"UTF-16, little end first":       {wide(t, binary.LittleEndian, "\ufeff"+typename), "", "", 400, wideText},
		"UTF-16, big end first":          {wide(t, binary.BigEndian, "\ufeff"+typename), "", "", 400, wideText},
		"UTF-16, little, without a BOM":  {wide(t, binary.LittleEndian, typename), "", "", 400, wideText},
		"UTF-16, big, without a BOM":     {wide(t, binary.BigEndian, typename), "", "", 400, wideText},
		"another code":                   {"{\"query\":\"{ user(username: \\\"\xb1\xe8\\\") { id } }\"}", "", "", 400, notUTF8},
		"gzip":                           {zipped, "", "gzip", 415, compressed},
		"gzip in capitals":               {zipped, "", " GZIP ", 415, compressed},
		"gzip by its old name":           {zipped, "", "x-gzip", 415, compressed},
		"gzip without its header":        {zipped, "", "", 400, compressed},
		"gzip beside identity":           {zipped, "", "identity, gzip", 415, compressed},
		"deflate":                        {deflated(t, typename), "", "deflate", 415, compressed},
		"br":                             {"\x0b\x0d\x80", "", "br", 415, compressed},
		"zstd":                           {"\x28\xb5\x2f\xfd", "", "zstd", 415, compressed},
		"plain text called gzip":         {typename, "", "gzip", 415, compressed},
		"a charset":                      {typename, "application/json; charset=euc-kr", "", 415, charset},
		"UTF-16 by its charset":          {wide(t, binary.BigEndian, typename), "application/json; charset=utf-16", "", 415, charset},
		"a form":                         {"query=x", "application/x-www-form-urlencoded", "", 415, plain},
		"a document":                     {"{ __typename }", "application/graphql", "", 415, plain},
		"no object":                      {`5`, "", "", 400, `the body must be a JSON object such as {"query": "..."}`},
		"a query that is no string":      {`{"query":5}`, "", "", 400, "query must be a string"},
		"a name that is no string":       {`{"query":"{ __typename }","operationName":5}`, "", "", 400, "operationName must be a string"},
		"variables that are no object":   {`{"query":"{ __typename }","variables":[]}`, "", "", 400, "variables must be a JSON object"},
		"variables in quotes":            {`{"query":"{ __typename }","variables":"{}"}`, "", "", 400, "variables must be a JSON object"},
		"extensions that are no object":  {`{"query":"{ __typename }","extensions":[]}`, "", "", 400, "extensions must be a JSON object"},
		"extensions that are a sentence": {`{"query":"{ __typename }","extensions":"x"}`, "", "", 400, "extensions must be a JSON object"},
	} {
		for _, accept := range []string{"", "application/json", "application/graphql-response+json"} {
			res, text := h.sends(c.body, c.contentType, c.encoding, accept)
			var got struct{ Errors []fault }
			if json.Unmarshal([]byte(text), &got) != nil || len(got.Errors) != 1 || res.StatusCode != c.status || got.Errors[0].Message != c.message {
				t.Errorf("%s answers %s %s, want %d %q", name, res.Status, text, c.status, c.message)
			}
			if c.encoding != "" && res.Header.Get("Accept-Encoding") != "identity" {
				t.Errorf("%s: Accept-Encoding is %q, want identity", name, res.Header.Get("Accept-Encoding"))
			}
		}
	}
	if log := h.log.String(); strings.Contains(log, "ERROR") {
		t.Errorf("a caller's fault was logged as the server's: %s", log)
	}
}

func TestBodies_with_headers_that_say_nothing_are_understood(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	for _, c := range []struct{ body, contentType, encoding string }{
		{typename, "", "identity"},
		{typename, "application/json; charset=UTF-8", ""},
		{`{"query":"{ __typename }","variables":null,"extensions":null,"operationName":null}`, "", ""},
		{`{"query":"{ __typename }","variables":{},"extensions":{}}`, "", ""},
	} {
		if res, text := h.sends(c.body, c.contentType, c.encoding, ""); text != `{"data":{"__typename":"Query"}}` {
			t.Errorf("%+v answers %s %s", c, res.Status, text)
		}
	}
}

// sends posts a body with the headers that are not empty. The default content type is JSON.
func (h *house) sends(body, contentType, encoding, accept string) (*http.Response, string) {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, h.url, strings.NewReader(body))
	must(h.t, err)
	r.Header.Set("Content-Type", "application/json")
	for name, value := range map[string]string{"Content-Type": contentType, "Content-Encoding": encoding, "Accept": accept} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	res, err := http.DefaultClient.Do(r)
	must(h.t, err)
	defer res.Body.Close()
	var text strings.Builder
	_, err = readAll(&text, res)
	must(h.t, err)
	return res, text.String()
}
