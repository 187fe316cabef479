package graph

import (
	"context"

	"bis/internal/briefing"
	"bis/internal/service"
)

// resolvers is the root of all resolvers. Each type of the schema that has resolvers has a type
// here, which embeds it, and each resolver makes one call of the service.
type resolvers struct {
	svc *service.Service
}

var _ ResolverRoot = (*resolvers)(nil)

// viewer returns the caller of an operation. The API has no accounts, so every caller is anonymous.
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
func (r *resolvers) Briefing() BriefingResolver { return report{r} }

// Made implements ResolverRoot.
func (r *resolvers) Made() MadeResolver { return made{r} }

// StyleNote implements ResolverRoot.
func (r *resolvers) StyleNote() StyleNoteResolver { return note{} }

// Summary implements ResolverRoot.
func (r *resolvers) Summary() SummaryResolver { return overview{} }

// CameraHealth implements ResolverRoot.
func (r *resolvers) CameraHealth() CameraHealthResolver { return health{} }

// Camera implements ResolverRoot.
func (r *resolvers) Camera() CameraResolver { return camera{r} }

// About implements ResolverRoot.
func (r *resolvers) About() AboutResolver { return about{} }

// Frame implements ResolverRoot.
func (r *resolvers) Frame() FrameResolver { return frame{} }

// The types of the schema that have resolvers. The schema's Briefing and Summary are called report
// and overview here, because briefing is the name of an imported package.
type (
	query        struct{ *resolvers }
	mutation     struct{ *resolvers }
	subscription struct{ *resolvers }
	user         struct{ *resolvers }
	request      struct{ *resolvers }
	report       struct{ *resolvers }
	made         struct{ *resolvers }
	note         struct{}
	overview     struct{}
	camera       struct{ *resolvers }
	health       struct{}
	frame        struct{}
	about        struct{}
)
