package service

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"bis/internal/briefing"
)

// Bounds of PreviewStyle.
const (
	previewTime     = 45 * time.Second // of all sentences
	previewRequests = 3                // searched for the last briefing, newest first
	previewBack     = 20               // briefings of one request that are searched
)

// PreviewStyle writes the user's last briefing in the stored style and with other style lines, and
// up to briefing.MaxStyleSamples briefings of the last day with the other lines. The lines must
// pass briefing.CheckCustom. A user whose last requests have no briefing with facts gets sample
// facts. Nothing is stored. PreviewStyle returns ErrNotFound for an unknown user, and
// ErrUnavailable after previewTime.
func (s *Service) PreviewStyle(
	ctx context.Context, v briefing.Viewer, username string, lines []string,
) (briefing.StylePreview, error) {
	none := briefing.StylePreview{}
	if err := s.policy.ActFor(v, username); err != nil {
		return none, err
	}
	if err := briefing.CheckCustom(lines); err != nil {
		return none, renamed(err, "lines")
	}
	u, err := s.store.User(ctx, username)
	if err != nil {
		return none, err
	}
	if s.previewer == nil {
		return none, briefing.ErrUnavailable
	}
	if err := s.limiter.AllowPreview(ctx, username); err != nil {
		return none, err
	}
	samples, err := s.samples(ctx, username)
	if err != nil {
		return none, err
	}
	last, err := s.lastFacts(ctx, username, samples)
	if err != nil {
		return none, err
	}
	in := make([]briefing.PreviewInput, 0, 1+len(samples))
	in = append(in, last)
	for _, b := range samples {
		in = append(in, previewOf(b))
	}
	for i := range in {
		in[i].Username, in[i].Custom = briefing.NameKey(username), lines
	}
	p, err := s.preview(ctx, u.Custom, in)
	if err != nil {
		return none, err
	}
	for i, b := range samples {
		p.Samples[i].Briefing = b
	}
	return p, nil
}

// preview writes in[0] in the stored style and all of in in their own. It waits for the sheets of
// both styles at once. Equal styles have one sheet.
func (s *Service) preview(
	caller context.Context, stored []string, in []briefing.PreviewInput,
) (p briefing.StylePreview, err error) {
	timed, cancel := context.WithTimeout(caller, previewTime)
	defer cancel()
	defer func() { err = late(caller, timed, err) }()
	both, ctx := errgroup.WithContext(timed)
	var before, after []string
	same := slices.Equal(stored, in[0].Custom)
	if !same {
		both.Go(func() (err error) {
			one := in[0]
			one.Custom = stored
			before, _, err = s.previewer.Preview(ctx, []briefing.PreviewInput{one})
			return err
		})
	}
	both.Go(func() (err error) {
		after, p.Notes, err = s.previewer.Preview(ctx, in)
		return err
	})
	if err := both.Wait(); err != nil {
		return briefing.StylePreview{}, err
	}
	if same {
		before = after
	}
	p.Before, p.After = before[0], after[0]
	p.Samples = make([]briefing.StyleSample, len(in)-1)
	for i := range p.Samples {
		p.Samples[i].After = after[1+i]
	}
	return p, nil
}

// previewOf returns what a preview needs of a briefing.
func previewOf(b briefing.Briefing) briefing.PreviewInput {
	return briefing.PreviewInput{At: b.At, Facts: b.Facts, Degraded: b.Degraded}
}

// previewable reports whether a briefing has facts that a caption can say.
func previewable(b briefing.Briefing) bool { return b.Facts.Counted || b.Facts.Scene != "" }

// lastFacts returns the facts of the first sample. Without samples they are those of the user's
// last older briefing that has any, or sample facts.
func (s *Service) lastFacts(
	ctx context.Context, username string, samples []briefing.Briefing,
) (briefing.PreviewInput, error) {
	if len(samples) > 0 {
		return previewOf(samples[0]), nil
	}
	requests, _, err := s.store.Requests(ctx, username, "", previewRequests)
	if err != nil {
		return briefing.PreviewInput{}, err
	}
	for _, req := range requests {
		stretch := briefing.Slice{Limit: previewBack, Backward: true}
		list, _, err := s.store.Briefings(ctx, req.ID, stretch)
		if err != nil {
			return briefing.PreviewInput{}, err
		}
		for _, b := range slices.Backward(list) {
			if previewable(b) {
				return previewOf(b), nil
			}
		}
	}
	return briefing.PreviewInput{At: s.now(), Facts: sampleFacts()}, nil
}

// sampleFacts are facts of an ordinary moment: two people in the shop.
func sampleFacts() briefing.Facts {
	return briefing.Facts{
		Counts:  []briefing.ObjectCount{{Name: briefing.Person, Count: 2}},
		Counted: true, Estimate: true, Scene: briefing.SceneSteady, Detector: "motion",
	}
}
