package graph

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"

	"bis/internal/service"
)

// Bounds of an operation. The introspection that explorers send has about 250 tokens.
const (
	bodyTime     = 10 * time.Second // in which a body must have come
	maxBody      = 1 << 20          // bytes
	maxTokens    = 2_000
	maxDepth     = 15
	cacheLen     = 500      // parsed documents
	persistedLen = 500      // documents that clients have registered by their hash
	maxDocument  = 16 << 10 // bytes; with cacheLen it bounds the cache
)

// Options is what the API needs beside the service.
type Options struct {
	Zone *time.Location // in which times are answered; nil: UTC
	Log  *slog.Logger   // nil: slog.Default()
	// Transports are tried in order before GET and POST: sockets and streams.
	Transports []graphql.Transport
}

// New makes the handler of /graphql.
func New(svc *service.Service, cfg Options) http.Handler {
	if cfg.Zone == nil {
		cfg.Zone = time.UTC
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	srv := handler.New(NewExecutableSchema(Config{Schema: withoutDefer(), Resolvers: &resolvers{svc: svc}}))
	for _, t := range cfg.Transports {
		srv.AddTransport(t)
	}
	srv.AddTransport(overHTTP{})
	srv.SetQueryCache(lru.New[*ast.QueryDocument](cacheLen))
	srv.SetParserTokenLimit(maxTokens)
	srv.SetErrorPresenter(presenter(cfg.Log))
	srv.SetRecoverFunc(recovered(cfg.Log))
	srv.Use(extension.Introspection{})
	srv.Use(limits{}) // before the persisted documents, so that none is kept that is too long
	srv.Use(newPersistedQueries())
	srv.AroundOperations(withZone(cfg.Zone))
	return srv
}

// withoutDefer is the schema without @defer, which gqlparser adds to every one. No transport here delivers what is deferred: it would
// be missing from answers, and wait for ever for its subscription to fetch it.
func withoutDefer() *ast.Schema {
	own := *parsedSchema
	own.Directives = maps.Clone(own.Directives)
	delete(own.Directives, "defer")
	return &own
}

// readOnlyKey marks the context of an operation that must not change anything.
type readOnlyKey struct{}

func readOnly(ctx context.Context) bool { return ctx.Value(readOnlyKey{}) != nil }
