package measure

import (
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// When a changed view is certain.
const (
	// lightRuns is how many bursts a change of light lasts: one may come while lamps start.
	lightRuns = 2
	// shiftRuns is how many bursts in a row find the view at another place.
	shiftRuns = 2
	// elsewhereRuns and elsewhereTime are how long another view stands still before the camera
	// counts as moved. A crowd in front of the lens moves. Very many bursts need less time.
	elsewhereRuns = 4
	elsewhereTime = 20 * time.Second
	elsewhereMany = 10
	// stillShare is the share of changed pixels of a view that stands still.
	stillShare = 0.2
	// blinkTime is how long a light that came and went at once counts as a flickering lamp.
	blinkTime = 10 * time.Minute
)

// watch observes a view that is not the background's until it is certain what has happened.
type watch struct {
	kind    verdict // relit, partly or foreign; shifted views are foreign
	runs    int     // bursts that agree; 0: nothing is observed
	shifts  int     // bursts in a row with a displaced view
	since   time.Time
	view    *plane  // of the last burst; its light has not been compensated
	busy    []uint8 // the pixels of people before the light changed; for relight
	blink   *plane  // a light that came and went at once; nil: none
	blinkAt time.Time
	// astray is CameraMoved or CameraCovered once that is certain, since lostAt. It ends when the
	// background is seen again.
	astray briefing.CameraState
	lostAt time.Time
}

// reset forgets what is observed. A camera that has moved stays moved.
func (w *watch) reset() { w.runs, w.shifts = 0, 0 }

// settled notes that the background is seen. Other light that lasted for one burst was a blink.
func (w *watch) settled() {
	if w.kind == relit && w.runs == 1 {
		w.blink, w.blinkAt, w.view = w.view, w.since, nil
	}
	w.reset()
	w.astray = ""
}

// observe adds a burst whose view is now. It returns whether that view stands still.
func (w *watch) observe(kind verdict, l *look, now *plane, threshold int, s *scratch) (still bool) {
	still = w.runs > 0 && w.view.sameSize(now) && similar(now, w.view, threshold, s)
	if kind == partly || kind == foreign {
		if w.runs > 0 && w.kind == relit && still {
			kind = relit // the same light as before, a little less clear
		}
	}
	if w.kind != kind || w.runs == 0 || !still && kind != relit {
		w.kind, w.runs, w.since = kind, 0, l.at
	}
	w.runs++
	if w.view == nil {
		w.view = &plane{}
	}
	w.view.copyFrom(now)
	return still
}

// similar reports whether two planes of one size show nearly the same.
func similar(p, q *plane, threshold int, s *scratch) bool {
	fit(&s.raw, p, q, threshold)
	s.mark(len(p.pix))
	difference(s.was, &s.raw, q, threshold)
	return share(s.was, p) <= stillShare
}

// unsettled decides on a burst whose view is not the background's. It returns the state.
func (m *Measurer) unsettled(l *look, s *scratch) briefing.CameraState {
	w, now := &m.watch, m.previous
	kind := l.verdict
	if kind == shifted {
		kind = foreign
	}
	w.observe(kind, l, now, m.cfg.Threshold, s)
	switch w.kind {
	case relit:
		w.astray = ""
		return m.relights(l, s)
	case partly:
		w.astray = ""
		if w.runs >= lightRuns {
			m.relight(l, s)
		}
		return briefing.CameraOK
	}
	return m.strays(l)
}

// relights waits until other light has lasted, and learns it then.
func (m *Measurer) relights(l *look, s *scratch) briefing.CameraState {
	w := &m.watch
	if w.runs >= lightRuns {
		m.relight(l, s)
		return briefing.CameraLightChange
	}
	if w.blink != nil && l.at.Sub(w.blinkAt) < blinkTime && w.blink.sameSize(m.previous) &&
		similar(m.previous, w.blink, m.cfg.Threshold, s) {
		return briefing.CameraOK // the lamp flickers
	}
	return briefing.CameraLightChange
}

// strays decides whether the camera has moved.
func (m *Measurer) strays(l *look) briefing.CameraState {
	w := &m.watch
	if l.verdict == shifted {
		w.shifts++
	} else {
		w.shifts = 0
	}
	lasts := w.runs >= elsewhereRuns && l.at.Sub(w.since) >= elsewhereTime || w.runs >= elsewhereMany
	switch {
	case w.astray != "":
		if l.at.Sub(w.lostAt) >= pipeline.AcceptTime {
			m.relearn(l)
			return briefing.CameraOK
		}
	case w.shifts >= shiftRuns:
		w.astray, w.lostAt = briefing.CameraMoved, l.at
	case !lasts:
		return briefing.CameraOK
	case l.alike.hidden >= hiddenShare:
		w.astray, w.lostAt = briefing.CameraCovered, l.at
	case l.place.remains() || l.place.here >= 0.1 && m.usual.turnedGrey(l):
		m.relearn(l) // the place is the same: other furniture, or infrared
		return briefing.CameraOK
	default:
		w.astray, w.lostAt = briefing.CameraMoved, l.at
	}
	return w.astray
}
