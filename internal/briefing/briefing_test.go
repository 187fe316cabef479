package briefing_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"bis/internal/briefing"
)

var seoul = time.FixedZone("KST", 9*3600)

// shopStart is when the requests of these tests start: 14:00 in Seoul.
var shopStart = time.Date(2026, 2, 3, 14, 0, 0, 0, seoul).UTC()

func TestText_is_the_legacy_string(t *testing.T) {
	t.Parallel()
	at := time.Date(2024, 2, 3, 5, 6, 59, 999e6, time.UTC)
	if got := briefing.Text(at, seoul, "현재 매장"); got != "2024-02-03 14:06_현재 매장" {
		t.Errorf("Text = %q", got)
	}
}

func TestSplitText(t *testing.T) {
	t.Parallel()
	minute := time.Date(2024, 2, 3, 5, 6, 0, 0, time.UTC)
	tests := map[string]struct {
		text, caption string
		ok            bool
	}{
		"legacy":                   {"2024-02-03 14:06_손님", "손님", true},
		"underscores_in_caption":   {"2024-02-03 14:06_a_b_", "a_b_", true},
		"empty_caption":            {"2024-02-03 14:06_", "", true},
		"no_underscore":            {"2024-02-03 14:06 손님", "2024-02-03 14:06 손님", false},
		"no_time":                  {"손님_둘", "손님_둘", false},
		"a_time_that_is_none":      {"2024-02-30 14:06_손님", "2024-02-30 14:06_손님", false},
		"seconds":                  {"2024-02-03 14:06:07_손님", "2024-02-03 14:06:07_손님", false},
		"empty":                    {"", "", false},
		"space_before_the_time":    {" 2024-02-03 14:06_손님", " 2024-02-03 14:06_손님", false},
		"line_breaks_stay_as_they": {"2024-02-03 14:06_가\n나", "가\n나", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at, caption, ok := briefing.SplitText(tt.text, seoul)
			if caption != tt.caption || ok != tt.ok || (ok && !at.Equal(minute)) || (!ok && !at.IsZero()) {
				t.Errorf("SplitText(%q) = %v, %q, %v", tt.text, at, caption, ok)
			}
		})
	}
}

func TestSplitText_undoes_Text(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	captions := []string{"", "_", "손님 2명", "a_b", "2024-02-03 14:06_x"}
	for range 1_000 {
		at := time.Unix(rng.Int64N(4_000_000_000), 0).UTC()
		want := captions[rng.IntN(len(captions))]
		got, caption, ok := briefing.SplitText(briefing.Text(at, seoul, want), seoul)
		if !ok || caption != want || !got.Equal(at.Truncate(time.Minute)) {
			t.Fatalf("SplitText(Text(%v, %q)) = %v, %q, %v", at, want, got, caption, ok)
		}
	}
}

func TestFacts_People(t *testing.T) {
	t.Parallel()
	person := []briefing.ObjectCount{{Name: "bottle", Count: 5}, {Name: briefing.Person, Count: 2}}
	tests := map[string]struct {
		facts briefing.Facts
		n     int
		ok    bool
	}{
		"counted":        {briefing.Facts{Counts: person, Counted: true}, 2, true},
		"not_counted":    {briefing.Facts{Counts: person}, 2, false},
		"not_looked_for": {briefing.Facts{Counts: person[:1], Counted: true}, 0, false},
		"nothing":        {briefing.Facts{}, 0, false},
	}
	for name, tt := range tests {
		if n, ok := tt.facts.People(); ok != tt.ok || (ok && n != tt.n) {
			t.Errorf("%s: People = %d, %v", name, n, ok)
		}
	}
}
