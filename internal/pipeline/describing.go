package pipeline

import (
	"cmp"
	"context"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"bis/internal/briefing"
)

// Times of a description. The report comes before the next tick also if the model does not answer.
const (
	mostDescribing = time.Minute
	describeShare  = 0.9             // of the shorter of the interval and mostDescribing
	mostLate       = 2 * time.Second // of a Describer, beyond its time
)

// shot is the picture of a capture, for the runs that share it. It is safe for concurrent use.
type shot struct {
	frame Frame
	masks []briefing.Polygon

	mu   sync.Mutex // guards made, and is held while a picture is made
	made map[briefing.Egress][]byte
}

// picture returns the picture as an egress allows, made once for all runs.
func (s *shot) picture(by Privacy, egress briefing.Egress) (jpeg []byte, ok bool) {
	if egress != briefing.EgressBlurred && egress != briefing.EgressFull {
		return nil, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if b, made := s.made[egress]; made {
		return b, b != nil
	}
	b, ok := by.Picture(s.frame, s.masks, egress)
	if !ok {
		b = nil
	}
	if s.made == nil {
		s.made = map[briefing.Egress][]byte{}
	}
	s.made[egress] = b
	return b, b != nil
}

// shoot gives the last observation the picture of its capture if runs may describe it. Later runs
// may use the observation until Reuse is over, and then it must not retain the picture. The caller
// must hold mu.
func (c *sharedCamera) shoot(seen sight) {
	if c.cfg.Describer == nil || c.cfg.Privacy == nil || seen.frame.Image == nil || seen.damaged ||
		!isWell(seen.result.state) || !c.showsSame() || !c.consents() {
		return
	}
	s := &shot{frame: seen.frame, masks: c.masks}
	s.frame.Encoded, s.frame.Decode = nil, nil // the stored picture uses them
	c.last.shot = s
	time.AfterFunc(c.cfg.Reuse, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.last.shot == s {
			c.last.shot = nil
		}
	})
}

// consents reports whether a provider may get pictures of the camera as it is now. The caller must
// hold mu.
func (c *sharedCamera) consents() bool {
	return slices.ContainsFunc(c.latest.Egress, func(choice briefing.ProviderEgress) bool {
		return openness(choice.Egress) > 0
	})
}

// showsSame reports whether the camera as it is now has the source and the masks with which it was
// opened. The caller must hold mu.
func (c *sharedCamera) showsSame() bool {
	return c.latest.ID == "" ||
		c.latest.Source == c.source && samePolygons(c.latest.Masks, c.masks)
}

// openness orders choices by what they give away.
func openness(e briefing.Egress) int {
	switch e {
	case briefing.EgressFull:
		return 2
	case briefing.EgressBlurred:
		return 1
	}
	return 0
}

// egress returns what a provider may get of pictures of the camera as it is now.
func (c *sharedCamera) egress(provider string) briefing.Egress {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.retired || c.ctx.Err() != nil || !c.showsSame() {
		return briefing.EgressCounts
	}
	return c.latest.EgressOf(provider)
}

// describing is a description that a run has asked for. Nil means that it asked for none.
type describing struct {
	cancel context.CancelFunc
	choice []briefing.ProviderEgress // of the camera when the question began
	done   chan struct{}             // closed when got is set
	got    Description
	ok     bool
	within time.Duration
	began  time.Time
}

// describe notes a description that runs, so that a withdrawn consent ends it.
func (c *sharedCamera) describe(d *describing) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d.choice = c.latest.Egress
	if c.describing == nil {
		c.describing = map[*describing]struct{}{}
	}
	c.describing[d] = struct{}{}
}

// described forgets a description that has ended.
func (c *sharedCamera) described(d *describing) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.describing, d)
}

