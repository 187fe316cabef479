package graph

import (
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"

	"bis/graph/guard"
)

// An operation has the extra time of its slowest root field, however many of them it selects.
func TestBudget_timeOf(t *testing.T) {
	t.Parallel()
	schema := NewExecutableSchema(Config{}).Schema()
	for document, want := range map[string]time.Duration{
		`{ user(username: "aiSummary") { id } }`:                                                                         10 * time.Second,
		`{ aiSummary(requestId: "x") { text } }`:                                                                         10 * time.Second,
		`{ a: aiSummary(requestId: "x") { text } b: aiSummary(requestId: "x") { text } }`:                                10 * time.Second,
		`mutation { endBriefing(username: "x") { id } }`:                                                                 10 * time.Second,
		`mutation { previewStyle(input: {username: "x", lines: []}) { after } }`:                                         55 * time.Second,
		`mutation { runNow(requestId: "x") { id } }`:                                                                     40 * time.Second,
		`mutation { ...F } fragment F on Mutation { a: runNow(requestId: "x") { id } b: runNow(requestId: "x") { id } }`: 40 * time.Second,
		`mutation { a: runNow(requestId: "x") { id } b: previewStyle(input: {username: "x", lines: []}) { after } }`:     55 * time.Second,
		`mutation { rewriteStyle(username: "x") { verdict } }`:                                                           40 * time.Second,
		fiveTimes(`previewStyle(input: {username: "x", lines: []}) { after }`):                                           55 * time.Second,
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

// fiveTimes returns a mutation with a field under five aliases, which is the most.
func fiveTimes(field string) string {
	return "mutation { a: " + field + " b: " + field + " c: " + field + " d: " + field + " e: " + field + " }"
}

// Mutations that capture a frame or call a model cost as much as a summary, and those that only
// write to the store as much as a trip to it. Five of each are affordable.
func TestPrices_of_mutations(t *testing.T) {
	t.Parallel()
	schema := NewExecutableSchema(Config{}).Schema()
	a := newAdmission(schema, guard.Default())
	for document, least := range map[string]int{
		fiveTimes(`runNow(requestId: "x") { id }`):                                    10_000,
		fiveTimes(`previewStyle(input: {username: "x", lines: []}) { before after }`): 10_000,
		fiveTimes(`rewriteStyle(username: "x") { verdict }`):                          10_000,
		fiveTimes(`saveStyle(input: {username: "x", lines: []}) { user { id } }`):     5 * trip,
		fiveTimes(`reportBriefing(briefingId: "x", wrong: true) { id }`):              5 * trip,
		fiveTimes(`markSeen(username: "x", at: "2026-03-01T12:00:00Z") { id }`):       5 * trip,
		fiveTimes(`extendBriefing(requestId: "x", endTime: "18:30") { id }`):          5 * trip,
	} {
		doc, errs := gqlparser.LoadQueryWithRules(schema, document, guard.Rules())
		if errs != nil {
			t.Fatal(errs)
		}
		cost, err := a.limits.Operation(a.prices, doc.Operations[0], nil)
		if err != nil || cost.Points < least {
			t.Errorf("%s costs %d points, %v, want at least %d", document, cost.Points, err, least)
		}
	}
}
