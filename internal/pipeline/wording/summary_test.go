package wording_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline/wording"
	"bis/internal/pipeline/wording/sheet"
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

// Without a model the summary is in built-in lines, in the language and the tone of the style.
func TestSummarize_without_a_model(t *testing.T) {
	t.Parallel()
	in := busyDay()
	for lang, custom := range map[wording.Language][]string{wording.Korean: {"반말로 짧게"}, wording.English: {"in English"}} {
		in.Custom = custom
		_, name := wording.BaseOf(custom)
		got, err := newWording(t, nil, nil).Summarize(t.Context(), in)
		want := briefing.Summary{
			Text: wording.BuiltReport(in, string(lang), name, seoul), GeneratedAt: in.Now, Source: "template", Figures: in.Figures, Advice: got.Advice,
		}
		if !reflect.DeepEqual(got, want) || err != nil {
			t.Errorf("%s: %+v, %v, want %+v", lang, got, err, want)
		}
	}
	in.Custom = []string{"숫자만"}
	got, err := newWording(t, nil, nil).Summarize(t.Context(), in)
	if err != nil || !strings.HasPrefix(got.Text, "10:00~19:50, 표본 60회, 집계 48회\n") {
		t.Errorf("figures: %q, %v", got.Text, err)
	}
}

// The lines of a model speak in summaries and their advice as in captions. Nobody waits.
func TestSummarize_speaks_the_lines_of_a_model(t *testing.T) {
	t.Parallel()
	styled := model()
	styled.Sheet.Lines["advice_dark"] = []string{"{times} 너무 어두웠사옵니다"}
	s := &sheets{styled: styled}
	in := busyDay()
	in.Request.Username = "kim"
	got, err := newWording(t, s, nil).Summarize(t.Context(), in)
	if err != nil || got.Source != "fake-1" || s.awaits != 0 || s.user != "kim" {
		t.Errorf("%+v, %v", got, err)
	}
	lines := strings.Split(got.Text, "\n")
	if lines[1] != "살핀 때의 38%에 손님이 계셨고, 평균 1명, 18:00에 최대 6명이었사옵니다." {
		t.Errorf("the line on people is %q", lines[1])
	}
	if !strings.Contains(got.Text, "- 6회 너무 어두웠사옵니다") || len(rules(t, got, got.Text)) != 5 {
		t.Errorf("advice in\n%s", got.Text)
	}
	// A line on people that is built-in has the built-in source.
	delete(styled.Sheet.Lines, "sum_people")
	if got, err := newWording(t, s, nil).Summarize(t.Context(), in); err != nil || got.Source != "template" {
		t.Errorf("without the line: %s, %v", got.Source, err)
	}
}

// Built-in lines speak without a sheet, and the log has why. It has nothing about a fixed sentence:
// no model has lines of it.
func TestSummarize_without_a_sheet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		verdict  briefing.Verdict
		degraded briefing.Degraded
		in       briefing.SummaryInput
		want     briefing.Degraded
	}{
		{briefing.VerdictPending, "", busyDay(), ""},
		{briefing.VerdictUnavailable, briefing.ModelUnavailable, busyDay(), briefing.ModelUnavailable},
		{briefing.VerdictUnavailable, briefing.BudgetSpent, busyDay(), briefing.BudgetSpent},
		{briefing.VerdictRefused, briefing.ModelUnavailable, busyDay(), briefing.ModelUnavailable},
		{briefing.VerdictUnavailable, briefing.ModelUnavailable, shopDay(false, 0, 0), ""},
		{briefing.VerdictUnavailable, briefing.ModelUnavailable, briefing.SummaryInput{}, ""},
	} {
		var log bytes.Buffer
		s := &sheets{styled: wording.Styled{Sheet: sheet.BuiltIn("ko", sheet.Polite), Verdict: c.verdict, Degraded: c.degraded}}
		w := newWording(t, s, func(cfg *wording.Config) { cfg.Log = slog.New(slog.NewTextHandler(&log, nil)) })
		got, err := w.Summarize(t.Context(), c.in)
		if err != nil || got.Source != "template" || got.Text != wording.Report(c.in, wording.Korean, seoul) {
			t.Errorf("%s %s: %+v, %v", c.verdict, c.degraded, got, err)
		}
		if (log.Len() > 0) != (c.want != "") || !strings.Contains(log.String(), string(c.want)) {
			t.Errorf("%s %s: the log has %q, want %q", c.verdict, c.degraded, log.String(), c.want)
		}
	}
}

