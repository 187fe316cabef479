package graph

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"

	"bis/internal/briefing"
)

// newExecution returns an execution of a subscription's document. use adds extensions to its
// executor.
func newExecution(t *testing.T, document string, use func(*executor.Executor)) Execution[briefing.Briefing] {
	t.Helper()
	exec := executor.New(NewExecutableSchema(Config{Resolvers: &resolvers{}}))
	use(exec)
	ctx := graphql.StartOperationTrace(t.Context())
	op, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: document})
	if errs != nil {
		t.Fatal(errs)
	}
	return NewExecution[briefing.Briefing](ctx, exec, op)
}

func TestExecution_passes_all_middleware(t *testing.T) {
	t.Parallel()
	var seen []string
	e := newExecution(t, `subscription { briefings(requestId: "x") { caption } }`, func(exec *executor.Executor) {
		exec.AroundOperations(func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
			seen = append(seen, "operation")
			return next(ctx)
		})
		exec.AroundResponses(func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
			seen = append(seen, "response")
			return next(ctx)
		})
		exec.AroundFields(func(ctx context.Context, next graphql.Resolver) (any, error) {
			seen = append(seen, graphql.GetFieldContext(ctx).Field.Name)
			return next(ctx)
		})
	})
	for _, caption := range []string{"a", "b"} {
		res := e.Execute(&briefing.Briefing{Caption: caption})
		if want := `{"briefings":{"caption":"` + caption + `"}}`; string(res.Data) != want || len(res.Errors) > 0 {
			t.Errorf("%s %v, want %s", res.Data, res.Errors, want)
		}
	}
	want := []string{"operation", "briefings", "response", "caption", "response", "caption"}
	if !slices.Equal(seen, want) {
		t.Errorf("middleware saw %v, want %v", seen, want)
	}
}

// An execution that panics or fails before it reads its value must not leave the value for the next
// execution.
func TestExecution_leaves_no_value_behind(t *testing.T) {
	t.Parallel()
	calls := 0
	e := newExecution(t, `subscription { briefings(requestId: "x") { caption } }`, func(exec *executor.Executor) {
		exec.SetRecoverFunc(func(context.Context, any) error { return errNothing })
		exec.AroundResponses(func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
			switch calls++; calls {
			case 1:
				panic("an extension's")
			case 3: // call 2 presents the error of call 1
				return nil
			}
			return next(ctx)
		})
	})
	for _, caption := range []string{"a", "b"} {
		if res := e.Execute(&briefing.Briefing{Caption: caption}); len(res.Errors) != 1 {
			t.Errorf("%s: %s %v, want an error", caption, res.Data, res.Errors)
		}
	}
	if res := e.Execute(&briefing.Briefing{Caption: "c"}); !strings.Contains(string(res.Data), `"c"`) {
		t.Errorf("after two faults: %s %v", res.Data, res.Errors)
	}
}
