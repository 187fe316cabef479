package summary

import (
	"time"

	"bis/internal/briefing"
)

// maxGap is the most intervals between two samples of one stretch. One lost tick does not break a
// stretch; a longer hole does, because nothing is known of it.
const maxGap = 3

// Tally computes figures and chooses captions in one pass. One goroutine uses it.
type Tally struct {
	fig   briefing.Figures // all but Hours
	zone  *time.Location   // of the hours
	gap   time.Duration    // the longest one within a stretch
	hours [24]briefing.Hour

	prev   *briefing.Facts // of the counted sample just before; nil: none
	empty  briefing.Span   // the stretch without people that the next sample may extend
	down   briefing.Span   // the stretch without a picture that the next sample may extend
	choice choice
}

// NewTally returns a tally of a request without briefings. The hours of the day are those of zone.
func NewTally(req briefing.Request, zone *time.Location) *Tally {
	return &Tally{
		fig: briefing.Figures{Ticks: req.Ticks}, zone: zone, gap: maxGap * req.Every(),
	}
}

// Add adds the next briefing. Briefings come oldest first, by id. Their moments may be out of
// order, because AddBriefing stores any moment.
func (t *Tally) Add(b briefing.Briefing) {
	f := &t.fig
	f.Samples++
	if f.First.IsZero() || b.At.Before(f.First) {
		f.First = b.At
	}
	if b.At.After(f.Last) {
		f.Last = b.At
	}
	if b.Degraded == briefing.ModelUnavailable {
		f.ModelAway++
	}
	if isNote(b) {
		f.Notes++
	}
	t.choice.add(b)
	t.addHealth(b)
	t.addPeople(b)
}

// addHealth counts the samples without a picture, the blind and the dark ones.
func (t *Tally) addHealth(b briefing.Briefing) {
	if b.Facts.Scene == briefing.SceneDark {
		t.fig.Dark++
	}
	if cameraBlind(b) {
		t.fig.Blind++
	}
	if !cameraDown(b) {
		if !isNote(b) { // a note says nothing about this server's camera
			t.down = briefing.Span{}
		}
		return
	}
	t.fig.Down++
	if t.down.Samples == 0 {
		t.fig.Spells++
	}
	t.down = t.extend(t.down, b.At)
	t.fig.DownSpan = longer(t.fig.DownSpan, t.down)
}

// isNote reports whether a briefing is a caption from outside without facts.
func isNote(b briefing.Briefing) bool {
	return b.Facts.Scene == "" && b.Facts.Health == nil && !b.Facts.Counted && !cameraDown(b) &&
		!cameraBlind(b)
}

// cameraDown reports whether the camera gave no picture of the sample's time.
func cameraDown(b briefing.Briefing) bool {
	switch b.Degraded {
	case briefing.CameraOffline, briefing.CameraRefusing, briefing.CameraUnreadable,
		briefing.CameraTooOld:
		return true
	}
	return false
}

// cameraBlind reports whether there was a picture that did not show the shop.
func cameraBlind(b briefing.Briefing) bool {
	switch b.Degraded {
	case briefing.CameraStuck, briefing.CameraBlocked, briefing.CameraUnsharp,
		briefing.CameraTurned:
		return true
	}
	return false
}

// addPeople counts people and finds the stretches without any.
func (t *Tally) addPeople(b briefing.Briefing) {
	n, ok := b.Facts.People()
	if !ok {
		// Somebody may have been there in a sample that was not counted, so it ends the stretch. A
		// note does not, because it is not a sample of this server's camera.
		if !isNote(b) {
			t.empty, t.prev = briefing.Span{}, nil
		}
		return
	}
	f := &t.fig
	f.Counted++
	f.Estimate = f.Estimate || b.Facts.Estimate
	h := &t.hours[b.At.In(t.zone).Hour()]
	h.Samples++
	h.People += n
	h.Peak = max(h.Peak, n)
	if f.PeakAt.IsZero() || n > f.Peak {
		f.Peak, f.PeakAt = n, b.At
	}
	if t.unchanged(b.Facts) {
		f.Unchanged++
	}
	t.prev = &b.Facts
	if n > 0 {
		f.Occupied++
		t.empty = briefing.Span{}
		return
	}
	t.empty = t.extend(t.empty, b.At)
	f.Empty = longer(f.Empty, t.empty)
}

// unchanged reports whether a counted sample has the counts of the one before, by class and zone,
// and no movement.
func (t *Tally) unchanged(facts briefing.Facts) bool {
	return t.prev != nil && facts.Scene != briefing.SceneMoving && t.prev.SameCounts(&facts)
}

// extend returns the stretch with one more sample, or a new stretch if the sample is too far away.
func (t *Tally) extend(s briefing.Span, at time.Time) briefing.Span {
	if s.Samples == 0 || at.Sub(s.To) > t.gap || at.Before(s.To) {
		return briefing.Span{From: at, To: at, Samples: 1}
	}
	return briefing.Span{From: s.From, To: at, Samples: s.Samples + 1}
}

// longer returns the longer of two stretches, or the earlier of two equal ones.
func longer(best, s briefing.Span) briefing.Span {
	if best.Samples == 0 || s.Length() > best.Length() {
		return s
	}
	return best
}

// Figures returns the figures of the briefings so far.
func (t *Tally) Figures() briefing.Figures {
	f := t.fig
	for hour, h := range t.hours {
		if h.Samples > 0 {
			h.Hour = hour
			f.Hours = append(f.Hours, h)
		}
	}
	return f
}

// Captions returns the legacy texts of the briefings with the most news so far, at most
// briefing.MaxCaptions, oldest first.
func (t *Tally) Captions() []string { return t.choice.texts() }
