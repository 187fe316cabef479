package subscribe

import (
	"encoding/json"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// relevantVariables returns, as JSON, the values of those variables that the response depends on.
// It ignores variables in the arguments of the root field, which only select the request and the
// first position.
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

// visitSelection calls visit for the variables of a selection. If root is set, it skips the
// arguments of the fields of set itself.
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

// visitValue calls visit for the variables of a value, including the lists and objects in it.
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
