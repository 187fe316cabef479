package guard_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"bis/graph/guard"
)

// TestOperation_prices_arguments checks that a variable costs points at each use, in fragments and
// below pages too, and that short arguments cost nothing.
func TestOperation_prices_arguments(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 1_600) // 100 points
	counts := make([]any, 10)
	for i := range counts {
		counts[i] = map[string]any{"name": "person", "count": json.Number("1")}
	}
	for _, c := range []struct {
		query     string
		variables map[string]any
		want      int
	}{
		{`query($v: String!) { user(username: $v) { id } }`, map[string]any{"v": "kim"}, 2},
		{`query($v: String!) { user(username: $v) { id } }`, map[string]any{"v": long}, 102},
		{`{ user(username: "` + long + `") { id } }`, nil, 102},
		{`query($v: String!) {` + numbered(20, ` a#: user(username: $v) { id }`) + ` }`, map[string]any{"v": long}, 20 * 102},
		{`query($v: Cursor) { a: user(username: "a") { ...F } b: user(username: "a") { ...F } } fragment F on User { requests(after: $v, first: 1) { totalCount: __typename } }`, map[string]any{"v": long}, 2 * (1 + 101 + 1)},
		{`query($v: Cursor) { requests(username: "a", first: 3) { edges { node { briefings(first: 1, after: $v) { __typename } } } } }`, map[string]any{"v": long}, 1 + 3*(1+1+102)},
		{`mutation($v: [String!]!) { updateCustom(username: "a", custom: $v) { id } }`, map[string]any{"v": []any{"a", "b"}}, 2 + 2*8},
		{`mutation($v: [String!]!) { updateCustom(username: "a", custom: $v) { id } }`, map[string]any{"v": []string{long}}, 2 + 8 + 100},
		{`mutation { updateCustom(username: "a", custom: ["a", "b"]) { id } }`, nil, 2 + 2*8},
		{`mutation($v: [ObjectCountInput!]) { addBriefing(input: {requestId: "a", caption: "a", counts: $v}) { id } }`, map[string]any{"v": counts}, 2 + 8*(3+30) + (2+10*(6+9+1))/16},
	} {
		if got, refused := check(t, guard.Default(), c.query, c.variables); got.Points != c.want || refused != "" {
			t.Errorf("%.120s costs %d points, %q, want %d", c.query, got.Points, refused, c.want)
		}
	}
}

// TestInputs_bounds_variables checks the number of values before coercion. Only declared variables
// count.
func TestInputs_bounds_variables(t *testing.T) {
	t.Parallel()
	doc, err := parser.ParseQuery(&ast.Source{Input: `query($a: [ObjectCountInput!], $b: [String!]) { __typename }`})
	if err != nil {
		t.Fatal(err)
	}
	list := func(n int, v any) any {
		all := make([]any, n)
		for i := range all {
			all[i] = v
		}
		return all
	}
	count := map[string]any{"name": "a", "count": json.Number("1")}
	for name, c := range map[string]struct {
		variables map[string]any
		want      string
	}{
		"five times eighty counts": {map[string]any{"a": list(400, count)}, ""},
		"1,300 counts":             {map[string]any{"a": list(1_300, count)}, "values in variables"},
		"two lists":                {map[string]any{"a": list(300, count), "b": list(601, "a")}, "values in variables"},
		"lists in lists":           {map[string]any{"b": list(800, list(1, "a"))}, "values in variables"},
		"an undeclared variable":   {map[string]any{"c": list(3_900, "a")}, ""},
		"none":                     {nil, ""},
	} {
		got := ""
		if err := guard.Default().Inputs(doc.Operations[0], c.variables); err != nil {
			got = measure(t, err)
		}
		if got != c.want {
			t.Errorf("%s: refused for %q, want %q", name, got, c.want)
		}
	}
}
