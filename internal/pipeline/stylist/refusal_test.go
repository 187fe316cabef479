package stylist_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"bis/internal/briefing"
	"bis/internal/pipeline/model/modeltest"
	"bis/internal/pipeline/provider"
	"bis/internal/pipeline/stylist"
	"bis/internal/pipeline/wording/sheet"
)

// The owner sees why an answer without a sheet was refused, and what the questions cost.
func TestStyleSheet_shows_an_answer_without_a_sheet(t *testing.T) {
	t.Parallel()
	for text, rule := range map[string]string{
		"<think>a sheet?</think>I am sorry, I cannot help":            "refusal",
		"I can’t assist with that.":                                   "refusal",
		"Unfortunately I'm not able to do this.":                      "refusal",
		"죄송하지만 도와드릴 수 없습니다.":                                          "refusal",
		`{"error": "I cannot help with that"}`:                        "refusal",
		"Okay, the owner wants polite lines. I can't use numbers, so": "reasoning",
		"Let me think about each key.":                                "reasoning",
		"We need to output JSON only.":                                "reasoning",
		"먼저 각 키를 살펴보겠습니다.":                                            "reasoning",
		"Here are the lines:":                                         "garbled",
		`{"caption": "손님 2명"}`:                                        "garbled",
		`{"sheet": {}}`:                                               "garbled",
		`{"sheet": "어두워서 볼 수 없습니다"}`:                                  "garbled",
		"손님 두 분 계십니다.\x00" + strings.Repeat("가", 300):                 "garbled",
	} {
		synctest.Test(t, func(t *testing.T) {
			a, st := answers(text), newStore()
			s := open(t, stylist.Config{Chain: chain(t, nil, a), Store: st})
			got := await(t, s, "kim", polite)
			shown, err := s.StyleSheet(t.Context(), "kim", polite)
			if err != nil || got.Verdict != briefing.VerdictRefused || shown.Verdict != briefing.VerdictRefused || len(shown.Refused) != 1 {
				t.Fatalf("%q: %s, %+v, %v", text, got.Verdict, shown.Refused, err)
			}
			one := shown.Refused[0]
			if one.Key != "sheet" || one.Rule != rule || one.Text == "" || utf8.RuneCountInString(one.Text) > briefing.MaxRefusedText || strings.Contains(one.Text, "\x00") {
				t.Errorf("%q: %+v, want the rule %s", text, one, rule)
			}
			if shown.Usage == nil || shown.Usage.Attempts != 1 || !slices.Equal(codesOf(shown.Notes), []string{briefing.NoteLinesRefused}) {
				t.Errorf("%q: usage %+v, notes %q", text, shown.Usage, codesOf(shown.Notes))
			}
		})
	}
}

// A provider that does not answer behind one that was refused does not hide the reason.
func TestStyleSheet_shows_what_was_refused_before_a_failure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b, st := answers("I cannot help."), writes(someB), newStore()
		b.Fault = modeltest.Zoo()["status/500_always"]
		s := open(t, stylist.Config{Chain: chain(t, nil, a, b), Store: st})
		await(t, s, "kim", polite)
		shown, err := s.StyleSheet(t.Context(), "kim", polite)
		if err != nil || shown.Verdict != briefing.VerdictRefused || len(shown.Refused) != 1 || shown.Refused[0].Rule != "refusal" {
			t.Errorf("%+v, %v", shown.Refused, err)
		}
	})
}

// A later question for which no request is left does not hide the reason.
func TestStyleSheet_shows_what_was_refused_before_the_budget_was_spent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, st := answers("I cannot help."), newStore()
		s := open(t, stylist.Config{
			Chain: chain(t, func(c *provider.Config) { c.CallsADay = 1 }, a), Store: st,
		})
		await(t, s, "kim", polite)
		time.Sleep(time.Hour) // until the style is asked for again
		s.Styled("kim", polite)
		synctest.Wait()
		shown, err := s.StyleSheet(t.Context(), "kim", polite)
		if err != nil || len(a.Requests()) != 1 || len(shown.Refused) != 1 || shown.Usage == nil {
			t.Errorf("%d requests, refused %+v, usage %v, %v", len(a.Requests()), shown.Refused, shown.Usage, err)
		}
	})
}

// A model of which all lines were refused is asked once more. Its second lines speak, and what both
// questions cost is there in either case.
func TestStylist_asks_once_more_if_all_lines_are_refused(t *testing.T) {
	t.Parallel()
	bad := says(map[string][]string{"some": {lie}, "nobody": {"손님 두 분이 없습니다"}})
	for second, want := range map[string]briefing.Verdict{
		says(map[string][]string{"some": {some}}): briefing.VerdictStyleSheet,
		bad:                    briefing.VerdictRefused,
		"no":                   briefing.VerdictRefused,
		`{"sheet": {"some":[]`: briefing.VerdictRefused,
	} {
		synctest.Test(t, func(t *testing.T) {
			a, st := answers(bad, second), newStore()
			s := open(t, stylist.Config{Chain: chain(t, nil, a), Store: st})
			got := await(t, s, "kim", polite)
			synctest.Wait()
			all := a.Requests()
			if got.Verdict != want || len(all) != 2 || len(st.sheets) != map[bool]int{true: 1}[want == briefing.VerdictStyleSheet] {
				t.Fatalf("%s: %s after %d requests, stored %v", second, got.Verdict, len(all), st.sheets)
			}
			if m := all[1].Messages(); len(m) != 4 || m[2].Text != bad || !strings.Contains(m[3].Text, `some "`+lie) || !strings.Contains(m[3].Text, "covered") {
				t.Errorf("%s: repair %q", second, m[len(m)-1].Text)
			}
			if want == briefing.VerdictStyleSheet && (lines(got, sheet.Some) != some || !got.RefusedKeys["nobody"]) {
				t.Errorf("%+v", got)
			}
			shown, err := s.StyleSheet(t.Context(), "kim", polite)
			if err != nil || shown.Usage == nil || shown.Usage.Attempts != 2 || len(shown.Refused) < 2 {
				t.Errorf("%s: usage %+v, refused %+v, %v", second, shown.Usage, shown.Refused, err)
			}
		})
	}
}

// Keys that the model left empty are asked for once more. If the second answer is the same, the
// good lines of the first one speak, and nothing is asked again.
func TestStylist_asks_once_more_for_keys_without_a_line(t *testing.T) {
	t.Parallel()
	first := says(map[string][]string{"some": {some}})
	for second, has := range map[string]bool{
		says(map[string][]string{"nobody": {"손님이 없습니다."}}): true, first: false, "no": false,
	} {
		synctest.Test(t, func(t *testing.T) {
			a, st := answers(first, second), newStore()
			s := open(t, stylist.Config{Chain: chain(t, nil, a), Store: st})
			await(t, s, "kim", polite)
			synctest.Wait()
			got := s.Styled("kim", polite)
			synctest.Wait()
			if got.Verdict != briefing.VerdictStyleSheet || lines(got, sheet.Some) != some || got.Sheet.Has(sheet.Nobody) != has || len(a.Requests()) != 2 {
				t.Errorf("%s: %+v after %d requests", second, got, len(a.Requests()))
			}
			if m := a.Requests()[1].Messages(); !strings.Contains(m[3].Text, "nobody") || strings.Contains(m[3].Text, "REFUSED") {
				t.Errorf("repair %q", m[3].Text)
			}
			if u := st.one(t).Usage; u.Attempts != 2 || s.Providers()[0].State != briefing.ProviderOK {
				t.Errorf("%s: usage %+v, %+v", second, u, s.Providers())
			}
		})
	}
}
