package graph

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bis/graph/guard"
	"bis/internal/briefing"
)

// Values of extensions.code. They are part of the public contract. Documents that do not parse or
// validate get gqlgen's own codes.
const (
	codeBadUserInput = "BAD_USER_INPUT"
	codeInternal     = "INTERNAL_SERVER_ERROR"
	codeTooComplex   = "QUERY_TOO_COMPLEX"
	codeUnavailable  = "UNAVAILABLE"
)

// kinds maps the domain's kinds of error to codes. An error without a kind is internal.
var kinds = []struct {
	kind error
	code string
}{
	{briefing.ErrInvalid, codeBadUserInput},
	{briefing.ErrBadCursor, "BAD_CURSOR"},
	{briefing.ErrNotFound, "NOT_FOUND"},
	{briefing.ErrUnauthenticated, "UNAUTHENTICATED"},
	{briefing.ErrForbidden, "FORBIDDEN"},
	{briefing.ErrConflict, "CONFLICT"},
	{briefing.ErrRateLimited, codeRateLimited},
	{briefing.ErrUnavailable, codeUnavailable},
}

// Errors of operations that would change data by GET. A page of another origin can send a GET, so a
// GET must not change data.
var (
	errStartByGet = briefing.Invalid("method",
		"must be POST or a WebSocket: startBriefing changes something")
	errChangeByGet = briefing.Invalid("method",
		"must be POST or a WebSocket: a mutation changes something")
)

// errInput is the error of a value that does not fit its scalar. Its text is the rule; the
// presenter adds the field.
type errInput string

// Error returns the rule.
func (e errInput) Error() string { return string(e) }

// The rules of the built-in scalars.
const (
	errNotFloat  = errInput("must be a number")
	errNotInt    = errInput("must be a whole number of at most 32 bits")
	errNotID     = errInput("must be a string or a whole number")
	errNotString = errInput("must be a string")
)

// presenter returns gqlgen's hook that converts an error for the caller. It logs internal errors
// with their cause. It does not log them when the caller has gone, because many calls fail then.
func presenter(log *slog.Logger) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		answer := present(ctx, err)
		internal := answer.Extensions["code"] == codeInternal
		if internal && ctx.Err() == nil && !errors.Is(err, errPanicked) {
			log.ErrorContext(ctx, "resolver failed",
				"path", graphql.GetPath(ctx).String(), "err", err)
		}
		return answer
	}
}

// present returns what a caller may see of an error.
func present(ctx context.Context, err error) *gqlerror.Error {
	answer := &gqlerror.Error{Path: graphql.GetPath(ctx), Extensions: map[string]any{}}
	var own *gqlerror.Error
	if errors.As(err, &own) {
		answer.Path, answer.Locations = own.Path, own.Locations
		if own.Unwrap() == nil && own.Extensions["code"] != nil {
			return presentDocument(answer, own)
		}
	}
	var wrong errInput
	var invalid *briefing.InvalidError
	var complex *guard.Refusal
	switch {
	case errors.As(err, &complex):
		answer.Message = complex.Error()
		answer.Extensions = map[string]any{
			"code": codeTooComplex, "measure": complex.Measure,
			"cost": complex.Got, "limit": complex.Limit,
		}
		return answer
	case errors.Is(err, guard.ErrCycle):
		answer.Message, answer.Extensions["code"] = guard.ErrCycle.Error(), errcode.ValidationFailed
		return answer
	case errors.As(err, &wrong):
		return badInput(answer, lastName(answer.Path), wrong.Error())
	case errors.As(err, &invalid):
		badInput(answer, invalid.Field, invalid.Error())
		if invalid.Reason != "" {
			answer.Extensions["reason"], answer.Extensions["detail"] = invalid.Reason, invalid.Korean
		}
		return answer
	}
	for _, k := range kinds {
		if errors.Is(err, k.kind) {
			answer.Message, answer.Extensions["code"] = k.kind.Error(), k.code
			if k.code == codeRateLimited {
				answer.Extensions["retryAfter"] = briefing.RetrySeconds(err)
			}
			return answer
		}
	}
	if errors.Is(context.Cause(ctx), errTooSlow) {
		answer.Message, answer.Extensions["code"] = errTooSlow.Error(), codeUnavailable
		return answer
	}
	answer.Message, answer.Extensions["code"] = "internal server error", codeInternal
	return answer
}

// presentDocument returns gqlgen's own message and code for a document that gqlgen refuses. A
// variable that does not fit its type is an exception: it is bad input, not a bad document.
func presentDocument(answer, own *gqlerror.Error) *gqlerror.Error {
	if len(own.Path) > 1 && own.Path[0] == ast.PathName("variable") {
		answer.Path = nil
		return badInput(answer, lastName(own.Path), ruleOf(own.Message))
	}
	answer.Message, answer.Extensions["code"] = own.Message, own.Extensions["code"]
	return answer
}

// rules are the rules of the built-in types, by the name of the type.
var rules = map[string]string{
	"Int":     errNotInt.Error(),
	"Float":   errNotFloat.Error(),
	"ID":      errNotID.Error(),
	"String":  errNotString.Error(),
	"Boolean": "must be true or false",
}

// ruleOf returns the rule that a variable breaks. gqlparser's message, such as "cannot use slice as
// Int", names types of Go that a caller does not know.
func ruleOf(message string) string {
	if strings.HasPrefix(message, "cannot use ") {
		if rule, ok := rules[message[strings.LastIndexByte(message, ' ')+1:]]; ok {
			return rule
		}
	}
	return message
}

// badInput completes an answer about a field of the input.
func badInput(answer *gqlerror.Error, field, message string) *gqlerror.Error {
	answer.Message = message
	answer.Extensions["code"], answer.Extensions["field"] = codeBadUserInput, field
	return answer
}

// lastName returns the innermost name of a path: the field that an error is about.
func lastName(path ast.Path) string {
	for i := len(path) - 1; i >= 0; i-- {
		if name, ok := path[i].(ast.PathName); ok {
			return string(name)
		}
	}
	return ""
}

// errPanicked is the error of a panic that recovered has logged already.
var errPanicked = errors.New("panicked")

// recovered returns gqlgen's hook for panics of resolvers. The hook logs the panic with its stack,
// and the caller gets an internal error.
func recovered(log *slog.Logger) graphql.RecoverFunc {
	return func(ctx context.Context, cause any) error {
		log.ErrorContext(ctx, "resolver panicked", "path", graphql.GetPath(ctx).String(),
			"panic", cause, "stack", string(debug.Stack()))
		return errPanicked
	}
}

// refuse returns the error of a document that breaks a limit of this server. Its code is
// GRAPHQL_VALIDATION_FAILED.
func refuse(message string) *gqlerror.Error {
	err := gqlerror.Errorf("%s", message)
	errcode.Set(err, errcode.ValidationFailed)
	return err
}
