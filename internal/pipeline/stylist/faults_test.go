package stylist_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline/model/modeltest"
	"bis/internal/pipeline/provider"
	"bis/internal/pipeline/stylist"
	"bis/internal/pipeline/wording/sheet"
)

// Answers that are no sheet are failures that nobody stores.
func TestStyled_refuses_wrong_answers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]briefing.Verdict{
		"죄송하지만 도와드릴 수 없습니다.":           briefing.VerdictRefused,
		`{"caption": "손님 2명"}`:         briefing.VerdictRefused,
		`{"sheet": {}}`:                briefing.VerdictRefused,
		`{"sheet": {"weather": "맑음"}}`: briefing.VerdictRefused,
		says(map[string][]string{"some": {lie, "강도가 들었습니다 {people}"}, "nobody": {"손님 두 분이 없습니다"}}): briefing.VerdictRefused,
		says(map[string][]string{"some": {"There are {people} in the shop."}}):                     briefing.VerdictRefused,
		says(map[string][]string{"some": {"店里有{people}。"}}):                                        briefing.VerdictRefused,
	} {
		synctest.Test(t, func(t *testing.T) {
			a, st := answers(text), newStore()
			s := open(t, stylist.Config{Chain: chain(t, nil, a), Store: st})
			got := await(t, s, "kim", polite)
			if got.Verdict != want || got.Degraded != briefing.ModelUnavailable || len(st.sheets) != 0 || lines(got, sheet.Some) == "" {
				t.Errorf("%s: %+v, stored %v", text, got, st.sheets)
			}
			synctest.Wait()
			shown, err := s.StyleSheet(t.Context(), "kim", polite)
			if refused := want == briefing.VerdictRefused; err != nil || (len(shown.Refused) > 0) != refused || shown.Verdict != want {
				t.Errorf("%s: shown %+v, %v", text, shown, err)
			}
		})
	}
}

func TestStyled_asks_again_at_growing_intervals(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, st := writes(some), newStore()
		a.Fault = modeltest.Zoo()["status/400"]
		s := open(t, stylist.Config{Chain: chain(t, nil, a), Store: st})
		await(t, s, "kim", polite)
		began := time.Now()
		var at []int // minutes at which the server was asked
		for range 60 * 60 / 5 {
			time.Sleep(5 * time.Second) // the interval of the runs
			n := len(a.Requests())
			if got := s.Styled("kim", polite); got.Degraded != briefing.ModelUnavailable {
				t.Fatalf("%+v", got)
			}
			synctest.Wait()
			if len(a.Requests()) > n {
				at = append(at, int(time.Since(began).Minutes()))
			}
		}
		if want := []int{1, 3, 7, 15, 25, 35, 45, 55}; !slices.Equal(at, want) {
			t.Errorf("asked after %v minutes, want %v", at, want)
		}
	})
}

func TestStyled_recovers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, st := writes(some), newStore()
		a.Fault = modeltest.Times(4, modeltest.Raw(500, ""))
		s := open(t, stylist.Config{Chain: chain(t, nil, a), Store: st})
		if got := await(t, s, "kim", polite); got.Verdict != briefing.VerdictUnavailable {
			t.Errorf("%+v", got)
		}
		for range 60 {
			time.Sleep(10 * time.Second)
			s.Styled("kim", polite)
			synctest.Wait()
		}
		if got := s.Styled("kim", polite); lines(got, sheet.Some) != some || got.Degraded != "" {
			t.Errorf("%+v", got)
		}
	})
}

func TestStyled_has_time_for_a_model_that_loads(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := writes(some)
		a.Fault = modeltest.Always(modeltest.Hangs)
		s := open(t, stylist.Config{Chain: chain(t, nil, a), Store: newStore(), SheetTime: 5 * time.Minute})
		s.Prepare("kim", polite)
		time.Sleep(5*time.Minute - time.Second)
		if got := s.Styled("kim", polite); got.Verdict != briefing.VerdictPending || got.Degraded != "" {
			t.Errorf("before the time: %+v", got)
		}
		time.Sleep(2 * time.Second)
		if got := s.Styled("kim", polite); got.Verdict != briefing.VerdictUnavailable || got.Degraded != briefing.ModelUnavailable {
			t.Errorf("past the time: %+v", got)
		}
	})
}

func TestStyled_uses_the_second_provider_until_the_first_is_back(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b, st := writes(some), writes(someB), newStore()
		a.Fault = modeltest.Times(3, modeltest.Raw(503, ""))
		s := open(t, stylist.Config{Chain: chain(t, nil, a, b), Store: st})
		got := await(t, s, "kim", polite)
		if lines(got, sheet.Some) != someB || got.Provider != "b.test:80" || got.Model != "m-b" || got.Verdict != briefing.VerdictStyleSheet || got.Degraded != "" {
			t.Errorf("%+v", got)
		}
		synctest.Wait()
		if key := st.one(t).Key; key.Provider != "b.test:80" {
			t.Errorf("stored for %+v", key)
		}
		again := open(t, stylist.Config{Chain: chain(t, nil, a, b), Store: st})
		before := len(a.Requests()) + len(b.Requests())
		if got := again.Styled("kim", polite); lines(got, sheet.Some) != someB {
			t.Errorf("after a restart: %+v", got)
		}
		synctest.Wait()
		if n := len(a.Requests()) + len(b.Requests()); n != before {
			t.Errorf("%d questions after a restart", n-before)
		}
		for range 10 {
			time.Sleep(30 * time.Second)
			s.Styled("kim", polite)
			synctest.Wait()
		}
		if got := s.Styled("kim", polite); lines(got, sheet.Some) != some || got.Provider != "a.test:80" || len(st.sheets) != 2 {
			t.Errorf("when the first one is back: %+v", got)
		}
		if n := len(b.Requests()); n != 1 {
			t.Errorf("%d requests to the second provider", n)
		}
		// The other process finds the new sheet in the store.
		asked := len(a.Requests())
		time.Sleep(2 * time.Minute)
		again.Styled("kim", polite)
		synctest.Wait()
		if got := again.Styled("kim", polite); lines(got, sheet.Some) != some || len(a.Requests()) != asked {
			t.Errorf("another process: %+v after %d questions", got, len(a.Requests())-asked)
		}
	})
}

