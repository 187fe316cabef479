package briefing

import (
	"slices"
	"time"
)

// Figures is what code computes over one request for its summary. Every figure
// is about samples, the moments somebody looked: it says nothing of the time between.
type Figures struct {
	Samples   int // all briefings
	Counted   int // samples in which people were counted; the shares below are of these
	Occupied  int // counted samples with somebody there
	Unchanged int // counted samples that found what the one before had found
	Dark      int // samples too dark to see
	Down      int // samples without a readable picture
	ModelAway int // samples whose model gave no caption
	Notes     int // captions from outside that brought no facts, as all old data
	Estimate  bool

	First, Last time.Time // moments of the earliest and latest sample, UTC; zero: none
	Peak        int       // most people in one sample
	PeakAt      time.Time // of the earliest such sample, UTC; zero: nobody was ever counted
	Hours       []Hour    // hours of the day with counted samples, by hour
	Empty       Span      // the longest stretch of samples without anybody
	DownSpan    Span      // the longest stretch without a picture
	Spells      int       // how many times the picture went away
	Ticks       TickCounts
}

// Hour is what was counted in one hour of the day, over all days of the request.
type Hour struct {
	Hour    int // 0 to 23, in the owner's zone
	Samples int
	People  int // sum over the samples
	Peak    int
}

// Mean returns people per sample.
func (h Hour) Mean() float64 { return share(h.People, h.Samples) }

// Span is a stretch of consecutive samples that are alike.
type Span struct {
	From, To time.Time // of its first and last sample, UTC; equal for a single sample
	Samples  int       // 0: there was none
}

// Length is the time from the first sample to the last.
func (s Span) Length() time.Duration { return s.To.Sub(s.From) }

// OccupiedShare returns the share of counted samples with somebody there, 0 to 1.
func (f *Figures) OccupiedShare() float64 { return share(f.Occupied, f.Counted) }

// UnchangedShare returns the share of counted samples that found nothing new, 0 to 1.
func (f *Figures) UnchangedShare() float64 { return share(f.Unchanged, f.Counted) }

// Mean returns people per counted sample.
func (f *Figures) Mean() float64 {
	people := 0
	for _, h := range f.Hours {
		people += h.People
	}
	return share(people, f.Counted)
}

// Eventless tells that there is nothing to summarise: nobody was seen and the
// camera worked. Notes may tell of events that no figure holds.
func (f *Figures) Eventless() bool {
	return f.Occupied == 0 && f.Down == 0 && f.Dark == 0 && f.Notes == 0
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// Tally makes figures and picks captions in one pass, in memory that does not
// grow with the number of briefings. It is used by one goroutine.
type Tally struct {
	fig    Figures
	zone   *time.Location
	gap    time.Duration // two samples farther apart are not one stretch
	hours  [24]Hour
	prev   *Facts // the last counted sample
	empty  Span   // the stretch that may go on
	down   Span   // likewise
	choice choice
}

// NewTally begins the figures of a request.
func NewTally(req Request, zone *time.Location) *Tally {
	return &Tally{
		fig:  Figures{Ticks: req.Ticks},
		zone: zone,
		// One lost tick does not break a stretch; what lies in a longer hole is unknown.
		gap: 3 * req.Every(),
	}
}

// Add takes the next briefing, oldest first.
func (t *Tally) Add(b Briefing) {
	f := &t.fig
	f.Samples++
	if f.First.IsZero() || b.At.Before(f.First) {
		f.First = b.At
	}
	if b.At.After(f.Last) {
		f.Last = b.At
	}
	if b.Degraded == ModelUnavailable {
		f.ModelAway++
	}
	if b.isNote() {
		f.Notes++
	}
	t.choice.add(b)
	t.addHealth(b)
	t.addPeople(b)
}

// addHealth counts samples without a picture, or with a dark one.
func (t *Tally) addHealth(b Briefing) {
	if b.Facts.Scene == SceneDark {
		t.fig.Dark++
	}
	if !b.cameraAway() {
		if !b.isNote() { // a note tells nothing of our camera
			t.down = Span{}
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
func (b *Briefing) isNote() bool {
	return b.Facts.Scene == "" && !b.Facts.Counted && !b.cameraAway()
}

func (b *Briefing) cameraAway() bool {
	return b.Degraded == CameraOffline || b.Degraded == CameraUnreadable
}

// addPeople counts people and the stretches without any.
func (t *Tally) addPeople(b Briefing) {
	n, ok := b.Facts.People()
	if !ok {
		// An unseen moment ends the stretch: somebody may have been there. A note,
		// which looked at nothing, does not.
		if !b.isNote() {
			t.empty, t.prev = Span{}, nil
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
	if t.prev != nil && b.Facts.Scene != SceneMoving && slices.Equal(t.prev.Counts, b.Facts.Counts) {
		f.Unchanged++
	}
	t.prev = &b.Facts
	if n > 0 {
		f.Occupied++
		t.empty = Span{}
		return
	}
	t.empty = t.extend(t.empty, b.At)
	f.Empty = longer(f.Empty, t.empty)
}

func (t *Tally) extend(s Span, at time.Time) Span {
	if s.Samples == 0 || at.Sub(s.To) > t.gap || at.Before(s.To) {
		return Span{From: at, To: at, Samples: 1}
	}
	return Span{From: s.From, To: at, Samples: s.Samples + 1}
}

// longer prefers the earlier of two stretches that are as long.
func longer(best, s Span) Span {
	if best.Samples == 0 || s.Length() > best.Length() {
		return s
	}
	return best
}

// Figures returns the figures so far.
func (t *Tally) Figures() Figures {
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
