package graph

import (
	"cmp"
	"context"

	"bis/internal/briefing"
	"bis/internal/service"
)

// StartBriefing resolves Subscription.startBriefing: it starts or continues a request and
// watches its briefings.
func (s subscription) StartBriefing(
	ctx context.Context, in StartBriefingInput, after *briefing.Cursor,
) (<-chan *briefing.Briefing, error) {
	start := in.start()
	return s.watch(ctx, service.WatchQuery{Start: &start, After: orZero(after)})
}

// ReloadBriefing resolves Subscription.reloadBriefing: the briefings of the user's latest request.
func (s subscription) ReloadBriefing(
	ctx context.Context, username string, after *briefing.Cursor, cameraID *string,
) (<-chan *briefing.Briefing, error) {
	return s.watch(ctx, service.WatchQuery{
		Username: username, CameraID: briefing.CameraID(orZero(cameraID)), After: orZero(after),
	})
}

// Briefings resolves Subscription.briefings: the briefings of one request.
func (s subscription) Briefings(
	ctx context.Context, requestID string, after *briefing.Cursor,
) (<-chan *briefing.Briefing, error) {
	query := service.WatchQuery{RequestID: briefing.RequestID(requestID), After: orZero(after)}
	return s.watch(ctx, query)
}

// watch subscribes to briefings and passes the stream to the transport by its Handover. gqlgen
// requires a channel from the resolver of a subscription; here the channel is nil and is not read.
func (s subscription) watch(
	ctx context.Context, q service.WatchQuery,
) (<-chan *briefing.Briefing, error) {
	if q.Start != nil && readOnly(ctx) {
		return nil, errStartByGet
	}
	h := handover(ctx)
	if h == nil {
		return nil, errNoHandover
	}
	q.After = cmp.Or(h.After, q.After)
	stream, err := s.svc.Watch(ctx, viewer(ctx), q)
	if err != nil {
		return nil, err
	}
	h.Briefings = stream
	return nil, nil
}

// RequestChanged resolves Subscription.requestChanged. It passes its stream to the transport like
// watch.
func (s subscription) RequestChanged(
	ctx context.Context, username string,
) (<-chan *briefing.Request, error) {
	h := handover(ctx)
	if h == nil {
		return nil, errNoHandover
	}
	stream, err := s.svc.WatchRequests(ctx, viewer(ctx), username)
	if err != nil {
		return nil, err
	}
	h.Requests = stream
	return nil, nil
}

// CameraChanged resolves Subscription.cameraChanged. It passes its stream to the transport like
// watch.
func (s subscription) CameraChanged(
	ctx context.Context, username string,
) (<-chan *briefing.Camera, error) {
	h := handover(ctx)
	if h == nil {
		return nil, errNoHandover
	}
	stream, err := s.svc.WatchCameras(ctx, viewer(ctx), username)
	if err != nil {
		return nil, err
	}
	h.Cameras = stream
	return nil, nil
}
