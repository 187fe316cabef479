package service

import (
	"context"
	"iter"
	"time"

	"bis/internal/briefing"
)

// Briefings returns a page of a request's briefings, oldest first, or ErrNotFound. It returns
// ErrBadCursor for a cursor of another request.
func (s *Service) Briefings(
	ctx context.Context, v briefing.Viewer, id briefing.RequestID, p briefing.Page,
) (briefing.Listing[briefing.Briefing], error) {
	none := briefing.Listing[briefing.Briefing]{}
	n, backward, err := p.Size()
	if err != nil {
		return none, err
	}
	req, err := s.visible(ctx, v, id)
	if err != nil {
		return none, err
	}
	stretch := briefing.Slice{Limit: n, Backward: backward}
	if stretch.After, err = positionIn(req.ID, p.After); err != nil {
		return none, err
	}
	if stretch.Before, err = positionIn(req.ID, p.Before); err != nil {
		return none, err
	}
	list, more, err := s.store.Briefings(ctx, req.ID, stretch)
	if err != nil {
		return none, err
	}
	page := briefing.Listing[briefing.Briefing]{
		Items: list, HasNext: more, HasPrev: stretch.After != "",
	}
	if backward {
		page.HasNext, page.HasPrev = stretch.Before != "", more
	}
	return page, nil
}

// positionIn returns the id of the briefing that a cursor names. An empty cursor has an empty id.
// positionIn returns ErrBadCursor for a cursor of another request.
func positionIn(id briefing.RequestID, c briefing.Cursor) (briefing.BriefingID, error) {
	if c == "" {
		return "", nil
	}
	of, at, err := briefing.ParseCursor(c)
	if err != nil || of != id {
		return "", briefing.ErrBadCursor
	}
	return at, nil
}

// EachBriefing yields every briefing of a request, oldest first, without pages as the old endpoints
// need them. It has one page in memory at a time, and the caller may be slow. An error, including
// ErrNotFound, is yielded last.
func (s *Service) EachBriefing(
	ctx context.Context, v briefing.Viewer, id briefing.RequestID,
) iter.Seq2[briefing.Briefing, error] {
	return func(yield func(briefing.Briefing, error) bool) {
		req, err := s.visible(ctx, v, id)
		if err != nil {
			yield(briefing.Briefing{}, err)
			return
		}
		s.eachBriefing(ctx, req.ID)(yield)
	}
}

// eachBriefing is EachBriefing without the check of the policy.
func (s *Service) eachBriefing(
	ctx context.Context, id briefing.RequestID,
) iter.Seq2[briefing.Briefing, error] {
	n := firstPage
	return each(func(after briefing.Briefing) ([]briefing.Briefing, bool, error) {
		stretch := briefing.Slice{After: after.ID, Limit: int(n)}
		list, more, err := s.store.Briefings(ctx, id, stretch)
		n = n.after(list)
		return list, more, err
	})
}

// AddInput is a briefing that an external pipeline made.
type AddInput struct {
	RequestID briefing.RequestID
	Caption   string                 // see briefing.CheckCaption
	At        *time.Time             // in the years 1970 to 9999; nil means now
	Counts    []briefing.ObjectCount // see briefing.CheckCounts; nil means not counted
}

// AddBriefing stores a briefing of an external pipeline in an active request. The briefing does not
// count as a run and changes no tick counts. AddBriefing returns ErrConflict when the request has
// ended.
func (s *Service) AddBriefing(
	ctx context.Context, v briefing.Viewer, in AddInput,
) (briefing.Briefing, error) {
	if err := checkAdd(in); err != nil {
		return briefing.Briefing{}, err
	}
	id, err := s.mayWrite(ctx, v, in.RequestID)
	if err != nil {
		return briefing.Briefing{}, err
	}
	at := s.store.Now()
	if in.At != nil {
		at = *in.At
	}
	at = at.UTC().Truncate(time.Millisecond)
	return s.store.AddBriefing(ctx, briefing.Briefing{
		RequestID: id, At: at, Caption: in.Caption, Text: briefing.Text(at, s.zone, in.Caption),
		Facts:  briefing.Facts{Counts: in.Counts, Counted: in.Counts != nil},
		Source: briefing.SourceOutside,
	})
}

// mayWrite returns the stored form of a request's id if v may write to that request. For a viewer
// that may act for every user, mayWrite reads nothing: the store refuses unknown and ended requests
// when it writes.
func (s *Service) mayWrite(
	ctx context.Context, v briefing.Viewer, id briefing.RequestID,
) (briefing.RequestID, error) {
	if s.policy.ActForAll(v) {
		return normalID(id)
	}
	req, err := s.visible(ctx, v, id)
	return req.ID, err
}

func checkAdd(in AddInput) error {
	if err := briefing.CheckCaption(in.Caption); err != nil {
		return err
	}
	if in.At != nil && (in.At.Year() < 1970 || in.At.Year() > 9999) {
		return briefing.Invalid("at", "must lie in the years 1970 to 9999")
	}
	return briefing.CheckCounts(in.Counts)
}
