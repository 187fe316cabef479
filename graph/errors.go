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

	"bis/internal/briefing"
)

// The values of extensions.code. They are part of the public contract; those of a
// document that does not parse or validate are gqlgen's own.
const (
	codeBadUserInput = "BAD_USER_INPUT"
	codeInternal     = "INTERNAL_SERVER_ERROR"
)

// kinds is the one table from the domain's kinds of error to codes.
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
	{briefing.ErrRateLimited, "RATE_LIMITED"},
	{briefing.ErrUnavailable, "UNAVAILABLE"},
}

// What GET must not do is refused by these.
var (
	errStartByGet  = briefing.Invalid("method", "must be POST or a WebSocket: startBriefing changes something")
	errChangeByGet = briefing.Invalid("method", "must be POST or a WebSocket: a mutation changes something")
)

// errInput is a value that a scalar cannot be read from. The presenter names the field.
type errInput string

func (e errInput) Error() string { return string(e) }

// What a variable of a built-in type must be.
const (
	errNotInt    = errInput("must be a whole number of at most 32 bits")
	errNotID     = errInput("must be a string or a whole number")
	errNotString = errInput("must be a string")
)

// presenter makes the answer of an error and logs what is internal, with its cause.
func presenter(log *slog.Logger) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		answer := present(ctx, err)
		if answer.Extensions["code"] == codeInternal && ctx.Err() == nil && !errors.Is(err, errPanicked) {
			log.ErrorContext(ctx, "resolver failed", "path", graphql.GetPath(ctx).String(), "err", err)
		}
		return answer
	}
}

// present turns an error into what a caller may see of it.
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
	switch {
	case errors.As(err, &wrong):
		return badInput(answer, lastName(answer.Path), wrong.Error())
	case errors.As(err, &invalid):
		return badInput(answer, invalid.Field, invalid.Error())
	}
	for _, k := range kinds {
		if errors.Is(err, k.kind) {
			answer.Message, answer.Extensions["code"] = k.kind.Error(), k.code
			return answer
		}
	}
	answer.Message, answer.Extensions["code"] = "internal server error", codeInternal
	return answer
}

// presentDocument keeps what gqlgen says of a document, but for a variable that does not fit its
// type: that is bad input.
func presentDocument(answer, own *gqlerror.Error) *gqlerror.Error {
	if len(own.Path) > 1 && own.Path[0] == ast.PathName("variable") {
		answer.Path = nil
		return badInput(answer, lastName(own.Path), ruleOf(own.Message))
	}
	answer.Message, answer.Extensions["code"] = own.Message, own.Extensions["code"]
	return answer
}

// rules are the demands of the built-in types on a variable, in a caller's words.
var rules = map[string]string{
	"Int":     errNotInt.Error(),
	"ID":      errNotID.Error(),
	"String":  errNotString.Error(),
	"Boolean": "must be true or false",
}

// ruleOf returns the rule that a variable breaks. gqlparser's own message, "cannot use slice as
// Int", names the kind that Go has for the value.
func ruleOf(message string) string {
	if strings.HasPrefix(message, "cannot use ") {
		if rule, ok := rules[message[strings.LastIndexByte(message, ' ')+1:]]; ok {
			return rule
		}
	}
	return message
}

func badInput(answer *gqlerror.Error, field, message string) *gqlerror.Error {
	answer.Message = message
	answer.Extensions["code"], answer.Extensions["field"] = codeBadUserInput, field
	return answer
}

// lastName is the innermost name of a path, which is the field that is meant.
func lastName(path ast.Path) string {
	for i := len(path) - 1; i >= 0; i-- {
		if name, ok := path[i].(ast.PathName); ok {
			return string(name)
		}
	}
	return ""
}

// errPanicked stands for a panic that was logged where it was caught.
var errPanicked = errors.New("panicked")

// recovered logs a panic of a resolver and answers without its cause.
func recovered(log *slog.Logger) graphql.RecoverFunc {
	return func(ctx context.Context, cause any) error {
		log.ErrorContext(ctx, "resolver panicked", "path", graphql.GetPath(ctx).String(), "panic", cause, "stack", string(debug.Stack()))
		return errPanicked
	}
}

// refuse makes an error of a document that breaks a limit of the server's.
func refuse(message string) *gqlerror.Error {
	err := gqlerror.Errorf("%s", message)
	errcode.Set(err, errcode.ValidationFailed)
	return err
}
