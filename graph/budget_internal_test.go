package graph

import (
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"

	"bis/graph/guard"
)

// Root fields that a model may answer have more time. Those of a mutation add up, because they run
// one after the other.
func TestBudget_timeOf(t *testing.T) {
	t.Parallel()
	schema := NewExecutableSchema(Config{}).Schema()
	for document, want := range map[string]time.Duration{
		`{ user(username: "aiSummary") { id } }`:                                                                         10 * time.Second,
		`{ aiSummary(requestId: "x") { text } }`:                                                                         80 * time.Second,
		`{ a: aiSummary(requestId: "x") { text } b: aiSummary(requestId: "x") { text } }`:                                80 * time.Second,
		`mutation { endBriefing(username: "x") { id } }`:                                                                 10 * time.Second,
		`mutation { previewStyle(input: {username: "x", lines: []}) { after } }`:                                         55 * time.Second,
		`mutation { runNow(requestId: "x") { id } }`:                                                                     40 * time.Second,
		`mutation { ...F } fragment F on Mutation { a: runNow(requestId: "x") { id } b: runNow(requestId: "x") { id } }`: 70 * time.Second,
	} {
		doc, errs := gqlparser.LoadQueryWithRules(schema, document, guard.Rules())
		if errs != nil {
			t.Fatal(errs)
		}
		op := &graphql.OperationContext{RawQuery: document, Doc: doc, Operation: doc.Operations[0]}
		if got := (Budget{}).withDefaults().timeOf(op); got != want {
			t.Errorf("%s has %v, want %v", document, got, want)
		}
	}
}
