package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bis/internal/briefing"
)

// Bounds of an operation. The introspection that explorers send has about 250 tokens.
const (
	maxBody     = 1 << 20 // bytes
	maxTokens   = 2_000
	maxDepth    = 15
	cacheLen    = 500      // parsed documents
	maxDocument = 16 << 10 // bytes; with cacheLen it bounds the cache
)

// Options is what the API needs beside the service.
type Options struct {
	Zone *time.Location // in which times are answered; nil: UTC
	Log  *slog.Logger   // nil: slog.Default()
	// Transports are tried in order before GET and POST: sockets and streams.
	Transports []graphql.Transport
	// Fail tells a running subscription why it breaks off. Nil: it just ends.
	Fail func(ctx context.Context, err *gqlerror.Error)
}

// New makes the handler of /graphql.
func New(svc *briefing.Service, cfg Options) http.Handler {
	if cfg.Zone == nil {
		cfg.Zone = time.UTC
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Fail == nil {
		cfg.Fail = func(context.Context, *gqlerror.Error) {}
	}
	srv := handler.New(NewExecutableSchema(Config{Resolvers: &resolvers{svc: svc, fail: cfg.Fail}}))
	for _, t := range cfg.Transports {
		srv.AddTransport(t)
	}
	srv.AddTransport(transport.GET{})
	srv.AddTransport(transport.POST{})
	srv.SetQueryCache(lru.New[*ast.QueryDocument](cacheLen))
	srv.SetParserTokenLimit(maxTokens)
	srv.SetErrorPresenter(presenter(cfg.Log))
	srv.SetRecoverFunc(recovered(cfg.Log))
	srv.Use(extension.Introspection{})
	srv.Use(limits{})
	srv.AroundOperations(noWritesByGet)
	return withZone(cfg.Zone, bodies(srv))
}

// withZone lets scalars write times in the server's zone.
func withZone(zone *time.Location, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), zoneKey{}, zone)))
	})
}

// bodies refuses what is too long or no JSON object before gqlgen reads it: its own answer would
// quote the body.
func bodies(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			next.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		var tooLong *http.MaxBytesError
		switch {
		case errors.As(err, &tooLong):
			answerError(w, http.StatusRequestEntityTooLarge, "the body must have at most 1 MiB")
			return
		case err != nil:
			answerError(w, http.StatusBadRequest, "the body could not be read")
			return
		case r.Header.Get("Content-Type") != "" && !isObject(body):
			answerError(w, http.StatusBadRequest, `the body must be a JSON object such as {"query": "..."}`)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(w, r)
	})
}

// isObject reports whether body is what a GraphQL request is made of.
func isObject(body []byte) bool {
	var params *struct {
		Query         *string
		OperationName *string
		Variables     map[string]json.RawMessage
		Extensions    map[string]json.RawMessage
	}
	return json.Unmarshal(body, &params) == nil && params != nil
}

// answerError answers what never became an operation.
func answerError(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{ // the caller may be gone
		"errors": []any{map[string]any{"message": message, "extensions": map[string]string{"code": "BAD_REQUEST"}}},
	})
}

// readOnlyKey marks the context of an operation that must not change anything.
type readOnlyKey struct{}

func readOnly(ctx context.Context) bool { return ctx.Value(readOnlyKey{}) != nil }

// noWritesByGet refuses mutations that come by GET, and marks subscriptions that do: a
// link or an image must not be able to change anything.
func noWritesByGet(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	if op.Headers.Get(GetHeader) == "" {
		return next(ctx)
	}
	if op.Operation.Operation == ast.Mutation {
		return graphql.OneShot(graphql.ErrorResponse(ctx, "mutations must come by POST"))
	}
	return next(context.WithValue(ctx, readOnlyKey{}, true))
}

// GetHeader is set by a transport on the headers of an operation that came by GET.
const GetHeader = "X-Bis-By-Get"
