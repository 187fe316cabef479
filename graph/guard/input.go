package guard

import (
	"encoding/json"
	"reflect"

	"github.com/vektah/gqlparser/v2/ast"
)

// Prices of arguments, in points. Each use of a variable costs the same as its value in the text.
const (
	bytesPerPoint  = 16 // bytes of text for one point
	pointsPerValue = 8  // points of a value in a list or an object
)

// maxInputs is the most values that the variables of one operation may have. It fits five briefings
// with a count of every class.
const maxInputs = 1_500

// Inputs checks the variables of an operation before they are coerced, because coercion copies
// every value. The variables are as the caller sent them. The error is a *Refusal.
func (l Limits) Inputs(op *ast.OperationDefinition, variables map[string]any) error {
	sum := input{}
	for _, v := range op.VariableDefinitions {
		sum = sum.plus(inputOf(variables[v.Variable]))
	}
	return exceeds("values in variables", sum.values, maxInputs)
}

// input is the size of arguments.
type input struct {
	values int // in lists and objects
	bytes  int // of texts
}

func (i input) plus(j input) input {
	return input{plus(i.values, j.values), plus(i.bytes, j.bytes)}
}

// points returns the price of arguments. Short scalars cost nothing.
func (i input) points() int {
	return plus(times(i.values, pointsPerValue), i.bytes/bytesPerPoint)
}

// inputOf returns the size of a variable. It walks each value once, and the number of values is
// bounded by JSON.
func inputOf(v any) (sum input) {
	switch v := v.(type) {
	case nil, bool, int64, float64:
	case string:
		sum.bytes = len(v)
	case json.Number:
		sum.bytes = len(v)
	case []any:
		for _, one := range v {
			sum = sum.plus(inputOf(one)).plus(input{values: 1})
		}
	case map[string]any:
		for name, one := range v {
			sum = sum.plus(inputOf(one)).plus(input{values: 1, bytes: len(name)})
		}
	default: // coercion makes a list of a single value
		if list := reflect.ValueOf(v); list.Kind() == reflect.Slice {
			for i := range list.Len() {
				sum = sum.plus(inputOf(list.Index(i).Interface())).plus(input{values: 1})
			}
		}
	}
	return sum
}

// arguments returns the size of a field's arguments. A variable counts at each use.
func (w *pricing) arguments(list ast.ArgumentList) (sum input) {
	for _, a := range list {
		sum = sum.plus(w.value(a.Value))
	}
	return sum
}

// value returns the size of a value in the text.
func (w *pricing) value(v *ast.Value) input {
	if v.Kind == ast.Variable {
		size, known := w.inputs[v.Raw]
		if !known {
			size = inputOf(w.variables[v.Raw])
			w.inputs[v.Raw] = size
		}
		return size
	}
	sum := input{bytes: len(v.Raw)}
	for _, child := range v.Children {
		sum = sum.plus(w.value(child.Value)).plus(input{values: 1})
	}
	return sum
}
