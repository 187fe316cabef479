package stylist_test

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline/model/modeltest"
	"bis/internal/pipeline/provider"
	"bis/internal/pipeline/stylist"
	"bis/internal/pipeline/wording/sheet"
)

// codesOf returns the codes of notes.
func codesOf(notes []briefing.StyleNote) (codes []string) {
	for _, n := range notes {
		codes = append(codes, n.Code)
	}
	return codes
}

func TestStylist_asks_once_more_for_empty_keys(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		first := says(map[string][]string{"some": {some, lie}, "nobody": {lie}, "dark": {"두 명이 어둡습니다."}})
		a, st := answers(first, says(map[string][]string{"nobody": {"손님이 없습니다."}, "some": {someB}, "dark": {lie}})), newStore()
		block := make(chan struct{})
		a.Fault = func(_ *modeltest.Server, r *modeltest.Request) modeltest.Handler {
			if r.N == 2 {
				<-block
			}
			return nil
		}
		s := open(t, stylist.Config{Chain: chain(t, nil, a), Store: st})
		got := await(t, s, "kim", polite)
		if lines(got, sheet.Some) != some || got.Sheet.Has(sheet.Nobody) || !got.RefusedKeys["nobody"] {
			t.Errorf("the good lines do not speak before the repair: %+v", got)
		}
		synctest.Wait()
		if n := len(a.Requests()); n != 2 || len(st.sheets) != 1 {
			t.Fatalf("%d requests, %d stored sheets", n, len(st.sheets))
		}
		close(block)
		synctest.Wait()
		got = s.Styled("kim", polite)
		if lines(got, sheet.Some) != some || lines(got, sheet.Nobody) != "손님이 없습니다." || got.RefusedKeys["nobody"] || !got.RefusedKeys["dark"] {
			t.Errorf("after the repair: %+v", got)
		}
		all := a.Requests()[1].Messages()
		if len(all) != 4 || all[2].Text != first || !strings.Contains(all[3].Text, `nobody "`+lie) || strings.Contains(all[3].Text, "some \"") {
			t.Errorf("repair: %q", all[len(all)-1].Text)
		}
		if stored := st.one(t); stored.Usage.Attempts != 2 || stored.Refused != got.Refused || st.usage["kim 2000-01-01"].Attempts != 2 {
			t.Errorf("stored %+v, usage %v", stored, st.usage)
		}
		checkRefused(t, s, st, got.Refused)
		time.Sleep(24 * time.Hour)
		s.Styled("kim", polite)
		synctest.Wait()
		if n := len(a.Requests()); n != 2 {
			t.Errorf("%d requests in all", n)
		}
	})
}

// checkRefused compares the refused lines of the answers in the test of the repair.
func checkRefused(t *testing.T, s *stylist.Stylist, st *store, ref string) {
	t.Helper()
	r := st.refused[ref]
	if len(st.refused) != 1 || len(ref) < 22 || r.Username != "kim" || len(r.Texts) != 4 {
		t.Errorf("refused %+v", st.refused)
	}
	shown, err := s.StyleSheet(t.Context(), "kim", polite)
	if err != nil || shown.Verdict != briefing.VerdictStyleSheet || shown.Provider != "a.test:80" || shown.Model != "m-a" ||
		shown.MadeAt.IsZero() || shown.Usage == nil || shown.Usage.Attempts != 2 || len(shown.Refused) != 4 {
		t.Errorf("StyleSheet = %+v, %v", shown, err)
	}
	if text := shown.Refused[0]; text.Key == "" || text.Text == "" || text.Rule == "" {
		t.Errorf("refused text %+v", text)
	}
	if codes := codesOf(shown.Notes); !slices.Contains(codes, briefing.NoteLinesRefused) || slices.Contains(codes, briefing.NoteSheetPending) {
		t.Errorf("notes %q", codes)
	}
}

func TestStylist_needs_four_requests_with_the_repair(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := answers(says(map[string][]string{"some": {some}, "nobody": {lie}}))
		a.Fault = modeltest.Refuses("openai", "max_completion_tokens", "response_format", "stream")
		s := open(t, stylist.Config{Chain: chain(t, nil, a), Store: newStore()})
		await(t, s, "kim", polite)
		synctest.Wait()
		if n := len(a.Requests()); n != 4 {
			t.Errorf("%d requests", n)
		}
	})
}

// A server says that it has cut an answer, or cuts it silently. A cut answer is asked for with a
// higher limit first.
func TestStylist_reads_an_answer_that_was_cut(t *testing.T) {
	t.Parallel()
	const cut = `{"sheet": {"some": ["` + some + `"], "nobody": ["손님이 없습니다."], "dark": ["어두워서 잘`
	for finish, requests := range map[string]int{"stop": 2, "length": 3} { // with that for other keys
		synctest.Test(t, func(t *testing.T) {
			a := &modeltest.Server{Fault: func(*modeltest.Server, *modeltest.Request) modeltest.Handler {
				return modeltest.Finishes(finish, map[string]any{"content": cut})
			}}
			s := open(t, stylist.Config{Chain: chain(t, nil, a), Store: newStore()})
			if got := await(t, s, "kim", polite); lines(got, sheet.Some) != some || !got.Sheet.Has(sheet.Nobody) || got.Sheet.Has(sheet.Dark) {
				t.Errorf("%s: %+v", finish, got)
			}
			synctest.Wait()
			if n := len(a.Requests()); n != requests {
				t.Errorf("%s: %d requests", finish, n)
			}
		})
	}
}

