package guard

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Price is the cost of one field.
type Price struct {
	// Points are added each time that the field is answered. Zero means 1.
	Points int
	// Each is added for each value of a list or page. It stands for reading the value from the
	// store. Zero adds nothing.
	Each int
	// Bytes is the size of one value, without its name. Zero means 32 for a leaf and 2 for an
	// object.
	Bytes int
	// Length is how many values a list has if it has no argument first or last. Zero means 10.
	Length int
}

// Prices are the prices of a schema.
type Prices struct {
	// Fields has prices by "Type.field". Fields without a price cost 1 point.
	Fields map[string]Price
	// Page is how many values a connection has when neither first nor last is given.
	Page int
	// MaxPage is the greatest value of first and last. Resolvers refuse a greater value, which
	// costs nothing.
	MaxPage int

	introspection map[string]Price // prices of introspection's lists, by "Type.field"
}

// Points of introspection's fields and of its list of types. Each field is found by reflection, and
// each call sorts the list of types, so both cost more than a field that is in memory. One whole
// introspection must stay affordable while the schema grows, and two must not become so. Therefore
// types beyond introspectedTypes cost nothing.
const (
	introspectionPoints = 2
	typesPoints         = 2_500
	introspectedTypes   = 56
)

// NewPrices returns prices for a schema. A list of introspection has the average length of such
// lists in the schema, so the price of a walk over all types matches the size of its answer.
func NewPrices(schema *ast.Schema, page, maxPage int, fields map[string]Price) *Prices {
	types, all, arguments, values, inputs := max(1, len(schema.Types)), 0, 0, 0, 0
	for _, t := range schema.Types {
		if t.Kind == ast.InputObject {
			inputs += len(t.Fields)
		} else {
			all += len(t.Fields)
		}
		values += len(t.EnumValues)
		for _, f := range t.Fields {
			arguments += len(f.Arguments)
		}
	}
	average := func(n, of int) int { return (n + of - 1) / max(1, of) }
	return &Prices{Fields: fields, Page: page, MaxPage: maxPage, introspection: map[string]Price{
		"__Schema.types":       {Points: typesPoints, Length: min(types, introspectedTypes)},
		"__Schema.directives":  {Length: len(schema.Directives)},
		"__Directive.args":     {Length: 2},
		"__Type.fields":        {Length: average(all, types)},
		"__Field.args":         {Length: average(arguments, all)},
		"__Type.inputFields":   {Length: average(inputs, types)},
		"__Type.enumValues":    {Length: average(values, types)},
		"__Type.interfaces":    {Length: 1},
		"__Type.possibleTypes": {Length: 1},
	}}
}

// of returns the price of a field, by "Type.field".
func (p *Prices) of(name string) Price {
	if !strings.HasPrefix(name, "__") {
		price := p.Fields[name]
		price.Points = max(1, price.Points)
		return price
	}
	price := p.introspection[name]
	price.Points = max(introspectionPoints, price.Points)
	return price
}

// Cost is an upper bound of the cost of an operation.
type Cost struct {
	Points int // see Price
	Bytes  int // bytes of the answer
}

// Operation prices a validated operation with its coerced variables. It refuses an operation that
// costs more than the limits allow. A field costs its points, those of its arguments, and for each
// value of a list the points of its selection. A page has as many values as first or last says.
// Each fragment is priced once, and its price is added at each spread. The directives skip and
// include change nothing, because the cost is an upper bound.
//
// The error is a *Refusal.
func (l Limits) Operation(
	p *Prices, op *ast.OperationDefinition, variables map[string]any,
) (Cost, error) {
	w := pricing{
		prices: p, variables: variables, fragments: map[string]Cost{}, inputs: map[string]input{},
	}
	cost := w.set(op.SelectionSet)
	if err := exceeds("points", cost.Points, l.Cost); err != nil {
		return cost, err
	}
	return cost, exceeds("bytes in the answer", cost.Bytes, l.Answer)
}

// pricing is the state of pricing one operation.
type pricing struct {
	prices    *Prices
	variables map[string]any
	fragments map[string]Cost  // fragments that were priced already
	inputs    map[string]input // variables that were measured already
}

func (w *pricing) set(set ast.SelectionSet) Cost {
	var sum Cost
	for _, selection := range set {
		var c Cost
		switch selection := selection.(type) {
		case *ast.Field:
			c = w.field(selection)
		case *ast.InlineFragment:
			c = w.set(selection.SelectionSet)
		case *ast.FragmentSpread:
			c = w.fragment(selection)
		}
		sum = Cost{plus(sum.Points, c.Points), plus(sum.Bytes, c.Bytes)}
	}
	return sum
}

func (w *pricing) fragment(spread *ast.FragmentSpread) Cost {
	c, ok := w.fragments[spread.Name]
	if !ok && spread.Definition != nil {
		c = w.set(spread.Definition.SelectionSet)
		w.fragments[spread.Name] = c
	}
	return c
}

// field returns the cost of a field with its selection.
func (w *pricing) field(f *ast.Field) Cost {
	below := w.set(f.SelectionSet)
	name := f.Name
	if f.ObjectDefinition != nil {
		name = f.ObjectDefinition.Name + "." + f.Name
	}
	if name == "__Type.ofType" { // only half of all types wrap another type
		below = Cost{below.Points / 2, below.Bytes / 2}
	}
	price := w.prices.of(name)
	bytes := price.Bytes
	if bytes == 0 {
		bytes = 32
		if len(f.SelectionSet) > 0 {
			bytes = 2
		}
	}
	n := w.length(f, price)
	return Cost{
		Points: plus(
			plus(price.Points, w.arguments(f.Arguments).points()),
			times(n, plus(price.Each, below.Points))),
		Bytes: plus(len(f.Alias)+4, times(n, plus(bytes, below.Bytes))),
	}
}

// length returns the number of values of a field: the size of its page, the length of its list, or
// one.
func (w *pricing) length(f *ast.Field, price Price) int {
	if f.Definition == nil {
		return 1
	}
	if f.Definition.Arguments.ForName("first") != nil {
		return w.page(f)
	}
	if f.Definition.Type.Elem == nil {
		return 1
	}
	if f.ObjectDefinition != nil && strings.HasSuffix(f.ObjectDefinition.Name, "Connection") {
		return 1 // the page of the connection counts the values
	}
	return cmp.Or(price.Length, 10)
}

// page returns the larger of the arguments first and last. A value that is not a number does not
// count, because its resolver refuses it.
func (w *pricing) page(f *ast.Field) int {
	n := -1
	for _, name := range []string{"first", "last"} {
		if a := f.Arguments.ForName(name); a != nil {
			if v, ok := w.number(a.Value); ok {
				n = max(n, min(max(v, 0), w.prices.MaxPage))
			}
		}
	}
	if n < 0 {
		return w.prices.Page
	}
	return n
}

// number returns the value of a literal or of a variable.
func (w *pricing) number(v *ast.Value) (int, bool) {
	if v.Kind != ast.Variable {
		n, err := strconv.Atoi(v.Raw)
		return n, err == nil
	}
	switch n := w.variables[v.Raw].(type) {
	case int:
		return n, true
	case int64:
		return int(n), true
	case float64:
		return int(min(n, most)), true
	case json.Number:
		if i, err := n.Int64(); err == nil {
			return int(i), true
		}
		f, err := n.Float64()
		return int(min(f, most)), err == nil
	}
	return 0, false
}
