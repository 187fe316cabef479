package feed

import (
	"cmp"
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"sync"

	"bis/internal/briefing"
)

// requestStream holds the newest state of each camera's latest request until it is read. A slow
// reader misses states in between and never the newest.
type requestStream struct {
	hub      *Hub
	username string        // as briefing.NameKey returns it
	wake     chan struct{} // holds a token while a state may be unread
	closed   chan struct{}
	once     sync.Once

	mu     sync.Mutex     // guards the fields below
	states []requestState // one for each camera, in the order of their changes
	ended  bool           // the user was deleted
	count  uint64         // of the changes and the reads that were put
	notify func()         // called under mu when a state arrives; nil: none
}

// requestState is the newest state of a camera's latest request.
type requestState struct {
	request briefing.Request
	unread  bool
}

// maxRequestStates is the most states in a stream. A user has fewer cameras at a time. Beyond it,
// states of ended requests that were read are forgotten.
const maxRequestStates = 2 * briefing.MaxCameras

// SubscribeRequests implements briefing.Live. It registers the stream before it reads the current
// states, so no change falls between them. It retries while the store is unreachable, until ctx
// ends.
func (h *Hub) SubscribeRequests(
	ctx context.Context, username string,
) (briefing.RequestStream, error) {
	username = briefing.NameKey(username) // changes may carry another spelling of the name
	s := &requestStream{
		hub: h, username: username,
		wake: make(chan struct{}, 1), closed: make(chan struct{}),
	}
	h.mu.Lock()
	if h.users[username] == nil {
		h.users[username] = make(map[*requestStream]struct{})
	}
	h.users[username][s] = struct{}{}
	h.mu.Unlock()
	if err := patiently(ctx, func() error { return h.putCurrent(ctx, username, s) }); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// putCurrent reads the user's requests and puts them into the streams. If something was put into a
// stream during the read, the read may be the older of the two, so it is repeated.
func (h *Hub) putCurrent(ctx context.Context, username string, streams ...*requestStream) error {
	for len(streams) > 0 {
		seen := make([]uint64, len(streams))
		var active []briefing.RequestID
		for i, s := range streams {
			seen[i], active = s.beginRead(active)
		}
		list, err := h.currentRequests(ctx, username, active)
		if err != nil {
			return err
		}
		var overtaken []*requestStream
		for i, s := range streams {
			if !s.putRead(list, seen[i]) {
				overtaken = append(overtaken, s)
			}
		}
		streams = overtaken
	}
	return nil
}

// currentRequests reads the active requests of a user, or the latest if none is active, oldest
// first. It also reads the requests with the ids in known that are not active any more.
func (h *Hub) currentRequests(
	ctx context.Context, username string, known []briefing.RequestID,
) ([]briefing.Request, error) {
	list, err := h.replay.ActiveRequests(ctx, username)
	if err != nil {
		return nil, err
	}
	slices.Reverse(list)
	if len(list) == 0 {
		latest, err := h.replay.LatestRequest(ctx, username)
		if errors.Is(err, briefing.ErrNotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		list = append(list, latest)
	}
	known = slices.DeleteFunc(known, func(id briefing.RequestID) bool {
		return slices.ContainsFunc(list, func(r briefing.Request) bool { return r.ID == id })
	})
	if len(known) == 0 {
		return list, nil
	}
	ended, err := h.replay.RequestStates(ctx, known)
	if err != nil {
		return nil, err
	}
	list = slices.AppendSeq(list, maps.Values(ended))
	slices.SortFunc(list, func(a, b briefing.Request) int { return cmp.Compare(a.ID, b.ID) })
	return list, nil
}

// publishRequest puts a request's state into the streams of its user.
func (h *Hub) publishRequest(req briefing.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.users[briefing.NameKey(req.Username)] {
		s.put(req)
	}
}

// catchUpRequests reads the requests of every watched user.
func (h *Hub) catchUpRequests(ctx context.Context) error {
	h.mu.Lock()
	watched := make(map[string][]*requestStream, len(h.users))
	for name, streams := range h.users {
		for s := range streams {
			watched[name] = append(watched[name], s)
		}
	}
	h.mu.Unlock()
	for name, streams := range watched {
		if err := h.putCurrent(ctx, name, streams...); err != nil {
			return err
		}
	}
	return nil
}

// endRequests ends the streams of a user who was deleted.
func (h *Hub) endRequests(username string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.users[briefing.NameKey(username)] {
		s.end()
	}
}

// end ends the stream. An unread state is dropped, because it was deleted.
func (s *requestStream) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endLocked()
}

// endLocked is end with s.mu held.
func (s *requestStream) endLocked() {
	s.states, s.ended = nil, true
	s.count++
	s.signal()
}

// signal notifies the reader; s.mu is held.
func (s *requestStream) signal() {
	if s.notify != nil {
		s.notify()
	}
	select {
	case s.wake <- struct{}{}:
	default: // a token is there already
	}
}

// Ended implements briefing.RequestStream.
func (s *requestStream) Ended() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
}

