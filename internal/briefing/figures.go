package briefing

import "time"

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
