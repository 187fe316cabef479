package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// The golden files of package legacy apply to the complete server, too, with its middleware and its
// other paths.
func TestOldPaths_answer_as_their_goldens_say(t *testing.T) {
	t.Parallel()
	golden, err := os.ReadFile("../legacy/testdata/paths.golden")
	if err != nil {
		t.Fatal(err)
	}
	s := start(t)
	for want := range strings.SplitSeq(strings.TrimPrefix(string(golden), "=== "), "\n=== ") {
		title, _, _ := strings.Cut(want, "\n")
		call := strings.Fields(title[strings.LastIndex(title, ":")+1:])
		r, err := http.NewRequestWithContext(t.Context(), call[0], s.url+call[1], nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultTransport.RoundTrip(r) // follows no redirect
		if err != nil {
			t.Fatal(err)
		}
		got := recorded(t, title, res)
		if got != strings.TrimRight(want, "\n") {
			t.Errorf("the server answers\n%s\nwant\n%s", got, want)
		}
	}
}

// recorded formats an answer like the golden files of package legacy. At the root the server also
// has a page for browsers, and therefore a Vary header.
func recorded(t *testing.T, title string, res *http.Response) string {
	t.Helper()
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	res.Header.Del("Date")
	if res.Request.URL.Path == "/" && res.Header.Get("Vary") == "Accept" {
		res.Header.Del("Vary")
	}
	var all bytes.Buffer
	fmt.Fprintf(&all, "%s\n%s\n", title, res.Status)
	if err := res.Header.Write(&all); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&all, "\n%s\n", body)
	return strings.TrimRight(strings.ReplaceAll(all.String(), "\r\n", "\n"), "\n")
}

// Some clients and proxies add a slash to an address. The answer must be the same, except on the
// old paths.
func TestAddresses_with_a_slash_at_the_end(t *testing.T) {
	t.Parallel()
	s := start(t)
	for name, call := range map[string]struct {
		method, path, body string
		headers            []string
		status             int
		part               string // part of the answer
	}{
		"POST":       {http.MethodPost, "/graphql/", typename, jsonBody(), 200, `{"data":{"__typename":"Query"}}`},
		"GET":        {http.MethodGet, "/graphql/?query=%7B__typename%7D", "", nil, 200, `{"data":{"__typename":"Query"}}`},
		"SSE":        {http.MethodPost, "/graphql/", typename, jsonBody("Accept", stream), 200, "event: complete"},
		"SSE by GET": {http.MethodGet, "/graphql/?query=%7B__typename%7D", "", []string{"Accept", stream}, 200, "event: complete"},
		"reserve":    {http.MethodPut, "/graphql/", "", nil, 201, ""},
		"stop":       {http.MethodDelete, "/graphql/?operationId=x", "", nil, 400, "token"},
		"preflight":  {http.MethodOptions, "/graphql/", "", []string{"Origin", s.url, "Access-Control-Request-Method", "POST"}, 204, ""},
		"foreign":    {http.MethodPost, "/graphql/", typename, jsonBody("Origin", "https://other.example"), 403, "origin"},
		"GraphiQL":   {http.MethodGet, "/graphiql/", "", nil, 200, `data-endpoint="/graphql"`},
		"Playground": {http.MethodGet, "/playground/", "", nil, 200, `data-endpoint="/graphql"`},
		"health":     {http.MethodGet, "/healthz/", "", nil, 200, "ok"},
		"readiness":  {http.MethodGet, "/readyz/", "", nil, 200, "ready"},
		"metrics":    {http.MethodGet, "/metrics/", "", nil, 200, "bis_http_answers_total"},
		"OpenAPI":    {http.MethodGet, "/openapi.json/", "", nil, 200, `"openapi": "3.1.0"`},
		"below":      {http.MethodPost, "/graphql/x", typename, jsonBody(), 404, `{"detail":"Not Found"}`},
		"twice":      {http.MethodPost, "/graphql//", typename, jsonBody(), 307, ""},
	} {
		res, text := s.calls(t, call.method, call.path, call.body, call.headers...)
		if res.StatusCode != call.status || !strings.Contains(text, call.part) {
			t.Errorf("%s: %s %s answers %s %.200q, want %d and %q", name, call.method, call.path, res.Status, text, call.status, call.part)
		}
	}
	if got := s.answerOverSocket(t, "/graphql/", typename); !strings.Contains(got, `{"data":{"__typename":"Query"}}`) {
		t.Errorf("a socket answers %s", got)
	}
}

