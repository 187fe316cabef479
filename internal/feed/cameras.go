package feed

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"bis/internal/briefing"
)

// cameraTopic is the newest state of each camera of a user, for all streams of that user. Each
// change gets the next number, and a stream has the number of the last state that it returned. So a
// slow reader costs no memory and misses only states in between.
type cameraTopic struct {
	user string // as briefing.NameKey returns it

	seeding chan struct{} // has room for one; full during the first read of the store

	mu      sync.Mutex // guards the fields below
	seeded  bool
	states  []cameraState // by seq
	seq     uint64        // of the newest change
	streams map[*cameraStream]struct{}
	found   bool // the user exists, or has existed
	ended   bool // the user was deleted
	reads   int  // reads of the store under way
	// deleted has cameras that a read or a change of before their deletion may still name. Ids are
	// never used again.
	deleted map[briefing.CameraID]struct{}
}

// cameraState is the newest state of a camera.
type cameraState struct {
	seq    uint64 // of its last change, at least 1
	camera briefing.Camera
}

// SubscribeCameras implements briefing.Live. It registers the stream before it reads the cameras,
// so no change falls between them. It retries while the store is unreachable, until ctx ends.
func (h *Hub) SubscribeCameras(
	ctx context.Context, username string,
) (briefing.CameraStream, error) {
	username = briefing.NameKey(username) // changes may carry another spelling of the name
	s := &cameraStream{hub: h, wake: make(chan struct{}, 1), closed: make(chan struct{})}
	h.mu.Lock()
	t := h.cameras[username]
	if t == nil {
		t = newCameraTopic(username)
		h.cameras[username] = t
	}
	s.topic = t
	t.add(s)
	h.mu.Unlock()
	if err := h.seedCameras(ctx, t); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// seedCameras makes sure that the cameras were read once. Streams that are opened at the same time
// share one read.
func (h *Hub) seedCameras(ctx context.Context, t *cameraTopic) error {
	return patiently(ctx, func() error {
		select {
		case t.seeding <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		defer func() { <-t.seeding }()
		if t.isSeeded() {
			return nil
		}
		return h.readCameras(ctx, t)
	})
}

// readCameras reads the cameras of a user from the store and puts them into the topic.
func (h *Hub) readCameras(ctx context.Context, t *cameraTopic) error {
	if err := h.acquireRead(ctx); err != nil {
		return err
	}
	defer h.releaseRead()
	at := t.beginRead()
	list, err := h.replay.Cameras(ctx, t.user)
	missing := errors.Is(err, briefing.ErrNotFound)
	if missing {
		err = nil
	}
	if t.endRead(at, list, missing, err) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.evictCameras(t)
	}
	return err
}

// catchUpCameras reads the cameras of every watched user.
func (h *Hub) catchUpCameras(ctx context.Context) error {
	h.mu.Lock()
	topics := slices.Collect(maps.Values(h.cameras))
	h.mu.Unlock()
	for _, t := range topics {
		if err := h.readCameras(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

// publishCamera puts a changed camera into the topic of its user.
func (h *Hub) publishCamera(c briefing.Camera) {
	h.mu.Lock()
	t := h.cameras[briefing.NameKey(c.Username)]
	h.mu.Unlock()
	if t != nil {
		t.put(c)
	}
}

// deleteCamera removes a camera. Some stores report only its id, so every topic is asked.
func (h *Hub) deleteCamera(id briefing.CameraID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, t := range h.cameras {
		t.delete(id)
	}
}

// endCameras ends the streams of a user who was deleted.
func (h *Hub) endCameras(username string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if t := h.cameras[briefing.NameKey(username)]; t != nil {
		t.end()
		h.evictCameras(t)
	}
}

// evictCameras removes a topic, so that the next stream begins with a new one. h.mu is held.
func (h *Hub) evictCameras(t *cameraTopic) {
	if h.cameras[t.user] == t {
		delete(h.cameras, t.user)
	}
}

// newCameraTopic returns a topic without cameras.
func newCameraTopic(user string) *cameraTopic {
	return &cameraTopic{
		user: user, seeding: make(chan struct{}, 1),
		streams: make(map[*cameraStream]struct{}), deleted: make(map[briefing.CameraID]struct{}),
	}
}

// add registers a stream. h.mu is held, so that the topic is not evicted meanwhile.
func (t *cameraTopic) add(s *cameraStream) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.streams[s] = struct{}{}
}

func (t *cameraTopic) isSeeded() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.seeded || t.ended
}

// readStart is the state of a topic when a read of the store began.
type readStart struct {
	seq   uint64
	found bool
}

// beginRead notes that the store is being read.
func (t *cameraTopic) beginRead() readStart {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.reads++
	return readStart{seq: t.seq, found: t.found}
}

// endRead puts what was read since beginRead. A camera that is not in the list was deleted, unless
// it was put since. missing reports that there is no such user. If there was one before, the user
// was deleted, and endRead ends the topic and returns true. After an error of the read the topic
// stays as it is.
func (t *cameraTopic) endRead(
	at readStart, list []briefing.Camera, missing bool, err error,
) (ended bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.reads--
	switch {
	case err != nil || t.ended:
		return false
	case missing && at.found:
		t.endLocked()
		return true
	}
	t.seeded, t.found = true, t.found || !missing
	for i := len(t.states) - 1; i >= 0; i-- {
		s := &t.states[i]
		known := func(c briefing.Camera) bool { return c.ID == s.camera.ID }
		if s.seq <= at.seq && !slices.ContainsFunc(list, known) {
			t.deleteLocked(s.camera.ID)
		}
	}
	for _, c := range list {
		t.putLocked(c)
	}
	return false
}

// put puts a camera that has changed.
func (t *cameraTopic) put(c briefing.Camera) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.found = true
	t.putLocked(c)
}

// putLocked stores c, without its secrets, if it is newer than the known state and not deleted.
// t.mu is held.
func (t *cameraTopic) putLocked(c briefing.Camera) {
	i := t.index(c.ID)
	_, deleted := t.deleted[c.ID]
	if t.ended || deleted || i >= 0 && c.Revision <= t.states[i].camera.Revision {
		return
	}
	if i >= 0 {
		t.states = slices.Delete(t.states, i, i+1)
	}
	t.seq++
	t.states = append(t.states, cameraState{seq: t.seq, camera: c.Public()})
	t.signal()
}

// index returns where the state of a camera is, or -1. t.mu is held.
func (t *cameraTopic) index(id briefing.CameraID) int {
	return slices.IndexFunc(t.states, func(s cameraState) bool { return s.camera.ID == id })
}

// delete removes a camera.
func (t *cameraTopic) delete(id briefing.CameraID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.deleteLocked(id)
}

// deleteLocked is delete with t.mu held.
func (t *cameraTopic) deleteLocked(id briefing.CameraID) {
	if i := t.index(id); i >= 0 {
		t.states = slices.Delete(t.states, i, i+1)
	}
	if len(t.deleted) >= briefing.MaxCameras && t.reads == 0 {
		clear(t.deleted)
	}
	t.deleted[id] = struct{}{}
}

// end ends the topic. Unread states are dropped, because they were deleted.
func (t *cameraTopic) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.endLocked()
}

// endLocked is end with t.mu held.
func (t *cameraTopic) endLocked() {
	t.states, t.ended = nil, true
	t.signal()
}

// signal notifies the readers; t.mu is held.
func (t *cameraTopic) signal() {
	for s := range t.streams {
		s.signal()
	}
}
