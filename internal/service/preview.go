package service

import (
	"context"
	"errors"
	"slices"
	"time"

	"bis/internal/briefing"
)

// Bounds of PreviewStyle.
const (
	previewTime     = 45 * time.Second // of both sentences
	previewRequests = 3                // searched for the last briefing, newest first
	previewBack     = 20               // briefings of one request that are searched
)

// PreviewStyle writes the user's last briefing in the stored style and with other style lines. The
// lines must pass briefing.CheckCustom. A user whose last requests have no briefing with facts gets
// a sample. Nothing is stored. PreviewStyle returns ErrNotFound for an unknown user, and
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
	in, err := s.lastFacts(ctx, username)
	if err != nil {
		return none, err
	}
	in.Username, in.Custom = briefing.NameKey(username), u.Custom
	return s.preview(ctx, in, lines)
}

// preview writes both sentences, one after the other. Equal styles have one sentence.
func (s *Service) preview(
	caller context.Context, in briefing.PreviewInput, lines []string,
) (p briefing.StylePreview, err error) {
	ctx, cancel := context.WithTimeout(caller, previewTime)
	defer cancel()
	defer func() { err = late(caller, ctx, err) }()
	if p.Before, err = s.previewer.Preview(ctx, in); err != nil {
		return briefing.StylePreview{}, err
	}
	if slices.Equal(lines, in.Custom) {
		p.After = p.Before
		return p, nil
	}
	in.Custom = lines
	if p.After, err = s.previewer.Preview(ctx, in); err != nil {
		return briefing.StylePreview{}, err
	}
	return p, nil
}

// lastFacts returns the facts of the user's last briefing that has any, or a sample.
func (s *Service) lastFacts(
	ctx context.Context, username string,
) (briefing.PreviewInput, error) {
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
			if b.Facts.Counted || b.Facts.Scene != "" {
				return briefing.PreviewInput{At: b.At, Facts: b.Facts, Degraded: b.Degraded}, nil
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

// renamed returns an InvalidError with another field, as the caller spells it.
func renamed(err error, field string) error {
	if invalid, ok := errors.AsType[*briefing.InvalidError](err); ok {
		other := *invalid
		other.Field = field
		return &other
	}
	return err
}
