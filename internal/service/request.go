package service

import (
	"context"
	"errors"
	"iter"
	"time"

	"bis/internal/briefing"
)

// StartInput describes the request that a caller wants to start.
type StartInput struct {
	Username string
	Interval int               // seconds, briefing.MinInterval to briefing.MaxInterval
	EndTime  string            // see briefing.ParseEndTime
	CameraID briefing.CameraID // empty means briefing.DefaultCamera
	// Key is the caller's own name for this start. If one of the user's requests, active or ended,
	// has this key, the start continues that request. Empty means no key. See briefing.CheckKey.
	Key string
}

// StartBriefing starts a request. It ends the user's active request of the same camera as Replaced,
// unless the key continues an older request. An unknown user is created. The first tick is one
// interval after the start; an end time before the first tick is an InvalidError on field
// "endTime". A camera that is unknown or another user's is ErrNotFound.
func (s *Service) StartBriefing(
	ctx context.Context, v briefing.Viewer, in StartInput,
) (briefing.Request, error) {
	return s.start(ctx, v, in, false)
}

// start stores the request and then makes the schedule run it. With continueSame it continues an
// active request that has the same interval, end time and camera.
func (s *Service) start(
	ctx context.Context, v briefing.Viewer, in StartInput, continueSame bool,
) (briefing.Request, error) {
	var err error
	if in.CameraID, err = startCamera(in.CameraID); err != nil {
		return briefing.Request{}, err
	}
	req, err := s.order(v, in)
	if err == nil {
		err = s.limiter.AllowStart(ctx, in.Username)
	}
	if err != nil {
		return s.continued(ctx, in, continueSame, err)
	}
	start := briefing.Start{
		Request: req, User: briefing.EnsuredUser,
		Skipped: s.schedule.Skipped(in.Username), ContinueSame: continueSame,
	}
	refusal := briefing.CheckUsername(in.Username)
	if refusal == nil {
		start.Request.Username = briefing.NameKey(in.Username)
	} else {
		start.User = briefing.KnownUser // an older user may have such a name, a new user may not
	}
	done, err := s.store.StartRequest(ctx, start)
	if refusal != nil && errors.Is(err, briefing.ErrNotFound) && in.CameraID == briefing.DefaultCamera {
		return briefing.Request{}, refusal
	}
	if err != nil {
		return briefing.Request{}, err
	}
	s.notify(done)
	if !done.Continued {
		s.prepareStart(ctx, done.Request.Username)
	}
	return s.current(done.Request), nil
}

// notify adds a stored start to the schedule and removes the request that it replaces. If the
// process ends before, the next owner that claims the request runs it. The store refuses runs of
// the replaced request.
func (s *Service) notify(done briefing.Started) {
	if done.Replaced != nil {
		s.schedule.Remove(done.Replaced.ID)
	}
	if !done.Continued {
		s.schedule.Add(done.Request)
	}
}

// continued returns the request that a start continues although the start itself is refused. Its
// end time may have passed or come near since the first call, or all phones with one address may
// reconnect at once. A phone must still find the request that it started. Without such a request,
// continued returns the refusal.
func (s *Service) continued(
	ctx context.Context, in StartInput, continueSame bool, refusal error,
) (briefing.Request, error) {
	invalid, ok := errors.AsType[*briefing.InvalidError](refusal)
	may := ok && invalid.Field == "endTime" || errors.Is(refusal, briefing.ErrRateLimited)
	if !may || in.Key == "" && !continueSame {
		return briefing.Request{}, refusal
	}
	old := briefing.Request{
		Username: in.Username, Key: in.Key, Interval: in.Interval, EndText: in.EndTime,
		CameraID: in.CameraID,
	}
	done, err := s.store.StartRequest(ctx, briefing.Start{
		Request: old, ContinueSame: continueSame, OnlyContinue: true,
	})
	if errors.Is(err, briefing.ErrNotFound) {
		return briefing.Request{}, refusal
	}
	return s.current(done.Request), err
}

// order checks a start and returns the request for it. The request starts now.
func (s *Service) order(v briefing.Viewer, in StartInput) (briefing.Request, error) {
	if err := s.policy.ActFor(v, in.Username); err != nil {
		return briefing.Request{}, err
	}
	if err := checkStart(in); err != nil {
		return briefing.Request{}, err
	}
	now := s.now()
	end, err := briefing.ParseEndTime(in.EndTime, now, s.zone)
	if err != nil {
		return briefing.Request{}, err
	}
	req := briefing.Request{
		Username: in.Username, Name: now.In(s.zone).Format(briefing.NameLayout),
		Interval: in.Interval, EndTime: end.In(s.zone).Format(briefing.ClockLayout),
		EndText: in.EndTime, CameraID: in.CameraID, Key: in.Key,
		StartedAt: now, EndsAt: &end, Active: true,
	}
	if end.Before(req.TickAt(1)) {
		return briefing.Request{}, briefing.Invalid("endTime",
			"must not lie before the first briefing, one interval after the start")
	}
	return req, nil
}

func checkStart(in StartInput) error {
	switch {
	case in.Username == "":
		return briefing.CheckUsername(in.Username)
	case in.Interval < briefing.MinInterval || in.Interval > briefing.MaxInterval:
		return briefing.Invalid("interval", "must be %d to %d seconds",
			briefing.MinInterval, briefing.MaxInterval)
	}
	return briefing.CheckKey(in.Key)
}

