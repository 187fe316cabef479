package briefing_test

import (
	"strings"
	"testing"

	"bis/internal/briefing"
)

// The size of words grows with every text of them, so queues count what they retain.
func TestWordSize_counts_every_text(t *testing.T) {
	t.Parallel()
	if n := (&briefing.Briefing{Caption: "x", Text: "x"}).WordSize(); n != 0 {
		t.Errorf("a briefing without words has %d bytes", n)
	}
	long := strings.Repeat("가", 1_000)
	for name, b := range map[string]briefing.Briefing{
		"headline": {Headline: long}, "description": {Description: long}, "question": {Question: long},
		"provider":       {Made: &briefing.Made{Provider: long}},
		"model":          {Made: &briefing.Made{Model: long}},
		"prompt version": {Made: &briefing.Made{PromptVersion: long}},
		"described by":   {Made: &briefing.Made{DescribedBy: long}},
		"reference":      {Made: &briefing.Made{Refused: []string{long}}},
		"key":            {Made: &briefing.Made{Said: []briefing.SaidLine{{Key: long}}}},
		"line":           {Made: &briefing.Made{Said: []briefing.SaidLine{{Line: long}}}},
		"slot":           {Made: &briefing.Made{Said: []briefing.SaidLine{{Slots: []briefing.SaidSlot{{Name: long}}}}}},
		"text of a slot": {Made: &briefing.Made{Said: []briefing.SaidLine{{Slots: []briefing.SaidSlot{{Text: long}}}}}},
	} {
		r := briefing.Report{Headline: b.Headline, Description: b.Description, Question: b.Question, Made: b.Made}
		if n := b.WordSize(); n < len(long) || n > len(long)+500 || r.WordSize() != n {
			t.Errorf("%s of %d bytes: the briefing has %d, the report %d", name, len(long), n, r.WordSize())
		}
	}
}
