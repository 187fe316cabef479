package wording_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/wording"
	"bis/internal/pipeline/wording/sheet"
)

// previewOf returns the input of a preview with the facts of a caption's input.
func previewOf(user string, in pipeline.CaptionInput, custom ...string) briefing.PreviewInput {
	return briefing.PreviewInput{Username: user, At: in.At.UTC(), Facts: in.Facts, Degraded: in.Degraded, Custom: custom}
}

// codes returns the codes of notes, joined.
func codes(notes []briefing.StyleNote) string {
	var list []string
	for _, n := range notes {
		list = append(list, n.Code)
	}
	return strings.Join(list, " ")
}

// A preview has the captions of its facts, in the order of its inputs.
func TestPreview_writes_like_captions(t *testing.T) {
	t.Parallel()
	for _, custom := range [][]string{nil, {"반말로"}, {"in English"}} {
		var in []briefing.PreviewInput
		var want []string
		for _, s := range situations() {
			s.in.Previous, s.in.LastSeen = nil, time.Time{}
			in = append(in, previewOf("kim", s.in, custom...))
			want = append(want, wording.Template(s.in, wording.ParseStyle(custom)))
		}
		got, notes, err := newWording(t, nil, nil).Preview(t.Context(), in)
		if err != nil || len(notes) != 0 || strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%q: %v, notes %+v\n got %q\nwant %q", custom, err, notes, got, want)
		}
	}
	if got, notes, err := newWording(t, nil, nil).Preview(t.Context(), nil); got != nil || notes != nil || err != nil {
		t.Errorf("of nothing: %q, %v, %v", got, notes, err)
	}
}

// A preview waits at most 20 s for the sheet. Until then, and without a model, built-in lines speak.
func TestPreview_waits_for_the_sheet(t *testing.T) {
	t.Parallel()
	pending := wording.Styled{Sheet: sheet.BuiltIn("ko", sheet.Polite), Verdict: briefing.VerdictPending}
	unavailable := pending
	unavailable.Verdict, unavailable.Degraded = briefing.VerdictUnavailable, briefing.ModelUnavailable
	spent := unavailable
	spent.Degraded = briefing.BudgetSpent
	ready, refused := model(), model()
	refused.RefusedKeys = map[string]bool{"dark": true}
	for name, c := range map[string]struct {
		delay time.Duration
		late  wording.Styled
		took  time.Duration
		text  string
		codes string
	}{
		"in_time":     {5 * time.Second, ready, 5 * time.Second, "손님 2명 계시옵니다", ""},
		"too_late":    {time.Hour, ready, 20 * time.Second, "", briefing.NoteSheetPending},
		"unavailable": {time.Second, unavailable, time.Second, "", briefing.NoteModelUnavailable},
		"spent":       {0, spent, 0, "", briefing.NoteBudgetSpent},
		"refused":     {0, refused, 0, "손님 2명 계시옵니다", briefing.NoteLinesRefused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &sheets{styled: pending, late: &c.late, delay: c.delay}
				began := time.Now()
				in := []briefing.PreviewInput{previewOf("kim", people(2)), previewOf("kim", people(2))}
				got, notes, err := newWording(t, s, nil).Preview(t.Context(), in)
				if c.text == "" {
					c.text = wording.Template(people(2), wording.DefaultStyle())
				}
				if err != nil || len(got) != 2 || got[0] != c.text || codes(notes) != c.codes || time.Since(began) != c.took || s.awaits != 1 {
					t.Errorf("%q, %+v, %v after %v, want %q, %s after %v", got, notes, err, time.Since(began), c.text, c.codes, c.took)
				}
				for _, n := range notes {
					if n.Text == "" || n.Line != 0 {
						t.Errorf("note %+v", n)
					}
				}
			})
		})
	}
}

// The notes of a preview name the lines that built-in sheets cannot follow, if there is no model.
func TestPreview_notes_of_the_style(t *testing.T) {
	t.Parallel()
	custom := []string{"공손하게", "사극처럼", "날씨도 알려줘", "일본어로"}
	for _, c := range []struct {
		sheets wording.Sheets
		want   string
	}{
		{nil, "NOT_UNDERSTOOD NOT_MEASURED OTHER_LANGUAGE"},
		{&sheets{styled: model()}, "NOT_MEASURED OTHER_LANGUAGE"},
	} {
		_, notes, err := newWording(t, c.sheets, nil).Preview(t.Context(), []briefing.PreviewInput{previewOf("kim", people(2), custom...)})
		if err != nil || codes(notes) != c.want {
			t.Errorf("%+v, %v, want %s", notes, err, c.want)
		}
	}
}

// A note says whether some or all lines of a model were refused.
func TestStateNotes_on_refused_lines(t *testing.T) {
	t.Parallel()
	texts := map[string]string{}
	for name, styled := range map[string]wording.Styled{
		"all":      {Verdict: briefing.VerdictRefused, Refused: "ref"},
		"all keys": {Verdict: briefing.VerdictRefused, RefusedKeys: map[string]bool{"some": true}},
		"some":     {Verdict: briefing.VerdictStyleSheet, Refused: "ref"},
		"a key":    {Verdict: briefing.VerdictStyleSheet, RefusedKeys: map[string]bool{"some": true}},
	} {
		for _, language := range []string{"ko", "en"} {
			styled.Sheet.Language = language
			notes := wording.StateNotes(styled)
			if len(notes) != 1 || notes[0].Code != briefing.NoteLinesRefused || notes[0].Line != 0 {
				t.Fatalf("%s: %+v", name, notes)
			}
			texts[name+" "+language] = notes[0].Text
		}
	}
	for _, language := range []string{"ko", "en"} {
		all, some := texts["all "+language], texts["some "+language]
		if all == some || texts["all keys "+language] != all || texts["a key "+language] != some ||
			some != wording.NoteText(briefing.NoteLinesRefused, language) {
			t.Errorf("%s: %q", language, texts)
		}
	}
	if en := texts["all en"]; strings.Contains(en, "Some") {
		t.Errorf("all refused: %q", en)
	}
}
