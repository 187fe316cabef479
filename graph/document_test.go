package graph_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func hashOf(document string) string {
	sum := sha256.Sum256([]byte(document))
	return hex.EncodeToString(sum[:])
}

// persisted returns the extension that names a document by its hash.
func persisted(hash string) string {
	return fmt.Sprintf(`{"persistedQuery":{"version":1,"sha256Hash":%q}}`, hash)
}

// byPost and byGet send a document, which may be empty, with the given text of extensions. They
// return the text of the answer.
func (h *house) byPost(document, extensions string) string {
	h.t.Helper()
	body := `{"extensions":` + extensions + `}`
	if document != "" {
		body = fmt.Sprintf(`{"query":%q,"extensions":%s}`, document, extensions)
	}
	_, text := h.post(body)
	return text
}

func (h *house) byGet(document, extensions string) string {
	h.t.Helper()
	q := url.Values{"extensions": {extensions}}
	if document != "" {
		q.Set("query", document)
	}
	res, err := http.Get(h.url + "?" + q.Encode())
	must(h.t, err)
	defer res.Body.Close()
	var text strings.Builder
	_, err = readAll(&text, res)
	must(h.t, err)
	return text.String()
}

// A malformed persisted query, or a query with the hash of another document, is the caller's fault.
// The error names the field, and the server logs no error.
func TestPersistedQuery_faults_are_the_callers(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	const document = "{ __typename }"
	good := hashOf(document)
	for name, c := range map[string]struct{ extension, field string }{
		"another document's hash": {`{"version":1,"sha256Hash":"` + hashOf("other") + `"}`, "sha256Hash"},
		"upper case":              {`{"version":1,"sha256Hash":"` + strings.ToUpper(good) + `"}`, "sha256Hash"},
		"a short hash":            {`{"version":1,"sha256Hash":"` + good[1:] + `"}`, "sha256Hash"},
		"a long hash":             {`{"version":1,"sha256Hash":"` + good + `0"}`, "sha256Hash"},
		"no hex":                  {`{"version":1,"sha256Hash":"` + strings.Repeat("z", 64) + `"}`, "sha256Hash"},
		"an empty hash":           {`{"version":1,"sha256Hash":""}`, "sha256Hash"},
		"no hash":                 {`{"version":1}`, "sha256Hash"},
		"a hash that is null":     {`{"version":1,"sha256Hash":null}`, "sha256Hash"},
		"a hash that is a number": {`{"version":1,"sha256Hash":5}`, "sha256Hash"},
		"a hash that is a list":   {`{"version":1,"sha256Hash":["` + good + `"]}`, "sha256Hash"},
		"version 2":               {`{"version":2,"sha256Hash":"` + good + `"}`, "version"},
		"version 0":               {`{"version":0,"sha256Hash":"` + good + `"}`, "version"},
		"version 1.5":             {`{"version":1.5,"sha256Hash":"` + good + `"}`, "version"},
		"no version":              {`{"sha256Hash":"` + good + `"}`, "version"},
		"a version in quotes":     {`{"version":"1","sha256Hash":"` + good + `"}`, "version"},
		"a version that is true":  {`{"version":true,"sha256Hash":"` + good + `"}`, "version"},
		"a great version":         {`{"version":1e400,"sha256Hash":"` + good + `"}`, "version"},
		"an empty object":         {`{}`, "version"},
		"a string":                {`"` + good + `"`, "persistedQuery"},
		"a number":                {`1`, "persistedQuery"},
		"false":                   {`false`, "persistedQuery"},
		"a list":                  {`[{"version":1,"sha256Hash":"` + good + `"}]`, "persistedQuery"},
	} {
		for _, query := range []string{document, ""} {
			if query == "" && name == "another document's hash" {
				continue // without a document this hash is only unknown
			}
			for way, text := range map[string]string{
				"POST": h.byPost(query, `{"persistedQuery":`+c.extension+`}`), "GET": h.byGet(query, `{"persistedQuery":`+c.extension+`}`),
			} {
				var a answer
				must(t, json.Unmarshal([]byte(text), &a))
				if len(a.Errors) != 1 || a.Errors[0].Extensions["code"] != "BAD_USER_INPUT" || a.Errors[0].Extensions["field"] != c.field || !strings.HasPrefix(a.Errors[0].Message, c.field+" must ") {
					t.Errorf("%s by %s with the document %q answers %s, want BAD_USER_INPUT of %s", name, way, query, text, c.field)
				}
			}
		}
	}
	if log := h.log.String(); strings.Contains(log, "ERROR") {
		t.Errorf("a caller's fault was logged as the server's: %s", log)
	}
}

func TestPersistedQuery_is_learned_and_found(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	const document, want = "{ __typename }", `{"data":{"__typename":"Query"}}`
	unknown := h.byPost("", persisted(hashOf(document)))
	if !strings.Contains(unknown, `"PersistedQueryNotFound"`) || !strings.Contains(unknown, `"PERSISTED_QUERY_NOT_FOUND"`) {
		t.Errorf("an unknown hash answers %s", unknown)
	}
	// Clients that have only doubles write the version as 1.0.
	for _, extensions := range []string{persisted(hashOf(document)), strings.Replace(persisted(hashOf(document)), "1", "1.0", 1)} {
		for _, query := range []string{document, ""} {
			if got := h.byPost(query, extensions); got != want {
				t.Errorf("%s with the document %q answers %s", extensions, query, got)
			}
			if got := h.byGet(query, extensions); got != want {
				t.Errorf("%s by GET with the document %q answers %s", extensions, query, got)
			}
		}
	}
	for _, extensions := range []string{`null`, `{}`, `{"persistedQuery":null}`, `{"other":5}`} {
		if got := h.byPost(document, extensions); got != want {
			t.Errorf("the extensions %s answer %s", extensions, got)
		}
		if got := h.byPost("", extensions); !strings.Contains(got, "query must not be empty") {
			t.Errorf("the extensions %s without a document answer %s", extensions, got)
		}
	}
	if log := h.log.String(); strings.Contains(log, "ERROR") {
		t.Errorf("something was logged as a fault: %s", log)
	}
}

// A document beyond the limits is not stored under its hash.
func TestPersistedQuery_is_not_learned_beyond_the_limits(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	long := "{ __typename } #" + strings.Repeat("x", 16<<10)
	for _, query := range []string{long, ""} {
		if got := h.byPost(query, persisted(hashOf(long))); !strings.Contains(got, `"errors"`) {
			t.Errorf("a document of %d bytes answers %s", len(query), got)
		}
	}
}
