package guard_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"

	"bis/graph/guard"
)

var schema = func() *ast.Schema {
	text, err := os.ReadFile("../../schema.graphqls")
	if err != nil {
		panic(err)
	}
	return gqlparser.MustLoadSchema(&ast.Source{Input: string(text)})
}()

// check runs all three steps as the server does. It returns the cost and the measure that refuses
// the document.
func check(t testing.TB, l guard.Limits, query string, variables map[string]any) (guard.Cost, string) {
	t.Helper()
	if _, err := l.Source(query); err != nil {
		return guard.Cost{}, measure(t, err)
	}
	doc, err := parser.ParseQuery(&ast.Source{Input: query})
	if err != nil {
		t.Fatalf("%.80q: %v", query, err)
	}
	if err := l.Document(doc); err != nil {
		return guard.Cost{}, measure(t, err)
	}
	if list := validator.ValidateWithRules(schema, doc, nil); len(list) > 0 {
		t.Fatalf("%.80q: %v", query, list)
	}
	cost, err := l.Operation(guard.NewPrices(schema, 50, 500, nil), doc.Operations[0], variables)
	if err != nil {
		return cost, measure(t, err)
	}
	return cost, ""
}

func measure(t testing.TB, err error) string {
	t.Helper()
	refusal := (*guard.Refusal)(nil)
	switch {
	case errors.Is(err, guard.ErrCycle):
		return "cycle"
	case !errors.As(err, &refusal) || refusal.Got <= refusal.Limit:
		t.Errorf("refused with %#v", err)
		return ""
	}
	return refusal.Measure
}

// doubling returns a chain of fragments that each spread the next one twice.
func doubling(links int) string {
	var b strings.Builder
	b.WriteString("{ user(username: \"a\") { ...F0 } }")
	for i := range links {
		fmt.Fprintf(&b, " fragment F%d on User { id a%d: activeRequest { id } ...F%d ...F%d }", i, i, i+1, i+1)
	}
	fmt.Fprintf(&b, " fragment F%d on User { id }", links)
	return b.String()
}

// TestLimits_refuse checks two documents for each measure: one just within the limit, one just
// beyond.
func TestLimits_refuse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		limits         func(*guard.Limits)
		beyond, within string
	}{
		"bytes":                           {func(l *guard.Limits) { l.Bytes = 20 }, "{ __typename }      #", "{ __typename }     #"},
		"tokens":                          {func(l *guard.Limits) { l.Tokens = 4 }, "{ __typename } #\n#", "{ __typename } #\n"},
		"levels of selections":            {func(l *guard.Limits) { l.Depth = 4 }, "{ __schema { queryType { fields { name { a } } } } }", "{ __schema { queryType { fields { name } } } }"},
		"directives":                      {func(l *guard.Limits) { l.Directives = 2 }, "{ __typename @skip(if: false) @include(if: true) @skip(if: true) }", "{ __typename @skip(if: false) @include(if: true) }"},
		"aliases":                         {func(l *guard.Limits) { l.Aliases = 2 }, "{ a: __typename b: __typename c: __typename }", "{ a: __typename b: __typename }"},
		"tokens in values":                {func(l *guard.Limits) { l.Values = 9 }, `{ user(username: "a") { briefings: requests(first: 1, after: "c") { pageInfo { hasNextPage } } } }`, `{ user(username: "a") { requests(first: 1) { pageInfo { hasNextPage } } } }`},
		"levels of lists and objects":     {func(l *guard.Limits) { l.Nesting = 1 }, `mutation { updateCustom(username: "a", custom: [["a"]]) { id } }`, `mutation { updateCustom(username: "a", custom: ["a"]) { id } }`},
		"operations":                      {func(l *guard.Limits) { l.Operations = 2 }, "query A { __typename } query B { __typename } query C { __typename }", "query A { __typename } query B { __typename }"},
		"fragments":                       {func(l *guard.Limits) { l.Fragments = 1 }, "{ ...A ...B } fragment A on Query { __typename } fragment B on Query { __typename }", "{ ...A } fragment A on Query { __typename }"},
		"fields":                          {func(l *guard.Limits) { l.Fields = 5 }, "{ ...A x: __typename } fragment A on Query { ...B y: __typename ...B } fragment B on Query { z: __typename w: __typename }", "{ ...A } fragment A on Query { ...B y: __typename ...B } fragment B on Query { z: __typename w: __typename }"},
		"root fields":                     {func(l *guard.Limits) { l.RootFields = 2 }, "{ ...A ...A b: __typename } fragment A on Query { a: __typename }", "{ ...A b: __typename } fragment A on Query { a: __typename }"},
		"mutations":                       {func(l *guard.Limits) { l.Mutations = 2 }, "mutation { a: __typename b: __typename c: __typename }", "mutation { a: __typename b: __typename }"},
		"fields of one name at one place": {func(l *guard.Limits) { l.Repeats = 3 }, "{ __schema { queryType { name } } __schema { queryType { name name } ...on __Schema { queryType { name } } } }", "{ __schema { queryType { name } } __schema { queryType { name name } } }"},
		"points":                          {func(l *guard.Limits) { l.Cost = 51 }, `{ requests(username: "a") { edges { cursor } } }`, `{ requests(username: "a", first: 24) { edges { cursor } } }`},
		"bytes in the answer":             {func(l *guard.Limits) { l.Answer = 1_000 }, `{ requests(username: "a", first: 40) { edges { cursor } } }`, `{ requests(username: "a", first: 10) { edges { cursor } } }`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := guard.Default()
			c.limits(&l)
			if _, got := check(t, l, c.within, nil); got != "" {
				t.Errorf("%s: refused for %q, want it let through", c.within, got)
			}
			if _, got := check(t, l, c.beyond, nil); got != name {
				t.Errorf("%s: refused for %q, want %q", c.beyond, got, name)
			}
		})
	}
}

