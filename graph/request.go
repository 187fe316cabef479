package graph

import (
	"context"

	"bis/internal/briefing"
	"bis/internal/service"
)

func (q query) Request(ctx context.Context, id string) (*briefing.Request, error) {
	req, err := q.svc.Request(ctx, viewer(ctx), briefing.RequestID(id))
	return orNull(&req, err)
}

func (q query) Requests(ctx context.Context, username string, first *int, after *briefing.Cursor) (*RequestConnection, error) {
	return q.requestPage(ctx, username, first, after)
}

func (q query) AiSummary(ctx context.Context, requestID string) (*briefing.Summary, error) {
	s, err := q.svc.AiSummary(ctx, viewer(ctx), briefing.RequestID(requestID))
	return &s, err
}

func (m mutation) StartBriefing(ctx context.Context, in StartBriefingInput) (*briefing.Request, error) {
	req, err := m.svc.StartBriefing(ctx, viewer(ctx), in.start())
	return &req, err
}

func (m mutation) EndBriefing(ctx context.Context, username string) (*briefing.Request, error) {
	return m.svc.EndBriefing(ctx, viewer(ctx), username)
}

// start turns the input into the service's.
func (in StartBriefingInput) start() service.StartInput {
	return service.StartInput{
		Username: in.Username, Interval: in.Interval, EndTime: in.EndTime,
		CameraID: briefing.CameraID(orZero(in.CameraID)), Key: orZero(in.Key),
	}
}

func (r *resolvers) requestPage(ctx context.Context, username string, first *int, after *briefing.Cursor) (*RequestConnection, error) {
	page, err := r.svc.Requests(ctx, viewer(ctx), username, briefing.Page{First: first, After: orZero(after)})
	if err != nil {
		return nil, err
	}
	c := &RequestConnection{Edges: make([]RequestEdge, len(page.Items)), PageInfo: pageInfo(page)}
	for i := range page.Items {
		req := &page.Items[i]
		c.Edges[i] = RequestEdge{Cursor: briefing.MakeRequestCursor(req.ID), Node: req}
	}
	if n := len(c.Edges); n > 0 {
		c.PageInfo.StartCursor, c.PageInfo.EndCursor = &c.Edges[0].Cursor, &c.Edges[n-1].Cursor
	}
	return c, nil
}

func pageInfo[T any](page briefing.Listing[T]) *PageInfo {
	return &PageInfo{HasNextPage: page.HasNext, HasPreviousPage: page.HasPrev}
}

// orZero returns what p points to, or the zero value for what was left out.
func orZero[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
