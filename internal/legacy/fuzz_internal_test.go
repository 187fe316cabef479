package legacy

import (
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"testing"

	"bis/internal/briefing"
)

// FuzzParseLines reads a list of style lines. An accepted list must read as the same when it is
// encoded as the old callers encode it.
func FuzzParseLines(f *testing.F) {
	for _, s := range []string{`["한국어로", "", "\ud83d\ude00"]`, "[]", "null", `[null]`, `{"a":1}`, `["a"`, `["a"] x`, `["\ud800"]`, "[\"\xff\"]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines, err := parseLines(text)
		if err != nil {
			if !errors.Is(err, briefing.ErrInvalid) {
				t.Errorf("parseLines(%q): %v, which is no ErrInvalid", text, err)
			}
			return
		}
		if lines == nil || !json.Valid([]byte(text)) {
			t.Errorf("parseLines(%q) = %q", text, lines)
		}
		for _, s := range []style{compact, spaced, escaped} {
			written := string(s.appendStrings(nil, lines))
			if again, err := parseLines(written); err != nil || !slices.Equal(again, lines) {
				t.Errorf("parseLines(%q) = %q, which reads back as %q, %v", text, lines, again, err)
			}
		}
	})
}

// FuzzParseStart reads the query of /ws. An accepted query has a name, an end and an interval in
// whole seconds within the bounds. A refusal names one of these three.
func FuzzParseStart(f *testing.F) {
	for _, s := range []string{"username=kim&interval=5&endtime=6:30+PM", "username=kim&interval=%2B5&endtime=6%3A30%2520PM", "interval=0&endtime=1&username=a", "username=%ff&interval=86400&endtime=%25"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, query string) {
		in, err := parseStart(parsePairs(query))
		if err != nil {
			invalid, ok := errors.AsType[*briefing.InvalidError](err)
			if !ok || !slices.Contains([]string{"username", "interval", "endtime"}, invalid.Field) {
				t.Errorf("parseStart(%q): %v", query, err)
			}
			return
		}
		if in.Username == "" || in.EndTime == "" || in.Interval < briefing.MinInterval || in.Interval > briefing.MaxInterval {
			t.Errorf("parseStart(%q) = %+v", query, in)
		}
		plain := url.Values{"username": {in.Username}, "endtime": {url.QueryEscape(in.EndTime)}, "interval": {strconv.Itoa(in.Interval)}}
		again, err := parseStart(parsePairs(plain.Encode()))
		if err != nil || again.Username != in.Username || again.Interval != in.Interval {
			t.Errorf("parseStart(%q) = %+v, which reads back as %+v, %v", query, in, again, err)
		}
	})
}
