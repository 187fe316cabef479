package service

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"time"

	"bis/internal/briefing"
	"bis/internal/retry"
)

// WatchQuery selects the request to watch. Exactly one of RequestID, Username and Start is set.
type WatchQuery struct {
	RequestID briefing.RequestID // the request with this id
	Username  string             // the user's latest request at the time of the call
	CameraID  briefing.CameraID  // with Username: the latest of this camera; empty: of all
	Start     *StartInput        // a request that is started or continued by the call
	// Anew makes Start replace an active request with the same interval, end time and camera. The
	// old socket does this.
	Anew bool
	// After is the cursor of the last briefing that the caller has. Empty means from the first
	// briefing.
	After briefing.Cursor
}

// Watch returns the briefings of a request after a cursor: first the stored briefings, then new
// ones. Each comes once, in stored order. The stream ends with io.EOF when the request has ended
// and all briefings were sent. While the store is unreachable, Watch waits for it until ctx ends;
// only a start returns ErrUnavailable.
func (s *Service) Watch(
	ctx context.Context, v briefing.Viewer, q WatchQuery,
) (briefing.Stream, error) {
	switch {
	case q.Start != nil && q.After != "":
		return s.resumeStart(ctx, v, *q.Start, q.After)
	case q.Start != nil:
		return s.watchStart(ctx, v, *q.Start, q.Anew)
	case q.Username != "" && q.After != "":
		return s.resumeUser(ctx, v, q)
	case q.Username != "":
		return s.watchLatest(ctx, v, q)
	}
	return s.watchRequest(ctx, v, q.RequestID, q.After)
}

// watchStart starts or continues a request and watches it. Without a key, it continues an active
// request with the same interval, end time and camera unless anew is set, because clients repeat
// their start after a lost connection.
func (s *Service) watchStart(
	ctx context.Context, v briefing.Viewer, in StartInput, anew bool,
) (briefing.Stream, error) {
	req, err := s.start(ctx, v, in, in.Key == "" && !anew)
	if err != nil {
		return nil, err
	}
	return s.subscribe(ctx, req.ID, "")
}

// resumeStart continues after a cursor of the request that an earlier start with the same input has
// created. It starts nothing, because a phone may reconnect after its request has ended. If the
// start has a key, the request must have the same key. Otherwise it must have the same interval,
// end text and camera. The end time is not checked again, because it may have passed.
func (s *Service) resumeStart(
	ctx context.Context, v briefing.Viewer, in StartInput, after briefing.Cursor,
) (briefing.Stream, error) {
	return s.resume(ctx, v, in.Username, after, func(req briefing.Request) bool {
		if in.Key != "" {
			return req.Key == in.Key
		}
		camera := cmp.Or(in.CameraID, briefing.DefaultCamera)
		return req.Interval == in.Interval && req.EndText == in.EndTime && ofCamera(req, camera)
	})
}

// resumeUser continues after a cursor of any request of the user, or of any of the camera, to the
// end of that request.
func (s *Service) resumeUser(
	ctx context.Context, v briefing.Viewer, q WatchQuery,
) (briefing.Stream, error) {
	return s.resume(ctx, v, q.Username, q.After, func(req briefing.Request) bool {
		return q.CameraID == "" || ofCamera(req, q.CameraID)
	})
}

// ofCamera reports whether a request is of a camera. Ids of any case are equal.
func ofCamera(req briefing.Request, id briefing.CameraID) bool {
	if normal, ok := briefing.NormalID(string(id)); ok {
		id = briefing.CameraID(normal)
	}
	return cmp.Or(req.CameraID, briefing.DefaultCamera) == id
}

// resume watches the request of a cursor if the request belongs to the user and fits accepts it.
// Otherwise it returns ErrBadCursor.
func (s *Service) resume(
	ctx context.Context, v briefing.Viewer, username string, after briefing.Cursor,
	fits func(briefing.Request) bool,
) (briefing.Stream, error) {
	if err := s.policy.ActFor(v, username); err != nil {
		return nil, err
	}
	id, at, err := briefing.ParseCursor(after)
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
	if !briefing.SameUser(req.Username, username) || !fits(req) {
		return nil, briefing.ErrBadCursor
	}
	return s.subscribe(ctx, req.ID, at)
}

// watchLatest watches the user's latest request, of all cameras or of one, from its first briefing.
func (s *Service) watchLatest(
	ctx context.Context, v briefing.Viewer, q WatchQuery,
) (briefing.Stream, error) {
	req, err := s.latest(ctx, v, q.Username, q.CameraID)
	if err != nil {
		return nil, err
	}
	return s.subscribe(ctx, req.ID, "")
}

