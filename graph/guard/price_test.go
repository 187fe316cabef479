package guard_test

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"

	"bis/graph/guard"
)

// points returns the points of a document.
func points(t *testing.T, fields map[string]guard.Price, query string) int {
	t.Helper()
	doc, err := parser.ParseQuery(&ast.Source{Input: query})
	if err != nil {
		t.Fatal(err)
	}
	if list := validator.ValidateWithRules(schema, doc, guard.Rules()); len(list) > 0 {
		t.Fatal(list)
	}
	cost, _ := guard.Default().Operation(guard.NewPrices(schema, 50, 500, fields), doc.Operations[0], nil)
	return cost.Points
}

// TestOperation_counts_rows checks that each value of a page costs points even if little of it is
// selected.
func TestOperation_counts_rows(t *testing.T) {
	t.Parallel()
	prices := map[string]guard.Price{"Query.requests": {Points: 5, Each: 3}, "User.custom": {Points: 2, Each: 1, Length: 4}}
	for query, want := range map[string]int{
		`{ requests(username: "a", first: 10) { __typename } }`:          5 + 10*(3+1),
		`{ requests(username: "a") { __typename } }`:                     5 + 50*(3+1),
		`{ requests(username: "a", first: 0) { __typename } }`:           5,
		`{ requests(username: "a", first: 10) { edges { cursor } } }`:    5 + 10*(3+2),
		`{ user(username: "a") { custom } }`:                             1 + 2 + 4*1,
		`{ requests(username: "a", first: 9999999) { __typename } }`:     5 + 500*(3+1),
		`{ requests(username: "a", first: -9999999) { __typename } }`:    5,
		`{ a: requests(username: "a", first: 10) { x: __typename } }`:    5 + 10*(3+1),
		`{ request(id: "a") { briefings(first: 7) { __typename } } }`:    1 + 1 + 7,
		`{ user(username: "a") { ...F } } fragment F on User { custom }`: 1 + 2 + 4*1,
	} {
		if got := points(t, prices, query); got != want {
			t.Errorf("%s costs %d points, want %d", query, got, want)
		}
	}
}

// TestOperation_prices_introspection accepts one walk over the schema and refuses two.
func TestOperation_prices_introspection(t *testing.T) {
	t.Parallel()
	one := "types { kind name description fields(includeDeprecated: true) { name description args { name description type" +
		strings.Repeat(" { kind name ofType", 9) + " { kind }" + strings.Repeat(" }", 9) + " } type" +
		strings.Repeat(" { kind name ofType", 9) + " { kind }" + strings.Repeat(" }", 9) + " } }"
	limit := guard.Default().Cost
	if got := points(t, nil, "{ __schema { "+one+" } }"); got > limit {
		t.Errorf("one walk costs %d points, of %d", got, limit)
	}
	if got := points(t, nil, "{ __schema { a: "+one+" b: "+one+" c: "+one+" } }"); got <= limit {
		t.Errorf("three walks cost %d points, of %d", got, limit)
	}
	if got := points(t, nil, "{ __schema {"+numbered(40, " a#: types { name }")+" } }"); got <= limit {
		t.Errorf("forty lists of the types cost %d points, of %d", got, limit)
	}
	short := points(t, nil, "{ __schema { queryType { ofType { ofType { name } } } } }")
	if long := points(t, nil, "{ __schema { queryType {"+strings.Repeat(" ofType {", 11)+" name"+strings.Repeat(" }", 11)+" } } }"); long > 2*short {
		t.Errorf("a long chain of ofType costs %d points, a short one %d", long, short)
	}
}
