package briefing

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// ClockLayout is how an end time is stored: "18:30".
const ClockLayout = "15:04"

// maxEndText bounds what is looked at, in bytes.
const maxEndText = 64

var clockForm = regexp.MustCompile(`^(\d{1,2}):(\d{2})(?: ?([AaPp])\.?[Mm]\.?)?$`)

// ParseEndTime reads an end time as callers write it: "6:30 PM", "18:30", or RFC 3339.
// A wall-clock time is in zone, and one that is past today, also the
// minute that has begun, means tomorrow; one that does not exist or exists twice where the zone
// changes its offset means the later valid instant. An RFC 3339 time must lie ahead
// of now by at most MaxAhead. Errors are InvalidErrors on field "endTime".
func ParseEndTime(text string, now time.Time, zone *time.Location) (time.Time, error) {
	// Flutter's newer locales put a narrow no-break space before AM and PM.
	s := strings.TrimSpace(strings.NewReplacer("\u202f", " ", "\u00a0", " ").Replace(text))
	switch {
	case s == "":
		return time.Time{}, Invalid("endTime", "must not be empty")
	case len(s) > maxEndText:
		return time.Time{}, errEndForm()
	case strings.ContainsAny(s, "Tt") && strings.Contains(s, "-"):
		return parseInstant(s, now)
	}
	hour, minute, ok := parseClock(s)
	if !ok {
		return time.Time{}, errEndForm()
	}
	today := now.In(zone)
	end := wallClock(today, 0, hour, minute)
	if !end.After(now) {
		end = wallClock(today, 1, hour, minute)
	}
	return end.UTC(), nil
}

func errEndForm() error {
	return Invalid("endTime", `must be like "6:30 PM", "18:30" or "2006-01-02T18:30:00+09:00"`)
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

// parseClock reads "6:30 PM" and "18:30".
func parseClock(s string) (hour, minute int, ok bool) {
	m := clockForm.FindStringSubmatch(s)
	if m == nil {
		return 0, 0, false
	}
	hour, _ = strconv.Atoi(m[1]) // two digits always fit
	minute, _ = strconv.Atoi(m[2])
	if minute > 59 {
		return 0, 0, false
	}
	switch m[3] {
	case "":
		return hour, minute, hour <= 23
	case "A", "a":
		return hour % 12, minute, hour >= 1 && hour <= 12
	default:
		return hour%12 + 12, minute, hour >= 1 && hour <= 12
	}
}

// wallClock returns the instant of a wall-clock time on today's date plus days, in
// today's zone. time.Date promises nothing where the offset changes, so both
// offsets around that day are tried and the later fitting instant is taken; where the
// clock skips the time, the later of the two.
func wallClock(today time.Time, days, hour, minute int) time.Time {
	zone := today.Location()
	y, mo, d := today.Date()
	naive := time.Date(y, mo, d+days, hour, minute, 0, 0, time.UTC)
	var fitting, any time.Time
	for _, around := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
		_, offset := naive.Add(around).In(zone).Zone()
		t := naive.Add(-time.Duration(offset) * time.Second).In(zone)
		if t.After(any) {
			any = t
		}
		if t.Hour() == hour && t.Minute() == minute && t.After(fitting) {
			fitting = t
		}
	}
	if fitting.IsZero() {
		return any
	}
	return fitting
}
