package briefing

import "time"

// Figures is what code computes over one request for its summary.
type Figures struct{}

// MakeFigures computes the figures of a request from its briefings.
func MakeFigures(Request, []Briefing, *time.Location) Figures { return Figures{} }

// Telling picks the most telling captions.
func Telling([]Briefing) []string { return nil }
