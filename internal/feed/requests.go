package feed

import (
	"context"
	"errors"
	"io"
	"sync"

	"bis/internal/briefing"
)

// requestStream holds the newest state of a user's latest request until it is read. A slow reader
// misses states in between and never the newest.
type requestStream struct {
	hub      *Hub
	username string        // as briefing.NameKey returns it
	wake     chan struct{} // holds a token while a state may be unread
	closed   chan struct{}
	once     sync.Once

	mu     sync.Mutex // guards the fields below
	state  briefing.Request
	known  bool // state is set
	unread bool
	ended  bool   // the user was deleted
	count  uint64 // of the changes and the reads that were put
	notify func() // called under mu when a state arrives; nil: none
}

// SubscribeRequests implements briefing.Live. It registers the stream before it reads the current
// state, so no change falls between them. It retries while the store is unreachable, until ctx
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
	if err := patiently(ctx, func() error { return h.putLatest(ctx, username, s) }); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// putLatest reads the user's latest request and puts it into the streams. If something was put into
// a stream during the read, the read may be the older of the two, so it is repeated.
func (h *Hub) putLatest(ctx context.Context, username string, streams ...*requestStream) error {
	for len(streams) > 0 {
		seen := make([]uint64, len(streams))
		for i, s := range streams {
			seen[i] = s.putCount()
		}
		req, err := h.replay.LatestRequest(ctx, username)
		missing := errors.Is(err, briefing.ErrNotFound)
		if err != nil && !missing {
			return err
		}
		var overtaken []*requestStream
		for i, s := range streams {
			if !s.putRead(req, missing, seen[i]) {
				overtaken = append(overtaken, s)
			}
		}
		streams = overtaken
	}
	return nil
}

// publishRequest puts a request's state into the streams of its user.
func (h *Hub) publishRequest(req briefing.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.users[briefing.NameKey(req.Username)] {
		s.put(req)
	}
}

// catchUpRequests reads the latest request of every watched user.
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
		if err := h.putLatest(ctx, name, streams...); err != nil {
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
	s.state, s.unread, s.ended = briefing.Request{}, false, true
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

// put stores req if it is newer than the known state: a later request, the end of the same one, or
// another end time of it.
func (s *requestStream) put(req briefing.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.putLocked(req)
}

// putCount returns the count for putRead. It must be read before the store is.
func (s *requestStream) putCount() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count
}

// putRead puts what was read from the store: the latest request, or that there is none. It reports
// false, and does nothing, if something was put since putCount returned seen. A stream that had a
// state ends if the request is missing, because it was deleted then.
func (s *requestStream) putRead(req briefing.Request, missing bool, seen uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.ended:
		return true
	case s.count != seen:
		return false
	case !missing:
		s.putLocked(req)
	case s.known:
		s.endLocked()
	}
	return true
}

// putLocked is put with s.mu held.
func (s *requestStream) putLocked(req briefing.Request) {
	s.count++
	newer := !s.known || req.ID > s.state.ID ||
		req.ID == s.state.ID && s.state.Active && !(req.Active && req.SameEnd(s.state))
	if !newer || s.ended {
		return
	}
	s.state, s.known, s.unread = req, true, true
	s.signal()
}

// Next implements briefing.RequestStream.
func (s *requestStream) Next(ctx context.Context) (briefing.Request, error) {
	for {
		if req, ok := s.poll(); ok {
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
	if (s.unread || s.ended) && f != nil {
		f()
	}
}

// Poll implements briefing.RequestStream.
func (s *requestStream) Poll() (briefing.Request, bool) { return s.poll() }

// poll returns the state, and whether it was unread.
func (s *requestStream) poll() (briefing.Request, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ok := s.unread
	s.unread = false
	return s.state, ok
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
