package service

import "context"

// Limiter bounds how often a caller may ask for expensive work. A refusal is
// briefing.ErrRateLimited. ctx has the caller; username is the user that the call is about.
type Limiter interface {
	// AllowStart counts a start. It is called for valid starts, before the store is.
	AllowStart(ctx context.Context, username string) error
	// AllowLogin counts a login of a known or a new user.
	AllowLogin(ctx context.Context, username string) error
	// AllowSummary counts a summary, even if the summary is cached.
	AllowSummary(ctx context.Context, username string) error
	// AllowRun counts a run beside the ticks of an active request.
	AllowRun(ctx context.Context, username string) error
	// AllowPreview counts a preview of a style.
	AllowPreview(ctx context.Context, username string) error
	// AllowTest counts a test of a camera, because it calls an address that the caller has chosen.
	AllowTest(ctx context.Context, username string) error
	// AllowPush counts a picture that a device sends to a camera with the right token.
	AllowPush(ctx context.Context, camera string) error
}

// unlimited allows everything.
type unlimited struct{}

var _ Limiter = unlimited{}

func (unlimited) AllowStart(context.Context, string) error   { return nil }
func (unlimited) AllowLogin(context.Context, string) error   { return nil }
func (unlimited) AllowSummary(context.Context, string) error { return nil }
func (unlimited) AllowRun(context.Context, string) error     { return nil }
func (unlimited) AllowPreview(context.Context, string) error { return nil }
func (unlimited) AllowTest(context.Context, string) error    { return nil }
func (unlimited) AllowPush(context.Context, string) error    { return nil }
