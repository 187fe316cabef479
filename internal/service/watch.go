package service

import (
	"context"
	"errors"
	"iter"
	"time"

	"bis/internal/briefing"
)

// WatchQuery says what to watch: exactly one of RequestID, Username and Start.
type WatchQuery struct {
	RequestID briefing.RequestID // this request
	Username  string             // the user's latest request at this moment
	Start     *StartInput        // a request started, or continued, for this
	// After is the cursor to go on from; empty: from the first briefing.
	After briefing.Cursor
}

// Watch returns the briefings of a request after a cursor: those stored, then those
// that come, each once, in order. The stream ends with io.EOF when the request has ended and all was
// sent. While the store is away Watch waits for it, until ctx ends; only a start
// answers ErrUnavailable.
func (s *Service) Watch(ctx context.Context, v briefing.Viewer, q WatchQuery) (briefing.Stream, error) {
	switch {
	case q.Start != nil:
		return s.watchStart(ctx, v, *q.Start, q.After)
	case q.Username != "":
		return s.watchLatest(ctx, v, q.Username, q.After)
	}
	return s.watchRequest(ctx, v, q.RequestID, q.After)
}

// watchStart starts or continues a request and watches it. With a cursor it only continues: a
// phone that comes back after its request has ended must not start another.
func (s *Service) watchStart(ctx context.Context, v briefing.Viewer, in StartInput, after briefing.Cursor) (briefing.Stream, error) {
	if after != "" {
		return s.resumeStart(ctx, v, in, after)
	}
	req, err := s.start(ctx, v, in, in.Key == "")
	if err != nil {
		return nil, err
	}
	return s.watchRequest(ctx, v, req.ID, "")
}

// resumeStart goes on after a cursor of the request that this start began: the one
// with its key, or without a key the one of the same interval, end text and camera.
func (s *Service) resumeStart(ctx context.Context, v briefing.Viewer, in StartInput, after briefing.Cursor) (briefing.Stream, error) {
	if err := s.policy.ActFor(v, in.Username); err != nil {
		return nil, err
	}
	id, _, err := briefing.ParseCursor(after) // the end time may have passed since, so it is not judged again
	if err != nil {
		return nil, err
	}
	req, err := patiently(ctx, func() (briefing.Request, error) { return s.visible(ctx, v, id) })
	if errors.Is(err, briefing.ErrNotFound) {
		return nil, briefing.ErrBadCursor
	}
	if err != nil {
		return nil, err
	}
	same := req.Interval == in.Interval && req.EndText == in.EndTime
	if in.Key != "" {
		same = req.Key == in.Key
	}
	if !briefing.SameUser(req.Username, in.Username) || !same {
		return nil, briefing.ErrBadCursor
	}
	return s.watchRequest(ctx, v, id, after)
}

// watchLatest watches the user's latest request. A cursor of an earlier request of
// that user goes on with that one, to its end.
func (s *Service) watchLatest(ctx context.Context, v briefing.Viewer, username string, after briefing.Cursor) (briefing.Stream, error) {
	if after != "" {
		id, _, err := briefing.ParseCursor(after)
		if err != nil {
			return nil, err
		}
		req, err := patiently(ctx, func() (briefing.Request, error) { return s.visible(ctx, v, id) })
		if errors.Is(err, briefing.ErrNotFound) || err == nil && !briefing.SameUser(req.Username, username) {
			return nil, briefing.ErrBadCursor
		}
		if err != nil {
			return nil, err
		}
		return s.watchRequest(ctx, v, id, after)
	}
	req, err := s.latest(ctx, v, username)
	if err != nil {
		return nil, err
	}
	return s.watchRequest(ctx, v, req.ID, "")
}

func (s *Service) latest(ctx context.Context, v briefing.Viewer, username string) (briefing.Request, error) {
	if err := s.policy.ActFor(v, username); err != nil {
		return briefing.Request{}, err
	}
	return patiently(ctx, func() (briefing.Request, error) { return s.store.LatestRequest(ctx, username) })
}

func (s *Service) watchRequest(ctx context.Context, v briefing.Viewer, id briefing.RequestID, after briefing.Cursor) (briefing.Stream, error) {
	req, err := patiently(ctx, func() (briefing.Request, error) { return s.visible(ctx, v, id) })
	if err != nil {
		return nil, err
	}
	at, err := within(req.ID, after)
	if err != nil {
		return nil, err
	}
	return patiently(ctx, func() (briefing.Stream, error) { return s.live.Subscribe(ctx, req.ID, at) })
}

// Reload calls past for each briefing so far of the user's latest request, oldest first, and
// returns a stream of those that come. The old app comes back this way. A user without requests
// gets ErrNotFound. It waits for the store as Watch does.
func (s *Service) Reload(ctx context.Context, v briefing.Viewer, username string, past func(briefing.Briefing) error) (briefing.Stream, error) {
	req, err := s.latest(ctx, v, username)
	if err != nil {
		return nil, err
	}
	var at briefing.Cursor
	for b, err := range s.pastOf(ctx, req.ID) {
		if err != nil {
			return nil, err
		}
		if err := past(b); err != nil {
			return nil, err
		}
		at = b.Cursor
	}
	return s.watchRequest(ctx, v, req.ID, at)
}

// pastOf is eachBriefing that waits while the store is away.
func (s *Service) pastOf(ctx context.Context, id briefing.RequestID) iter.Seq2[briefing.Briefing, error] {
	return each(func(after briefing.Briefing) (list []briefing.Briefing, more bool, err error) {
		_, err = patiently(ctx, func() (bool, error) {
			list, more, err = s.store.Briefings(ctx, id, briefing.Slice{After: after.ID, Limit: briefing.MaxPage})
			return more, err
		})
		return list, more, err
	})
}

// WatchRequests returns the state of the user's latest request, if there is one, and
// then every start and end. ErrNotFound when there is no such user.
func (s *Service) WatchRequests(ctx context.Context, v briefing.Viewer, username string) (briefing.RequestStream, error) {
	_, err := patiently(ctx, func() (briefing.User, error) { return s.known(ctx, v, username) })
	if err != nil {
		return nil, err
	}
	stream, err := s.live.SubscribeRequests(ctx, username)
	if err != nil {
		return nil, err
	}
	return &currentRequests{RequestStream: stream, service: s}, nil
}

// currentRequests gives a stream's requests their live counts.
type currentRequests struct {
	briefing.RequestStream
	service *Service
}

func (c *currentRequests) Next(ctx context.Context) (briefing.Request, error) {
	req, err := c.RequestStream.Next(ctx)
	return c.service.current(req), err
}

func (c *currentRequests) Poll() (briefing.Request, bool) {
	req, ok := c.RequestStream.Poll()
	if ok {
		req = c.service.current(req)
	}
	return req, ok
}

// patiently repeats a read while the store is away, with growing pauses, until ctx ends.
func patiently[T any](ctx context.Context, read func() (T, error)) (T, error) {
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		got, err := read()
		if !errors.Is(err, briefing.ErrUnavailable) {
			return got, err
		}
		select {
		case <-ctx.Done():
			return got, ctx.Err()
		case <-time.After(pause):
		}
	}
}
