package graph

import (
	"cmp"

	"bis/graph/guard"
)

// Documents bounds the documents of callers. Zero fields mean the defaults of guard.Default, which
// has further bounds that cannot be set.
type Documents struct {
	Bytes     int // of a document's text
	Tokens    int
	Depth     int // levels of selections
	Aliases   int
	Mutations int // root fields of one mutation
	Cost      int // points of one operation
}

// limits returns the bounds of documents whose answers may have so many bytes.
func (d Documents) limits(answer int) guard.Limits {
	l := guard.Default()
	l.Bytes = cmp.Or(d.Bytes, l.Bytes)
	l.Tokens = cmp.Or(d.Tokens, l.Tokens)
	l.Depth = cmp.Or(d.Depth, l.Depth)
	l.Aliases = cmp.Or(d.Aliases, l.Aliases)
	l.Mutations = cmp.Or(d.Mutations, l.Mutations)
	l.Cost = cmp.Or(d.Cost, l.Cost)
	l.RootFields = max(l.RootFields, l.Mutations) // which are root fields, too
	l.Answer = max(l.Answer, answer)
	return l
}
