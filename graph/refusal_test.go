package graph_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"bis/internal/briefing"
)

func TestDefer_is_unknown(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	req := h.start("kim")
	got := h.refuses("GRAPHQL_VALIDATION_FAILED", `query($id: ID!) { request(id: $id) { id ... @defer { briefings { edges { cursor } } } } }`, "id", string(req.ID))
	if got.Message != `Unknown directive "@defer".` {
		t.Errorf("it is refused with %q", got.Message)
	}
	h.gets(`{ __schema { directives { name } } }`, `{"__schema":{"directives":[{"name":"deprecated"},{"name":"include"},{"name":"oneOf"},{"name":"skip"},{"name":"specifiedBy"}]}}`)
}

func TestBadInput_names_field_and_rule(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.ask(`mutation { login(username: "kim") { outcome } }`)
	start := func(change map[string]any) []any {
		in := map[string]any{"username": "kim", "interval": 5, "endTime": "6:30 PM"}
		for k, v := range change {
			in[k] = v
		}
		return []any{"in", in}
	}
	lines := func(n int, line string) []any {
		list := make([]string, n)
		for i := range list {
			list[i] = line
		}
		return []any{"custom", list}
	}
	startDocument := `mutation($in: StartBriefingInput!) { startBriefing(input: $in) { id } }`
	customDocument := `mutation($custom: [String!]!) { updateCustom(username: "kim", custom: $custom) { id } }`
	captionDocument := `mutation($caption: String!) { addBriefing(input: {requestId: "0123456789abcdef01234567", caption: $caption}) { id } }`
	loginDocument := `mutation($name: String!) { login(username: $name) { outcome } }`
	for name, c := range map[string]struct {
		document  string
		variables []any
		field     string
	}{
		"empty name":              {loginDocument, []any{"name", ""}, "username"},
		"over-long name":          {loginDocument, []any{"name", strings.Repeat("김", 65)}, "username"},
		"control in name":         {loginDocument, []any{"name", "a\tb"}, "username"},
		"name in a start":         {startDocument, start(map[string]any{"username": ""}), "username"},
		"interval 0":              {startDocument, start(map[string]any{"interval": 0}), "interval"},
		"interval -1":             {startDocument, start(map[string]any{"interval": -1}), "interval"},
		"interval 1.5":            {startDocument, start(map[string]any{"interval": 1.5}), "interval"},
		"interval abc":            {startDocument, start(map[string]any{"interval": "abc"}), "interval"},
		"interval 86401":          {startDocument, start(map[string]any{"interval": 86_401}), "interval"},
		"interval as a string":    {startDocument, start(map[string]any{"interval": "5"}), "interval"},
		"interval beyond 32 bits": {startDocument, start(map[string]any{"interval": 5_000_000_000}), "interval"},
		"no interval":             {startDocument, start(map[string]any{"interval": nil}), "interval"},
		"end time 25:00":          {startDocument, start(map[string]any{"endTime": "25:00"}), "endTime"},
		"end time 6:30 XM":        {startDocument, start(map[string]any{"endTime": "6:30 XM"}), "endTime"},
		"no end time":             {startDocument, start(map[string]any{"endTime": ""}), "endTime"},
		"past end time":           {startDocument, start(map[string]any{"endTime": "2020-01-01T00:00:00Z"}), "endTime"},
		"far end time":            {startDocument, start(map[string]any{"endTime": time.Now().AddDate(0, 0, 31).Format(time.RFC3339)}), "endTime"},
		"over-long key":           {startDocument, start(map[string]any{"key": strings.Repeat("k", 129)}), "key"},
		"unknown input field":     {startDocument, start(map[string]any{"colour": "red"}), "colour"},
		"eleven lines":            {customDocument, lines(11, "x"), "custom"},
		"a line of 201":           {customDocument, lines(1, strings.Repeat("가", 201)), "custom"},
		"control in a line":       {customDocument, lines(1, "a\x07"), "custom"},
		"bidi in a line":          {customDocument, lines(1, "a\u202eb"), "custom"},
		"line separator in one":   {customDocument, lines(1, "a\u2028b"), "custom"},
		"bidi in a caption":       {captionDocument, []any{"caption", "손님이 \u2067없습니다."}, "caption"},
		"line separator in it":    {captionDocument, []any{"caption", "손님이\u2029없습니다."}, "caption"},
		"invisible in a name":     {loginDocument, []any{"name", "kim\u200b"}, "username"},
		"bidi in a name":          {loginDocument, []any{"name", "\u202ekim"}, "username"},
		"a name of spaces":        {loginDocument, []any{"name", "  "}, "username"},
		"hidden name in a start":  {startDocument, start(map[string]any{"username": "kim\u3164"}), "username"},
		"end time 오후 13:00":       {startDocument, start(map[string]any{"endTime": "오후 13:00"}), "endTime"},
		"end before the first":    {startDocument, start(map[string]any{"interval": 7200, "endTime": time.Now().Add(time.Hour).Format(time.RFC3339)}), "endTime"},
		"lines that are none":     {customDocument, []any{"custom", 5}, "custom"},
		"a time without offset":   {`mutation($at: Time) { addBriefing(input: {requestId: "x", caption: "x", at: $at}) { id } }`, []any{"at", "2026-03-01T12:00:00"}, "at"},
		"a name of another type":  {loginDocument, []any{"name", 5}, "username"},
		"a variable left out":     {loginDocument, nil, "name"},
		"a cursor that is a list": {`query($c: Cursor) { requests(username: "kim", after: $c) { edges { cursor } } }`, []any{"c", []string{"x", "y"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := h.refuses("BAD_USER_INPUT", c.document, c.variables...)
			if field, _ := f.Extensions["field"].(string); field == "" || c.field != "" && field != c.field {
				t.Errorf("field %q, want %q: %s", field, c.field, f.Message)
			}
			for _, internal := range []string{"strconv", "json:", "gqlgen", "goroutine", "bis/"} {
				if strings.Contains(f.Message, internal) {
					t.Errorf("the message is internal: %s", f.Message)
				}
			}
		})
	}
	if _, err := h.store.ActiveRequest(t.Context(), "kim"); !errors.Is(err, briefing.ErrNotFound) {
		t.Errorf("a refused start left a request: %v", err)
	}
}

func TestDocuments_beyond_the_limits(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.refuses("GRAPHQL_PARSE_FAILED", `{`)
	h.refuses("GRAPHQL_VALIDATION_FAILED", `{ secrets }`)
	h.refuses("GRAPHQL_VALIDATION_FAILED", `{ ...A } fragment A on Query { ...A }`)
	h.refuses("QUERY_TOO_COMPLEX", `{ user(username: "`+strings.Repeat("x", 16<<10)+`") { id } }`)
	h.refuses("QUERY_TOO_COMPLEX", `{`+strings.Repeat(` a`, 2_001)+` }`)
	h.refuses("QUERY_TOO_COMPLEX", `{ user(username: "x") `+deep(16)+` }`)
	h.refuses("QUERY_TOO_COMPLEX", `{`+strings.Repeat(` ...A`, 21)+` } fragment A on Query { __typename }`)
	h.refuses("QUERY_TOO_COMPLEX", `{ user(username: "x") { requests(first: 500) { edges { node { briefings(first: 500) { edges { cursor } } } } } } }`)
}

// deep returns n nested levels of introspection, which the schema allows without end.
func deep(n int) string {
	return `{ id } __schema { types ` + strings.Repeat(`{ fields { type `, n) + `{ name }` + strings.Repeat(` } }`, n) + ` }`
}

func TestBodies_that_are_none(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	for body, want := range map[string]int{
		`{"query": "secret-mark`:               http.StatusBadRequest,
		`["secret-mark"]`:                      http.StatusBadRequest,
		`null`:                                 http.StatusBadRequest,
		``:                                     http.StatusBadRequest,
		`{"query": 5, "x": "secret-mark"}`:     http.StatusBadRequest,
		`"` + strings.Repeat("x", 1<<20) + `"`: http.StatusRequestEntityTooLarge,
		`{"query": "` + strings.Repeat("x", 128<<10) + `"}`:                                           http.StatusRequestEntityTooLarge,
		`{"query": "{ __typename }", "operationName": "secret-mark` + strings.Repeat("x", 250) + `"}`: http.StatusBadRequest,
	} {
		status, text := h.post(body)
		if status != want || !strings.Contains(text, `"errors"`) || strings.Contains(text, "secret-mark") {
			t.Errorf("%.40s answers %d %s, want %d without an echo", body, status, text, want)
		}
	}
}

func TestGet_changes_nothing(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	get := func(document string) string {
		res, err := http.Get(h.url + "?query=" + url.QueryEscape(document))
		must(t, err)
		defer res.Body.Close()
		text := new(strings.Builder)
		_, err = readAll(text, res)
		must(t, err)
		return text.String()
	}
	if got := get(`{ user(username: "kim") { id } }`); got != `{"data":{"user":null}}` {
		t.Errorf("a query by GET answers %s", got)
	}
	if got := get(`mutation { login(username: "kim") { outcome } }`); !strings.Contains(got, `"errors"`) {
		t.Errorf("a mutation by GET answers %s", got)
	}
	if _, err := h.store.User(t.Context(), "kim"); !errors.Is(err, briefing.ErrNotFound) {
		t.Errorf("GET signed a user up: %v", err)
	}
}

// spoiled is a store whose methods fail as a test requires.
type spoiled struct {
	briefing.Store
	user func() (briefing.User, error)
}

func (s spoiled) User(context.Context, string) (briefing.User, error) { return s.user() }

func TestFaults_are_masked_and_logged(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		user func() (briefing.User, error)
		code string
	}{
		"a fault of ours": {func() (briefing.User, error) { return briefing.User{}, errors.New("secret-mark") }, "INTERNAL_SERVER_ERROR"},
		"a panic":         {func() (briefing.User, error) { panic("secret-mark") }, "INTERNAL_SERVER_ERROR"},
		"the store away": {func() (briefing.User, error) {
			return briefing.User{}, errors.Join(briefing.ErrUnavailable, errors.New("secret-mark"))
		}, "UNAVAILABLE"},
		"forbidden":       {func() (briefing.User, error) { return briefing.User{}, briefing.ErrForbidden }, "FORBIDDEN"},
		"unauthenticated": {func() (briefing.User, error) { return briefing.User{}, briefing.ErrUnauthenticated }, "UNAUTHENTICATED"},
		"too often":       {func() (briefing.User, error) { return briefing.User{}, briefing.ErrRateLimited }, "RATE_LIMITED"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t, func(st briefing.Store) briefing.Store { return spoiled{st, c.user} })
			f := h.refuses(c.code, `{ user(username: "kim") { id } }`)
			if strings.Contains(f.Message, "secret-mark") {
				t.Errorf("the answer tells %q", f.Message)
			}
			if c.code == "INTERNAL_SERVER_ERROR" && !strings.Contains(h.log.String(), "secret-mark") {
				t.Errorf("the log does not tell the cause: %s", h.log)
			}
		})
	}
}
