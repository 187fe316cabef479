package graph

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// zoneKey is the context key of the server's zone.
type zoneKey struct{}

// withZone puts the server's zone into the context of operations, where MarshalTime finds it.
func withZone(zone *time.Location) graphql.OperationMiddleware {
	return func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
		return next(context.WithValue(ctx, zoneKey{}, zone))
	}
}
