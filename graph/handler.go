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

	"bis/internal/limit"
	"bis/internal/service"
)

// maxBody is the most bytes of a body. A document of 16 KiB has up to 96 KiB if all its characters
// are JSON escapes.
const maxBody = 128 << 10

// Options are the settings of New. The zero value is valid.
type Options struct {
	Zone *time.Location // zone of the times in answers; nil means UTC
	Log  *slog.Logger   // nil means slog.Default()
	// Transports deliver subscriptions. They are tried in this order, before POST and GET. Without
	// transports, subscriptions are refused.
	Transports []graphql.Transport
	// Limits count the operations of callers. Nil means no limits.
	Limits *limit.Limits
	// Budget bounds the answers.
	Budget Budget
	// Documents bounds the documents.
	Documents Documents
}

// New returns the handler of /graphql. It starts nothing.
//
// gqlgen's ready-made server is meant for examples: it accepts forms, has no limits, and its error
// presenter shows internal errors. So New assembles the server from its parts.
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
	budget := cfg.Budget.withDefaults()
	admission := newAdmission(schema, cfg.Documents.limits(budget.Answer))
	for _, t := range append(slices.Clone(cfg.Transports), limited{overHTTP{}, cfg.Limits}) {
		srv.AddTransport(guarded{
			Transport: t, admission: admission, limits: cfg.Limits, budget: budget,
		})
	}
	srv.SetQueryCache(admitted{})
	srv.SetErrorPresenter(presenter(cfg.Log))
	srv.SetRecoverFunc(recovered(cfg.Log))
	srv.Use(extension.Introspection{})
	srv.Use(limits{})
	srv.AroundOperations(withZone(cfg.Zone))
	srv.AroundOperations(withFrames)
	srv.AroundOperations(withRefused)
	srv.AroundRootFields(whileWanted)
	return srv
}

// guarded is a transport whose operations must pass the admission.
type guarded struct {
	graphql.Transport
	admission *admission
	limits    *limit.Limits
	budget    Budget
}

// Do implements graphql.Transport.
func (g guarded) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	g.Transport.Do(w, r, gate{
		GraphExecutor: exec, admission: g.admission, limits: g.limits, budget: g.budget,
	})
}

// withoutDefer returns the schema without the directive @defer, which gqlparser adds to every
// schema. The transports here do not deliver deferred fields. Such fields would be missing in
// answers, and gqlgen would wait for ever for a reader of them.
func withoutDefer() *ast.Schema {
	own := *parsedSchema
	own.Directives = maps.Clone(own.Directives)
	delete(own.Directives, "defer")
	return &own
}

// readOnlyKey is the context key that marks an operation that must not change data. See ReadOnly.
type readOnlyKey struct{}

// readOnly reports whether an operation must not change data.
func readOnly(ctx context.Context) bool { return ctx.Value(readOnlyKey{}) != nil }
