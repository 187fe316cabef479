package wording_test

import (
	"strings"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline/wording"
)

// Old data may have long lines, and a style is read at each run. The cost grows with the length of
// a line and not with its square.
func TestBaseOf_and_Notes_cost_little(t *testing.T) {
	t.Parallel()
	began := time.Now()
	for _, word := range []string{"짧", "long ", "not a a a a long ", "날씨 "} {
		custom := []string{strings.Repeat(word, 64<<10/len(word))}
		wording.BaseOf(custom)
		wording.Notes(custom, true)
	}
	if took := time.Since(began); took > time.Minute { // without the bounds it takes minutes
		t.Errorf("%v", took)
	}
}

// Words far before another one do not change its meaning, and those right before it do.
func TestParseStyle_of_a_long_line(t *testing.T) {
	t.Parallel()
	filler := strings.Repeat("please write as you would to an old friend of yours ", 10)
	for line, brief := range map[string]bool{
		filler + "and be short":              true,
		filler + "and not too short":         false,
		"not " + filler + "short":            true,
		strings.Repeat("가", 3000) + " short": false, // beyond what is read
	} {
		if got := wording.ParseStyle([]string{line}); got.Brief != brief {
			t.Errorf("ParseStyle(%.20q…) = %+v, want Brief %v", line, got, brief)
		}
	}
	for line, want := range map[string]int{filler + "and tell the weather": 1, filler + "and never tell the weather": 0} {
		asked := 0
		for _, n := range wording.Notes([]string{line}, true) {
			if n.Code == briefing.NoteNotMeasured {
				asked++
			}
		}
		if asked != want {
			t.Errorf("Notes(%.20q…): %d of unmeasured facts, want %d", line, asked, want)
		}
	}
}
