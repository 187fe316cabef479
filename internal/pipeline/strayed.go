package pipeline

import (
	"time"

	"bis/internal/briefing"
)

// AcceptTime is how long a camera that has moved shows its new view before that is the usual one.
const AcceptTime = 24 * time.Hour

// strayed is since when a camera has moved, as the process before this one has seen. A measurer
// that begins knows no other view than the wrong one, so it would count there. The zero value means
// that the camera has not moved.
type strayed time.Time

// strayedOf returns the strayed of a stored camera that this process opens.
func strayedOf(stored briefing.Camera) strayed {
	if stored.Health.State != briefing.CameraMoved {
		return strayed{}
	}
	return strayed(stored.Health.Since)
}

// holds reports whether nobody has accepted the view, and time has not.
func (s strayed) holds(now time.Time) bool {
	return !time.Time(s).IsZero() && now.Sub(time.Time(s)) < AcceptTime
}

// astray returns what a capture has seen of a camera that has moved before it was opened: the wrong
// view, in which nothing is counted and everything may be a person. Other troubles stay.
func (c *sharedCamera) astray(seen sight) sight {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !isWell(seen.result.state) || !c.strayed.holds(c.cfg.Clock()) {
		return seen
	}
	seen.result = result{state: briefing.CameraMoved}
	seen.facts.Scene = briefing.SceneChanged
	uncount(&seen.facts)
	seen.frame.Changed, seen.frame.Unsure = nil, nil
	return seen
}

// uncount removes the counts of facts.
func uncount(f *Facts) {
	f.Counts, f.Counted, f.Estimate, f.Detector = nil, false, false, ""
	f.Method, f.Boxes = "", nil
}