// startCamera returns the stored form of a start's camera. A malformed id is ErrNotFound, because
// no camera has it. The store decides whether a well-formed one is the user's.
func startCamera(id briefing.CameraID) (briefing.CameraID, error) {
	if id == "" || id == briefing.DefaultCamera {
		return briefing.DefaultCamera, nil
	}
	return storedCameraID(id)
}

// now returns the store's time in whole milliseconds, the precision of stored requests.
func (s *Service) now() time.Time { return s.store.Now().UTC().Truncate(time.Millisecond) }

// EndBriefing ends the user's active request of the camera of the settings, or else the newest
// active one, and cancels its run. It returns nil when the user has no active request, and
// ErrNotFound for an unknown user.
func (s *Service) EndBriefing(
	ctx context.Context, v briefing.Viewer, username string,
) (*briefing.Request, error) {
	return s.EndOfCamera(ctx, v, username, "")
}

// EndOfCamera is EndBriefing for the active request of one camera. An empty id means EndBriefing. A
// camera that is unknown or another user's is ErrNotFound.
func (s *Service) EndOfCamera(
	ctx context.Context, v briefing.Viewer, username string, camera briefing.CameraID,
) (*briefing.Request, error) {
	if err := s.policy.ActFor(v, username); err != nil {
		return nil, err
	}
	if camera != "" {
		var err error
		if camera, err = startCamera(camera); err != nil {
			return nil, err
		}
	}
	ended, err := s.store.EndRequest(ctx, briefing.End{
		Username: username, CameraID: camera, Reason: briefing.EndedByUser, At: s.now(),
		Skipped: s.schedule.Skipped(username),
	})
	if errors.Is(err, briefing.ErrConflict) {
		// Without an active request there is no error, as in the old system.
		return nil, s.knowsCamera(ctx, v, username, camera)
	}
	if err != nil {
		return nil, err
	}
	s.schedule.Remove(ended.ID)
	return &ended, nil
}

// ExtendBriefing moves the end of an active request, later or earlier. The end time is read as for
// a start, and relative to now. An ended request is ErrConflict, and an unknown one ErrNotFound.
func (s *Service) ExtendBriefing(
	ctx context.Context, v briefing.Viewer, id briefing.RequestID, endTime string,
) (briefing.Request, error) {
	end, err := briefing.ParseEndTime(endTime, s.now(), s.zone)
	if err != nil {
		return briefing.Request{}, err
	}
	normal, err := s.mayWrite(ctx, v, id)
	if err != nil {
		return briefing.Request{}, err
	}
	moved, err := s.store.MoveEnd(ctx, briefing.Move{
		ID: normal, EndsAt: end, EndTime: end.In(s.zone).Format(briefing.ClockLayout),
	})
	if err != nil {
		return briefing.Request{}, err
	}
	s.schedule.Move(moved)
	return s.current(moved), nil
}

// Request returns a request or ErrNotFound.
func (s *Service) Request(
	ctx context.Context, v briefing.Viewer, id briefing.RequestID,
) (briefing.Request, error) {
	return s.visible(ctx, v, id)
}

// ActiveRequest returns the user's newest active request or ErrNotFound.
func (s *Service) ActiveRequest(
	ctx context.Context, v briefing.Viewer, username string,
) (briefing.Request, error) {
	list, err := s.ActiveRequests(ctx, v, username)
	if err != nil {
		return briefing.Request{}, err
	}
	if len(list) == 0 {
		return briefing.Request{}, briefing.ErrNotFound
	}
	return list[0], nil
}

// ActiveRequests returns the user's active requests, newest first: at most one for each camera.
// There are none for an unknown user.
func (s *Service) ActiveRequests(
	ctx context.Context, v briefing.Viewer, username string,
) ([]briefing.Request, error) {
	if err := s.policy.ActFor(v, username); err != nil {
		return nil, err
	}
	list, err := s.store.ActiveRequests(ctx, username)
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i] = s.current(list[i])
	}
	return list, nil
}

// Requests returns a page of the user's requests, newest first. It uses only First and After of p.
// Requests returns ErrNotFound for an unknown user.
func (s *Service) Requests(
	ctx context.Context, v briefing.Viewer, username string, p briefing.Page,
) (briefing.Listing[briefing.Request], error) {
	none := briefing.Listing[briefing.Request]{}
	n, _, err := briefing.Page{First: p.First}.Size()
	if err != nil {
		return none, err
	}
	var after briefing.RequestID
	if p.After != "" {
		if after, err = briefing.ParseRequestCursor(p.After); err != nil {
			return none, err
		}
	}
	if err := s.policy.ActFor(v, username); err != nil {
		return none, err
	}
	list, more, err := s.store.Requests(ctx, username, after, n)
	if err != nil {
		return none, err
	}
	for i := range list {
		list[i] = s.current(list[i])
	}
	return briefing.Listing[briefing.Request]{Items: list, HasNext: more, HasPrev: after != ""}, nil
}

// EachRequest yields every request of the user, newest first. An error is yielded last.
func (s *Service) EachRequest(
	ctx context.Context, v briefing.Viewer, username string,
) iter.Seq2[briefing.Request, error] {
	return func(yield func(briefing.Request, error) bool) {
		if err := s.policy.ActFor(v, username); err != nil {
			yield(briefing.Request{}, err)
			return
		}
		each(func(after briefing.Request) ([]briefing.Request, bool, error) {
			return s.store.Requests(ctx, username, after.ID, briefing.MaxPage)
		})(yield)
	}
}
