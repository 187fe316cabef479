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
		{"24:00", "2024-02-04T00:00:00+09:00"},
		{"24:00:00", "2024-02-04T00:00:00+09:00"},
		{"18:30:00", "2024-02-03T18:30:00+09:00"},
		{"18:30:45", "2024-02-03T18:30:45+09:00"},
		{"14:05:10", "2024-02-03T14:05:10+09:00"}, // a second ahead
		{"14:05:09", "2024-02-04T14:05:09+09:00"}, // the second that has begun
		{"6:30:00 PM", "2024-02-03T18:30:00+09:00"},
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

// Korean phones put the half of the day first, in words, and may write full-width characters.
func TestParseEndTime_as_Korean_phones_write_it(t *testing.T) {
	t.Parallel()
	seoul := zone(t, "Asia/Seoul")
	now := time.Date(2024, 2, 3, 14, 5, 9, 0, seoul)
	for want, texts := range map[string][]string{
		"2024-02-03T18:30:00+09:00": {
			"오후 6:30", "오후6:30", "오후 06:30", "오후  6:30 ", "오후\u00a06:30", "오후\u202f6:30", "6:30 오후", "오후 6:30:00",
			"오후 6시 30분", "오후6시30분", "오후 6시30분", "오후 6시 반", "오후 6시반", "오후 6시 30분 0초", "18시 30분", "18시30분", "18시 반",
			"PM 6:30", "pm 6:30", "PM6:30", "P.M. 6:30", "p.m. 06:30", "p.\u00a0m. 6:30", "6:30 p. m.", "6:30\u00a0PM", "6:30\u2009PM",
			"18 시 30 분", "오후 6 시 30 분", "오후 6시 30 분", "오후 6 : 30", "18 : 30 : 00", "6 : 30 PM", "6:30 P. M.", "오후 6 시 반", "18 시 30 분 0 초",
			"\u200e오후\u200e \u200e6\u200e:\u200e30", "\u200e6\u200e:\u200e30\u200e \u200ePM", "\u200f오후 6:30\u200f", "\u200e18\u200e:\u200e30\u200e:\u200e00",
			"18:30:00.000", "18:30:00.5", "18:30:00.123456789", "오후 6:30:00.000", "PM 6:30:00.00",
			"６：３０ PM", "６：３０　ＰＭ", "６:30ｐｍ", "18：30", "１８：３０", "１８：３０：００", "오후 ６：３０", "오후　６시　３０분", "저녁 6:30", "저녁 6시 반",
			// Decomposed Hangul.
			"\u110b\u1169\u1112\u116e 6:30", "\u110b\u1169\u1112\u116e 6\u1109\u1175 30\u1107\u116e\u11ab",
		},
		"2024-02-03T18:00:00+09:00": {"오후 6시", "18시", "오후 6시 0분", "저녁 6시"},
		"2024-02-04T06:30:00+09:00": {"6시 30분", "오전 6:30", "오전 6시 30분", "아침 6시 반", "AM 6:30", "06시 30분"},
		"2024-02-04T00:05:00+09:00": {"오전 12:05", "AM 12:05", "12:05 a.m.", "오전 12시 5분", "밤 12시 5분", "새벽 12:05", "0시 5분", "００：０５",
			"오전 0:05", "오전 00:05", "오전 0시 5분", "AM 0:05", "0:05 AM", "am 00:05", "00:05 a.m.", "밤 0:05", "새벽 0시 5분"},
		"2024-02-04T12:05:00+09:00": {"오후 12:05", "PM 12:05", "오후 12시 5분", "낮 12시 5분", "오후 0:05", "PM 0:05", "0:05 PM", "오후 00:05", "오후 0시 5분"},
		"2024-02-04T00:00:00+09:00": {"24:00", "24시", "24시 0분", "２４：００", "0시", "00시 00분", "오전 12시", "오전 0시", "밤 12시", "자정"},
		"2024-02-04T12:00:00+09:00": {"정오", "낮 12시", "오후 12시", "오후 0시"},
		"2024-02-03T23:30:00+09:00": {"밤 11시 30분", "밤 11:30", "오후 11시 반"},
		"2024-02-04T03:00:00+09:00": {"새벽 3시", "오전 3:00", "밤 3시"},
	} {
		for _, text := range texts {
			got, err := briefing.ParseEndTime(text, now, seoul)
			if err != nil || got.In(seoul).Format(time.RFC3339) != want {
				t.Errorf("ParseEndTime(%q) = %v, %v; want %s", text, got.In(seoul).Format(time.RFC3339), err, want)
			}
		}
	}
}

// A refusal names the broken rule, in a sentence that fits after "endtime " in a close frame.
func TestParseEndTime_says_why_it_refuses(t *testing.T) {
	t.Parallel()
	now := time.Date(2024, 2, 3, 14, 5, 9, 0, time.UTC)
	for rule, texts := range map[string][]string{
		"must have an hour of 0 to 12 beside AM, PM, 오전 or 오후": {"13:00 PM", "오후 13:00", "오전 13시", "PM 18:30", "PM 24:00", "오후 24:00"},
		"must name a part of the day that has this hour":       {"저녁 1시", "저녁 0시", "아침 0:30", "새벽 11시", "아침 1:00", "밤 5시", "낮 8시"},
		"must have an hour of 0 to 23, or be 24:00":            {"25:00", "24:01", "24:00:01", "99시", "24시 30분"},
		"must have minutes and seconds of 0 to 59":             {"18:60", "오후 6:60", "18시 60분", "18:30:60"},
		`must be like "6:30 PM", "오후 6:30", "18:30" or "2006-01-02T18:30:00+09:00"`: {
			"오후", "오후 6", "오후 6:30 PM", "AM 6:30 PM", "오후 오전 6:30", "6시 30", "18.30", "1830", "하오 6:30", "下午 6:30", "noon", "정오 12시", "6::30", "18:30:", "시 30분",
			"오후 여섯시", "18\x0030", "18:30 반", "18:30:00:00", "\xff18:30", "1 8:30", "18:3 0", "18시 3 0분", "1 8시", "18:30.5", "18:30:00.", "18:30:.5", "\u200e", "\u202e",
		},
	} {
		for _, text := range texts {
			got, err := briefing.ParseEndTime(text, now, time.UTC)
			var invalid *briefing.InvalidError
			if !errors.As(err, &invalid) || invalid.Field != "endTime" || invalid.Rule != rule {
				t.Errorf("ParseEndTime(%q) = %v, %v; want %q", text, got, err, rule)
			}
		}
		if len("endtime "+rule) > 123 {
			t.Errorf("%q does not fit into a close frame", rule)
		}
	}
}

func TestParseEndTime_refuses(t *testing.T) {
	t.Parallel()
	now := time.Date(2024, 2, 3, 14, 5, 9, 0, time.UTC)
	for _, text := range []string{
		"", " ", "25:00", "24:01", "18:60", "6:30 XM", "13:00 PM", "six", "6", "6 PM", "18:5", "-1:30", "18:30:60",
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
	for _, s := range []string{"6:30 PM", "18:30", "2024-02-03T18:30:00+09:00", "", "99:99 XX", "오후 6:30", "밤 12시 반", "６：３０ ＰＭ", "24:00:00", "자정", "\u200e오후 6 : 30", "0:05 PM", "18:30:00.5"} {
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