// TestLimits_end_early checks documents that would take seconds or more without limits.
func TestLimits_end_early(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ query, want string }{
		"fragments that double":           {doubling(25), "fields in fragments"},
		"a fragment that spreads itself":  {"{ ...A } fragment A on Query { ...A }", "cycle"},
		"a cycle through a field":         {"{ __schema { ...A } } fragment A on __Schema { queryType { ...B } } fragment B on __Type { fields { type { ...B } } }", "cycle"},
		"a cycle of unused fragments":     {"{ __typename } fragment A on Query { ...B } fragment B on Query { ...A }", "cycle"},
		"the same field again and again":  {"{" + strings.Repeat(" __typename", 1_000) + " }", "root fields"},
		"the same field below a field":    {"{ __schema { queryType {" + strings.Repeat(" name", 1_000) + " } } }", "fields of one name at one place"},
		"the same spread again and again": {"{ __schema {" + strings.Repeat(" ...A", 600) + " } } fragment A on __Schema { description }", "fields of one name at one place"},
		"nested repeats":                  {"{ __schema {" + strings.Repeat(" types {"+strings.Repeat(" name", 20)+" }", 20) + " } }", "fields of one name at one place"},
		"a page of pages of pages":        {`{ requests(username: "a", first: 500) { edges { node { briefings(first: 500) { edges { node { id } } } } } } }`, "points"},
		"types of fields of types":        {"{" + strings.Repeat(" a: __schema { types { fields { name description args { name description type { name } } type { name kind } } } }", 19) + " }", "points"},
		"a text of comments":              {strings.Repeat("#\n", 5_000), "tokens"},
		"six logins":                      {"mutation {" + strings.Repeat(` a: login(username: "a") { token }`, 6) + " }", "mutations"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, got := check(t, guard.Default(), c.query, nil); got != c.want {
				t.Errorf("refused for %q, want %q", got, c.want)
			}
		})
	}
}

// TestOperation_counts_pages checks that a selection counts once for each value that the arguments
// ask for.
func TestOperation_counts_pages(t *testing.T) {
	t.Parallel()
	query := `query($n: Int) { requests(username: "a", first: $n) { edges { cursor } } }`
	for _, c := range []struct {
		query     string
		variables map[string]any
		want      int
	}{
		{`{ requests(username: "a") { edges { cursor } } }`, nil, 101},
		{`{ requests(username: "a", first: 3) { edges { cursor } } }`, nil, 7},
		{query, map[string]any{"n": int64(3)}, 7},
		{query, map[string]any{"n": nil}, 101},
		{`{ a: requests(username: "a", first: 3) { edges { cursor } } b: requests(username: "a", first: 3) { edges { cursor } } }`, nil, 14},
		{`{ request(id: "a") { briefings(first: 2, last: 3) { edges { cursor } } } }`, nil, 8},
		{`{ requests(username: "a", first: 2000000000) { edges { cursor } } }`, nil, 1_001}, // the resolver refuses this page, so it costs no more than the largest page
		{`{ requests(username: "a", first: -5) { edges { cursor } } }`, nil, 1},
		{`{ requests(username: "a", first: 3) { ...E } } fragment E on RequestConnection { edges { ...C } } fragment C on RequestEdge { cursor }`, nil, 7},
	} {
		if got, refused := check(t, guard.Default(), c.query, c.variables); got.Points != c.want || refused != "" {
			t.Errorf("%s %v costs %d points, %q, want %d", c.query, c.variables, got.Points, refused, c.want)
		}
	}
}
