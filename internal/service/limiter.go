package service

import "context"

// Limiter bounds how often callers ask for what is dear. A refusal is briefing.ErrRateLimited. Who
// calls stands in ctx; the name is that of the user whom the call is about.
type Limiter interface {
	// AllowStart counts a start. It is asked for starts that are in order, before the store is.
	AllowStart(ctx context.Context, username string) error
	// AllowLogin counts a login, of a known user or of a new one.
	AllowLogin(ctx context.Context, username string) error
	// AllowSummary counts a summary. A summary that is cached counts too.
	AllowSummary(ctx context.Context, username string) error
}

// unlimited allows everything.
type unlimited struct{}

var _ Limiter = unlimited{}

func (unlimited) AllowStart(context.Context, string) error   { return nil }
func (unlimited) AllowLogin(context.Context, string) error   { return nil }
func (unlimited) AllowSummary(context.Context, string) error { return nil }
