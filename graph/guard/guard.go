// Package guard bounds what a GraphQL document may cost before it is executed.
//
// It decides in three steps. Each takes time linear in what the step before has let through, so a
// hostile document is refused for the price of reading a part of it:
//
//	Source      the text, before it is parsed: bytes, tokens, nesting, aliases, directives, values
//	Document    the parsed document, before it is validated: fragments expanded, repeated names
//	Operation   the validated operation with its variables: fields and bytes of the answer
//
// The expansion of fragments is computed by multiplication and not by walking. In a chain whose
// fragments each spread the next one twice, the expansion doubles at every link, so a walk of a
// long chain would not end in a lifetime.
//
// The package has no network code. Its functions are safe for concurrent use.
package guard

import (
	"errors"
	"fmt"
	"math"
)

// Limits are the most that a document may have. Every field must be positive. Default returns
// values that let the explorers, code generators and Relay pages of 100 through.
type Limits struct {
	Bytes      int // of the document's text
	Tokens     int // of the text, comments included
	Depth      int // of nested selections, through fragments
	Nesting    int // of lists and objects in one value
	Directives int // uses in the text
	Aliases    int // in the text
	Values     int // tokens inside of arguments, variable definitions and values
	Operations int // definitions in the document
	Fragments  int // definitions in the document
	Fields     int // of all operations, fragments expanded; twice as many of all fragments
	RootFields int // of one operation, with all fragments expanded
	Mutations  int // root fields of one mutation
	Repeats    int // fields of the same response name at one place of the answer
	Cost       int // points of one operation, see Operation
	Answer     int // bytes of the answer, estimated
}

// Default returns the limits that the server has without settings. The introspection that explorers
// send has about 250 tokens, 13 levels and 9 fragments.
func Default() Limits {
	return Limits{
		Bytes: 16 << 10, Tokens: 2_000, Depth: 15, Nesting: 8, Directives: 50, Aliases: 50, Values: 1_000,
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
	return fmt.Sprintf("the document is too complex: %d %s, at most %d are allowed", r.Got, r.Measure, r.Limit)
}

// ErrCycle is the error of a fragment that spreads itself, directly or through others.
var ErrCycle = errors.New("a fragment must not spread itself")

// exceeds returns a refusal when got is beyond limit.
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
