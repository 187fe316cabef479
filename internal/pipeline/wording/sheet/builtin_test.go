package sheet_test

import (
	"slices"
	"testing"

	"bis/internal/pipeline/wording/sheet"
)

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
					if sheet.IsCode(language, key, line) {
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
