package hostile_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"

	"bis/graph/guard"
	"bis/test/hostile"
)

var schema = func() *ast.Schema {
	text, err := os.ReadFile(filepath.Join(root, "schema.graphqls"))
	if err != nil {
		panic(err)
	}
	s := gqlparser.MustLoadSchema(&ast.Source{Input: string(text)})
	delete(s.Directives, "defer") // like the server
	return s
}()

// prices are the server's prices. The price of a summary reflects the call of a model, and the
// price of a row reflects its read.
var prices = guard.NewPrices(schema, 50, 500, map[string]guard.Price{
	"Query.aiSummary": {Points: 2_000}, "Query.requests": {Each: 12}, "User.requests": {Each: 12},
	"Query.briefings": {Each: 12}, "Request.briefings": {Each: 12}, "Briefing.counts": {Length: 4}, "Facts.counts": {Length: 4},
	"Query.dayBriefings": {Points: 2_000, Each: 12}, "Made.said": {Length: 3}, "SaidLine.slots": {Length: 2},
	"Made.rejected": {Points: 12, Length: 4}, "StyleSheet.keys": {Length: 100}, "SheetLines.lines": {Length: 3},
	"StyleSheet.refused": {Length: 150}, "Query.usage": {Length: 92},
})

// The steps that can refuse a document.
const (
	byVariables = "variables"
	bySource    = "source"
	byParser    = "parser"
	byDocument  = "document"
	byValidator = "validator"
	byOperation = "operation"
	byNothing   = "nothing"
)

// examine runs a document through the steps before its execution. It returns the step that refuses
// the document, and the reason.
func examine(d document) (step string, err error) {
	limits, query := guard.Default(), d.query
	if err := guard.JSON([]byte(d.Call.Variables)); err != nil {
		return byVariables, err
	}
	if _, err := limits.Source(query); err != nil {
		return bySource, err
	}
	doc, err := parser.ParseQuery(&ast.Source{Input: query})
	if err != nil {
		return byParser, err
	}
	if err := limits.Document(doc); err != nil {
		return byDocument, err
	}
	if list := validator.ValidateWithRules(schema, doc, guard.Rules()); len(list) > 0 {
		return byValidator, list
	}
	if len(doc.Operations) == 0 || len(doc.Operations) > 1 && d.Call.OperationName == "" {
		return byValidator, errors.New("no operation is chosen")
	}
	for _, op := range doc.Operations {
		if err := limits.Inputs(op, d.variables); err != nil {
			return byOperation, err
		}
		values, err := validator.VariableValues(schema, op, d.variables)
		if err != nil {
			return byValidator, err
		}
		if _, err := limits.Operation(prices, op, values); err != nil {
			return byOperation, err
		}
	}
	return byNothing, nil
}

// documents returns the cases with a document and their decoded variables.
func documents(t testing.TB, cases []hostile.Case) (found []document) {
	t.Helper()
	for _, c := range cases {
		call := fill(c.Nth(1), "000000000000000000000000", "")
		if call.Query == "" {
			continue
		}
		variables, err := decodeVariables(call.Variables)
		if err != nil {
			continue // the server refuses the body
		}
		found = append(found, document{c, call.Query, variables})
	}
	return found
}

type document struct {
	hostile.Case
	query     string
	variables map[string]any
}

// TestGuard_refuses_what_is_too_complex runs the steps in this process. A verdict of the guard must
// come from a step of the guard, and a verdict of the libraries from a step of the libraries.
func TestGuard_refuses_what_is_too_complex(t *testing.T) {
	t.Parallel()
	steps := map[string]int{}
	for _, d := range documents(t, hostile.Cases()) {
		begin := time.Now()
		step, err := examine(d)
		steps[step]++
		t.Logf("%-60s %8.3f ms  %-10s %.120v", d.Name, time.Since(begin).Seconds()*1e3, step, err)
		got := hostile.Answered
		switch step {
		case byVariables:
			got = "400"
			if d.Door == hostile.Socket {
				got = "4400"
			}
		case bySource, byDocument, byOperation:
			got = "QUERY_TOO_COMPLEX"
			if errors.Is(err, guard.ErrCycle) {
				got = "GRAPHQL_VALIDATION_FAILED"
			}
		case byParser:
			got = "GRAPHQL_PARSE_FAILED"
		case byValidator:
			got = "GRAPHQL_VALIDATION_FAILED"
		}
		if !allowed(d.Want, got) && !elsewhere(d) {
			t.Errorf("%s: %s by %s (%.200v), want %s", d.Name, got, step, err, d.Want)
		}
	}
	t.Logf("refused by: %v", steps)
}