func TestStyled_is_bounded_by_the_budget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, st := writes(some), newStore()
		s := open(t, stylist.Config{Chain: chain(t, func(c *provider.Config) { c.CallsADay = 1 }, a), Store: st})
		await(t, s, "kim", polite)
		other := []string{"반말로"}
		got := await(t, s, "kim", other)
		if got.Verdict != briefing.VerdictUnavailable || got.Degraded != briefing.BudgetSpent || len(a.Requests()) != 1 {
			t.Errorf("%+v after %d requests", got, len(a.Requests()))
		}
		if codes := codesOf(s.Notes(other)); !slices.Contains(codes, briefing.NoteBudgetSpent) {
			t.Errorf("notes %q", codes)
		}
		if got := s.Styled("kim", polite); got.Verdict != briefing.VerdictStyleSheet {
			t.Errorf("a sheet that is there: %+v", got)
		}
		if got := await(t, s, "lee", other); got.Verdict != briefing.VerdictStyleSheet {
			t.Errorf("another user of the style: %+v", got)
		}
		third := []string{"짧게"}
		await(t, s, "kim", third)
		time.Sleep(24 * time.Hour)
		if got := s.Styled("kim", third); got.Verdict != briefing.VerdictPending {
			t.Errorf("the next day: %+v", got)
		}
		if got := await(t, s, "kim", third); got.Verdict != briefing.VerdictStyleSheet {
			t.Errorf("the next day: %+v", got)
		}
	})
}

func TestStyled_survives_a_hanging_store(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, st := writes(some), newStore()
		st.hangs = true
		s := open(t, stylist.Config{Chain: chain(t, nil, a), Store: st})
		began := time.Now()
		if got := s.Styled("kim", polite); got.Verdict != briefing.VerdictPending || time.Since(began) > 200*time.Millisecond {
			t.Errorf("%+v after %v", got, time.Since(began))
		}
		if got := await(t, s, "kim", polite); lines(got, sheet.Some) != some {
			t.Errorf("%+v", got)
		}
	})
}

func TestClose_ends_the_questions(t *testing.T) {
	t.Parallel()
	for _, hangs := range []bool{false, true} { // the store
		synctest.Test(t, func(t *testing.T) {
			a, st := writes(some), newStore()
			a.Fault = modeltest.Always(modeltest.Hangs)
			s := open(t, stylist.Config{Chain: chain(t, nil, a), Store: st})
			for _, line := range []string{"a", "b", "c", "d"} { // two of them wait
				s.Prepare("kim", []string{line})
			}
			time.Sleep(time.Second)
			if n := len(a.Requests()); n != stylist.DefaultParallel {
				t.Errorf("%d questions at once", n)
			}
			st.mu.Lock()
			st.hangs = hangs
			st.mu.Unlock()
			waiting := make(chan error, 1)
			go func() { s.Await(context.Background(), "kim", []string{"a"}); waiting <- nil }()
			synctest.Wait()
			began := time.Now()
			if err := errors.Join(s.Close(), s.Close()); err != nil || time.Since(began) > time.Second {
				t.Errorf("Close: %v after %v", err, time.Since(began))
			}
			<-waiting
			if n := st.usage["kim 2000-01-01"].Attempts; !hangs && n != 2 {
				t.Errorf("%d attempts were booked", n)
			}
			if got := s.Styled("kim", []string{"e"}); got.Verdict != briefing.VerdictPending || len(a.Requests()) != 2 {
				t.Errorf("after Close: %+v", got)
			}
		})
	}
}

func TestPrepare_is_bounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := writes(some)
		a.Fault = modeltest.Always(modeltest.Hangs)
		s := open(t, stylist.Config{Chain: chain(t, nil, a), Store: newStore(), Queue: 1, SheetTime: time.Minute})
		for _, user := range []string{"a", "b", "c", "d", "e"} {
			s.Prepare(user, []string{user})
		}
		synctest.Wait()
		if got := s.Styled("e", []string{"e"}); got.Verdict != briefing.VerdictPending {
			t.Errorf("a style that is asked for later: %+v", got)
		}
		time.Sleep(65 * time.Second)
		s.Styled("e", []string{"e"})
		time.Sleep(65 * time.Second)
		s.Styled("e", []string{"e"})
		synctest.Wait()
		asked := false
		for _, r := range a.Requests() {
			asked = asked || strings.Contains(r.Messages()[1].Text, "\n\"e\"\n")
		}
		if !asked {
			t.Error("a style beyond the queue is never asked for")
		}
	})
}
