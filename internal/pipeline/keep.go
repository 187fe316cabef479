package pipeline

import (
	"slices"
	"sync"
	"time"

	"bis/internal/briefing"
)

// kept is what a camera remembers of the last picture and of the last one with counts.
type kept struct {
	mu     sync.Mutex
	state  briefing.CameraState // empty: there was no picture yet
	other  bool                 // it showed another scene than the known one
	counts *Facts               // the last ones with counts; nil: nothing was counted yet
}

// changed reports whether a picture differs from the one before: in the state of the camera, in
// the counts, in whether it shows the known scene, or because the scene moves, which is a change of
// more than a twentieth of one of its tiles. The first picture has nothing to differ from, and a
// damaged one says nothing.
func (k *kept) changed(seen sight) bool {
	if seen.damaged {
		return false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	state, scene := seen.result.state, seen.facts.Scene
	other := scene == briefing.SceneChanged
	quiet := seen.gate != nil && !seen.looked // it is as one that was counted
	differs := k.state != "" &&
		(state != k.state || other != k.other || scene == briefing.SceneMoving && !quiet)
	k.state, k.other = state, other
	if !seen.facts.Counted || quiet {
		return differs
	}
	before := k.counts
	k.counts = &Facts{
		Counted: true, Counts: slices.Clone(seen.facts.Counts), Method: seen.facts.Method,
	}
	return differs ||
		before != nil && before.Method == k.counts.Method && !before.SameCounts(k.counts)
}

// keeps reports whether a capture's picture is stored.
func (c *sharedCamera) keeps(of *capture) bool {
	return c.stored && c.cfg.Keeper != nil &&
		(of.of.KeepFrames == briefing.KeepLast || of.of.KeepFrames == briefing.KeepChanged)
}

// pictureOf returns the picture of a capture's frame, with blurred people if the camera's choices
// say so.
func (c *sharedCamera) pictureOf(of *capture, f Frame) *picture {
	p := newPicture(f, c.masks, c.cfg.Clock())
	// The camera may have been changed since it was opened, and is opened anew at the next run.
	made := briefing.Camera{Source: c.source, Masks: c.masks, Egress: of.of.Egress}
	p.owner, p.view = of.of.Username, made.View()
	if c.cfg.Privacy != nil && of.of.ShownBlurred() {
		p.conceal(f, c.cfg.Privacy)
	}
	return p
}

// keep stores the picture of a capture. The runs that wait have its facts already, so encoding
// delays none of them. A picture that cannot be encoded is not stored.
func (c *sharedCamera) keep(of *capture, p *picture, seen sight) {
	if !c.stored || seen.err != nil {
		return
	}
	kind := briefing.FrameLast
	if c.kept.changed(seen) && of.of.KeepFrames == briefing.KeepChanged {
		kind = briefing.FrameChanged
	}
	if p == nil || !c.keeps(of) || c.ctx.Err() != nil {
		return
	}
	b, err := p.jpeg()
	if err != nil {
		return
	}
	c.cfg.Keeper.Keep(briefing.StoredFrame{
		Frame: p.frame, CameraID: c.id, Username: of.of.Username, RequestID: of.request, Kind: kind,
		Until: p.frame.At.Add(time.Duration(of.of.KeepDays) * 24 * time.Hour), View: p.view, JPEG: b,
	})
}
