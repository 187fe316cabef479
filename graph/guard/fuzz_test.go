package guard_test

import (
	"encoding/json"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"

	"bis/graph/guard"
)

// FuzzDocument admits any text as the server does. An admitted document expands to no more fields
// than the limits allow. The test counts them by a walk, in another way than the guard.
func FuzzDocument(f *testing.F) {
	f.Add("{ __typename }", 1)
	f.Add("{ ...A } fragment A on Query { a: __typename ...B ...B } fragment B on Query { b: __typename }", 2)
	f.Add("{ ...A } fragment A on Query { ...A }", 2)
	f.Add(`query($n: Int = 3) { requests(username: "a", first: $n) { edges { node { id } } } }`, 500)
	f.Add("mutation { a: login(username: \"\\u0000\") { token } }", 0)
	f.Add("{ __schema { types { fields { type { ofType { name } } } } } }", 0)
	f.Fuzz(func(t *testing.T, query string, first int) {
		l := guard.Default()
		if _, err := l.Source(query); err != nil {
			return
		}
		doc, err := parser.ParseQuery(&ast.Source{Input: query})
		if err != nil || len(doc.Operations) == 0 || l.Document(doc) != nil {
			return
		}
		if list := validator.ValidateWithRules(schema, doc, guard.Rules()); len(list) > 0 {
			return
		}
		prices := guard.NewPrices(schema, 50, 500, nil)
		for _, op := range doc.Operations {
			cost, err := l.Operation(prices, op, map[string]any{"n": int64(first)})
			if n := expanded(op.SelectionSet); n > l.Fields || cost.Points < 0 || cost.Bytes < 0 {
				t.Errorf("%q has %d fields and costs %+v, %v", query, n, cost, err)
			}
		}
	})
}

// expanded counts the fields of a selection with its fragments expanded.
func expanded(set ast.SelectionSet) (n int) {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			n += 1 + expanded(selection.SelectionSet)
		case *ast.InlineFragment:
			n += expanded(selection.SelectionSet)
		case *ast.FragmentSpread:
			n += expanded(selection.Definition.SelectionSet)
		}
	}
	return n
}

// FuzzJSON checks that accepted text has no more values than the bound, as a decoder counts them.
func FuzzJSON(f *testing.F) {
	f.Add(`{"a":[1,2,{"b":"\",["}]}`)
	f.Add(`[[[[[]]]]]`)
	f.Add(`{"":"\\"}`)
	f.Fuzz(func(t *testing.T, text string) {
		if guard.JSON([]byte(text)) != nil {
			return
		}
		var v any
		if json.Unmarshal([]byte(text), &v) != nil {
			return
		}
		values, levels := measureJSON(v)
		if values > 4_000 || levels > 32 {
			t.Errorf("%.200q has %d values and %d levels", text, values, levels)
		}
	})
}

// measureJSON counts the values in a decoded value, and the levels of lists and objects.
func measureJSON(v any) (values, levels int) {
	values = 1
	var below []any
	switch v := v.(type) {
	case []any:
		below, levels = v, 1
	case map[string]any:
		levels = 1
		for _, one := range v {
			below = append(below, one)
		}
	}
	deepest := 0
	for _, one := range below {
		n, deep := measureJSON(one)
		values += n
		deepest = max(deepest, deep)
	}
	return values, levels + deepest
}
