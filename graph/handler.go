package graph

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/vektah/gqlparser/v2/ast"

	"bis/graph/guard"
	"bis/internal/limit"
	"bis/internal/service"
)

// maxBody is the most bytes of a body. A document of 16 KiB in JSON's escapes has 96 KiB.
const maxBody = 128 << 10

// Options is what the API needs besides the service.
type Options struct {
	Zone *time.Location // of the times in answers; nil: UTC
	Log  *slog.Logger   // nil: slog.Default()
	// Transports are tried in this order, before POST and GET. They deliver subscriptions. Without
	// any, a subscription is refused.
	Transports []graphql.Transport
	// Limits count the operations of callers. Nil: no limits.
	Limits *limit.Limits
	// Budget bounds the answers.
	Budget Budget
}

// New returns the handler of /graphql. It starts nothing.
//
// gqlgen's ready-made server is for examples: it has forms, no limits, and an error presenter that
// shows internal errors. So the server is assembled from its parts here.
func New(svc *service.Service, cfg Options) http.Handler {
	if cfg.Zone == nil {
		cfg.Zone = time.UTC
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	schema := withoutDefer()
	srv := handler.New(NewExecutableSchema(Config{
		Schema: schema, Resolvers: &resolvers{svc: svc},
	}))
	budget, bounds := cfg.Budget.withDefaults(), guard.Default()
	bounds.Answer = max(bounds.Answer, budget.Answer)
	admission := newAdmission(schema, bounds)
	for _, t := range append(slices.Clone(cfg.Transports), limited{overHTTP{}, cfg.Limits}) {
		srv.AddTransport(guarded{Transport: t, admission: admission, limits: cfg.Limits, budget: budget})
	}
	srv.SetQueryCache(admitted{})
	srv.SetErrorPresenter(presenter(cfg.Log))
	srv.SetRecoverFunc(recovered(cfg.Log))
	srv.Use(extension.Introspection{})
	srv.Use(limits{})
	srv.AroundOperations(withZone(cfg.Zone))
	srv.AroundRootFields(whileWanted)
	return srv
}

// withoutDefer returns the schema without the directive @defer, which gqlparser adds to every
// schema. No transport here delivers deferred fields. They would be missing in answers, and gqlgen
// would wait for ever for somebody to fetch them.
func withoutDefer() *ast.Schema {
	own := *parsedSchema
	own.Directives = maps.Clone(own.Directives)
	delete(own.Directives, "defer")
	return &own
}

// readOnlyKey is the context key that marks an operation that may change nothing. See ReadOnly.
type readOnlyKey struct{}

// readOnly reports whether an operation may change nothing.
func readOnly(ctx context.Context) bool { return ctx.Value(readOnlyKey{}) != nil }
