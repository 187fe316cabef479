// Package guard bounds what a GraphQL document may cost before it is executed.
//
// It decides in four steps. Each step takes time linear in the size of its input, which the step
// before has bounded. So a hostile document is refused after only a part of it was read:
//
//	Source      the text, before it is parsed: bytes, tokens, nesting, aliases, directives, values
//	Document    the parsed document, before it is validated: fragments expanded, spreads, names
//	Inputs      the variables, before they are coerced: values
//	Operation   the validated operation with its variables: fields and bytes of the answer
//
// The size of each fragment is computed once and added at each spread. A walk of the expansion
// could take for ever: in a chain of fragments that each spread the next one twice, the number of
// walked fields doubles with every fragment.
//
// The package has no network code. Its functions are safe for concurrent use.
package guard

import (
	"errors"
	"fmt"
	"math"
)

// Limits are the limits of a document. Every field must be positive. Default returns limits that
// accept the documents of the explorers, of code generators, and of Relay with pages of 100.
type Limits struct {
	Bytes      int // bytes of the text
	Tokens     int // tokens of the text, comments included
	Depth      int // levels of nested selections, fragments expanded
	Nesting    int // levels of lists and objects in one value
	Directives int // uses of directives in the text
	Aliases    int // aliases in the text
	Values     int // tokens inside arguments and variable definitions
	Operations int // operations in the document
	Fragments  int // fragments in the document
	Fields     int // fields of all operations, fragments expanded; twice as many in fragments
	RootFields int // root fields of one operation, fragments expanded
	Mutations  int // root fields of one mutation, fragments expanded
	Repeats    int // fields of the same response name at one place of the answer
	Cost       int // points of one operation; see Limits.Operation
	Answer     int // estimated bytes of the answer
}

// Default returns the limits that the server has without settings. The introspection that explorers
// send has about 250 tokens, 13 levels and 9 fragments.
func Default() Limits {
	return Limits{
		Bytes: 16 << 10, Tokens: 2_000, Depth: 15, Nesting: 8,
		Directives: 50, Aliases: 50, Values: 1_000,
		Operations: 20, Fragments: 60, Fields: 2_500, RootFields: 20, Mutations: 5, Repeats: 35,
		Cost: 20_000, Answer: 16 << 20,
	}
}

// Refusal is the error of a document that breaks a limit. Got is the exact value, or the first
// value beyond the limit if counting stopped there.
type Refusal struct {
	Measure    string // the limit's name in words, for example "tokens"
	Got, Limit int
}

// Error returns a sentence for the caller.
func (r *Refusal) Error() string {
	return fmt.Sprintf("the document is too complex: %d %s, at most %d are allowed",
		r.Got, r.Measure, r.Limit)
}

// ErrCycle is the error of a fragment that spreads itself, directly or through other fragments.
var ErrCycle = errors.New("a fragment must not spread itself")

// exceeds returns a *Refusal if got is greater than limit.
func exceeds(measure string, got, limit int) error {
	if got > limit {
		return &Refusal{Measure: measure, Got: got, Limit: limit}
	}
	return nil
}

// most is the greatest sum and product. It is far beyond every limit and safe to add.
const most = math.MaxInt32

// plus returns a + b, at most most. Neither is negative.
func plus(a, b int) int { return min(a+b, most) }

// times returns a × b, at most most. Neither is negative or more than most.
func times(a, b int) int { return min(a*b, most) }
