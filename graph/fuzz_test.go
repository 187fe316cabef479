package graph_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"bis/graph"
)

// refused checks that a refusal is a short sentence of this package. A refusal that quotes the
// input could be as long as the input.
func refused(t *testing.T, input string, err error) {
	t.Helper()
	if text := err.Error(); text == "" || len(text) > 200 {
		t.Errorf("%.100q is refused with %.300q", input, text)
	}
}

// again writes parameters as JSON and reads them back.
func again(t *testing.T, p *graphql.RawParams) *graphql.RawParams {
	t.Helper()
	text, err := json.Marshal(map[string]any{
		"query": p.Query, "operationName": p.OperationName, "variables": p.Variables, "extensions": p.Extensions,
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := graph.Params(text)
	if err != nil {
		t.Fatalf("%s is refused: %v", text, err)
	}
	return got
}

// FuzzParams reads parameters from any text. An accepted text is a JSON object, and parameters that
// are written and read again are equal.
func FuzzParams(f *testing.F) {
	for _, s := range []string{
		`{"query":"{ __typename }","variables":{"n":5.0,"m":[1e3,{"a":null}]},"extensions":null}`, `{"query":5}`, `{"variables":[]}`,
		`null`, `[]`, `{"query":"a","query":"b"}`, `{"operationName":"\ud800"}`, "{\"query\":\"\xff\"}", strings.Repeat(`[`, 100),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := graph.Params([]byte(text))
		if err != nil {
			refused(t, text, err)
			return
		}
		if !json.Valid([]byte(text)) || strings.TrimLeft(text, " \t\r\n")[0] != '{' {
			t.Errorf("%q is accepted", text)
		}
		if got := again(t, p); !reflect.DeepEqual(got, p) {
			t.Errorf("%q reads as %+v, and written anew as %+v", text, p, got)
		}
	})
}

// FuzzFromQuery reads parameters from any query of a GET.
func FuzzFromQuery(f *testing.F) {
	for _, s := range []string{
		"query=%7B__typename%7D&variables=%7B%22n%22%3A5.0%7D", "query=&extensions=%7B%22persistedQuery%22%3A1%7D", "variables=1", "query=a&variables=%7B%7D%7B%7D",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		values, err := url.ParseQuery(text)
		if err != nil {
			return // net/url returns the valid part of a query, which the server uses
		}
		p, err := graph.FromQuery(values)
		if err != nil {
			refused(t, text, err)
			return
		}
		if p.Query != values.Get("query") || p.Query == "" && p.Extensions["persistedQuery"] == nil {
			t.Errorf("%q reads as %+v", text, p)
		}
		if got := again(t, p); !reflect.DeepEqual(got.Variables, p.Variables) || !reflect.DeepEqual(got.Extensions, p.Extensions) {
			t.Errorf("%q reads as %+v, and written anew as %+v", text, p, got)
		}
	})
}

// FuzzFromBody reads parameters from a POST with any content type and encoding.
func FuzzFromBody(f *testing.F) {
	f.Add("application/json", "", `{"query":"{ __typename }"}`)
	f.Add("application/json; charset=utf-16", "gzip", `{}`)
	f.Add("text/plain", "", `{"query":"a"}`)
	f.Add("application/graphql+json;;", "identity", "\xef\xbb\xbf{}")
	f.Fuzz(func(t *testing.T, kind, encoding, body string) {
		r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Content-Encoding", encoding)
		p, err := graph.FromBody(httptest.NewRecorder(), r)
		if err != nil {
			refused(t, body, err)
			return
		}
		if !json.Valid([]byte(body)) || !strings.Contains(strings.ToLower(kind), "json") {
			t.Errorf("%q of %q is accepted", body, kind)
		}
		if got := again(t, p); !reflect.DeepEqual(got, p) {
			t.Errorf("%q reads as %+v, and written anew as %+v", body, p, got)
		}
	})
}

// FuzzScalars reads any JSON as a scalar. A value that an Int, ID, String, Cursor or Time accepts
// is accepted again as the same value after it was written.
func FuzzScalars(f *testing.F) {
	for _, s := range []string{`5`, `5.5`, `-2147483649`, `"65bdc4d5a1b2c3d4e5f60718"`, `""`, `true`, `null`, `{}`, `"2026-11-24T13:48:35.288+09:00"`, `"2026-11-24T13:48:35"`, `1e400`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := graph.Params([]byte(`{"variables":{"v":` + text + `}}`))
		if err != nil || len(p.Variables) != 1 {
			return
		}
		v := p.Variables["v"]
		if n, err := graph.UnmarshalInt(v); err == nil {
			if back, err := graph.UnmarshalInt(json.Number(written(t, graph.MarshalInt(n)))); err != nil || back != n || int64(int32(n)) != int64(n) {
				t.Errorf("Int %s reads as %d and back as %d, %v", text, n, back, err)
			}
		}
		if id, err := graph.UnmarshalID(v); err == nil {
			if back, err := graph.UnmarshalID(unquoted(t, written(t, graph.MarshalID(id)))); err != nil || back != id {
				t.Errorf("ID %s reads as %q and back as %q, %v", text, id, back, err)
			}
		}
		if s, err := graph.UnmarshalString(v); err == nil {
			if back := unquoted(t, written(t, graph.MarshalString(s))); back != s {
				t.Errorf("String %s reads as %q and back as %q", text, s, back)
			}
		}
		if c, err := graph.UnmarshalCursor(v); err == nil && c == "" {
			t.Errorf("Cursor %s reads as the position before the first", text)
		}
		if at, err := graph.UnmarshalTime(context.Background(), v); err == nil {
			if _, err := time.Parse(time.RFC3339, v.(string)); err != nil {
				t.Errorf("Time %s is accepted as %v", text, at)
			}
		}
	})
}

// written returns the text that a scalar writes.
func written(t *testing.T, m graphql.Marshaler) string {
	t.Helper()
	var b strings.Builder
	m.MarshalGQL(&b)
	return b.String()
}

// unquoted reads a JSON string.
func unquoted(t *testing.T, text string) string {
	t.Helper()
	var s string
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		t.Errorf("%s is no JSON string: %v", text, err)
	}
	return s
}
