package graph

import (
	"cmp"
	"context"
	"math"

	"github.com/99designs/gqlgen/graphql"

	"bis/internal/briefing"
)

// Headline resolves Briefing.headline: null in old data and in briefings from outside.
func (report) Headline(_ context.Context, of *briefing.Briefing) (*string, error) {
	return orNone(of.Headline), nil
}

// Description resolves Briefing.description: null unless a model saw the picture.
func (report) Description(_ context.Context, of *briefing.Briefing) (*string, error) {
	return orNone(of.Description), nil
}

// Question resolves Briefing.question: null unless a model saw something to check.
func (report) Question(_ context.Context, of *briefing.Briefing) (*string, error) {
	return orNone(of.Question), nil
}

// Made is the schema's type of that name.
type Made struct {
	Source        string
	Model         *string
	PromptVersion *string
	Verdict       *briefing.Verdict
	LatencyMs     int
	Said          []briefing.SaidLine
	DescribedBy   *string

	refused []string // see briefing.Made
}

// Made resolves Briefing.made: null if the author of the sentence is unknown.
func (report) Made(_ context.Context, of *briefing.Briefing) (*Made, error) {
	return madeOf(of), nil
}

// madeOf says how a sentence was made, or returns nil if the briefing does not know it. Older data
// has the author alone.
func madeOf(b *briefing.Briefing) *Made {
	if b.Source == "" && b.Made == nil {
		return nil
	}
	answer := &Made{Source: cmp.Or(b.Source, briefing.SourceTemplate)}
	stored := orZero(b.Made)
	if byModel(answer.Source, stored.Model) {
		answer.Model, answer.PromptVersion = &answer.Source, orNone(stored.PromptVersion)
	}
	if knownVerdict(stored.Verdict) {
		answer.Verdict = &stored.Verdict
	}
	answer.LatencyMs = int(min(max(stored.LatencyMs, 0), math.MaxInt32))
	answer.Said, answer.refused = stored.Said, stored.Refused
	answer.DescribedBy = orNone(stored.DescribedBy)
	return answer
}

// byModel reports whether source is a model's name. A model may have the name of another source.
func byModel(source, model string) bool {
	switch source {
	case briefing.SourceTemplate, briefing.SourceOutside:
		return source == model
	}
	return true
}

// knownVerdict reports whether the schema has a verdict. Newer versions may store others.
func knownVerdict(v briefing.Verdict) bool {
	switch v {
	case briefing.VerdictBuiltIn, briefing.VerdictStyleSheet, briefing.VerdictPending,
		briefing.VerdictRefused, briefing.VerdictUnavailable:
		return true
	}
	return false
}

// Rejected resolves Made.rejected. The service is asked only if the sentence has refused texts.
func (m made) Rejected(ctx context.Context, of *Made) ([]briefing.RefusedText, error) {
	if len(of.refused) == 0 {
		return nil, nil
	}
	return refusedOf(ctx).texts(ctx, m.svc, of.refused)
}

// MarshalVerdict writes where words come from.
func MarshalVerdict(v briefing.Verdict) graphql.Marshaler { return graphql.MarshalString(string(v)) }

// UnmarshalVerdict exists because gqlgen requires it. No input has this type.
func UnmarshalVerdict(v any) (briefing.Verdict, error) {
	s, err := graphql.UnmarshalString(v)
	return briefing.Verdict(s), err
}
