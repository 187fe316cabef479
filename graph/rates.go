package graph

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"slices"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bis/graph/guard"
	"bis/internal/briefing"
	"bis/internal/limit"
)

// codeRateLimited is the code of briefing.ErrRateLimited.
const codeRateLimited = "RATE_LIMITED"

// refusedCost is the number of operations that a too complex document counts as. Reading such a
// document costs as much as a few honest operations.
const refusedCost = 5

// prepaidAll means that every operation of a call was counted before.
const prepaidAll = math.MaxInt

// prepaid returns exec for an operation whose transport has counted n operations already.
func prepaid(exec graphql.GraphExecutor, n int) graphql.GraphExecutor {
	if g, ok := exec.(gate); ok {
		g.paid = n
		return g
	}
	return exec
}

// CreateOperationContext implements graphql.GraphExecutor. It counts the operation, and reports a
// document that is too complex.
//
// A query counts as one operation, and a mutation as one for each of its root fields. An invalid
// document counts as one operation, and a too complex document as refusedCost. A subscription does
// not count here, because its transport counts it before the document is read.
func (g gate) CreateOperationContext(
	ctx context.Context, params *graphql.RawParams,
) (*graphql.OperationContext, gqlerror.List) {
	if g.paid == 0 {
		if err := g.limits.Ready(ctx, limit.Operations); err != nil {
			return refusedOperation(params), gqlerror.List{gqlerror.Wrap(err)}
		}
	}
	op, errs := g.create(ctx, params)
	cost := 1
	switch {
	case errs == nil:
		cost = costOf(op)
	case tooComplex(errs):
		g.limits.Report(limit.CallerOf(ctx), limit.TooComplex)
		cost = refusedCost
	}
	if err := g.limits.AllowN(ctx, limit.Operations, cost-g.paid); err != nil {
		return op, gqlerror.List{gqlerror.Wrap(err)}
	}
	return op, errs
}

// costOf returns the number of operations that a valid operation counts as.
func costOf(op *graphql.OperationContext) int {
	switch op.Operation.Operation {
	case ast.Subscription:
		return 0
	case ast.Mutation:
		fields := graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Mutation"})
		return max(1, len(fields))
	}
	return 1
}

// tooComplex reports whether a document or an operation breaks a limit of the guard.
func tooComplex(errs gqlerror.List) bool {
	return slices.ContainsFunc(errs, func(err *gqlerror.Error) bool {
		refusal := (*guard.Refusal)(nil)
		return errors.As(err, &refusal)
	})
}

// refusedOperation returns the operation context for the answer to an operation that was not
// admitted.
func refusedOperation(params *graphql.RawParams) *graphql.OperationContext {
	return &graphql.OperationContext{
		RawQuery: params.Query, OperationName: params.OperationName,
		RecoverFunc: graphql.DefaultRecover,
	}
}

// limited is a transport that counts each call as one operation before it reads the body.
type limited struct {
	graphql.Transport
	limits *limit.Limits
}

// Do implements graphql.Transport.
func (l limited) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	if err := l.limits.Allow(r.Context(), limit.Operations); err != nil {
		RefuseRate(w, r, err)
		return
	}
	l.Transport.Do(w, r, prepaid(exec, 1))
}

// RefuseRate answers 429 to a call that comes too often and was not read. err says when the caller
// may try again.
func RefuseRate(w http.ResponseWriter, r *http.Request, err error) {
	setRetryAfter(w, err)
	head(w, answerType(r.Header.Values("Accept")), http.StatusTooManyRequests)
	_ = json.NewEncoder(w).Encode(map[string]any{ // fails when the caller is gone
		"errors": []any{map[string]any{
			"message": briefing.ErrRateLimited.Error(),
			"extensions": map[string]any{
				"code": codeRateLimited, "retryAfter": briefing.RetrySeconds(err),
			},
		}},
	})
}

// setRetryAfter sets the header Retry-After to the seconds that err asks the caller to wait.
func setRetryAfter(w http.ResponseWriter, err error) {
	w.Header().Set("Retry-After", strconv.Itoa(briefing.RetrySeconds(err)))
}

// RateError returns the error in errs that refuses an operation because it came too often. Nil
// means that errs has no such error.
func RateError(errs gqlerror.List) error {
	for _, err := range errs {
		if errors.Is(err, briefing.ErrRateLimited) {
			return err
		}
	}
	return nil
}