// put stores req if it is newer than the known state of its camera: a later request, the end of the
// same one, or another end time of it.
func (s *requestStream) put(req briefing.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.putLocked(req)
}

// beginRead returns the count for putRead, and appends the requests that are known as active. It
// must be called before the store is read.
func (s *requestStream) beginRead(
	active []briefing.RequestID,
) (uint64, []briefing.RequestID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.states {
		if r := &s.states[i].request; r.Active && !slices.Contains(active, r.ID) {
			active = append(active, r.ID)
		}
	}
	return s.count, active
}

// putRead puts what was read from the store. It reports false, and does nothing, if something was
// put since beginRead returned seen. A stream that had a state ends if nothing was read, because
// everything was deleted then.
func (s *requestStream) putRead(list []briefing.Request, seen uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.ended:
		return true
	case s.count != seen:
		return false
	case len(list) == 0 && len(s.states) > 0:
		s.endLocked()
	}
	for _, req := range list {
		s.putLocked(req)
	}
	return true
}

// putLocked is put with s.mu held.
func (s *requestStream) putLocked(req briefing.Request) {
	s.count++
	if s.ended {
		return
	}
	i := slices.IndexFunc(s.states, func(known requestState) bool {
		return known.request.CameraID == req.CameraID
	})
	if i >= 0 {
		known := s.states[i].request
		newer := req.ID > known.ID ||
			req.ID == known.ID && known.Active && !(req.Active && req.SameEnd(known))
		if !newer {
			return
		}
		s.states = slices.Delete(s.states, i, i+1)
	}
	if len(s.states) >= maxRequestStates {
		s.states = slices.DeleteFunc(s.states, func(known requestState) bool {
			return !known.unread && !known.request.Active
		})
	}
	s.states = append(s.states, requestState{request: req, unread: true})
	s.signal()
}

// Next implements briefing.RequestStream.
func (s *requestStream) Next(ctx context.Context) (briefing.Request, error) {
	for {
		if req, ok := s.Poll(); ok {
			return req, nil
		}
		if s.Ended() {
			return briefing.Request{}, io.EOF
		}
		select {
		case <-s.wake:
		case <-s.closed:
			return briefing.Request{}, errClosed
		case <-ctx.Done():
			return briefing.Request{}, ctx.Err()
		}
	}
}

// Notify implements briefing.RequestStream. f is called under the stream's lock, so Close can
// promise that no call follows it.
func (s *requestStream) Notify(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notify = f
	unread := slices.ContainsFunc(s.states, func(known requestState) bool { return known.unread })
	if (unread || s.ended) && f != nil {
		f()
	}
}

// Poll implements briefing.RequestStream. The state that has changed first comes first.
func (s *requestStream) Poll() (briefing.Request, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.states {
		if known := &s.states[i]; known.unread {
			known.unread = false
			return known.request, true
		}
	}
	return briefing.Request{}, false
}

// Close implements briefing.RequestStream.
func (s *requestStream) Close() {
	s.once.Do(func() {
		close(s.closed)
		s.Notify(nil)
		s.hub.mu.Lock()
		defer s.hub.mu.Unlock()
		delete(s.hub.users[s.username], s)
		if len(s.hub.users[s.username]) == 0 {
			delete(s.hub.users, s.username)
		}
	})
}
