package briefing_test

import (
	"errors"
	"testing"
	"time"

	"bis/internal/briefing"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestParseEndTime(t *testing.T) {
	t.Parallel()
	seoul := zone(t, "Asia/Seoul")
	now := time.Date(2024, 2, 3, 14, 5, 9, 0, seoul)
	for _, c := range []struct{ text, want string }{
		{"6:30 PM", "2024-02-03T18:30:00+09:00"},
		{"06:30 pm", "2024-02-03T18:30:00+09:00"},
		{"6:30PM", "2024-02-03T18:30:00+09:00"},
		{"6:30\u202fPM", "2024-02-03T18:30:00+09:00"},
		{"6:30 p.m.", "2024-02-03T18:30:00+09:00"},
		{" 18:30 ", "2024-02-03T18:30:00+09:00"},
		{"12:05 AM", "2024-02-04T00:05:00+09:00"},
		{"12:05 PM", "2024-02-04T12:05:00+09:00"}, // past today
		{"2:05 PM", "2024-02-04T14:05:00+09:00"},  // the minute that has begun
		{"14:06", "2024-02-03T14:06:00+09:00"},
		{"00:00", "2024-02-04T00:00:00+09:00"},
		{"0:00", "2024-02-04T00:00:00+09:00"},
		{"9:00", "2024-02-04T09:00:00+09:00"},
		{"2024-02-03T18:30:00+09:00", "2024-02-03T18:30:00+09:00"},
		{"2024-02-03T09:30:00Z", "2024-02-03T18:30:00+09:00"},
		{"2024-02-03t09:30:00.5z", "2024-02-03T18:30:00.5+09:00"},
		{"2024-03-04T14:05:09+09:00", "2024-03-04T14:05:09+09:00"}, // 30 days ahead to the second
	} {
		got, err := briefing.ParseEndTime(c.text, now, seoul)
		if err != nil || got.In(seoul).Format(time.RFC3339Nano) != c.want {
			t.Errorf("ParseEndTime(%q) = %v, %v; want %s", c.text, got.In(seoul).Format(time.RFC3339Nano), err, c.want)
		}
	}
}

func TestParseEndTime_refuses(t *testing.T) {
	t.Parallel()
	now := time.Date(2024, 2, 3, 14, 5, 9, 0, time.UTC)
	for _, text := range []string{
		"", " ", "25:00", "24:00", "18:60", "6:30 XM", "13:00 PM", "0:30 AM", "six", "6", "6 PM", "18:5", "-1:30", "18:30:00",
		"2024-02-03T14:05:09Z", "2024-02-03T14:05:08Z", "2024-03-04T14:05:10Z", "2024-02-30T00:00:00Z", "2024-02-03T18:30:00", "2024-02-03",
		"١٨:٣٠", string(make([]byte, 500)),
	} {
		got, err := briefing.ParseEndTime(text, now, time.UTC)
		var invalid *briefing.InvalidError
		if !errors.As(err, &invalid) || !errors.Is(err, briefing.ErrInvalid) || invalid.Field != "endTime" {
			t.Errorf("ParseEndTime(%q) = %v, %v; want an InvalidError on endTime", text, got, err)
		}
	}
}

// Where the clock changes its offset, a wall-clock end means the later valid instant.
func TestParseEndTime_where_the_clock_changes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		zone      string
		now       string
		text      string
		want, why string
	}{
		{"Europe/Berlin", "2024-10-26T20:00:00Z", "2:30", "2024-10-27T01:30:00Z", "exists twice: the second"},
		{"Europe/Berlin", "2024-03-30T20:00:00Z", "2:30", "2024-03-31T01:30:00Z", "does not exist: 3:30"},
		{"America/New_York", "2024-11-02T22:00:00Z", "1:30 AM", "2024-11-03T06:30:00Z", "exists twice: the second"},
		{"Australia/Lord_Howe", "2024-04-06T10:00:00Z", "1:45", "2024-04-06T15:15:00Z", "half an hour twice: the second"},
		{"Pacific/Apia", "2011-12-29T20:00:00Z", "12:00", "2011-12-29T22:00:00Z", "before a day that does not exist"},
		{"Asia/Seoul", "2024-10-26T20:00:00Z", "2:30 AM", "2024-10-27T17:30:00Z", "no change at all"},
	} {
		z := zone(t, c.zone)
		now, _ := time.Parse(time.RFC3339, c.now)
		got, err := briefing.ParseEndTime(c.text, now, z)
		if err != nil || got.Format(time.RFC3339) != c.want {
			t.Errorf("%s at %s, %q (%s) = %v, %v; want %s", c.zone, c.now, c.text, c.why, got, err, c.want)
		}
	}
}

func FuzzParseEndTime(f *testing.F) {
	for _, s := range []string{"6:30 PM", "18:30", "2024-02-03T18:30:00+09:00", "", "99:99 XX"} {
		f.Add(s)
	}
	seoul := zone(f, "Asia/Seoul")
	now := time.Date(2024, 2, 3, 14, 5, 9, 0, seoul)
	f.Fuzz(func(t *testing.T, s string) {
		end, err := briefing.ParseEndTime(s, now, seoul)
		switch {
		case err != nil && !errors.Is(err, briefing.ErrInvalid):
			t.Errorf("ParseEndTime(%q): %v, which is no ErrInvalid", s, err)
		case err == nil && (!end.After(now) || end.Sub(now) > briefing.MaxAhead):
			t.Errorf("ParseEndTime(%q) = %v, which is not ahead of %v", s, end, now)
		}
	})
}