// withdraw ends the descriptions for which the camera as it is now gives less than when they began.
// The caller must hold mu.
func (c *sharedCamera) withdraw() {
	for d := range c.describing {
		stays := c.showsSame()
		for _, choice := range d.choice {
			now := c.latest.EgressOf(choice.Provider)
			stays = stays && openness(now) >= openness(choice.Egress)
		}
		if !stays {
			d.cancel()
		}
	}
}

// describeTime returns how long a description may last that a run begins now.
func describeTime(ctx context.Context, every, used time.Duration) time.Duration {
	within := share(min(every, mostDescribing), describeShare) - used
	if deadline, ok := ctx.Deadline(); ok {
		within = min(within, time.Until(deadline)-mostLate)
	}
	return within
}

// startDescribing begins the description of a run's picture, if there is one that may leave. The
// caller must call end.
func (p *Pipeline) startDescribing(
	ctx context.Context, c *sharedCamera, s *shot, in DescribeInput,
) *describing {
	if p.cfg.Describer == nil || c == nil || s == nil || in.Within <= 0 {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	d := &describing{
		cancel: cancel, done: make(chan struct{}), within: in.Within, began: time.Now(),
	}
	in.Egress = c.egress
	in.Picture = func(e briefing.Egress) ([]byte, bool) { return s.picture(p.cfg.Privacy, e) }
	c.describe(d)
	stop := context.AfterFunc(c.ctx, cancel)
	err := p.cameras.spawn(func() {
		defer close(d.done)
		defer c.described(d)
		defer stop()
		d.got, d.ok = p.ask(ctx, in)
	})
	if err != nil { // the pipeline is closed
		c.described(d)
		stop()
		cancel()
		return nil
	}
	return d
}

// ask calls the Describer. A panic in it costs the description alone.
func (p *Pipeline) ask(ctx context.Context, in DescribeInput) (d Description, ok bool) {
	defer func() {
		if cause := recover(); cause != nil {
			p.cfg.Log.ErrorContext(ctx, "describer panicked",
				"panic", cause, "stack", string(debug.Stack()))
			d, ok = Description{Degraded: briefing.ModelUnavailable}, true
		}
	}()
	d, ok = p.cfg.Describer.Describe(ctx, in)
	if ctx.Err() != nil { // a consent was withdrawn, or the run has ended
		return Description{Usage: d.Usage, Refused: d.Refused}, false
	}
	return d, ok
}

// end ends a description that its run does not wait for.
func (d *describing) end() {
	if d != nil {
		d.cancel()
	}
}

// wait returns the description when it is there. A Describer that exceeds its time counts as one
// without an answer.
func (d *describing) wait() Description {
	if d == nil {
		return Description{}
	}
	late := min(mostLate, d.within/20)
	timer := time.NewTimer(time.Until(d.began.Add(d.within + late)))
	defer timer.Stop()
	select {
	case <-d.done:
	case <-timer.C:
		return Description{Degraded: briefing.ModelUnavailable}
	}
	if !d.ok {
		return Description{Usage: d.got.Usage, Refused: d.got.Refused}
	}
	return d.got
}

// add adds a description to a report.
func (d Description) add(r *briefing.Report, took time.Duration) {
	r.Description, r.Question = d.Text, d.Question
	r.Degraded = cmp.Or(r.Degraded, d.Degraded)
	if d.Usage != (briefing.Usage{}) {
		r.Usage = &d.Usage
	}
	shown := d.Text != "" || d.Question != ""
	if r.Made == nil && (shown || d.Refused != "") {
		r.Made = &briefing.Made{Verdict: briefing.VerdictBuiltIn}
	}
	if r.Made == nil {
		return
	}
	if shown {
		r.Made.DescribedBy = d.Model
	}
	if d.Refused != "" {
		r.Made.Refused = append(r.Made.Refused[:len(r.Made.Refused):len(r.Made.Refused)], d.Refused)
	}
	r.Made.LatencyMs = max(r.Made.LatencyMs, took.Milliseconds())
}