func TestNotes_on_the_state(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := writes(some)
		a.Fault = modeltest.Always(modeltest.Hangs)
		s := open(t, stylist.Config{Chain: chain(t, nil, a), Store: newStore(), SheetTime: time.Minute})
		english := []string{"in English"}
		s.Prepare("kim", english)
		for i, want := range []string{briefing.NoteSheetPending, briefing.NoteModelUnavailable} {
			notes := s.Notes(english)
			if codes := codesOf(notes); len(codes) != 1 || codes[0] != want || !strings.HasSuffix(notes[0].Text, ".") || notes[0].Text[0] > 'z' {
				t.Errorf("%d: %+v, want %s", i, notes, want)
			}
			time.Sleep(61 * time.Second)
		}
		if got := s.Notes(polite); len(got) != 0 {
			t.Errorf("a style that nobody uses: %+v", got)
		}
	})
}

func TestStyleSheet_asks_no_model(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, st := writes(some), newStore()
		s := open(t, stylist.Config{Chain: chain(t, nil, a), Store: st})
		shown, err := s.StyleSheet(t.Context(), "kim", polite)
		synctest.Wait()
		if err != nil || shown.Verdict != briefing.VerdictPending || len(a.Requests()) != 0 || shown.BuiltIn != sheet.Polite ||
			!slices.Equal(codesOf(shown.Notes), []string{briefing.NoteSheetPending}) {
			t.Errorf("%+v after %d requests: %v", shown, len(a.Requests()), err)
		}
		time.Sleep(time.Hour)
		if got := s.Styled("kim", polite); got.Verdict != briefing.VerdictPending {
			t.Errorf("the first use: %+v", got)
		}
		if got := await(t, s, "kim", polite); got.Verdict != briefing.VerdictStyleSheet {
			t.Errorf("then: %+v", got)
		}
		synctest.Wait()
		other := open(t, stylist.Config{Chain: chain(t, nil, a), Store: st})
		if shown, err = other.StyleSheet(t.Context(), "lee", polite); err != nil || shown.Verdict != briefing.VerdictStyleSheet || len(a.Requests()) != 1 {
			t.Errorf("after a restart: %+v, %v", shown, err)
		}
	})
}

func TestRewrite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, st := answers(whole(some), whole(someB)), newStore()
		var handler atomic.Pointer[modeltest.Handler]
		spoil := func(h modeltest.Handler) { handler.Store(&h) }
		spoil(nil)
		a.Fault = func(*modeltest.Server, *modeltest.Request) modeltest.Handler { return *handler.Load() }
		s := open(t, stylist.Config{Chain: chain(t, func(c *provider.Config) { c.CallsADay = 20 }, a), Store: st})
		await(t, s, "kim", polite)
		shown, err := s.Rewrite(t.Context(), "kim", polite)
		if got := s.Styled("kim", polite); err != nil || lines(got, sheet.Some) != someB || len(shown.Notes) != 0 || st.one(t).Usage.Attempts != 1 {
			t.Errorf("%+v, %+v, %v", shown, got, err)
		}
		spoil(modeltest.Hangs)
		began := time.Now()
		shown, err = s.Rewrite(t.Context(), "kim", polite)
		if took := time.Since(began); err != nil || took != 20*time.Second || shown.Verdict != briefing.VerdictStyleSheet ||
			!slices.Equal(codesOf(shown.Notes), []string{briefing.NoteSheetPending}) {
			t.Errorf("a slow model: %+v after %v, %v", shown, took, err)
		}
		time.Sleep(time.Hour)
		spoil(modeltest.Raw(400, `{"error":{"message":"no"}}`))
		shown, err = s.Rewrite(t.Context(), "kim", polite)
		if got := s.Styled("kim", polite); err != nil || lines(got, sheet.Some) != someB ||
			!slices.Equal(codesOf(shown.Notes), []string{briefing.NoteModelUnavailable}) {
			t.Errorf("a model that fails: %+v, %v", shown, err)
		}
	})
}

func TestProviders(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b := writes(some), writes(someB)
		a.Fault = modeltest.Zoo()["status/401"]
		s := open(t, stylist.Config{Chain: chain(t, nil, a, b), Store: newStore()})
		await(t, s, "kim", polite)
		got := s.Providers()
		if len(got) != 2 || got[0].ID != "a.test:80" || got[0].State != briefing.ProviderPaused || got[0].LastError == "" ||
			got[1].Model != "m-b" || got[1].State != briefing.ProviderOK {
			t.Errorf("%+v", got)
		}
	})
}
