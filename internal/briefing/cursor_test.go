package briefing_test

import (
	"encoding/base64"
	"errors"
	"testing"

	"bis/internal/briefing"
)

const (
	reqID = briefing.RequestID("65be000011223344556677aa")
	briID = briefing.BriefingID("65be000199887766554433ff")
)

func TestCursor_round_trip(t *testing.T) {
	t.Parallel()
	req, id, err := briefing.ParseCursor(briefing.MakeCursor(reqID, briID))
	if req != reqID || id != briID || err != nil {
		t.Errorf("ParseCursor(MakeCursor) = %q, %q, %v", req, id, err)
	}
	req, err = briefing.ParseRequestCursor(briefing.MakeRequestCursor(reqID))
	if req != reqID || err != nil {
		t.Errorf("ParseRequestCursor(MakeRequestCursor) = %q, %v", req, err)
	}
}

func TestCursor_of_malformed_ids_is_empty(t *testing.T) {
	t.Parallel()
	for _, id := range []briefing.BriefingID{"x", "zz", "g5be000199887766554433ff"} {
		if c := briefing.MakeCursor(reqID, id); c != "" {
			t.Errorf("MakeCursor(…, %q) = %q", id, c)
		}
	}
}

func TestParseCursor_refuses(t *testing.T) {
	t.Parallel()
	good := briefing.MakeCursor(reqID, briID)
	bytes, err := base64.RawURLEncoding.DecodeString(string(good))
	if err != nil {
		t.Fatal(err)
	}
	pack := func(b []byte) briefing.Cursor { return briefing.Cursor(base64.RawURLEncoding.EncodeToString(b)) }
	tests := map[string]briefing.Cursor{
		"empty":           "",
		"not_base64":      "!!!",
		"other_kind":      briefing.MakeRequestCursor(reqID),
		"too_short":       good[:len(good)-4],
		"too_long":        good + "AAAA",
		"padded":          good + "==",
		"next_version":    pack(append([]byte{9}, bytes[1:]...)),
		"a_briefings_id":  briefing.Cursor(briID),
		"trailing_spaces": good + " ",
	}
	for name, c := range tests {
		if _, _, err := briefing.ParseCursor(c); !errors.Is(err, briefing.ErrBadCursor) {
			t.Errorf("%s: ParseCursor(%q): %v, want ErrBadCursor", name, c, err)
		}
	}
	for _, c := range []briefing.Cursor{"", good, "?", pack([]byte{2, 0})} {
		if _, err := briefing.ParseRequestCursor(c); !errors.Is(err, briefing.ErrBadCursor) {
			t.Errorf("ParseRequestCursor(%q): %v, want ErrBadCursor", c, err)
		}
	}
}

// FuzzParseCursor searches for a second spelling of a position, and for malformed ids.
func FuzzParseCursor(f *testing.F) {
	f.Add(string(briefing.MakeCursor(reqID, briID)))
	f.Add(string(briefing.MakeRequestCursor(reqID)))
	f.Add("AQ")
	f.Add(string(briefing.MakeCursor(reqID, briID))[:4] + "\r\n" + string(briefing.MakeCursor(reqID, briID))[4:])
	f.Fuzz(func(t *testing.T, s string) {
		c := briefing.Cursor(s)
		if req, id, err := briefing.ParseCursor(c); err == nil {
			if !briefing.ValidID(string(req)) || !briefing.ValidID(string(id)) || briefing.MakeCursor(req, id) != c {
				t.Errorf("ParseCursor(%q) = %q, %q", c, req, id)
			}
		} else if !errors.Is(err, briefing.ErrBadCursor) {
			t.Errorf("ParseCursor(%q): %v", c, err)
		}
		if req, err := briefing.ParseRequestCursor(c); err == nil && briefing.MakeRequestCursor(req) != c {
			t.Errorf("ParseRequestCursor(%q) = %q", c, req)
		}
	})
}
