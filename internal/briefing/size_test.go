package briefing_test

import (
	"strings"
	"testing"

	"bis/internal/briefing"
)

// Each text and list of a briefing and of a report counts, so that memory stays within bounds.
func TestBriefing_Size_counts_every_text(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1_000)
	const empty = 300 // the most that a briefing without texts may count, with its structs
	for name, b := range map[string]briefing.Briefing{
		"caption":     {Caption: long},
		"headline":    {Headline: long},
		"description": {Description: long},
		"question":    {Question: long},
		"model":       {Made: &briefing.Made{Model: long}},
		"line":        {Made: &briefing.Made{Said: []briefing.SaidLine{{Line: long}}}},
		"slot":        {Made: &briefing.Made{Said: []briefing.SaidLine{{Slots: []briefing.SaidSlot{{Text: long}}}}}},
		"slots":       {Made: &briefing.Made{Said: []briefing.SaidLine{{Slots: make([]briefing.SaidSlot, 25)}}}},
		"references":  {Made: &briefing.Made{Refused: []string{long}}},
		"boxes":       {Facts: briefing.Facts{Boxes: make([]briefing.Box, 10)}},
	} {
		r := briefing.Report{
			Caption: b.Caption, Facts: b.Facts, Headline: b.Headline, Description: b.Description,
			Question: b.Question, Made: b.Made, Usage: b.Usage,
		}
		for what, size := range map[string]int{"briefing": b.Size(), "report": r.Size()} {
			if size < 1_000 || size > 1_000+empty {
				t.Errorf("%s: the size of the %s is %d, want at least 1000 and at most %d",
					name, what, size, 1_000+empty)
			}
		}
	}
	if n := (&briefing.Briefing{Usage: &briefing.Usage{}}).Size(); n == 0 {
		t.Error("a usage has no size")
	}
	if n := (&briefing.Briefing{Text: long, ReportNote: long}).Size(); n < 2_000 {
		t.Errorf("a text and a note have a size of %d, want at least 2000", n)
	}
}
