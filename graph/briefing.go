package graph

import (
	"context"
	"slices"

	"bis/internal/briefing"
	"bis/internal/service"
)

// Briefings resolves Query.briefings: the briefings of a request, oldest first.
func (q query) Briefings(
	ctx context.Context, requestID string,
	first *int, after *briefing.Cursor, last *int, before *briefing.Cursor,
) (*BriefingConnection, error) {
	page := briefing.Page{First: first, After: orZero(after), Last: last, Before: orZero(before)}
	return q.briefingPage(ctx, briefing.RequestID(requestID), page)
}

// Briefings resolves Request.briefings, oldest first.
func (r request) Briefings(
	ctx context.Context, of *briefing.Request,
	first *int, after *briefing.Cursor, last *int, before *briefing.Cursor,
) (*BriefingConnection, error) {
	page := briefing.Page{First: first, After: orZero(after), Last: last, Before: orZero(before)}
	return r.briefingPage(ctx, of.ID, page)
}

// briefingPage returns a page of a request's briefings as a connection.
func (r *resolvers) briefingPage(
	ctx context.Context, id briefing.RequestID, p briefing.Page,
) (*BriefingConnection, error) {
	page, err := r.svc.Briefings(ctx, viewer(ctx), id, p)
	if err != nil {
		return nil, err
	}
	c := &BriefingConnection{Edges: make([]BriefingEdge, len(page.Items)), PageInfo: pageInfo(page)}
	for i := range page.Items {
		b := &page.Items[i]
		c.Edges[i] = BriefingEdge{Cursor: b.Cursor, Node: b}
	}
	loaderOf(ctx).expect(c.Edges)
	refusedOf(ctx).expect(c.Edges)
	if n := len(c.Edges); n > 0 {
		c.PageInfo.StartCursor, c.PageInfo.EndCursor = &c.Edges[0].Cursor, &c.Edges[n-1].Cursor
	}
	return c, nil
}

// AddBriefing resolves Mutation.addBriefing, by which an external pipeline stores a briefing.
func (m mutation) AddBriefing(
	ctx context.Context, in AddBriefingInput,
) (*briefing.Briefing, error) {
	b, err := m.svc.AddBriefing(ctx, viewer(ctx), service.AddInput{
		RequestID: briefing.RequestID(in.RequestID), Caption: in.Caption,
		At: in.At, Counts: in.Counts,
	})
	return &b, err
}

// RunNow resolves Mutation.runNow. A camera and a model may take many seconds.
func (m mutation) RunNow(ctx context.Context, requestID string) (*briefing.Briefing, error) {
	b, err := m.svc.RunNow(ctx, viewer(ctx), briefing.RequestID(requestID))
	return &b, err
}

// Counts resolves Briefing.counts, summed over zones: an empty list when nothing was counted.
func (report) Counts(_ context.Context, of *briefing.Briefing) ([]briefing.ObjectCount, error) {
	return countsOf(&of.Facts), nil
}

// countsOf returns the counts by class, never nil. Without zones they are the stored ones, even if
// an external writer names a class twice.
func countsOf(f *briefing.Facts) []briefing.ObjectCount {
	switch {
	case f.Counts == nil:
		return []briefing.ObjectCount{}
	case slices.ContainsFunc(f.Counts, func(c briefing.ObjectCount) bool { return c.Zone != "" }):
		return f.ByClass()
	}
	return f.Counts
}

// Degraded resolves Briefing.degraded: null for a briefing that was made as configured.
func (report) Degraded(_ context.Context, of *briefing.Briefing) (*string, error) {
	if of.Degraded == "" {
		return nil, nil
	}
	code := string(of.Degraded)
	return &code, nil
}
