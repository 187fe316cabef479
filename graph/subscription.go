package graph

import (
	"cmp"
	"context"

	"bis/internal/briefing"
)

func (s subscription) StartBriefing(ctx context.Context, in StartBriefingInput, after *briefing.Cursor) (<-chan *briefing.Briefing, error) {
	start := in.start()
	return s.watch(ctx, briefing.WatchQuery{Start: &start, After: orZero(after)})
}

func (s subscription) ReloadBriefing(ctx context.Context, username string, after *briefing.Cursor) (<-chan *briefing.Briefing, error) {
	return s.watch(ctx, briefing.WatchQuery{Username: username, After: orZero(after)})
}

func (s subscription) Briefings(ctx context.Context, requestID string, after *briefing.Cursor) (<-chan *briefing.Briefing, error) {
	return s.watch(ctx, briefing.WatchQuery{RequestID: briefing.RequestID(requestID), After: orZero(after)})
}

func (s subscription) watch(ctx context.Context, q briefing.WatchQuery) (<-chan *briefing.Briefing, error) {
	return deliver(ctx, func(after briefing.Cursor) (briefing.Stream, error) {
		if q.Start != nil && readOnly(ctx) {
			return nil, errStartByGet
		}
		q.After = cmp.Or(after, q.After)
		return s.svc.Watch(ctx, viewer(ctx), q)
	}, func(t *telling) <-chan *briefing.Briefing { return t.briefings }, func(t *taking) func(briefing.Stream) { return t.briefings })
}

func (s subscription) RequestChanged(ctx context.Context, username string) (<-chan *briefing.Request, error) {
	return deliver(ctx, func(briefing.Cursor) (briefing.RequestStream, error) {
		return s.svc.WatchRequests(ctx, viewer(ctx), username)
	}, func(t *telling) <-chan *briefing.Request { return t.requests }, func(t *taking) func(briefing.RequestStream) { return t.requests })
}
