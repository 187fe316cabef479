package briefing

import (
	"context"
	"iter"
	"time"
	"unicode/utf8"
)

// Briefings returns a page of a request's briefings, oldest first, or ErrNotFound.
func (s *Service) Briefings(ctx context.Context, v Viewer, id RequestID, p Page) (Listing[Briefing], error) {
	n, backward, err := p.size()
	if err != nil {
		return Listing[Briefing]{}, err
	}
	req, err := s.visible(ctx, v, id)
	if err != nil {
		return Listing[Briefing]{}, err
	}
	stretch := Slice{Limit: n, Backward: backward}
	if stretch.After, err = within(req.ID, p.After); err != nil {
		return Listing[Briefing]{}, err
	}
	if stretch.Before, err = within(req.ID, p.Before); err != nil {
		return Listing[Briefing]{}, err
	}
	list, more, err := s.store.Briefings(ctx, req.ID, stretch)
	if err != nil {
		return Listing[Briefing]{}, err
	}
	page := Listing[Briefing]{Items: list, HasNext: more, HasPrev: stretch.After != ""}
	if backward {
		page.HasNext, page.HasPrev = stretch.Before != "", more
	}
	return page, nil
}

// within returns the position that a cursor names in the request; an empty
// cursor names none. A cursor of another request is ErrBadCursor.
func within(id RequestID, c Cursor) (BriefingID, error) {
	if c == "" {
		return "", nil
	}
	of, at, err := ParseCursor(c)
	if err != nil || of != id {
		return "", ErrBadCursor
	}
	return at, nil
}

// EachBriefing yields every briefing of a request, oldest first: the old system had no pages. It
// holds one page at a time. No read of the store is open while a briefing is yielded, so the caller
// may be slow. An error, also ErrNotFound, is the last that is yielded.
func (s *Service) EachBriefing(ctx context.Context, v Viewer, id RequestID) iter.Seq2[Briefing, error] {
	return func(yield func(Briefing, error) bool) {
		req, err := s.visible(ctx, v, id)
		if err != nil {
			yield(Briefing{}, err)
			return
		}
		s.eachBriefing(ctx, req.ID)(yield)
	}
}

// eachBriefing is EachBriefing without the policy.
func (s *Service) eachBriefing(ctx context.Context, id RequestID) iter.Seq2[Briefing, error] {
	return each(func(after Briefing) ([]Briefing, bool, error) {
		return s.store.Briefings(ctx, id, Slice{After: after.ID, Limit: MaxPage})
	})
}

// AddInput is a briefing that a pipeline outside made.
type AddInput struct {
	RequestID RequestID
	Caption   string        // 1 to MaxCaptionLen code points, one line
	At        *time.Time    // nil: now
	Counts    []ObjectCount // nil: nothing was counted
}

// AddBriefing stores a briefing from outside in an active request. It is no run and changes no
// tick counts. ErrConflict when the request has ended.
func (s *Service) AddBriefing(ctx context.Context, v Viewer, in AddInput) (Briefing, error) {
	if err := checkAdd(in); err != nil {
		return Briefing{}, err
	}
	id, err := s.mayAdd(ctx, v, in.RequestID)
	if err != nil {
		return Briefing{}, err
	}
	at := s.store.Now()
	if in.At != nil {
		at = *in.At
	}
	at = at.UTC().Truncate(time.Millisecond)
	return s.store.AddBriefing(ctx, Briefing{
		RequestID: id, At: at, Caption: in.Caption, Text: Text(at, s.zone, in.Caption),
		Facts: Facts{Counts: in.Counts, Counted: in.Counts != nil}, Source: "outside",
	})
}

// mayAdd returns the normal form of a request's id if v may add to that request. Whether the request is there and active the store
// decides as it writes, so a viewer who may do everything needs no look at it before.
func (s *Service) mayAdd(ctx context.Context, v Viewer, id RequestID) (RequestID, error) {
	if !s.policy.ActForAll(v) {
		req, err := s.visible(ctx, v, id)
		return req.ID, err
	}
	normal, ok := NormalID(string(id))
	if !ok {
		return "", ErrNotFound
	}
	return RequestID(normal), nil
}

func checkAdd(in AddInput) error {
	switch n := utf8.RuneCountInString(in.Caption); {
	case n == 0:
		return Invalid("caption", "must not be empty")
	case n > MaxCaptionLen:
		return Invalid("caption", "must have at most %d characters", MaxCaptionLen)
	case !utf8.ValidString(in.Caption) || hasControl(in.Caption):
		return Invalid("caption", "must be one line of valid UTF-8 without control characters")
	case hasBidi(in.Caption) || hasSeparator(in.Caption):
		return errTurn("caption", "")
	case in.At != nil && (in.At.Year() < 1970 || in.At.Year() > 9999):
		return Invalid("at", "must lie in the years 1970 to 9999")
	case len(in.Counts) > MaxCounts:
		return Invalid("counts", "must have at most %d entries", MaxCounts)
	}
	seen := make(map[string]bool, len(in.Counts))
	for _, c := range in.Counts {
		switch {
		case !className(c.Name):
			return Invalid("counts", "must name lower-case classes such as \"person\"")
		case seen[c.Name]:
			return Invalid("counts", "must name each class once")
		case c.Count < 0 || c.Count > 1_000_000:
			return Invalid("counts", "must be 0 to 1000000 each")
		}
		seen[c.Name] = true
	}
	return nil
}

// className reports whether s looks like a COCO class: lower-case words.
func className(s string) bool {
	if s == "" || len(s) > MaxUsernameLen || s[0] == ' ' || s[len(s)-1] == ' ' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && c != ' ' {
			return false
		}
	}
	return true
}
