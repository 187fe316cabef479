package briefing_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"bis/internal/briefing"
)

// FuzzEndTime checks each end time that ParseEndTime accepts against its rules. It then writes the
// instant in both spellings that the program itself writes; parsing these must return the same
// instant.
func FuzzEndTime(f *testing.F) {
	for _, s := range []string{"6:30 PM", "오후 6:30", "18시 30분", "24:00", "자정", "2024-02-03T18:30:00.5+09:00", "\u200e6:30\u200f PM", "6:30\xff"} {
		f.Add(s, int64(1_706_936_709))
	}
	seoul := zone(f, "Asia/Seoul")
	f.Fuzz(func(t *testing.T, s string, unix int64) {
		// 2000 to 2068, without summer time in Seoul.
		now := time.Unix(946_684_800+int64(uint32(unix)>>1), 0).UTC()
		end, err := briefing.ParseEndTime(s, now, seoul)
		if err != nil {
			if !errors.Is(err, briefing.ErrInvalid) {
				t.Errorf("ParseEndTime(%q): %v, which is no ErrInvalid", s, err)
			}
			return
		}
		if !utf8.ValidString(s) {
			t.Errorf("ParseEndTime(%q) accepts what a database refuses to store", s)
		}
		if again, err := briefing.ParseEndTime(end.Format(time.RFC3339Nano), now, seoul); err != nil || !again.Equal(end) {
			t.Errorf("ParseEndTime(%q) = %v, which reads back as %v, %v", s, end, again, err)
		}
		whole := end.Truncate(time.Minute)
		if again, err := briefing.ParseEndTime(end.In(seoul).Format(briefing.ClockLayout), whole.Add(-time.Minute), seoul); err != nil || !again.Equal(whole) {
			t.Errorf("ParseEndTime(%q) = %v, whose clock reads back as %v, %v", s, end, again, err)
		}
	})
}

// FuzzRequestCursor searches for a second spelling of a position, and for malformed ids.
func FuzzRequestCursor(f *testing.F) {
	f.Add(string(briefing.MakeRequestCursor(reqID)))
	f.Add(string(briefing.MakeCursor(reqID, briID)))
	f.Add("AgsGJNay6W5MhW0gwGs=")
	f.Fuzz(func(t *testing.T, s string) {
		req, err := briefing.ParseRequestCursor(briefing.Cursor(s))
		if err != nil && (!errors.Is(err, briefing.ErrBadCursor) || req != "") {
			t.Errorf("ParseRequestCursor(%q) = %q, %v", s, req, err)
		}
		if err == nil && (!briefing.ValidID(string(req)) || briefing.MakeRequestCursor(req) != briefing.Cursor(s)) {
			t.Errorf("ParseRequestCursor(%q) = %q", s, req)
		}
	})
}

// FuzzNormalID compares with the rule in other words: 24 hex digits in any case.
func FuzzNormalID(f *testing.F) {
	for _, s := range []string{string(reqID), strings.ToUpper(string(reqID)), "", string(reqID)[1:], string(reqID) + "0", "０65bdc4d5a1b2c3d4e5f607"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want := len(s) == 24 && strings.Trim(s, "0123456789abcdefABCDEF") == ""
		got, ok := briefing.NormalID(s)
		if ok != want || ok && (got != strings.ToLower(s) || !briefing.ValidID(got)) {
			t.Errorf("NormalID(%q) = %q, %v", s, got, ok)
		}
		if briefing.ValidID(s) != (ok && got == s) {
			t.Errorf("ValidID(%q) = %v, but NormalID gives %q, %v", s, briefing.ValidID(s), got, ok)
		}
	})
}

// FuzzUsername checks each legal name against its rules, and that all its spellings are one user.
func FuzzUsername(f *testing.F) {
	for _, s := range []string{"kim", " 김사장 ", "김사장", "👩‍👩‍👧", "a\u200bb", "\u3000", "\xff", strings.Repeat("é", 65)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		key := briefing.NameKey(s)
		spellings := briefing.Spellings(s)
		if utf8.ValidString(s) != slices.Contains(spellings, s) {
			t.Errorf("Spellings(%q) = %q", s, spellings)
		}
		for _, other := range spellings {
			if !briefing.SameUser(other, s) || !utf8.ValidString(other) {
				t.Errorf("%q is no spelling of %q", other, s)
			}
		}
		if err := briefing.CheckUsername(s); err != nil {
			if !errors.Is(err, briefing.ErrInvalid) {
				t.Errorf("CheckUsername(%q): %v, which is no ErrInvalid", s, err)
			}
			return
		}
		n := utf8.RuneCountInString(key)
		if n < 1 || n > briefing.MaxUsernameLen || !utf8.ValidString(s) || strings.ContainsFunc(key, unicode.IsControl) {
			t.Errorf("CheckUsername accepts %q", s)
		}
		if briefing.NameKey(key) != key || briefing.CheckUsername(key) != nil {
			t.Errorf("the key %q of the legal name %q is no legal key", key, s)
		}
	})
}

// FuzzCustom checks accepted style lines against their rules. A tab separates two lines.
func FuzzCustom(f *testing.F) {
	for _, s := range []string{"한국어로 말해줘\t공손하게 말해줘", "", "\u202e", "\u2028", "\xff", strings.Repeat("a\t", 10), strings.Repeat("가", 201)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines := strings.Split(text, "\t")
		if err := briefing.CheckCustom(lines); err != nil {
			if !errors.Is(err, briefing.ErrInvalid) {
				t.Errorf("CheckCustom(%q): %v, which is no ErrInvalid", lines, err)
			}
			return
		}
		if len(lines) > briefing.MaxCustomLines {
			t.Errorf("CheckCustom accepts %d lines", len(lines))
		}
		for _, line := range lines {
			if !utf8.ValidString(line) || utf8.RuneCountInString(line) > briefing.MaxCustomLineLen ||
				strings.ContainsFunc(line, unicode.IsControl) || briefing.WithoutTurns(line) != line {
				t.Errorf("CheckCustom accepts the line %q", line)
			}
		}
	})
}

// FuzzWithoutTurns checks that no character is left that turns the text, and that all others stay.
func FuzzWithoutTurns(f *testing.F) {
	for _, s := range []string{"손님 2명", "a\u202eb\u2066c", "a\u2028b", "\xff\u200e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := briefing.WithoutTurns(s)
		if briefing.WithoutTurns(got) != got {
			t.Errorf("WithoutTurns(%q) = %q, which still turns", s, got)
		}
		if strings.ContainsFunc(got, func(r rune) bool { return unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp) }) {
			t.Errorf("WithoutTurns(%q) = %q", s, got)
		}
		if len(got) > len(s) && utf8.ValidString(s) {
			t.Errorf("WithoutTurns(%q) grows to %q", s, got)
		}
	})
}
