package wording

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"bis/internal/briefing"
)

type timeZone = time.Location

// What makes a figure worth advice.
const (
	busyFactor   = 1.5       // times the mean of all samples
	busySamples  = 3         // in that hour, so that one full moment is no rush hour
	longEmpty    = time.Hour // without anybody
	darkShare    = 0.1       // of all samples
	missedShare  = 0.05      // of all ticks
	quotedCounts = 3         // captions quoted where there are no figures
)

// findings are figures with what the rules of advice make of them.
type findings struct {
	briefing.Figures
	zone *timeZone
}

// busiest returns the hour with the most people a sample; ok is false when nobody came.
func (f findings) busiest() (h briefing.Hour, ok bool) {
	for _, hour := range f.Hours {
		if hour.Mean() > h.Mean() {
			h, ok = hour, true
		}
	}
	return h, ok
}

// rush is the busiest hour if it stands out among at least two.
func (f findings) rush() (h briefing.Hour, ok bool) {
	h, ok = f.busiest()
	return h, ok && len(f.Hours) > 1 && h.Samples >= busySamples && h.Mean() >= busyFactor*f.Mean()
}

func (f findings) longEmpty() bool { return f.Empty.Length() >= longEmpty }

func (f findings) oftenDark() bool {
	return f.Dark > 0 && float64(f.Dark) >= darkShare*float64(f.Samples)
}

func (f findings) oftenMissed() bool {
	all := f.Ticks.Done + f.Ticks.Skipped + f.Ticks.Missed
	lost := f.Ticks.Missed + f.Ticks.Skipped
	return lost > 0 && float64(lost) >= missedShare*float64(all)
}

// clock is a moment as the report says it: with its date when the samples lie on several days.
func (f findings) clock(t time.Time) string {
	if f.severalDays() {
		return t.In(f.zone).Format("01-02 15:04")
	}
	return t.In(f.zone).Format("15:04")
}

// span is a stretch of time, its ends joined by to. A date that is the same is said once.
func (f findings) span(from, to time.Time, joint string) string {
	if f.clock(from) == f.clock(to) {
		return f.clock(from)
	}
	if f.severalDays() && f.sameDay(from, to) {
		return f.clock(from) + joint + to.In(f.zone).Format("15:04")
	}
	return f.clock(from) + joint + f.clock(to)
}

func (f findings) severalDays() bool { return !f.sameDay(f.First, f.Last) }

func (f findings) sameDay(a, b time.Time) bool {
	return a.In(f.zone).Format(time.DateOnly) == b.In(f.zone).Format(time.DateOnly)
}

// percent rounds, but never up to all or down to none.
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

// mean has one decimal at most.
func mean(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }
