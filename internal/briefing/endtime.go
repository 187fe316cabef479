package briefing

import (
	"strings"
	"time"
)

// ClockLayout is how an end time is stored: "18:30".
const ClockLayout = "15:04"

// maxEndText bounds the text that is read, in bytes. Decomposed Hangul takes up to nine a syllable.
const maxEndText = 128

// ParseEndTime reads an end time as callers write it: "6:30 PM", "오후 6:30", "오후 6시 30분",
// "18:30:00", "24:00", or RFC 3339; parseClock knows the forms of a wall-clock time.
// A wall-clock time is in zone, and one that is past today, also the
// minute that has begun, means tomorrow; one that does not exist or exists twice where the zone
// changes its offset means the later valid instant. An RFC 3339 time must lie ahead
// of now by at most MaxAhead. Errors are InvalidErrors on field "endTime".
func ParseEndTime(text string, now time.Time, zone *time.Location) (time.Time, error) {
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
	return Invalid("endTime", `must be like "6:30 PM", "오후 6:30", "18:30" or "2006-01-02T18:30:00+09:00"`)
}

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

// wallClock returns the instant of a wall-clock time on today's date plus days, in
// today's zone. time.Date promises nothing where the offset changes, so both
// offsets around that day are tried and the later fitting instant is taken; where the
// clock skips the time, the later of the two.
func wallClock(today time.Time, days int, at clock) time.Time {
	zone := today.Location()
	y, mo, d := today.Date()
	naive := time.Date(y, mo, d+days, at.hour, at.minute, at.second, 0, time.UTC)
	var fitting, any time.Time
	for _, around := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
		_, offset := naive.Add(around).In(zone).Zone()
		t := naive.Add(-time.Duration(offset) * time.Second).In(zone)
		if t.After(any) {
			any = t
		}
		if t.Hour() == at.hour && t.Minute() == at.minute && t.After(fitting) {
			fitting = t
		}
	}
	if fitting.IsZero() {
		return any
	}
	return fitting
}