// elsewhere reports whether a case may be refused before or after the guard: by the reader of HTTP,
// by the rule for roots of subscriptions, or by the resolver.
func elsewhere(d document) bool {
	for _, verdict := range []string{"BAD_USER_INPUT", "BAD_CURSOR", "NOT_FOUND", "400", "405", "413", "431"} {
		if allowed(d.Want, verdict) {
			return true
		}
	}
	return d.Door >= hostile.Socket && allowed(d.Want, "GRAPHQL_VALIDATION_FAILED")
}

// honest returns all honest documents, with those of the console.
func honest(t testing.TB) []hostile.Case {
	t.Helper()
	var text []byte
	for _, name := range []string{"documents.ts", "pageDocuments.ts"} {
		file, err := os.ReadFile(filepath.Join(root, "web/src/graphql", name))
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, file...)
	}
	console, err := hostile.Console(string(text))
	if err != nil || len(console) < 30 {
		t.Fatalf("%d documents of the console, want at least 30: %v", len(console), err)
	}
	return append(hostile.Honest(), console...)
}

// TestGuard_lets_honest_documents_through checks that no step refuses an honest document.
func TestGuard_lets_honest_documents_through(t *testing.T) {
	t.Parallel()
	for _, d := range documents(t, honest(t)) {
		if step, err := examine(d); step != byNothing {
			t.Errorf("%s: refused by %s: %v", d.Name, step, err)
		}
	}
}

// TestHonest_selects_every_field fails when a new field of the schema is missing from the honest
// documents.
func TestHonest_selects_every_field(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, d := range documents(t, hostile.Honest()) {
		doc, err := parser.ParseQuery(&ast.Source{Input: d.query})
		if err != nil {
			t.Fatalf("%s: %v", d.Name, err)
		}
		events := &validator.Events{}
		events.OnField(func(_ *validator.Walker, f *ast.Field) {
			if f.ObjectDefinition != nil {
				seen[f.ObjectDefinition.Name+"."+f.Name] = true
			}
		})
		validator.Walk(schema, doc, events)
	}
	for _, def := range schema.Types {
		if def.Kind != ast.Object || def.BuiltIn {
			continue
		}
		for _, f := range def.Fields {
			if name := def.Name + "." + f.Name; !strings.HasPrefix(f.Name, "__") && !seen[name] {
				t.Errorf("no honest document selects %s", name)
			}
		}
	}
}

// TestCases_are_named_and_told checks that every case has a unique name, a sentence and a verdict.
func TestCases_are_named_and_told(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, c := range hostile.Cases() {
		if names[c.Name] {
			t.Errorf("two cases are named %q", c.Name)
		}
		names[c.Name] = true
		if !strings.HasSuffix(c.Attack, ".") || c.Want == "" {
			t.Errorf("%s attacks %q and wants %q", c.Name, c.Attack, c.Want)
		}
	}
	if len(names) < 200 {
		t.Errorf("the corpus has %d cases", len(names))
	}
}

// BenchmarkGuard measures the steps for the slowest document of the corpus.
func BenchmarkGuard(b *testing.B) {
	cases := documents(b, append(hostile.Cases(), hostile.Honest()...))
	for b.Loop() {
		worst, name := time.Duration(0), ""
		for _, d := range cases {
			least := time.Hour
			for range 3 {
				begin := time.Now()
				_, _ = examine(d)
				least = min(least, time.Since(begin))
			}
			if least > worst {
				worst, name = least, d.Name
			}
		}
		b.ReportMetric(float64(worst.Microseconds())/1e3, "ms/worst")
		b.Log(name, worst)
	}
}
