package graph

import (
	"context"

	"bis/internal/briefing"
	"bis/internal/service"
)

// resolvers is the root of all resolvers.
type resolvers struct {
	svc *service.Service
}

var _ ResolverRoot = (*resolvers)(nil)

// viewer is who asks. Without accounts nobody has signed in.
func viewer(context.Context) briefing.Viewer { return briefing.Viewer{} }

// Query implements ResolverRoot.
func (r *resolvers) Query() QueryResolver { return query{r} }

// Mutation implements ResolverRoot.
func (r *resolvers) Mutation() MutationResolver { return mutation{r} }

// Subscription implements ResolverRoot.
func (r *resolvers) Subscription() SubscriptionResolver { return subscription{r} }

// User implements ResolverRoot.
func (r *resolvers) User() UserResolver { return user{r} }

// Request implements ResolverRoot.
func (r *resolvers) Request() RequestResolver { return request{r} }

// Briefing implements ResolverRoot.
func (r *resolvers) Briefing() BriefingResolver { return report{} }

type (
	query        struct{ *resolvers }
	mutation     struct{ *resolvers }
	subscription struct{ *resolvers }
	user         struct{ *resolvers }
	request      struct{ *resolvers }
	report       struct{}
)