// A stretch of one moment has no length, so it is not said to be the longest.
func TestReport_has_no_longest_stretch_of_one_moment(t *testing.T) {
	t.Parallel()
	in := busyDay()
	in.Figures.Empty.To = in.Figures.Empty.From.Add(10 * time.Second)
	for _, name := range sheet.BuiltInNames {
		for _, language := range []string{"ko", "en"} {
			text := wording.BuiltReport(in, language, name, seoul)
			text, _, _ = strings.Cut(text, "\n\n") // advice has grounds of its own
			if strings.Contains(text, "가장 긴") || strings.Contains(text, "최장") || strings.Contains(strings.ToLower(text), "longest") {
				t.Errorf("%s %s:\n%s", language, name, text)
			}
		}
	}
}

// The tone of a style is the tone of its summaries and of their advice.
func TestBuiltIn_summaries_keep_the_tone(t *testing.T) {
	t.Parallel()
	formal := []string{"니다", "세요", "시기 바랍"}
	for _, in := range []briefing.SummaryInput{{}, shopDay(true, 0, 0), busyDay(), shopDay(false, 1, 1), shopDay(false, -3, -3), shopDay(false, 0, -4)} {
		for _, name := range []string{sheet.Casual, sheet.ShortCasual} {
			text := wording.BuiltReport(in, "ko", name, seoul)
			for _, ending := range formal {
				if strings.Contains(text, ending) {
					t.Errorf("%s has %s:\n%s", name, ending, text)
				}
			}
		}
	}
	for _, language := range []string{"ko", "en"} {
		for _, name := range sheet.BuiltInNames {
			for key := range sheet.Definitions {
				if strings.HasPrefix(string(key), "sum_") || strings.HasPrefix(string(key), "advice_") {
					if !sheet.BuiltIn(language, name).Has(key) {
						t.Errorf("%s %s has no line of %s", language, name, key)
					}
				}
			}
		}
	}
}

// A model's line speaks on days without events and without advice too, and the model is the source.
func TestSummarize_speaks_a_models_quiet_lines(t *testing.T) {
	t.Parallel()
	s := sheet.Sheet{Language: "ko", Base: sheet.Polite, Lines: map[sheet.Key][]string{
		sheet.SumNone: {"사장님, 아직 브리핑이 없네요"}, sheet.SumEventless: {"사장님, 특별한 일은 없었어요"},
		sheet.AdviceNone: {"당장 하실 일은 없어요. 며칠간의 요약을 비교해 보세요"},
	}}
	styled := &sheets{styled: wording.Styled{Sheet: s, Verdict: briefing.VerdictStyleSheet, Model: "fake-1"}}
	for _, test := range []struct {
		in     briefing.SummaryInput
		want   string
		source string
	}{
		{briefing.SummaryInput{}, "사장님, 아직 브리핑이 없네요", "fake-1"},
		{shopDay(true, 0, 0), "사장님, 특별한 일은 없었어요", "fake-1"},
		{shopDay(false, 1, 1), "- 당장 하실 일은 없어요. 며칠간의 요약을 비교해 보세요", "template"},
	} {
		got, err := newWording(t, styled, nil).Summarize(t.Context(), test.in)
		if err != nil || !strings.Contains(got.Text, test.want) || got.Source != test.source {
			t.Errorf("%+v, %v, want %q of %s", got, err, test.want, test.source)
		}
	}
}
