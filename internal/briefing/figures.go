package briefing

import "time"

// Figures is what package summary computes over the briefings of one request. A sample is one
// briefing: the moment that a picture was taken. No figure describes the time between samples.
type Figures struct {
	Samples   int  // all briefings
	Counted   int  // samples in which people were counted; the base of the shares below
	Occupied  int  // counted samples with at least one person
	Unchanged int  // counted samples with the counts by class and zone of the counted one before
	Dark      int  // samples too dark to see
	Down      int  // samples without a readable picture of their time
	Blind     int  // samples whose picture did not show the shop, such as of a covered lens
	ModelAway int  // samples for which the model gave no caption
	Notes     int  // samples from outside without facts, such as all old data
	Estimate  bool // at least one count is an estimate

	First, Last time.Time  // moments of the earliest and latest sample, UTC; zero: no samples
	Peak        int        // most people in one sample
	PeakAt      time.Time  // the earliest sample with Peak people, UTC; zero: nothing was counted
	Hours       []Hour     // the hours of the day that have counted samples, by hour
	Empty       Span       // the longest stretch of samples without people
	DownSpan    Span       // the longest stretch of samples without a picture
	Spells      int        // how often the picture was lost
	Ticks       TickCounts // of the request, when the figures were computed
}

// Advice says which figures are worth a piece of advice. Package summary has the rules.
type Advice struct {
	Busiest     Hour // the hour with the most people per sample; without Samples nobody came
	Rush        bool // Busiest is a rush hour
	LongEmpty   bool // Figures.Empty is long enough to plan work then
	OftenDark   bool // many samples were too dark to see the shop
	OftenMissed bool // many of the planned briefings were not made
}

// Hour is what was counted in one hour of the day, over all days of the request.
type Hour struct {
	Hour    int // 0 to 23, in the server's zone
	Samples int // counted samples
	People  int // sum over the samples
	Peak    int // most people in one sample
}

// Mean returns the people per sample, 0 without samples.
func (h Hour) Mean() float64 { return share(h.People, h.Samples) }

// Span is a stretch of consecutive samples of one kind.
type Span struct {
	From, To time.Time // moments of its first and last sample, UTC; equal for a single sample
	Samples  int       // 0: there was no such stretch
}

// Length returns the time from the first sample to the last.
func (s Span) Length() time.Duration { return s.To.Sub(s.From) }

// OccupiedShare returns the share of counted samples with at least one person, 0 to 1.
func (f *Figures) OccupiedShare() float64 { return share(f.Occupied, f.Counted) }

// UnchangedShare returns the share of counted samples that were as the one before, 0 to 1.
func (f *Figures) UnchangedShare() float64 { return share(f.Unchanged, f.Counted) }

// Mean returns the people per counted sample, 0 without any.
func (f *Figures) Mean() float64 {
	people := 0
	for _, h := range f.Hours {
		people += h.People
	}
	return share(people, f.Counted)
}

// Eventless reports whether there is nothing to summarize: nobody was seen, the camera worked, and
// there are no notes. A note may describe an event that no figure shows.
func (f *Figures) Eventless() bool {
	return f.Occupied == 0 && f.Down == 0 && f.Blind == 0 && f.Dark == 0 && f.Notes == 0
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
