package wording_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline/wording"
	"bis/internal/summary"
)

// shopDay returns the summary input of a day that begins at ten, with a sample every ten minutes.
// hours has the number of people in each hour; -1 means no picture, -2 dark, -3 a note, -4 a
// covered lens.
func shopDay(estimate bool, hours ...int) briefing.SummaryInput {
	open := time.Date(2026, 2, 3, 10, 0, 0, 0, seoul)
	req := briefing.Request{Interval: 600, StartedAt: open}
	var list []briefing.Briefing
	for hour, n := range hours {
		for m := range 6 {
			b := briefing.Briefing{At: open.Add(time.Duration(hour)*time.Hour + time.Duration(m)*10*time.Minute), Caption: fmt.Sprint("c", n)}
			b.Text = briefing.Text(b.At, seoul, b.Caption)
			switch n {
			case -1:
				b.Degraded = briefing.CameraOffline
			case -2:
				b.Facts.Scene = briefing.SceneDark
			case -4:
				b.Degraded, b.Facts.Scene = briefing.CameraBlocked, briefing.SceneSteady
			case -3:
				b.Source = "outside"
			default:
				b.Facts = briefing.Facts{Counted: true, Estimate: estimate, Scene: briefing.SceneSteady,
					Counts: []briefing.ObjectCount{thing(briefing.Person, max(n-m%2, 0))}}
			}
			list = append(list, b)
		}
	}
	req.Ticks = briefing.TickCounts{Done: len(list)}
	tally := summary.NewTally(req, seoul)
	for _, b := range list {
		tally.Add(b)
	}
	figures := tally.Figures()
	return briefing.SummaryInput{
		Request: req, Figures: figures, Advice: summary.Advise(figures), Captions: tally.Captions(),
		Now: open.Add(12 * time.Hour),
	}
}

func busyDay() briefing.SummaryInput {
	in := shopDay(true, 0, 1, 0, 0, 0, 2, 1, -1, 6, -2)
	in.Figures.Ticks.Missed = 9
	in.Advice = summary.Advise(in.Figures)
	return in
}

func TestReport_golden(t *testing.T) {
	t.Parallel()
	severalDays := busyDay()
	severalDays.Figures.Last = severalDays.Figures.Last.Add(48 * time.Hour)
	var b strings.Builder
	for _, s := range []struct {
		name string
		in   briefing.SummaryInput
	}{
		{"no briefings", briefing.SummaryInput{}},
		{"nobody came", shopDay(false, 0, 0)},
		{"nobody came, estimated", shopDay(true, 0, 0)},
		{"a busy day", busyDay()},
		{"several days", severalDays},
		{"even", shopDay(false, 1, 1)},
		{"the camera away all day", shopDay(false, -1, -1)},
		{"nobody, but dark", shopDay(false, 0, -2)},
		{"old data", shopDay(false, -3, -3)},
		{"nobody, but covered", shopDay(false, 0, -4)},
	} {
		for _, lang := range []wording.Language{wording.Korean, wording.English} {
			fmt.Fprintf(&b, "== %s | %s\n%s\n\n", s.name, lang, wording.Report(s.in, lang, seoul))
		}
	}
	golden(t, "reports.golden", b.String())
}

// rules returns the rules of advice, and reports advice that the report does not have.
func rules(t *testing.T, s briefing.Summary, report string) []string {
	t.Helper()
	var list []string
	for _, a := range s.Advice {
		list = append(list, a.Rule)
		if !strings.Contains(report, "- "+a.Text) {
			t.Errorf("%s: %q is not in the report", a.Rule, a.Text)
		}
	}
	return list
}

func TestSummarize_returns_figures_and_advice(t *testing.T) {
	t.Parallel()
	all := []string{briefing.AdviceRush, briefing.AdviceEmpty, briefing.AdviceCamera, briefing.AdviceDark, briefing.AdviceMissed}
	w := newWording(t, nil, nil)
	for name, c := range map[string]struct {
		in   briefing.SummaryInput
		want []string
	}{
		"no briefings": {briefing.SummaryInput{}, nil},
		"nobody came":  {shopDay(false, 0, 0), nil},
		"even":         {shopDay(false, 1, 1), nil},
		"a busy day":   {busyDay(), all},
	} {
		for _, custom := range [][]string{nil, {"in English please"}} {
			c.in.Custom = custom
			s, err := w.Summarize(t.Context(), c.in)
			if err != nil {
				t.Fatal(err)
			}
			if got := rules(t, s, s.Text); !slices.Equal(got, c.want) {
				t.Errorf("%s %q: advice %q, want %q", name, custom, got, c.want)
			}
			if s.Figures.Samples != c.in.Figures.Samples {
				t.Errorf("%s: the summary has the figures %+v", name, s.Figures)
			}
		}
	}
}
