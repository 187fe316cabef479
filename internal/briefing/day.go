package briefing

import (
	"fmt"
	"time"
)

// Date is a day of the calendar. Its instants depend on a zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// dateLayout is the form of a date in texts.
const dateLayout = "2006-01-02"

// ParseDate reads a day of the years 1970 to 9999, as in "2026-11-26". Any other text is an
// InvalidError on field "date".
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(dateLayout, s)
	if err != nil || t.Year() < 1970 {
		return Date{}, Invalid("date", "must be a day of the years 1970 to 9999, such as 2026-11-26")
	}
	return dateOf(t), nil
}

// dateOf returns the day of a time in its zone.
func dateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// String returns the date as ParseDate reads it.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// Next returns the day after d.
func (d Date) Next() Date {
	return dateOf(time.Date(d.Year, d.Month, d.Day+1, 12, 0, 0, 0, time.UTC))
}

// Start returns the first instant of the day in a zone: midnight, or the change of the clocks that
// leaves midnight out. If there are two midnights, it is the first. A day ends where the next one
// starts, so it has 23 to 25 hours.
func (d Date) Start(zone *time.Location) time.Time {
	t := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone)
	from, to := t.ZoneBounds()
	if dateOf(t) != d { // midnight is left out, and package time returned an instant before the gap
		return to.UTC()
	}
	if from.IsZero() {
		return t.UTC()
	}
	_, offset := t.Zone()
	_, before := from.Add(-time.Nanosecond).Zone()
	first := t.Add(time.Duration(offset-before) * time.Second)
	if first.Before(from) && first.In(zone).Format(time.TimeOnly) == "00:00:00" && dateOf(first.In(zone)) == d {
		return first.UTC()
	}
	return t.UTC()
}

// Quarter is the length of a span of an occupancy.
const Quarter = 15 * time.Minute

// DayQuery selects the briefings of all requests of a user in a span of time.
type DayQuery struct {
	Username string
	CameraID CameraID  // empty: all cameras
	From, To time.Time // From is included, To is not
}

// Quarters returns the number of quarters of an hour that begin in the span.
func (q DayQuery) Quarters() int {
	return int(max(0, q.To.Sub(q.From)+Quarter-1) / Quarter)
}

// QuarterAt returns the index of the quarter of a time in the span.
func (q DayQuery) QuarterAt(at time.Time) int { return int(at.Sub(q.From) / Quarter) }

// Occupancy is what was counted in a quarter of an hour.
type Occupancy struct {
	Samples int // briefings in which people were counted
	People  int // the sum of their people
}

// DayPosition is a place in the list of a DayQuery. The zero position is before the first briefing.
type DayPosition struct {
	At time.Time
	ID BriefingID
}

// Compare orders positions by time and then by id.
func (p DayPosition) Compare(q DayPosition) int {
	if c := p.At.Compare(q.At); c != 0 {
		return c
	}
	switch {
	case p.ID < q.ID:
		return -1
	case p.ID > q.ID:
		return 1
	}
	return 0
}

// PositionOf returns the place of a briefing.
func PositionOf(b *Briefing) DayPosition { return DayPosition{At: b.At, ID: b.ID} }

// DayPage asks for a page of the list of a DayQuery.
type DayPage struct {
	After  DayPosition // exclusive
	Filter DayFilter
	Limit  int // at least 1
	// Examine is how many briefings are examined at most, so that a filter that matches little
	// costs little. It is greater than Limit.
	Examine int
}

// DayListing is a page of the list of a DayQuery.
type DayListing struct {
	Briefings []Briefing
	// Last is where the next page begins: the place of the last briefing, or of the last one that
	// was examined if that many were. It is After if nothing was examined.
	Last DayPosition
	// More reports that the list goes on after Last. With a filter, none of the rest may match if
	// as many were examined as the page allows.
	More bool
}
