package graph

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bis/graph/guard"
	"bis/internal/briefing"
	"bis/internal/limit"
)

// Budget bounds the answers of queries and mutations. The zero value has the default bounds, and
// no limit of bytes in flight.
type Budget struct {
	// InFlight counts the answers that are in memory. Nil means no limit.
	InFlight *limit.Bytes
	// Answer is the most bytes of one answer. An error replaces a longer answer. Zero means 16 MiB.
	Answer int
	// Time is how long one operation may take. Zero means 10 s.
	Time time.Duration
}

// The defaults of a Budget. An operation waits for patience until other answers release their
// bytes; then it is refused.
const (
	defaultAnswer = 16 << 20
	defaultTime   = 10 * time.Second
	patience      = time.Second
)

func (b Budget) withDefaults() Budget {
	b.Answer, b.Time = cmp.Or(b.Answer, defaultAnswer), cmp.Or(b.Time, defaultTime)
	return b
}

// extraTime is added to the time of an operation that selects one of these root fields, because a
// model may write the answer. The calls of the model have deadlines of their own.
var extraTime = map[string]time.Duration{
	"runNow":       30 * time.Second,
	"previewStyle": 45 * time.Second,
	"rewriteStyle": 30 * time.Second,
	"testCamera":   15 * time.Second,
}

// timeOf returns how long an operation may take. It has the extra time of one field, the slowest.
// The fields of a mutation run one after the other and share that time.
func (b Budget) timeOf(op *graphql.OperationContext) time.Duration {
	root := "Query"
	switch {
	case !slow(op.RawQuery):
		return b.Time
	case op.Operation.Operation == ast.Mutation:
		root = "Mutation"
	}
	longest := time.Duration(0)
	for _, f := range graphql.CollectFields(op, op.Operation.SelectionSet, []string{root}) {
		longest = max(longest, extraTime[f.Name])
	}
	return b.Time + longest
}

// slow reports whether a document may select a field of extraTime.
func slow(document string) bool {
	for name := range extraTime {
		if strings.Contains(document, name) {
			return true
		}
	}
	return false
}

// MaxPayload is the most bytes that the payload of one briefing may have.
const MaxPayload = defaultAnswer

// answerKey is the key of the estimated size of the answer in an operation's statistics.
const answerKey = "bis.answer"

// estimated records the estimated size of an operation's answer for estimate.
func estimated(op *graphql.OperationContext, cost guard.Cost) {
	op.Stats.SetExtension(answerKey, cost.Bytes)
}

// estimate returns the most bytes that the answer of an operation may have.
func estimate(op *graphql.OperationContext) int64 {
	n, _ := op.Stats.GetExtension(answerKey).(int)
	return int64(n)
}

// errTooSlow is the cause of the cancelled context of an operation that takes too long.
var errTooSlow = errors.New("the operation takes too long")

// Respond executes a query or a mutation for the caller of ctx. It first books the estimated bytes
// of the answer, and waits up to a second for room. Without room it returns a
// briefing.RateLimitedError. After the execution the booking shrinks to the actual bytes. The
// caller must release the booking, which may be nil, after it has written the answer. The context
// of the execution ends with ctx, or when the time of the operation is over. The response is nil if
// ctx ends before the execution begins.
func Respond(
	ctx context.Context, exec graphql.GraphExecutor, op *graphql.OperationContext,
) (*graphql.Response, *limit.Booking, error) {
	budget, limits, caller := Budget{}.withDefaults(), (*limit.Limits)(nil), limit.CallerOf(ctx)
	if g, ok := exec.(gate); ok {
		budget, limits = g.budget, g.limits
	}
	booking, ok := budget.InFlight.Await(ctx, caller, estimate(op), patience)
	if !ok {
		if ctx.Err() == nil { // the caller has not left
			limits.Report(caller, limit.NoRoom)
		}
		return nil, nil, &briefing.RateLimitedError{RetryAfter: time.Second}
	}
	defer func() {
		if cause := recover(); cause != nil {
			booking.Release()
			panic(cause)
		}
	}()
	timed, cancel := context.WithTimeoutCause(ctx, budget.timeOf(op), errTooSlow)
	defer cancel()
	responses, timed := exec.DispatchOperation(timed, op)
	res := responses(timed)
	if errors.Is(context.Cause(timed), errTooSlow) {
		limits.Report(caller, limit.TooLongRunning)
	}
	if res != nil && len(res.Data) > budget.Answer {
		limits.Report(caller, limit.TooLong)
		res = tooLong(graphql.WithOperationContext(ctx, op), exec, len(res.Data), budget.Answer)
	}
	if res != nil {
		booking.Shrink(int64(cap(res.Data)))
	}
	return res, booking, nil
}

// tooLong returns the answer in place of one that has n bytes, more than most.
func tooLong(ctx context.Context, exec graphql.GraphExecutor, n, most int) *graphql.Response {
	err := &guard.Refusal{Measure: "bytes in the answer", Got: n, Limit: most}
	return &graphql.Response{Errors: PresentError(ctx, exec, err), Data: []byte("null")}
}

// Bounded returns payload, or a response with an error if payload is longer than MaxPayload.
// present converts the error for callers.
func Bounded(payload []byte, present func(error) gqlerror.List) []byte {
	if len(payload) <= MaxPayload {
		return payload
	}
	err := &guard.Refusal{Measure: "bytes in the answer", Got: len(payload), Limit: MaxPayload}
	short, _ := Encode(&graphql.Response{Errors: present(err)}) // plain strings can be written
	return short
}

// refuseForRoom answers an operation with 503 because there is no room for its answer. err says
// when the caller may try again.
func refuseForRoom(
	ctx context.Context, w http.ResponseWriter, kind string, exec graphql.GraphExecutor, err error,
) {
	w.Header().Set("Retry-After", strconv.Itoa(briefing.RetrySeconds(err)))
	res := &graphql.Response{Errors: PresentError(ctx, exec, err)}
	answer(w, kind, http.StatusServiceUnavailable, res)
}

// whileWanted is middleware that leaves out root fields when the caller has gone or the time is
// over. A store may not check its context, and the next mutation must not start.
func whileWanted(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
	if err := ctx.Err(); err != nil {
		graphql.AddError(ctx, err)
		return graphql.Null
	}
	return next(ctx)
}
