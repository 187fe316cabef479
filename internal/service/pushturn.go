package service

import (
	"context"
	"sync"
	"time"

	"bis/internal/briefing"
)

// maxPushWaiting bounds the pictures of one camera that wait for their turn.
const maxPushWaiting = 10

// pushTurns lets the pictures of one camera be decoded one after another. So a device that sends
// large pictures as fast as it may delays its own pictures alone. The zero value is ready.
type pushTurns struct {
	mu      sync.Mutex
	cameras map[briefing.CameraID]*pushTurn // those with pictures
}

type pushTurn struct {
	turn  chan struct{} // has room for one
	count int           // pictures that have the turn or wait for it
}

// take waits for the turn of a camera. The caller ends it by done. With too many pictures before
// it, the error is a RateLimitedError; if ctx ends, it is that of ctx.
func (p *pushTurns) take(ctx context.Context, id briefing.CameraID) (done func(), err error) {
	p.mu.Lock()
	t := p.cameras[id]
	if t == nil {
		t = &pushTurn{turn: make(chan struct{}, 1)}
		if p.cameras == nil {
			p.cameras = map[briefing.CameraID]*pushTurn{}
		}
		p.cameras[id] = t
	}
	if t.count > maxPushWaiting {
		p.mu.Unlock()
		return nil, &briefing.RateLimitedError{RetryAfter: time.Second}
	}
	t.count++
	p.mu.Unlock()
	leave := func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if t.count--; t.count == 0 {
			delete(p.cameras, id)
		}
	}
	select {
	case t.turn <- struct{}{}:
		return func() { <-t.turn; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}
