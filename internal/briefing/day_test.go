package briefing_test

import (
	"errors"
	"testing"
	"time"

	"bis/internal/briefing"
)

func TestParseDate(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"2026-11-26", "1970-01-01", "9999-12-31", "2024-02-29"} {
		if d, err := briefing.ParseDate(s); err != nil || d.String() != s {
			t.Errorf("ParseDate(%q) = %v, %v", s, d, err)
		}
	}
	for _, s := range []string{
		"", "2026-11-31", "2025-02-29", "1969-12-31", "10000-01-01", "2026-1-2", "2026-11-26 ",
		"26-11-26", "2026/11/26", "2026-11-26T00:00:00Z", "오늘", "+026-11-26", "２０２６-11-26",
	} {
		_, err := briefing.ParseDate(s)
		if invalid, ok := errors.AsType[*briefing.InvalidError](err); !ok || invalid.Field != "date" {
			t.Errorf("ParseDate(%q): %v, want an InvalidError on date", s, err)
		}
	}
}

// A day begins at midnight, or with the change of the clocks that leaves midnight out, and ends
// where the next one begins.
func TestDate_Start(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		zone, date, start string
		hours             float64
	}{
		{"Asia/Seoul", "2026-11-26", "2026-11-26T00:00:00+09:00", 24},
		{"Asia/Seoul", "2026-12-31", "2026-12-31T00:00:00+09:00", 24},
		{"UTC", "2024-02-28", "2024-02-28T00:00:00Z", 24},
		{"Europe/Berlin", "2026-03-29", "2026-03-29T00:00:00+01:00", 23},
		{"Europe/Berlin", "2026-10-25", "2026-10-25T00:00:00+02:00", 25},
		{"America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00:00-02:00", 23}, // no midnight
		{"America/Havana", "2026-11-01", "2026-11-01T00:00:00-04:00", 25},    // two midnights
		{"America/Havana", "2026-03-08", "2026-03-08T01:00:00-04:00", 23},    // no midnight
		{"Australia/Lord_Howe", "2026-04-05", "2026-04-05T00:00:00+11:00", 24.5},
		{"America/Los_Angeles", "2026-03-08", "2026-03-08T00:00:00-08:00", 23},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		d, err := briefing.ParseDate(c.date)
		if err != nil {
			t.Fatal(err)
		}
		start, end := d.Start(zone), d.Next().Start(zone)
		if got := start.In(zone).Format(time.RFC3339); got != c.start {
			t.Errorf("%s in %s starts at %s, want %s", c.date, c.zone, got, c.start)
		}
		if got := end.Sub(start).Hours(); got != c.hours {
			t.Errorf("%s in %s has %v hours, want %v", c.date, c.zone, got, c.hours)
		}
		if got := (briefing.DayQuery{From: start, To: end}).Quarters(); got != int(c.hours*4) {
			t.Errorf("%s in %s has %d quarters, want %v", c.date, c.zone, got, c.hours*4)
		}
	}
}

func TestDayList_cursors(t *testing.T) {
	t.Parallel()
	day := briefing.Date{Year: 2026, Month: 3, Day: 1}
	list := briefing.DayList{Username: "민수", Date: day}
	at := briefing.DayPosition{At: time.UnixMilli(1772334000345).UTC(), ID: "0123456789abcdef01234567"}
	cursor := list.Cursor(at)
	if got, err := list.Parse(cursor); err != nil || got != at {
		t.Errorf("Parse(Cursor(%v)) = %v, %v", at, got, err)
	}
	decomposed := briefing.DayList{Username: " 민수", Date: day}
	if got, err := decomposed.Parse(cursor); err != nil || got != at {
		t.Errorf("another spelling: %v, %v", got, err)
	}
	if got, err := list.Parse(""); err != nil || got != (briefing.DayPosition{}) {
		t.Errorf(`Parse("") = %v, %v`, got, err)
	}
	for name, other := range map[string]briefing.DayList{
		"another user":   {Username: "민주", Date: day},
		"another day":    {Username: "민수", Date: day.Next()},
		"another camera": {Username: "민수", Date: day, CameraID: "default"},
	} {
		if _, err := other.Parse(cursor); !errors.Is(err, briefing.ErrBadCursor) {
			t.Errorf("%s: %v, want ErrBadCursor", name, err)
		}
	}
	for _, c := range []briefing.Cursor{
		"?", cursor + "A", cursor[1:], cursor[:len(cursor)-1] + "\n",
		briefing.MakeCursor("0123456789abcdef01234567", at.ID), briefing.MakeRequestCursor("0123456789abcdef01234567"),
	} {
		if _, err := list.Parse(c); !errors.Is(err, briefing.ErrBadCursor) {
			t.Errorf("Parse(%q): %v, want ErrBadCursor", c, err)
		}
	}
	if _, _, err := briefing.ParseCursor(cursor); !errors.Is(err, briefing.ErrBadCursor) {
		t.Errorf("ParseCursor of a day's cursor: %v, want ErrBadCursor", err)
	}
}