func (s *Service) latest(
	ctx context.Context, v briefing.Viewer, username string, camera briefing.CameraID,
) (briefing.Request, error) {
	if err := s.policy.ActFor(v, username); err != nil {
		return briefing.Request{}, err
	}
	if camera != "" {
		var err error
		if camera, err = startCamera(camera); err != nil {
			return briefing.Request{}, err
		}
	}
	return patiently(ctx, func() (briefing.Request, error) {
		if camera != "" {
			return s.store.LatestOfCamera(ctx, username, camera)
		}
		return s.store.LatestRequest(ctx, username)
	})
}

func (s *Service) watchRequest(
	ctx context.Context, v briefing.Viewer, id briefing.RequestID, after briefing.Cursor,
) (briefing.Stream, error) {
	req, err := patiently(ctx, func() (briefing.Request, error) { return s.visible(ctx, v, id) })
	if err != nil {
		return nil, err
	}
	at, err := positionIn(req.ID, after)
	if err != nil {
		return nil, err
	}
	return s.subscribe(ctx, req.ID, at)
}

// subscribe returns the hub's stream of a request that the viewer may watch.
func (s *Service) subscribe(
	ctx context.Context, id briefing.RequestID, at briefing.BriefingID,
) (briefing.Stream, error) {
	return patiently(ctx, func() (briefing.Stream, error) { return s.live.Subscribe(ctx, id, at) })
}

// Reload calls past for each stored briefing of the user's latest request, oldest first, and
// returns a stream of the briefings after them. The old app calls it after a reconnect. Reload
// returns ErrNotFound for a user without requests. It waits for the store like Watch. It returns an
// error of past as it is.
func (s *Service) Reload(
	ctx context.Context, v briefing.Viewer, username string, past func(briefing.Briefing) error,
) (briefing.Stream, error) {
	req, err := s.latest(ctx, v, username, "")
	if err != nil {
		return nil, err
	}
	var at briefing.BriefingID
	for b, err := range s.pastOf(ctx, req.ID) {
		if err != nil {
			return nil, err
		}
		if err := past(b); err != nil {
			return nil, err
		}
		at = b.ID
	}
	return s.subscribe(ctx, req.ID, at)
}

// pastOf is eachBriefing that waits while the store is unreachable.
func (s *Service) pastOf(
	ctx context.Context, id briefing.RequestID,
) iter.Seq2[briefing.Briefing, error] {
	n := firstPage
	return each(func(after briefing.Briefing) (list []briefing.Briefing, more bool, err error) {
		_, err = patiently(ctx, func() (bool, error) {
			list, more, err = s.store.Briefings(ctx, id,
				briefing.Slice{After: after.ID, Limit: int(n)})
			return more, err
		})
		n = n.after(list)
		return list, more, err
	})
}

// WatchRequests returns a stream of the user's active requests, or else of the latest one if there
// is one, and then of every start and end. It returns ErrNotFound for an unknown user, and waits
// for the store like Watch.
func (s *Service) WatchRequests(
	ctx context.Context, v briefing.Viewer, username string,
) (briefing.RequestStream, error) {
	_, err := patiently(ctx, func() (briefing.User, error) { return s.User(ctx, v, username) })
	if err != nil {
		return nil, err
	}
	stream, err := s.live.SubscribeRequests(ctx, username)
	if err != nil {
		return nil, err
	}
	return &currentRequests{RequestStream: stream, service: s}, nil
}

// currentRequests adds the schedule's counts to the requests of a stream.
type currentRequests struct {
	briefing.RequestStream
	service *Service
}

// Next implements briefing.RequestStream.
func (c *currentRequests) Next(ctx context.Context) (briefing.Request, error) {
	req, err := c.RequestStream.Next(ctx)
	return c.service.current(req), err
}

// Poll implements briefing.RequestStream.
func (c *currentRequests) Poll() (briefing.Request, bool) {
	req, ok := c.RequestStream.Poll()
	if ok {
		req = c.service.current(req)
	}
	return req, ok
}

// patiently repeats a read while the store is unreachable, with growing pauses, until ctx ends.
// Most clients give up after an error at the start of a subscription.
func patiently[T any](ctx context.Context, read func() (T, error)) (got T, err error) {
	pauses := retry.Backoff{Least: 100 * time.Millisecond, Most: 2 * time.Second}
	unreachable := func(err error) bool { return errors.Is(err, briefing.ErrUnavailable) }
	err = retry.Do(ctx, pauses, unreachable, func() (err error) {
		got, err = read()
		return err
	})
	return got, err
}
