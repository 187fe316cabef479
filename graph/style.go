package graph

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"bis/internal/briefing"
)

// PreviewStyle resolves Mutation.previewStyle. A model may write the lines of a style first, so it
// can take many seconds. It is a mutation because of this cost, although it changes nothing.
func (m mutation) PreviewStyle(
	ctx context.Context, in StyleInput,
) (*briefing.StylePreview, error) {
	p, err := m.svc.PreviewStyle(ctx, viewer(ctx), in.Username, in.Lines)
	return &p, err
}

// SaveStyle resolves Mutation.saveStyle.
func (m mutation) SaveStyle(ctx context.Context, in StyleInput) (*SaveStylePayload, error) {
	u, notes, err := m.svc.SaveStyle(ctx, viewer(ctx), in.Username, in.Lines)
	return &SaveStylePayload{User: &u, Notes: notes}, err
}

// RewriteStyle resolves Mutation.rewriteStyle. It waits for a model.
func (m mutation) RewriteStyle(ctx context.Context, username string) (*StyleSheet, error) {
	s, err := m.svc.RewriteStyle(ctx, viewer(ctx), username)
	return sheetOf(s), err
}

// StyleSheet resolves Query.styleSheet.
func (q query) StyleSheet(ctx context.Context, username string) (*StyleSheet, error) {
	s, err := q.svc.StyleSheet(ctx, viewer(ctx), username)
	return sheetOf(s), err
}

// sheetOf converts a style sheet.
func sheetOf(s briefing.StyleSheet) *StyleSheet {
	answer := &StyleSheet{
		Verdict: s.Verdict, Language: s.Language, BuiltIn: s.BuiltIn,
		Provider: orNone(s.Provider), Model: orNone(s.Model),
		Usage: s.Usage, Keys: s.Keys, Refused: s.Refused, Notes: s.Notes,
	}
	if !s.MadeAt.IsZero() {
		answer.MadeAt = &s.MadeAt
	}
	return answer
}

// Line resolves StyleNote.line: null for a note on no line in particular.
func (note) Line(_ context.Context, of *briefing.StyleNote) (*int, error) {
	if of.Line < 1 {
		return nil, nil
	}
	return &of.Line, nil
}

// Usage resolves Query.usage.
func (q query) Usage(
	ctx context.Context, username string, from, to briefing.Date,
) ([]UsageDay, error) {
	days, err := q.svc.Usage(ctx, viewer(ctx), username, from, to)
	if err != nil {
		return nil, err
	}
	answer := make([]UsageDay, len(days))
	for i, d := range days {
		date, err := briefing.ParseDate(d.Date)
		if err != nil {
			return nil, err
		}
		answer[i] = UsageDay{Date: date, Usage: &d.Usage}
	}
	return answer, nil
}

// Providers resolves Query.providers.
func (q query) Providers(ctx context.Context) ([]Provider, error) {
	list := q.svc.Providers(ctx, viewer(ctx))
	answer := make([]Provider, len(list))
	for i, p := range list {
		answer[i] = Provider{
			ID: p.ID, Model: p.Model, SeesPictures: p.SeesPictures, State: p.State,
			LastError: orNone(p.LastError),
		}
		if ms := int(p.Median / time.Millisecond); p.Median > 0 {
			answer[i].MedianMs = &ms
		}
	}
	return answer, nil
}

// MarshalProviderState writes the state of a provider.
func MarshalProviderState(s briefing.ProviderState) graphql.Marshaler {
	return graphql.MarshalString(string(s))
}

// UnmarshalProviderState exists because gqlgen requires it. No input has this type.
func UnmarshalProviderState(v any) (briefing.ProviderState, error) {
	s, err := graphql.UnmarshalString(v)
	return briefing.ProviderState(s), err
}
