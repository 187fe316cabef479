package pipeline

import (
	"slices"
	"sync"

	"bis/internal/briefing"
)

// Bounds of the pictures of all cameras in memory.
const (
	maxPicture = 16 << 20  // bytes of one decoded frame; a larger one is encoded at once
	maxDecoded = 32 << 20  // bytes of all decoded frames; beyond, the oldest are compacted
	maxWaiting = 96 << 20  // bytes of those and the waiting ones; beyond, the oldest are forgotten
	maxEncoded = 128 << 20 // bytes of all encoded frames; beyond, the oldest are forgotten
)

// gallery has the last two pictures of each camera. It is safe for concurrent use.
type gallery struct {
	mu       sync.Mutex // guards the fields below
	pictures map[string]*held
	order    []*held // oldest first
	decoded  int     // bytes of all pictures
	encoded  int
}

// held is a picture with the bytes that the gallery has counted for it.
type held struct {
	*picture
	camera           *sharedCamera
	decoded, encoded int
}

// add adds the newest picture of a camera and forgets the one before the last. Its caller then has
// time for encoding: the frames that are too much stay decoded until that is done.
func (g *gallery) add(c *sharedCamera, p *picture) {
	decoded, encoded := p.size()
	h := &held{picture: p, camera: c, decoded: decoded, encoded: encoded}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pictures == nil {
		g.pictures = make(map[string]*held)
	}
	var of []*held // the camera's, oldest first
	for _, other := range g.order {
		if other.camera == c {
			of = append(of, other)
		}
	}
	if len(of) > 1 {
		g.forget(of[0])
	}
	g.pictures[p.frame.ID] = h
	g.order = append(g.order, h)
	g.decoded += decoded
	g.encoded += encoded
	g.trim()
}

// compact compacts pictures until the rest is within the bounds.
func (g *gallery) compact() {
	for h := g.excess(); h != nil; h = g.excess() {
		h.compact()
		g.count(h)
	}
}

// excess returns the next picture to compact, or nil.
func (g *gallery) excess() *held {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, h := range g.order {
		if h.decoded > maxPicture || h.decoded > 0 && g.decoded > maxDecoded {
			return h
		}
	}
	return nil
}

// find returns the picture of a frame as JPEG, or ErrNotFound.
func (g *gallery) find(frame string) ([]byte, error) {
	g.mu.Lock()
	h, ok := g.pictures[frame]
	g.mu.Unlock()
	if !ok {
		return nil, briefing.ErrNotFound
	}
	b, err := h.jpeg()
	g.count(h)
	return b, err
}

// count counts the bytes of a picture anew, and forgets the oldest if they are too many.
func (g *gallery) count(h *held) {
	decoded, encoded := h.size()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pictures[h.frame.ID] != h {
		return // forgotten meanwhile
	}
	g.decoded += decoded - h.decoded
	g.encoded += encoded - h.encoded
	h.decoded, h.encoded = decoded, encoded
	g.trim()
}

// trim forgets the oldest pictures while they are too many. On a busy machine encoding falls
// behind. The caller must hold mu.
func (g *gallery) trim() {
	for g.encoded > maxEncoded || g.decoded > maxWaiting {
		g.forget(g.order[0])
	}
}

// drop forgets the pictures of a camera.
func (g *gallery) drop(c *sharedCamera) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, h := range slices.Clone(g.order) {
		if h.camera == c {
			g.forget(h)
		}
	}
}

// dropOther forgets the pictures of a camera that have another view.
func (g *gallery) dropOther(c *sharedCamera, view string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, h := range slices.Clone(g.order) {
		if h.camera == c && h.view != view {
			g.forget(h)
		}
	}
}

// move gives the pictures of a camera to its successor.
func (g *gallery) move(from, to *sharedCamera) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, h := range g.order {
		if h.camera == from {
			h.camera = to
		}
	}
}

// forget removes a picture. The caller must hold mu.
func (g *gallery) forget(h *held) {
	delete(g.pictures, h.frame.ID)
	g.order = slices.DeleteFunc(g.order, func(other *held) bool { return other == h })
	g.decoded -= h.decoded
	g.encoded -= h.encoded
}

// describe returns a picture without its bytes, or ErrNotFound.
func (g *gallery) describe(frame string) (briefing.StoredFrame, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	h, ok := g.pictures[frame]
	if !ok {
		return briefing.StoredFrame{}, briefing.ErrNotFound
	}
	return briefing.StoredFrame{
		Frame: h.frame, CameraID: h.camera.id, Username: h.owner, View: h.view,
	}, nil
}
