package graph

import (
	"context"

	"bis/internal/briefing"
	"bis/internal/service"
)

// Request resolves Query.request: null for an unknown id.
func (q query) Request(ctx context.Context, id string) (*briefing.Request, error) {
	req, err := q.svc.Request(ctx, viewer(ctx), briefing.RequestID(id))
	return orNull(&req, err)
}

// Requests resolves Query.requests: the user's requests, newest first.
func (q query) Requests(
	ctx context.Context, username string, first *int, after *briefing.Cursor,
) (*RequestConnection, error) {
	return q.requestPage(ctx, username, first, after)
}

// StartBriefing resolves Mutation.startBriefing.
func (m mutation) StartBriefing(
	ctx context.Context, in StartBriefingInput,
) (*briefing.Request, error) {
	req, err := m.svc.StartBriefing(ctx, viewer(ctx), in.start())
	return &req, err
}

// EndBriefing resolves Mutation.endBriefing: null when the user has no active request.
func (m mutation) EndBriefing(
	ctx context.Context, username string, cameraID *string,
) (*briefing.Request, error) {
	return m.svc.EndOfCamera(ctx, viewer(ctx), username, briefing.CameraID(orZero(cameraID)))
}

// ExtendBriefing resolves Mutation.extendBriefing.
func (m mutation) ExtendBriefing(
	ctx context.Context, requestID, endTime string,
) (*briefing.Request, error) {
	req, err := m.svc.ExtendBriefing(ctx, viewer(ctx), briefing.RequestID(requestID), endTime)
	return &req, err
}

// start converts the input for the service. The service has the defaults.
func (in StartBriefingInput) start() service.StartInput {
	return service.StartInput{
		Username: in.Username, Interval: in.Interval, EndTime: in.EndTime,
		CameraID: briefing.CameraID(orZero(in.CameraID)), Key: orZero(in.Key),
	}
}

// requestPage returns a page of a user's requests as a connection. The cursor of an edge is the
// position after its request.
func (r *resolvers) requestPage(
	ctx context.Context, username string, first *int, after *briefing.Cursor,
) (*RequestConnection, error) {
	page, err := r.svc.Requests(ctx, viewer(ctx), username,
		briefing.Page{First: first, After: orZero(after)})
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

// pageInfo returns the PageInfo of a page without its cursors.
func pageInfo[T any](page briefing.Listing[T]) *PageInfo {
	return &PageInfo{HasNextPage: page.HasNext, HasPreviousPage: page.HasPrev}
}

// orZero returns the value of an optional argument, or the zero value if the argument is missing.
func orZero[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
