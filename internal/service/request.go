package service

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"time"

	"bis/internal/briefing"
)

// StartInput is what a caller says of the briefings it wants.
type StartInput struct {
	Username string
	Interval int               // seconds, MinInterval to briefing.MaxInterval
	EndTime  string            // see ParseEndTime
	CameraID briefing.CameraID // empty: briefing.DefaultCamera, the only one so far
	// Key is the caller's own name for this start. A key that one of the user's
	// requests has, active or ended, continues that request. Empty: none. At most MaxKeyLen bytes.
	Key string
}

// StartBriefing starts a request for briefings. It ends the user's active request as
// Replaced, unless the key says that it is the same. An unknown user is made.
func (s *Service) StartBriefing(ctx context.Context, v briefing.Viewer, in StartInput) (briefing.Request, error) {
	return s.start(ctx, v, in, false)
}

// start stores the request and has the schedule run it.
func (s *Service) start(ctx context.Context, v briefing.Viewer, in StartInput, continueSame bool) (briefing.Request, error) {
	req, err := s.order(v, in)
	if err != nil {
		return s.continued(ctx, in, continueSame, err)
	}
	start := briefing.Start{
		Request: req, User: briefing.EnsuredUser, Skipped: s.schedule.Skipped(in.Username), ContinueSame: continueSame,
	}
	refusal := briefing.CheckUsername(in.Username)
	if refusal == nil {
		start.Request.Username = briefing.NameKey(in.Username)
	} else {
		start.User = briefing.KnownUser // older names still start, but nobody gets such a name now
	}
	done, err := s.store.StartRequest(ctx, start)
	if refusal != nil && errors.Is(err, briefing.ErrNotFound) {
		return briefing.Request{}, refusal
	}
	if err != nil {
		return briefing.Request{}, err
	}
	if done.Replaced != nil {
		s.schedule.Remove(done.Replaced.ID)
	}
	if !done.Continued {
		s.schedule.Add(done.Request)
	}
	return s.current(done.Request), nil
}

// continued returns the request that a start continues although its end time is refused: an end
// that has passed or come near since must not keep a phone from the request that it started. Else
// it returns the refusal.
func (s *Service) continued(ctx context.Context, in StartInput, continueSame bool, refusal error) (briefing.Request, error) {
	var invalid *briefing.InvalidError
	if in.Key == "" && !continueSame || !errors.As(refusal, &invalid) || invalid.Field != "endTime" {
		return briefing.Request{}, refusal
	}
	old := briefing.Request{
		Username: in.Username, Key: in.Key, Interval: in.Interval, EndText: in.EndTime,
		CameraID: cmp.Or(in.CameraID, briefing.DefaultCamera),
	}
	done, err := s.store.StartRequest(ctx, briefing.Start{Request: old, ContinueSame: continueSame, OnlyContinue: true})
	if errors.Is(err, briefing.ErrNotFound) {
		return briefing.Request{}, refusal
	}
	return s.current(done.Request), err
}

// order checks a start and makes the request of it.
func (s *Service) order(v briefing.Viewer, in StartInput) (briefing.Request, error) {
	if err := s.policy.ActFor(v, in.Username); err != nil {
		return briefing.Request{}, err
	}
	in.CameraID = cmp.Or(in.CameraID, briefing.DefaultCamera)
	if err := checkStart(in); err != nil {
		return briefing.Request{}, err
	}
	now := s.store.Now().UTC().Truncate(time.Millisecond)
	end, err := briefing.ParseEndTime(in.EndTime, now, s.zone)
	if err != nil {
		return briefing.Request{}, err
	}
	req := briefing.Request{
		Username: in.Username, Name: now.In(s.zone).Format(briefing.NameLayout), Interval: in.Interval,
		EndTime: end.In(s.zone).Format(briefing.ClockLayout), EndText: in.EndTime, CameraID: in.CameraID,
		Key: in.Key, StartedAt: now, EndsAt: &end, Active: true,
	}
	if end.Before(req.TickAt(1)) {
		return briefing.Request{}, briefing.Invalid("endTime", "must not lie before the first briefing, one interval after the start")
	}
	return req, nil
}

func checkStart(in StartInput) error {
	switch {
	case in.Username == "":
		return briefing.CheckUsername(in.Username)
	case in.Interval < briefing.MinInterval || in.Interval > briefing.MaxInterval:
		return briefing.Invalid("interval", "must be %d to %d seconds", briefing.MinInterval, briefing.MaxInterval)
	case in.CameraID != briefing.DefaultCamera:
		return briefing.Invalid("cameraId", "must be %q", briefing.DefaultCamera)
	}
	return briefing.CheckKey(in.Key)
}

// EndBriefing ends the user's active request and cancels its run. It returns nil when the
// user has none, ErrNotFound when there is no such user.
func (s *Service) EndBriefing(ctx context.Context, v briefing.Viewer, username string) (*briefing.Request, error) {
	if err := s.policy.ActFor(v, username); err != nil {
		return nil, err
	}
	now := s.store.Now().UTC().Truncate(time.Millisecond)
	ended, err := s.store.EndRequest(ctx, briefing.End{
		Username: username, Reason: briefing.EndedByUser, At: now, Skipped: s.schedule.Skipped(username),
	})
	if errors.Is(err, briefing.ErrConflict) {
		return nil, nil // nothing to end is no error, as ever
	}
	if err != nil {
		return nil, err
	}
	s.schedule.Remove(ended.ID)
	return &ended, nil
}

// Request returns a request or ErrNotFound.
func (s *Service) Request(ctx context.Context, v briefing.Viewer, id briefing.RequestID) (briefing.Request, error) {
	return s.visible(ctx, v, id)
}

// ActiveRequest returns the user's active request or ErrNotFound.
func (s *Service) ActiveRequest(ctx context.Context, v briefing.Viewer, username string) (briefing.Request, error) {
	if err := s.policy.ActFor(v, username); err != nil {
		return briefing.Request{}, err
	}
	req, err := s.store.ActiveRequest(ctx, username)
	return s.current(req), err
}

// Requests returns a page of the user's requests, newest first. Only First and
// After of the page count. ErrNotFound when there is no such user.
func (s *Service) Requests(ctx context.Context, v briefing.Viewer, username string, p briefing.Page) (briefing.Listing[briefing.Request], error) {
	n, _, err := briefing.Page{First: p.First}.Size()
	if err != nil {
		return briefing.Listing[briefing.Request]{}, err
	}
	var after briefing.RequestID
	if p.After != "" {
		if after, err = briefing.ParseRequestCursor(p.After); err != nil {
			return briefing.Listing[briefing.Request]{}, err
		}
	}
	if err := s.policy.ActFor(v, username); err != nil {
		return briefing.Listing[briefing.Request]{}, err
	}
	list, more, err := s.store.Requests(ctx, username, after, n)
	if err != nil {
		return briefing.Listing[briefing.Request]{}, err
	}
	for i := range list {
		list[i] = s.current(list[i])
	}
	return briefing.Listing[briefing.Request]{Items: list, HasNext: more, HasPrev: after != ""}, nil
}

// EachRequest yields every request of the user, newest first, as EachBriefing does briefings.
func (s *Service) EachRequest(ctx context.Context, v briefing.Viewer, username string) iter.Seq2[briefing.Request, error] {
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
