package observe

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics contains the metrics of one server. It implements schedule.Observer. Its methods do not
// block and are safe for concurrent use.
type Metrics struct {
	registry  *prometheus.Registry
	ticks     *prometheus.CounterVec
	lateness  prometheus.Histogram
	inFlight  prometheus.Gauge
	waiting   prometheus.Gauge
	degraded  *prometheus.CounterVec
	reported  prometheus.Counter
	reopened  prometheus.Counter
	storeErrs *prometheus.CounterVec
	answers   *prometheus.CounterVec
	seconds   *prometheus.HistogramVec
	refused   *prometheus.CounterVec
	words     words
}

// NewMetrics returns metrics with a registry of their own, which also has the metrics of Go and of
// the process.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		ticks:    counters("bis_ticks_total", "Ticks by what became of them: done, skipped, missed.", "outcome"),
		lateness: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "bis_tick_lateness_seconds", Help: "Start of a run less the moment of its tick.",
			Buckets: []float64{.0005, .001, .002, .005, .01, .02, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}),
		inFlight: gauge("bis_runs_in_flight", "Runs that are going on."),
		waiting:  gauge("bis_results_waiting_bytes", "Bytes of results that wait for the store."),
		degraded: counters("bis_briefings_degraded_total",
			"Briefings that are less than they could be, by code.", "code"),
		reported: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "bis_briefings_reported_total",
			Help: "Briefings that their owners have marked as wrong.",
		}),
		reopened: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "bis_feed_reopened_total", Help: "Openings of the store's feed after a loss.",
		}),
		storeErrs: counters("bis_store_errors_total",
			"Store calls that failed, by operation and kind.", "operation", "kind"),
		answers: counters("bis_http_answers_total",
			"HTTP answers by route and class of status.", "route", "status"),
		refused: counters("bis_refused_total", "Calls, sockets and messages that were refused, by reason.", "reason"),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "bis_http_seconds", Help: "Time to answer over HTTP, by route. Sockets and streams are not counted.",
			Buckets: []float64{.001, .005, .01, .05, .1, .5, 1, 5, 30},
		}, []string{"route"}),
	}
	m.registry.MustRegister(m.ticks, m.lateness, m.inFlight, m.waiting, m.degraded, m.reported, m.reopened,
		m.storeErrs, m.answers, m.seconds, m.refused,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.words = newWords(m.registry)
	for _, outcome := range []string{"done", "skipped", "missed"} {
		m.ticks.WithLabelValues(outcome) // shown as 0 before the first tick
	}
	return m
}

// counters returns a vector of counters with these labels.
func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

// gauge returns a gauge.
func gauge(name, help string) prometheus.Gauge {
	return prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
}

// Watch adds a gauge. Each scrape calls read for its value. The name must be new.
func (m *Metrics) Watch(name, help string, read func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, read))
}

// Count adds a counter. Each scrape calls read for its value, which must never fall. Counters with
// the same name must differ in the label's value.
func (m *Metrics) Count(name, help, label, value string, read func() float64) {
	m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: name, Help: help, ConstLabels: prometheus.Labels{label: value},
	}, read))
}

// Handler returns the handler of /metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}

// Late records how long after its tick a run started.
func (m *Metrics) Late(by time.Duration) { m.lateness.Observe(by.Seconds()) }

// Done counts a run whose result was stored.
func (m *Metrics) Done() { m.ticks.WithLabelValues("done").Inc() }

// Skipped counts n skipped ticks.
func (m *Metrics) Skipped(n int) { m.ticks.WithLabelValues("skipped").Add(float64(n)) }

// Missed counts n missed ticks.
func (m *Metrics) Missed(n int) { m.ticks.WithLabelValues("missed").Add(float64(n)) }

// InFlight records that a run started (1) or finished (-1).
func (m *Metrics) InFlight(change int) { m.inFlight.Add(float64(change)) }

// Waiting records the size of the results that wait for the store, in bytes.
func (m *Metrics) Waiting(bytes int64) { m.waiting.Set(float64(bytes)) }

// Degraded counts a degraded briefing. code is one of the briefing.Degraded constants.
func (m *Metrics) Degraded(code string) { m.degraded.WithLabelValues(code).Inc() }

// Reopened counts an opening of the feed after a loss.
func (m *Metrics) Reopened() { m.reopened.Inc() }
