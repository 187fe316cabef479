package feed

import (
	"context"
	"io"
	"sync"

	"bis/internal/briefing"
)

// cameraStream is a position in the states of a cameraTopic.
type cameraStream struct {
	hub    *Hub
	topic  *cameraTopic
	wake   chan struct{} // holds a token while a state may be unread
	closed chan struct{}
	once   sync.Once

	// The fields below are guarded by topic.mu.
	pos    uint64 // of the last state that was returned
	notify func() // called when a state arrives; nil: none
}

var _ briefing.CameraStream = (*cameraStream)(nil)

// signal notifies the reader; the topic's mutex is held.
func (s *cameraStream) signal() {
	if s.notify != nil {
		s.notify()
	}
	select {
	case s.wake <- struct{}{}:
	default: // a token is there already
	}
}

// Next implements briefing.CameraStream.
func (s *cameraStream) Next(ctx context.Context) (briefing.Camera, error) {
	for {
		if c, ok := s.Poll(); ok {
			return c, nil
		}
		if s.Ended() {
			return briefing.Camera{}, io.EOF
		}
		select {
		case <-s.wake:
		case <-s.closed:
			return briefing.Camera{}, errClosed
		case <-ctx.Done():
			return briefing.Camera{}, ctx.Err()
		}
	}
}

// Poll implements briefing.CameraStream. States are in the order of their changes, so the next one
// is the first after the position.
func (s *cameraStream) Poll() (briefing.Camera, bool) {
	t := s.topic
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range t.states {
		if state := &t.states[i]; state.seq > s.pos {
			s.pos = state.seq
			return state.camera, true
		}
	}
	return briefing.Camera{}, false
}

// Ended implements briefing.CameraStream.
func (s *cameraStream) Ended() bool {
	s.topic.mu.Lock()
	defer s.topic.mu.Unlock()
	return s.topic.ended
}

// Notify implements briefing.CameraStream. f is called under the topic's lock, so Close can promise
// that no call follows it.
func (s *cameraStream) Notify(f func()) {
	t := s.topic
	t.mu.Lock()
	defer t.mu.Unlock()
	s.notify = f
	unread := len(t.states) > 0 && t.states[len(t.states)-1].seq > s.pos
	if f != nil && (unread || t.ended) {
		f()
	}
}

// Close implements briefing.CameraStream.
func (s *cameraStream) Close() {
	s.once.Do(func() {
		close(s.closed)
		s.hub.mu.Lock()
		defer s.hub.mu.Unlock()
		s.topic.mu.Lock()
		defer s.topic.mu.Unlock()
		s.notify = nil
		delete(s.topic.streams, s)
		if len(s.topic.streams) == 0 {
			s.hub.evictCameras(s.topic)
		}
	})
}
