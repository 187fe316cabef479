package service

import (
	"context"
	"time"

	"bis/internal/briefing"
)

// maxUsageDays is the most days that one call of Usage may cover.
const maxUsageDays = 92

// Usage returns what a user's questions to models cost on the days from one to another, both
// included, oldest first. Days without a question are left out. A last day before the first one is
// an InvalidError on field "to", and so are more than maxUsageDays. An unknown user is ErrNotFound.
func (s *Service) Usage(
	ctx context.Context, v briefing.Viewer, username string, from, to briefing.Date,
) ([]briefing.UsageDay, error) {
	begin, end := from.Start(time.UTC), to.Start(time.UTC)
	switch {
	case end.Before(begin):
		return nil, briefing.Invalid("to", "must not be before from")
	case end.Sub(begin) >= maxUsageDays*24*time.Hour:
		return nil, briefing.Invalid("to", "must be at most %d days after from", maxUsageDays-1)
	}
	u, err := s.User(ctx, v, username)
	if err != nil {
		return nil, err
	}
	return s.store.UsageDays(ctx, u.Username, from.String(), to.String())
}

// Providers returns the providers of models as this process knows them, in the order in which they
// are asked. Everybody may know them.
func (s *Service) Providers(context.Context, briefing.Viewer) []briefing.Provider {
	return s.stylist.Providers()
}

// Refused returns the texts of models that were not shown, by reference. The references are those
// of briefings that the viewer has got from this service. They are unguessable, so they are their
// own permission.
func (s *Service) Refused(
	ctx context.Context, _ briefing.Viewer, refs []string,
) (map[string][]briefing.RefusedText, error) {
	return s.store.Refused(ctx, refs)
}
