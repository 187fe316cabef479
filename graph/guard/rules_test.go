package guard_test

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"bis/graph/guard"
)

// TestRules_refuse_what_the_specification_refuses compares the rules with the library's own rules.
// Each document breaks another rule.
func TestRules_refuse_what_the_specification_refuses(t *testing.T) {
	t.Parallel()
	for _, query := range []string{
		`{ __typename }`, `{ usr }`, `{ user(usernam: "a") { id } }`, `{ ... on Usr { id } }`, `{ user(username: "a") }`,
		`{ user(username: "a") { id { x } } }`, `{ user(username: 1) { id } }`, `{ __typename @nothing }`, `{ ...F }`,
		`{ __typename } fragment F on Query { __typename }`, `query($a: Int) { __typename }`, `{ user(username: $a) { id } }`,
		`{ user(username: "a") { x: id x: custom } }`, `{ user(username: "a", username: "b") { id } }`,
		`subscription { a: __typename }`, `query($a: User) { user(username: $a) { id } }`, `query A { __typename } query A { __typename }`,
		`mutation { startBriefing(input: {usernme: "a"}) { id } }`,
	} {
		count := func(r *rules.Rules) int {
			doc, err := parser.ParseQuery(&ast.Source{Input: query})
			if err != nil {
				t.Fatal(err)
			}
			list := validator.ValidateWithRules(schema, doc, r)
			if r != nil && strings.Contains(list.Error(), "Did you mean") {
				t.Errorf("%s is told a name: %v", query, list)
			}
			return len(list)
		}
		if got, want := count(guard.Rules()), count(nil); got != want {
			t.Errorf("%s: %d errors, want %d", query, got, want)
		}
	}
}

// TestRules_report_few_errors runs one rule on hundreds of faults, twice.
func TestRules_report_few_errors(t *testing.T) {
	t.Parallel()
	r := guard.Rules()
	for range 2 {
		doc, err := parser.ParseQuery(&ast.Source{Input: "{ user(username: \"a\") {" + strings.Repeat(" usernme", 300) + " } }"})
		if err != nil {
			t.Fatal(err)
		}
		if list := validator.ValidateWithRules(schema, doc, r); len(list) != guard.MaxErrors {
			t.Errorf("%d errors, want %d", len(list), guard.MaxErrors)
		}
	}
}