func TestInt_variables_over_every_transport(t *testing.T) {
	t.Parallel()
	s := start(t)
	if _, text := s.calls(t, http.MethodPost, "/graphql", `{"query":"mutation { login(username: \"kim\") { outcome } }"}`, jsonBody()...); !strings.Contains(text, "SIGNUP") {
		t.Fatalf("login answers %s", text)
	}
	const ask = `{"query":"query($n: Int) { requests(username: \"kim\", first: $n) { edges { cursor } } }","variables":{"n":%s}}`
	for way, text := range s.everyWay(t, fmt.Sprintf(ask, "5.0")) {
		if !strings.Contains(text, `{"data":{"requests":{"edges":[]}}}`) {
			t.Errorf("5.0 over %s answers %s", way, text)
		}
	}
	for way, text := range s.everyWay(t, fmt.Sprintf(ask, "5.5")) {
		if !strings.Contains(text, `"BAD_USER_INPUT"`) || !strings.Contains(text, `"field":"n"`) {
			t.Errorf("5.5 over %s answers %s", way, text)
		}
	}
	payload := fmt.Sprintf(`{"query":"subscription($in: StartBriefingInput!) { startBriefing(input: $in) { caption } }","variables":{"in":{"username":"kim","interval":1.0,"endTime":%q}}}`, time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	if text := s.answerOverSocket(t, "/graphql", payload); !strings.Contains(text, `"type":"next"`) || !strings.Contains(text, `"caption"`) {
		t.Errorf("a start with the interval 1.0 tells %s", text)
	}
}

// A refused body is answered in the form of GraphQL over HTTP, even if a stream was requested.
func TestBodies_of_streams_are_refused_as_others_are(t *testing.T) {
	t.Parallel()
	s := start(t)
	_, token := s.calls(t, http.MethodPut, "/graphql", "")
	for name, headers := range map[string][]string{
		"JSON":       jsonBody(),
		"a stream":   jsonBody("Accept", stream),
		"one stream": jsonBody("X-GraphQL-Event-Stream-Token", token),
	} {
		for body, want := range map[string]int{"[" + typename + "]": 400, "\xef\xbb\xbf" + typename: 400, `{"query":5}`: 400, `"` + strings.Repeat("x", 1<<20) + `"`: 413} {
			res, text := s.calls(t, http.MethodPost, "/graphql", body, headers...)
			var answer struct{ Errors []struct{ Message string } }
			if res.StatusCode != want || json.Unmarshal([]byte(text), &answer) != nil || len(answer.Errors) != 1 || !strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
				t.Errorf("%s: %.20q answers %s %s, want %d and an error as JSON", name, body, res.Status, text, want)
			}
		}
		res, text := s.calls(t, http.MethodPost, "/graphql", "x", append(headers, "Content-Encoding", "gzip")...)
		if res.StatusCode != http.StatusUnsupportedMediaType || !strings.Contains(text, "compressed") {
			t.Errorf("%s: gzip answers %s %s", name, res.Status, text)
		}
	}
}

// A persisted query that does not match is the caller's fault on every transport. The server logs
// nothing.
func TestPersistedQuery_faults_over_every_transport(t *testing.T) {
	t.Parallel()
	s := start(t)
	hash := strings.Repeat("0", 64)
	for extension, field := range map[string]string{
		`{"version":1,"sha256Hash":"` + hash + `"}`:     "sha256Hash",
		`{"version":1,"sha256Hash":"` + hash[1:] + `"}`: "sha256Hash",
		`{"version":2,"sha256Hash":"` + hash + `"}`:     "version",
		`"` + hash + `"`: "persistedQuery",
	} {
		for way, text := range s.everyWay(t, `{"query":"{ __typename }","extensions":{"persistedQuery":`+extension+`}}`) {
			if !strings.Contains(text, `"code":"BAD_USER_INPUT"`) || !strings.Contains(text, `"field":"`+field+`"`) {
				t.Errorf("%s over %s answers %s, want BAD_USER_INPUT of %s", extension, way, text, field)
			}
		}
	}
	for way, text := range s.everyWay(t, `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"`+hash+`"}}}`) {
		if !strings.Contains(text, "PersistedQueryNotFound") {
			t.Errorf("an unknown hash over %s answers %s", way, text)
		}
	}
	s.stop(t)
	if log := s.log.String(); strings.Contains(log, "ERROR") {
		t.Errorf("a caller's fault was logged as the server's: %s", log)
	}
}
