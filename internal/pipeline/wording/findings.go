package wording

import (
	"fmt"
	"math"
	"time"

	"bis/internal/briefing"
)

// quotedCounts is how many captions are quoted if no sample has a count.
const quotedCounts = 3

// findings are figures, and which of them are worth advice. Reports are made of them.
type findings struct {
	briefing.Figures
	grounds briefing.Advice // of the advice
	zone    *time.Location  // the owner's
}

// busiest returns the hour of the day with the most people per sample. ok is false if nobody came.
func (f findings) busiest() (h briefing.Hour, ok bool) {
	return f.grounds.Busiest, f.grounds.Busiest.Samples > 0
}

// rush returns the busiest hour if it is a rush hour.
func (f findings) rush() (h briefing.Hour, ok bool) { return f.grounds.Busiest, f.grounds.Rush }

// clock returns a moment as the report states it, with its date if the samples are from several
// days.
func (f findings) clock(t time.Time) string {
	if f.severalDays() {
		return t.In(f.zone).Format("01-02 15:04")
	}
	return t.In(f.zone).Format("15:04")
}

// span returns a stretch of time, with joint between its ends. If both ends have the same date, the
// date is stated once. If they have the same clock time, only one end is stated.
func (f findings) span(from, to time.Time, joint string) string {
	if f.clock(from) == f.clock(to) {
		return f.clock(from)
	}
	if f.severalDays() && f.sameDay(from, to) {
		return f.clock(from) + joint + to.In(f.zone).Format("15:04")
	}
	return f.clock(from) + joint + f.clock(to)
}

// severalDays reports whether the first and the last sample are on different days.
func (f findings) severalDays() bool { return !f.sameDay(f.First, f.Last) }

// sameDay reports whether two moments are on the same day in the owner's zone.
func (f findings) sameDay(a, b time.Time) bool {
	return a.In(f.zone).Format(time.DateOnly) == b.In(f.zone).Format(time.DateOnly)
}

// percent returns a share of 0 to 1 as whole percents. It never rounds up to 100 % or down to 0 %,
// because "all" and "none" would be false.
func percent(share float64) string {
	switch p := math.Round(share * 100); {
	case share > 0 && p == 0:
		return "1%"
	case share < 1 && p == 100:
		return "99%"
	default:
		return fmt.Sprintf("%.0f%%", p)
	}
}
