package summary

import (
	"time"

	"bis/internal/briefing"
)

// The thresholds from which a figure gets advice. They are choices, not measurements.
const (
	rushFactor  = 1.5       // people per sample in the hour, divided by those in all samples
	rushSamples = 3         // samples in the hour; a single full moment is not a rush hour
	longEmpty   = time.Hour // between the first and the last sample without people
	darkShare   = 0.1       // dark samples, as a share of all samples
	missedShare = 0.05      // missed and skipped ticks, as a share of all ticks
)

// Advise returns which of the figures are worth a piece of advice.
func Advise(f briefing.Figures) briefing.Advice {
	busiest := busiestHour(f.Hours)
	return briefing.Advice{
		Busiest:     busiest,
		Rush:        isRush(busiest, &f),
		LongEmpty:   f.Empty.Length() >= longEmpty,
		OftenDark:   f.Dark > 0 && float64(f.Dark) >= darkShare*float64(f.Samples),
		OftenMissed: oftenMissed(f.Ticks),
	}
}

// busiestHour returns the hour of the day with the most people per sample. The earlier of two equal
// ones wins. It is the zero Hour if nobody came.
func busiestHour(hours []briefing.Hour) (busiest briefing.Hour) {
	for _, h := range hours {
		if h.Mean() > busiest.Mean() {
			busiest = h
		}
	}
	return busiest
}

// isRush reports whether the busiest hour is a rush hour: there are other hours to compare it with,
// it has enough samples, and its mean exceeds that of all samples by rushFactor.
func isRush(busiest briefing.Hour, f *briefing.Figures) bool {
	return len(f.Hours) > 1 && busiest.Samples >= rushSamples &&
		busiest.Mean() >= rushFactor*f.Mean()
}

// oftenMissed reports whether many of the planned briefings were not made.
func oftenMissed(n briefing.TickCounts) bool {
	lost := n.Missed + n.Skipped
	return lost > 0 && float64(lost) >= missedShare*float64(n.Done+lost)
}
