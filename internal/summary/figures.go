package summary

import (
	"slices"
	"time"

	"bis/internal/briefing"
)

// Tally makes figures and picks captions in one pass, in memory that does not
// grow with the number of briefings. It is used by one goroutine.
type Tally struct {
	fig    briefing.Figures
	zone   *time.Location
	gap    time.Duration // two samples farther apart are not one stretch
	hours  [24]briefing.Hour
	prev   *briefing.Facts // the last counted sample
	empty  briefing.Span   // the stretch that may go on
	down   briefing.Span   // likewise
	choice choice
}

// NewTally begins the figures of a request.
func NewTally(req briefing.Request, zone *time.Location) *Tally {
	return &Tally{
		fig:  briefing.Figures{Ticks: req.Ticks},
		zone: zone,
		// One lost tick does not break a stretch; what lies in a longer hole is unknown.
		gap: 3 * req.Every(),
	}
}

// Add takes the next briefing, oldest first.
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

// addHealth counts samples without a picture, or with a dark one.
func (t *Tally) addHealth(b briefing.Briefing) {
	if b.Facts.Scene == briefing.SceneDark {
		t.fig.Dark++
	}
	if !cameraAway(b) {
		if !isNote(b) { // a note tells nothing of our camera
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

// isNote tells of a caption from outside: nobody looked, or nobody said what was seen.
func isNote(b briefing.Briefing) bool {
	return b.Facts.Scene == "" && !b.Facts.Counted && !cameraAway(b)
}

func cameraAway(b briefing.Briefing) bool {
	return b.Degraded == briefing.CameraOffline || b.Degraded == briefing.CameraUnreadable
}

// addPeople counts people and the stretches without any.
func (t *Tally) addPeople(b briefing.Briefing) {
	n, ok := b.Facts.People()
	if !ok {
		// An unseen moment ends the stretch: somebody may have been there. A note,
		// which looked at nothing, does not.
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
	if t.prev != nil && b.Facts.Scene != briefing.SceneMoving && slices.Equal(t.prev.Counts, b.Facts.Counts) {
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

func (t *Tally) extend(s briefing.Span, at time.Time) briefing.Span {
	if s.Samples == 0 || at.Sub(s.To) > t.gap || at.Before(s.To) {
		return briefing.Span{From: at, To: at, Samples: 1}
	}
	return briefing.Span{From: s.From, To: at, Samples: s.Samples + 1}
}

// longer prefers the earlier of two stretches that are as long.
func longer(best, s briefing.Span) briefing.Span {
	if best.Samples == 0 || s.Length() > best.Length() {
		return s
	}
	return best
}

// Figures returns the figures so far.
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

// Captions returns the legacy texts of the most telling briefings so far, at
// most MaxTelling, oldest first.
func (t *Tally) Captions() []string { return t.choice.texts() }
