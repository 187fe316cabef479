package pipeline_test

import (
	"testing"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

func TestRun_reports_how_the_words_were_made(t *testing.T) {
	t.Parallel()
	c := &captioner{}
	p := open(t, &source{}, &measurer{}, c)
	r := tick("r", 1)
	r.Request.Username = "kim"
	if got := run(t, p, r); got.Made != nil || got.Headline != "" {
		t.Errorf("a captioner that says nothing: %+v, %q", got.Made, got.Headline)
	}
	c.say = func() (pipeline.Caption, error) {
		return pipeline.Caption{
			Text: "x", Source: "m", Headline: "h", Degraded: briefing.BudgetSpent,
			Made: briefing.Made{Verdict: briefing.VerdictUnavailable},
		}, nil
	}
	got := run(t, p, r)
	if got.Headline != "h" || got.Made == nil || got.Made.Verdict != briefing.VerdictUnavailable ||
		got.Degraded != briefing.BudgetSpent {
		t.Errorf("report %+v, made %+v", got, got.Made)
	}
	if user := c.got[0].Username; user != "kim" {
		t.Errorf("the captioner got the user %q", user)
	}
}
