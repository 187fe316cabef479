package guard

import (
	"github.com/vektah/gqlparser/v2/ast"
)

// Document checks a parsed document before it is validated. Validation of an accepted document
// takes time that grows with its length: the rule about overlapping fields compares every two
// fields of one response name, and Repeats bounds their number.
//
// The error is a *Refusal or wraps ErrCycle.
func (l Limits) Document(doc *ast.QueryDocument) error {
	if err := exceeds("operations", len(doc.Operations), l.Operations); err != nil {
		return err
	}
	if err := exceeds("fragments", len(doc.Fragments), l.Fragments); err != nil {
		return err
	}
	d := document{limits: l, fragments: make(map[string]*fragment, len(doc.Fragments))}
	for _, f := range doc.Fragments {
		if d.fragments[f.Name] == nil { // a spread means the first fragment of its name
			d.fragments[f.Name] = &fragment{definition: f}
		}
	}
	if err := d.sizes(doc); err != nil {
		return err
	}
	return d.names(doc)
}

// document is the state of one check.
type document struct {
	limits    Limits
	fragments map[string]*fragment
}

// fragment is a definition of a fragment. Its size is valid when state is known.
type fragment struct {
	definition *ast.FragmentDefinition
	state      state
	size       size
	merged     bool // its fields were counted at the place of a spread
}

// state is the progress of the computation of a fragment's size.
type state uint8

const (
	unknown state = iota
	underway
	known
)

// size is the size of a selection with its fragments expanded.
type size struct {
	fields  int // all fields, at most the constant most
	depth   int // levels of fields
	roots   int // fields of the first level
	spreads int // all spreads and inline fragments, at most the constant most
}

// sizes bounds the expanded size of each definition, and the sums of these sizes. Validation walks
// every fragment by itself, and again for each operation that spreads it.
func (d *document) sizes(doc *ast.QueryDocument) error {
	sum, spreads := 0, 0
	for _, f := range doc.Fragments {
		s, err := d.fragment(f.Name)
		if d.second(f) {
			s, err = d.size(f.SelectionSet)
		}
		if err != nil {
			return err
		}
		if sum = plus(sum, s.fields); sum > 2*d.limits.Fields {
			return exceeds("fields in fragments", sum, 2*d.limits.Fields)
		}
		if spreads = plus(spreads, s.spreads); spreads > 2*d.spreads() {
			return exceeds("spreads in fragments", spreads, 2*d.spreads())
		}
		if err := d.bounded(s); err != nil {
			return err
		}
	}
	sum, spreads = 0, 0
	for _, op := range doc.Operations {
		s, err := d.operation(op)
		if err != nil {
			return err
		}
		if sum = plus(sum, s.fields); sum > d.limits.Fields {
			return exceeds("fields in operations", sum, d.limits.Fields)
		}
		if spreads = plus(spreads, s.spreads); spreads > d.spreads() {
			return exceeds("spreads in operations", spreads, d.spreads())
		}
	}
	return nil
}

// spreads returns the most spreads of all operations, with fragments expanded. Validation follows
// each spread, even if its fragment has only one field.
func (d *document) spreads() int { return 2 * d.limits.Fields }

// second reports whether a definition is not the first of its name. Validation refuses such a
// document, but first it validates all definitions.
func (d *document) second(f *ast.FragmentDefinition) bool {
	return d.fragments[f.Name].definition != f
}

// names bounds the repeats of names. The sizes must be bounded before. A fragment that was merged
// into an operation is not checked again.
func (d *document) names(doc *ast.QueryDocument) error {
	for _, op := range doc.Operations {
		if err := d.repeats([]ast.SelectionSet{op.SelectionSet}); err != nil {
			return err
		}
	}
	for _, f := range doc.Fragments {
		if d.fragments[f.Name].merged && !d.second(f) {
			continue
		}
		if err := d.repeats([]ast.SelectionSet{f.SelectionSet}); err != nil {
			return err
		}
	}
	return nil
}

// operation returns the size of an operation and checks its limits.
func (d *document) operation(op *ast.OperationDefinition) (size, error) {
	s, err := d.size(op.SelectionSet)
	if err != nil {
		return s, err
	}
	if err := exceeds("root fields", s.roots, d.limits.RootFields); err != nil {
		return s, err
	}
	if op.Operation == ast.Mutation {
		if err := exceeds("mutations", s.roots, d.limits.Mutations); err != nil {
			return s, err
		}
	}
	return s, d.bounded(s)
}

