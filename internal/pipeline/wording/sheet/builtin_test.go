package sheet_test

import (
	"slices"
	"testing"

	"bis/internal/pipeline/wording/sheet"
)

// ofCode are English lines that built-in sheets alone may have. They name what a number counts, for
// code puts the noun behind it.
var ofCode = map[sheet.Key][]string{
	sheet.AdviceDark: {
		"It was too dark to see the shop in {times}. Check the lights and the camera's place.",
		"It was too dark to see the shop in {times}. Check the lights and where the camera is.",
	},
	sheet.AdviceMissed: {
		"{times} did not take place. Check that the server stays on and that the interval is not too short.",
		"{times} didn't take place. Make sure the server's always on and the interval isn't too short.",
	},
	sheet.SumBlind: {"The camera did not show the shop in {times}.", "The camera didn't show the shop in {times}."},
	sheet.SumLost:  {"The camera gave no picture in {times}.", "No picture from the camera in {times}."},
	sheet.SumQuiet: {"From {period}, all {counted} of the samples with a count of people showed no customers."},
}

func TestBuiltIn_lines_pass_their_grammar(t *testing.T) {
	t.Parallel()
	for _, language := range languages {
		for _, name := range sheet.BuiltInNames {
			s := sheet.BuiltIn(language, name)
			if s.Language != language || s.Base != name {
				t.Fatalf("BuiltIn(%s, %s) is %s, %s", language, name, s.Language, s.Base)
			}
			for key, lines := range s.Lines {
				for _, line := range lines {
					if slices.Contains(ofCode[key], line) {
						continue
					}
					if got, err := sheet.Check(language, key, line); err != nil || got != line {
						t.Errorf("Check(%s, %s, %q) = %q, %v", language, key, line, got, err)
					}
					doubt := slices.Contains(s.Doubts, line)
					if got := sheet.Hedges(language, key, line); got != doubt {
						t.Errorf("%s %s: Hedges(%q) = %v, want %v", language, name, line, got, doubt)
					}
				}
			}
		}
		for key := range sheet.Definitions {
			if !sheet.BuiltIn(language, sheet.Polite).Has(key) {
				t.Errorf("the polite sheet of %s has no lines of %s", language, key)
			}
		}
	}
}
