package subscribe

import (
	"encoding/json"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// relevantVariables returns, as JSON, the values of those variables that the response depends on.
// The arguments of the root field do not count: they only say what is watched, and from where on.
func relevantVariables(op *graphql.OperationContext) string {
	used := map[string]any{}
	visitSelection(op.Operation.SelectionSet, true, func(name string) { used[name] = op.Variables[name] })
	if len(used) == 0 {
		return ""
	}
	text, err := json.Marshal(used)
	if err != nil {
		return op.RawQuery // unreachable: the values were read from JSON
	}
	return string(text)
}

// visitSelection visits the variables of a selection; at the root not those in arguments of
// fields.
func visitSelection(set ast.SelectionSet, root bool, visit func(name string)) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			if !root {
				visitArguments(s.Arguments, visit)
			}
			visitDirectives(s.Directives, visit)
			visitSelection(s.SelectionSet, false, visit)
		case *ast.InlineFragment:
			visitDirectives(s.Directives, visit)
			visitSelection(s.SelectionSet, root, visit)
		case *ast.FragmentSpread:
			visitDirectives(s.Directives, visit)
			visitSelection(s.Definition.SelectionSet, root, visit)
		}
	}
}

func visitDirectives(list ast.DirectiveList, visit func(name string)) {
	for _, d := range list {
		visitArguments(d.Arguments, visit)
	}
}

func visitArguments(list ast.ArgumentList, visit func(name string)) {
	for _, a := range list {
		visitValue(a.Value, visit)
	}
}

// visitValue visits the variables of a value and of the lists and objects in it.
func visitValue(v *ast.Value, visit func(name string)) {
	if v == nil {
		return
	}
	if v.Kind == ast.Variable {
		visit(v.Raw)
	}
	for _, c := range v.Children {
		visitValue(c.Value, visit)
	}
}
