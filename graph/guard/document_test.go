package guard_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"bis/graph/guard"
)

// numbered repeats a pattern with the numbers from 0 to n-1 in place of #.
func numbered(n int, pattern string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(pattern, "#", fmt.Sprint(i)))
	}
	return b.String()
}

// TestDocument_bounds_what_validation_walks checks documents with few fields for which validation
// compares or walks very many.
func TestDocument_bounds_what_validation_walks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ query, want string }{
		"spreads of unknown fragments":             {"{ user(username: \"a\") {" + numbered(600, " ...U#") + " } }", "fields of one name at one place"},
		"doubling unknown leaves":                  {doublingSpreads(25, "...Unknown"), "fields in fragments"},
		"thirty fragments in fourteen inline ones": {"{ user(username: \"a\") {" + strings.Repeat(" ... {"+numbered(30, " ...F#")+" }", 14) + " } }" + numbered(30, " fragment F# on User { id }"), "spreads at one place"},
		"thirty fragments below fourteen fields":   {"{ user(username: \"a\") {" + strings.Repeat(" activeRequest {"+numbered(30, " ...F#")+" }", 14) + " } }" + numbered(30, " fragment F# on Request { id }"), "spreads at one place"},
		"sixty fragments at one place":             {"{ user(username: \"a\") {" + numbered(60, " ...F#") + " } }" + numbered(60, " fragment F# on User { id }"), "fields of one name at one place"},
		"thirty fragments at one place, twice":     {"{ user(username: \"a\") {" + strings.Repeat(numbered(30, " ...F#"), 2) + " } }" + numbered(30, " fragment F# on User { id }"), ""},
		"twenty operations of a large fragment":    {numbered(20, " query Q# { user(username: \"a\") { ...F } }") + " fragment F on User {" + numbered(500, " x#") + " }", "fields in operations"},
		"a chain of spreads at many places":        {"{" + numbered(18, " a#: request(id: \"a\") {"+strings.Repeat(" ...F0", 34)+" }") + " }" + chain(50, " ...F+"), "spreads"},
		"a chain of inline fragments at places":    {"{" + numbered(18, " a#: request(id: \"a\") {"+strings.Repeat(" ...F0", 34)+" }") + " }" + chain(10, strings.Repeat(" ... {", 10)+" ...F+"+strings.Repeat(" }", 10)), "spreads"},
		"a chain of fifty spreads":                 {"{ request(id: \"a\") { ...F0 } }" + chain(50, " ...F+"), ""},
		"twenty operations of a chain of spreads":  {numbered(20, " query Q# { request(id: \"a\") {"+strings.Repeat(" ...F0", 20)+" } }") + chain(40, " ...F+"), "spreads in operations"},
		"a second fragment of a name":              {"{ ...F } fragment F on User { id } fragment F on User {" + numbered(200, " x# { ...G }") + " } fragment G on User {" + numbered(100, " y#") + " }", "fields in fragments"},
		"a second fragment of a name that repeats": {"{ ...F } fragment F on User { id } fragment F on User {" + strings.Repeat(" id", 100) + " }", "fields of one name at one place"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, err := parser.ParseQuery(&ast.Source{Input: c.query})
			if err != nil {
				t.Fatal(err)
			}
			begin := time.Now()
			err = guard.Default().Document(doc)
			if took := time.Since(begin); took > time.Second {
				t.Errorf("the check took %v", took)
			}
			got := ""
			if err != nil {
				got = measure(t, err)
			}
			if got != c.want {
				t.Errorf("refused for %q, want %q", got, c.want)
			}
		})
	}
}

// chain returns fragments that each have a selection, in which + is the number of the next one. The
// last fragment has one field.
func chain(links int, selection string) string {
	var b strings.Builder
	for i := range links {
		fmt.Fprintf(&b, " fragment F%d on Request { %s }", i, strings.ReplaceAll(selection, "+", fmt.Sprint(i+1)))
	}
	fmt.Fprintf(&b, " fragment F%d on Request { id }", links)
	return b.String()
}

// doublingSpreads returns a chain of fragments that have only spreads, except for the leaf.
func doublingSpreads(links int, leaf string) string {
	var b strings.Builder
	b.WriteString("{ ...F0 }")
	for i := range links {
		fmt.Fprintf(&b, " fragment F%d on Query { ...F%d ...F%d }", i, i+1, i+1)
	}
	fmt.Fprintf(&b, " fragment F%d on Query { %s }", links, leaf)
	return b.String()
}
