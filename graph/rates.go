package graph

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bis/internal/briefing"
	"bis/internal/limit"
)

// codeRateLimited is the code of briefing.ErrRateLimited.
const codeRateLimited = "RATE_LIMITED"

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