// bounded checks the depth, the fields and the spreads of one definition.
func (d *document) bounded(s size) error {
	if err := exceeds("levels of selections", s.depth, d.limits.Depth); err != nil {
		return err
	}
	if err := exceeds("fields", s.fields, d.limits.Fields); err != nil {
		return err
	}
	return exceeds("spreads", s.spreads, d.spreads())
}

// fragment returns a fragment's size, or ErrCycle. The size of a definition is computed once. The
// spread of an unknown name counts as one field, because validation walks every path to it before
// it refuses the document.
func (d *document) fragment(name string) (size, error) {
	f := d.fragments[name]
	switch {
	case f == nil:
		return size{fields: 1}, nil
	case f.state == known:
		return f.size, nil
	case f.state == underway:
		return size{}, ErrCycle
	}
	f.state = underway
	var err error
	f.size, err = d.size(f.definition.SelectionSet)
	f.state = known
	return f.size, err
}

// size returns the size of a selection.
func (d *document) size(set ast.SelectionSet) (size, error) {
	var all size
	for _, selection := range set {
		var s size
		var err error
		switch selection := selection.(type) {
		case *ast.Field:
			s, err = d.size(selection.SelectionSet)
			s.fields, s.depth, s.roots = plus(s.fields, 1), s.depth+1, 1
		case *ast.InlineFragment:
			s, err = d.size(selection.SelectionSet)
			s.spreads = plus(s.spreads, 1)
		case *ast.FragmentSpread:
			s, err = d.fragment(selection.Name)
			s.spreads = plus(s.spreads, 1)
		}
		if err != nil {
			return size{}, err
		}
		all = size{
			fields: plus(all.fields, s.fields), depth: max(all.depth, s.depth),
			roots: plus(all.roots, s.roots), spreads: plus(all.spreads, s.spreads),
		}
	}
	return all, nil
}

// repeats merges the selections of one place in the answer, as execution does, and counts how often
// they select each response name there. It repeats this for the selections below each name.
func (d *document) repeats(sets []ast.SelectionSet) error {
	m := merger{document: d, places: map[string]*place{}}
	for _, set := range sets {
		if err := m.add(set); err != nil {
			return err
		}
	}
	for _, p := range m.places {
		if len(p.below) == 0 {
			continue
		}
		if err := d.repeats(p.below); err != nil {
			return err
		}
	}
	return nil
}

// place is one response name at one place of the answer.
type place struct {
	fields int                // fields that select the name
	below  []ast.SelectionSet // the selections of these fields
}

// merger merges the selections of one place in the answer.
type merger struct {
	*document
	places  map[string]*place
	spreads int
}

// add merges one more selection and the fragments that it spreads.
func (m *merger) add(set ast.SelectionSet) error {
	for _, selection := range set {
		var err error
		switch selection := selection.(type) {
		case *ast.Field:
			err = m.count(selection.Alias, selection.SelectionSet)
		case *ast.InlineFragment:
			err = m.add(selection.SelectionSet)
		case *ast.FragmentSpread:
			err = m.spread(selection.Name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// spread adds a fragment's fields once for all its spreads at this place, because execution also
// merges them once. It counts the spreads of each name and of all names together, because
// validation compares every two spreads.
func (m *merger) spread(name string) error {
	m.spreads++
	if err := exceeds("spreads at one place", m.spreads, 2*m.limits.Fragments); err != nil {
		return err
	}
	f := m.fragments[name]
	if f == nil { // all unknown names share one count, because each makes an error
		return m.count("...", nil)
	}
	key := "..." + name
	again := m.places[key] != nil
	if err := m.count(key, nil); err != nil || again {
		return err
	}
	f.merged = true
	return m.add(f.definition.SelectionSet)
}

// count adds a field of a response name with its selection.
func (m *merger) count(key string, below ast.SelectionSet) error {
	p := m.places[key]
	if p == nil {
		p = &place{}
		m.places[key] = p
	}
	p.fields++
	if len(below) > 0 {
		p.below = append(p.below, below)
	}
	return exceeds("fields of one name at one place", p.fields, m.limits.Repeats)
}
