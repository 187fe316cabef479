package briefing

import (
	"strings"
	"time"
)

// ClockLayout is the layout of a stored end time: "18:30".
const ClockLayout = "15:04"

// Bounds of the text that ParseEndTime reads, in bytes. A syllable of decomposed Hangul takes up to
// nine.
const (
	maxEndText  = 128     // without spaces around it
	maxEndField = 4 << 10 // with spaces
)

// ParseEndTime reads an end time as callers write it: a wall-clock time like "6:30 PM", "오후 6:30",
// "오후 6시 30분", "18:30:00" or "24:00", or an instant in RFC 3339. It returns the moment in UTC,
// which is after now.
//
// A wall-clock time is in zone. If it has passed today, or is exactly now, it means tomorrow. Where
// the zone changes its offset, a time may exist twice or not at all: then it means the later
// instant. An instant must lie in the future, at most MaxAhead from now. Errors are InvalidErrors
// on field "endTime".
func ParseEndTime(text string, now time.Time, zone *time.Location) (time.Time, error) {
	if len(text) > maxEndField {
		return time.Time{}, errEndForm()
	}
	s := strings.TrimSpace(text)
	switch {
	case s == "":
		return time.Time{}, Invalid("endTime", "must not be empty")
	case len(s) > maxEndText:
		return time.Time{}, errEndForm()
	case strings.ContainsAny(s, "Tt") && strings.Contains(s, "-"):
		return parseInstant(s, now)
	}
	at, err := parseClock(s)
	if err != nil {
		return time.Time{}, err
	}
	today := now.In(zone)
	end := wallClock(today, 0, at)
	if !end.After(now) {
		end = wallClock(today, 1, at)
	}
	return end.UTC(), nil
}

func errEndForm() error {
	return Invalid("endTime",
		`must be like "6:30 PM", "오후 6:30", "18:30" or "2006-01-02T18:30:00+09:00"`)
}

// parseInstant reads RFC 3339, and accepts "t" and "z" in lower case. It cuts the time to
// milliseconds, as requests store it.
func parseInstant(s string, now time.Time) (time.Time, error) {
	end, err := time.Parse(time.RFC3339, strings.ToUpper(s))
	switch {
	case err != nil:
		return time.Time{}, errEndForm()
	case !end.After(now):
		return time.Time{}, Invalid("endTime", "must lie in the future")
	case end.Sub(now) > MaxAhead:
		return time.Time{}, Invalid("endTime", "must lie at most 30 days ahead")
	}
	return end.UTC().Truncate(time.Millisecond), nil
}

// wallClock returns the instant of a wall-clock time on today's date plus days, in today's zone.
//
// time.Date does not say which instant it returns where the zone's offset changes. So wallClock
// tries the offsets a day before and a day after. It returns the later instant that shows the
// wanted time, or the later of the two when the clock skips that time.
func wallClock(today time.Time, days int, at clock) time.Time {
	zone := today.Location()
	y, mo, d := today.Date()
	naive := time.Date(y, mo, d+days, at.hour, at.minute, at.second, 0, time.UTC)
	var fitting, latest time.Time
	for _, around := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
		_, offset := naive.Add(around).In(zone).Zone()
		t := naive.Add(-time.Duration(offset) * time.Second).In(zone)
		if t.After(latest) {
			latest = t
		}
		if t.Hour() == at.hour && t.Minute() == at.minute && t.After(fitting) {
			fitting = t
		}
	}
	if fitting.IsZero() {
		return latest
	}
	return fitting
}
