package briefing

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// clock is a wall-clock time of a day.
type clock struct{ hour, minute, second int }

// dayPart matches the words that say which part of the day an hour is in: AM, PM, dawn, morning,
// noon, evening, night.
const dayPart = `(오전|오후|새벽|아침|낮|저녁|밤|am|pm)`

// clockForm matches the output of plainClock: "pm6:30:00", "오후6시30분", "18시반" (half past) and so on.
// Korean puts the part of the day before the time, Java's "h:mm a" after it. A fraction of a second
// is accepted and ignored.
//
// Its groups are: 1 the part of the day before, 2 the hour, 3 and 4 minute and second after a
// colon, 5 and 6 minute and second in Korean, 7 the part of the day after.
var clockForm = regexp.MustCompile(`^` + dayPart + `?(\d{1,2})` +
	`(?::(\d{2})(?::(\d{2})(?:\.\d+)?)?|시(?:(\d{1,2})분(?:(\d{1,2})초)?|반)?)` +
	dayPart + `?$`)

// dottedHalf matches "a.m." and "am".
var dottedHalf = regexp.MustCompile(`([ap])\.?m\.?`)

// parseClock reads a wall-clock time as people and phones write it, in Korea first of all. The
// words for noon and midnight are also times. A part of the day may precede the time or follow it,
// not both.
func parseClock(text string) (clock, error) {
	s := plainClock(text)
	switch s {
	case "정오":
		return clock{hour: 12}, nil
	case "자정":
		return clock{}, nil
	}
	m := clockForm.FindStringSubmatch(s)
	if m == nil || m[1] != "" && m[7] != "" {
		return clock{}, errEndForm()
	}
	c := clock{number(m[2]), number(m[3] + m[5]), number(m[4] + m[6])}
	if strings.Contains(s, "반") {
		c.minute = 30
	}
	if c.minute > 59 || c.second > 59 {
		return clock{}, Invalid("endTime", "must have minutes and seconds of 0 to 59")
	}
	return c.within(m[1] + m[7])
}

// plainClock folds full-width characters, decomposed Hangul and case, and removes spaces and the
// direction marks that old browsers write around each part. A space between two digits stays:
// "1 8:30" is not a time.
func plainClock(text string) string {
	s := strings.ToLower(norm.NFKC.String(WithoutTurns(text)))
	var b strings.Builder
	digit := false // whether the last byte written is one
	for _, part := range strings.Fields(s) {
		if digit && isDigit(part[0]) {
			b.WriteByte(' ')
		}
		b.WriteString(part)
		digit = isDigit(part[len(part)-1])
	}
	return dottedHalf.ReplaceAllString(b.String(), "${1}m")
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// number reads at most two digits. No digits mean 0.
func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// within converts an hour with a part of the day into one of 24. With a part, 0 and 12 mean the
// same: the first hour of that half of the day. Without a part the hour is one of 24 already, and
// 24:00 is midnight.
func (c clock) within(part string) (clock, error) {
	noon := 0    // added to the hour
	fits := true // the part of the day has this hour
	hour := c.hour % 12
	switch part {
	case "":
		if c.hour > 24 || c.hour == 24 && c != (clock{hour: 24}) {
			return clock{}, Invalid("endTime", "must have an hour of 0 to 23, or be 24:00")
		}
		c.hour %= 24
		return c, nil
	case "오후", "pm":
		noon = 12
	case "새벽":
		fits = hour <= 6
	case "아침":
		fits = hour >= 5
	case "낮":
		fits = hour <= 5 || hour == 11
		if hour <= 5 {
			noon = 12
		}
	case "저녁":
		fits, noon = hour >= 5, 12
	case "밤":
		fits = hour <= 3 || hour >= 6
		if hour >= 6 {
			noon = 12
		}
	}
	switch {
	case c.hour > 12:
		return clock{}, Invalid("endTime", "must have an hour of 0 to 12 beside AM, PM, 오전 or 오후")
	case !fits:
		return clock{}, Invalid("endTime", "must name a part of the day that has this hour")
	}
	c.hour = hour + noon
	return c, nil
}
