package observe

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Question is a question to a provider of models, for metrics. Slot and Outcome are from fixed
// sets.
type Question struct {
	Slot     string // A or B
	Outcome  string
	Took     time.Duration
	Requests int
	Input    int // tokens
	Output   int
}

// words are the metrics of models and of what they write.
type words struct {
	questions *prometheus.CounterVec
	requests  *prometheus.CounterVec
	tokens    *prometheus.CounterVec
	seconds   *prometheus.HistogramVec
	sheets    *prometheus.CounterVec
	lines     *prometheus.CounterVec
}

// newWords returns registered metrics.
func newWords(registry *prometheus.Registry) words {
	w := words{
		questions: counters("bis_model_questions_total",
			"Questions to models by provider (A or B) and what became of them.", "slot", "outcome"),
		requests: counters("bis_model_requests_total", "HTTP requests to models by provider.", "slot"),
		tokens: counters("bis_model_tokens_total",
			"Tokens of models by provider and direction: input, output.", "slot", "direction"),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "bis_model_seconds", Help: "Time of a question to a model, by provider.",
			Buckets: []float64{.1, .25, .5, 1, 2.5, 5, 10, 20, 40, 60, 120, 300},
		}, []string{"slot"}),
		sheets: counters("bis_sheets_total",
			"Searches for the lines of a style by what became of them.", "outcome"),
		lines: counters("bis_sheet_lines_total",
			"Lines of styles that models wrote by the grammar's verdict: good, refused.", "verdict"),
	}
	registry.MustRegister(w.questions, w.requests, w.tokens, w.seconds, w.sheets, w.lines)
	return w
}

// Question counts a question to a model.
func (m *Metrics) Question(q Question) {
	m.words.questions.WithLabelValues(q.Slot, q.Outcome).Inc()
	m.words.requests.WithLabelValues(q.Slot).Add(float64(q.Requests))
	m.words.tokens.WithLabelValues(q.Slot, "input").Add(float64(q.Input))
	m.words.tokens.WithLabelValues(q.Slot, "output").Add(float64(q.Output))
	m.words.seconds.WithLabelValues(q.Slot).Observe(q.Took.Seconds())
}

// Sheet counts a search for the lines of a style. The outcome is from a fixed set.
func (m *Metrics) Sheet(outcome string) { m.words.sheets.WithLabelValues(outcome).Inc() }

// Lines counts good and refused lines of a model's answer.
func (m *Metrics) Lines(good, refused int) {
	m.words.lines.WithLabelValues("good").Add(float64(good))
	m.words.lines.WithLabelValues("refused").Add(float64(refused))
}
