package graph

import (
	"context"
	"errors"
	"io"

	"bis/internal/briefing"
)

func (s subscription) StartBriefing(ctx context.Context, in StartBriefingInput, after *briefing.Cursor) (<-chan *briefing.Briefing, error) {
	if readOnly(ctx) {
		return nil, errStartByGet
	}
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
	stream, err := s.svc.Watch(ctx, viewer(ctx), q)
	if err != nil {
		return nil, err
	}
	return pump[briefing.Briefing](ctx, stream, s.failed), nil
}

func (s subscription) RequestChanged(ctx context.Context, username string) (<-chan *briefing.Request, error) {
	stream, err := s.svc.WatchRequests(ctx, viewer(ctx), username)
	if err != nil {
		return nil, err
	}
	return pump[briefing.Request](ctx, stream, s.failed), nil
}

// failed tells the subscription why its stream broke.
func (s subscription) failed(ctx context.Context, err error) {
	s.fail(ctx, present(ctx, err))
}

// source is a stream of the service's.
type source[T any] interface {
	Next(ctx context.Context) (T, error)
	Close()
}

// pump hands a stream's values to gqlgen, which takes the next one when the last was
// written. The channel is closed once, when the stream or ctx ends; nothing is sent after ctx has ended.
func pump[T any](ctx context.Context, from source[T], failed func(context.Context, error)) <-chan *T {
	out := make(chan *T)
	go func() {
		defer close(out)
		defer from.Close()
		for {
			v, err := from.Next(ctx)
			if err != nil {
				if !errors.Is(err, io.EOF) && ctx.Err() == nil {
					failed(ctx, err)
				}
				return
			}
			select {
			case out <- &v:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}
