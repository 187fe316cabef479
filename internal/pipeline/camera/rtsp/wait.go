package rtsp

import (
	"context"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// wanted says which picture a caller waits for. Zero means the newest one.
type wanted struct {
	after int64         // later than the picture of this number
	since time.Time     // not before this moment
	wait  time.Duration // at most so long; zero: as long as Frame waits
}

// next returns the newest picture if it is current and wanted, and otherwise waits for the next
// one. It starts the reader if there is none.
func (s *Source) next(ctx context.Context, want wanted) (picture, error) {
	wait := s.cfg.Timeout
	if want.wait > 0 {
		wait = want.wait
	}
	late := time.NewTimer(wait)
	defer late.Stop()
	patient := want.wait == 0 && want.after == 0
	s.await(1)
	defer s.await(-1)
	for {
		p, changed, err := s.current(want)
		if p.data != nil || err != nil {
			return p, err
		}
		select {
		case <-changed:
		case <-late.C:
			more := s.morePatience(ctx)
			if !patient || more <= 0 {
				return picture{}, s.late()
			}
			patient = false
			late.Reset(more)
		case <-ctx.Done():
			return picture{}, ctx.Err()
		}
	}
}

// await counts the calls that wait: while there is one, the source is not idle.
func (s *Source) await(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting += n
	s.lastCall = s.cfg.Clock()
}

// current returns one of three: a picture that is current and wanted, the error of the last
// attempt, or a channel that closes with the next picture or error.
func (s *Source) current(want wanted) (picture, <-chan struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return picture{}, nil, errClosed
	}
	now := s.cfg.Clock()
	if s.cancel == nil {
		ctx, cancel := context.WithCancel(context.Background())
		s.cancel, s.err, s.newest.data = cancel, nil, nil
		s.reading.Go(func() { s.read(ctx) })
	}
	if s.retryNow != nil && !lasting(s.err) && now.Sub(s.failed) >= s.cfg.times.pause[0] {
		s.retryNow()
		s.retryNow, s.err = nil, nil
	}
	p := s.newest
	if p.data != nil && p.n > want.after && !p.at.Before(want.since) &&
		now.Sub(p.at) < s.currentFor() {
		return p, nil, nil
	}
	return picture{}, s.changed, s.err
}

var errClosed = &pipeline.Trouble{State: briefing.CameraAway, Err: errText("closed")}

// currentFor returns how long a picture shows the present. After a break it is the least time,
// because no newer picture can come. The caller holds mu.
func (s *Source) currentFor() time.Duration {
	if s.broken {
		return s.cfg.times.broken
	}
	return max(s.cfg.times.stale, s.pace.longest()*5/2)
}

// morePatience returns how much longer Frame waits for the first picture of a camera that plays.
// Zero means no longer. Keyframes of some cameras are ten seconds apart.
func (s *Source) morePatience(ctx context.Context) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.playing {
		return 0
	}
	more := s.cfg.times.keyframe
	if deadline, ok := ctx.Deadline(); ok {
		// The reason must come before the caller gives up.
		more = min(more, time.Until(deadline)-200*time.Millisecond)
	}
	return more
}

// late returns the error of a wait in which no picture came.
func (s *Source) late() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	trouble := &pipeline.Trouble{State: briefing.CameraAway, Reason: reasonNoAnswer,
		Err: errText("no answer within " + s.cfg.Timeout.String())}
	if s.playing {
		s.rare = true
		trouble.Reason = briefing.TroubleNoKeyframe
		trouble.Err = errText("it plays, but no complete picture came in time")
		switch { // the interval of keyframes is not the cause
		case s.codec == MJPEG && s.heard && s.newest.n == 0:
			trouble.Reason = briefing.TroubleBrokenVideo
		case s.codec != MJPEG && !s.heard:
			trouble.Reason = briefing.TroubleStalled
			trouble.Err = errText("it plays, but nothing came")
		}
	}
	if s.newest.data != nil {
		trouble.State = briefing.CameraStale
	}
	return trouble
}

// pace remembers how far apart a camera's last pictures are.
type pace struct {
	gaps [4]time.Duration
	next int
}

// longestGap bounds the gaps that count: a camera that was away is not slow.
const longestGap = time.Minute

func (p *pace) add(gap time.Duration) {
	if gap > longestGap {
		return
	}
	p.gaps[p.next] = gap
	p.next = (p.next + 1) % len(p.gaps)
}

func (p *pace) longest() (gap time.Duration) {
	for _, g := range p.gaps {
		gap = max(gap, g)
	}
	return gap
}
