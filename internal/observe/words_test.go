package observe_test

import (
	"testing"
	"time"

	"bis/internal/observe"
)

func TestMetrics_count_questions_and_sheets(t *testing.T) {
	t.Parallel()
	m := observe.NewMetrics()
	m.Question(observe.Question{Slot: "A", Outcome: "unavailable", Took: time.Second, Requests: 2})
	m.Question(observe.Question{Slot: "B", Outcome: "answered", Took: 3 * time.Second, Requests: 1, Input: 600, Output: 80})
	m.Sheet("written")
	m.Lines(30, 4)
	m.Lines(3, 0)
	for _, want := range []string{
		`bis_model_questions_total{outcome="unavailable",slot="A"} 1`,
		`bis_model_questions_total{outcome="answered",slot="B"} 1`,
		`bis_model_requests_total{slot="A"} 2`,
		`bis_model_tokens_total{direction="input",slot="B"} 600`,
		`bis_model_tokens_total{direction="output",slot="B"} 80`,
		`bis_model_seconds_sum{slot="B"} 3`,
		`bis_sheets_total{outcome="written"} 1`,
		`bis_sheet_lines_total{verdict="good"} 33`,
		`bis_sheet_lines_total{verdict="refused"} 4`,
	} {
		expect(t, m, want)
	}
}
