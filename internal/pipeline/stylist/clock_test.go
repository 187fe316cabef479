package stylist_test

import (
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/pipeline/model/modeltest"
	"bis/internal/pipeline/stylist"
	"bis/internal/pipeline/wording/sheet"
)

// A clock that was wrong once does not prevent later sheets from speaking, and costs nothing.
func TestStyled_after_a_clock_that_was_fast(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b, st := writes(some), writes(someB), newStore()
		a.Fault = modeltest.Times(3, modeltest.Raw(503, ""))
		fast := open(t, stylist.Config{
			Chain: chain(t, nil, a, b), Store: st,
			Clock: func() time.Time { return time.Now().Add(365 * 24 * time.Hour) },
		})
		if got := await(t, fast, "kim", polite); got.Provider != "b.test:80" {
			t.Fatalf("%+v", got)
		}
		synctest.Wait()
		s := open(t, stylist.Config{Chain: chain(t, nil, a, b), Store: st})
		before := len(a.Requests())
		for range 60 {
			s.Styled("kim", polite)
			synctest.Wait()
			time.Sleep(time.Minute)
		}
		if got := s.Styled("kim", polite); got.Provider != "a.test:80" || lines(got, sheet.Some) != some {
			t.Errorf("%+v", got)
		}
		if n := len(a.Requests()) - before; n > 4 {
			t.Errorf("%d requests in an hour", n)
		}
	})
}

// A sheet that an owner asked for speaks, although the present one seems to be newer.
func TestRewrite_after_a_clock_that_was_fast(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, st := answers(whole(some), whole(someB)), newStore()
		ahead := time.Hour
		s := open(t, stylist.Config{Chain: chain(t, nil, a), Store: st, Clock: func() time.Time { return time.Now().Add(ahead) }})
		await(t, s, "kim", polite)
		synctest.Wait()
		ahead = 0
		if _, err := s.Rewrite(t.Context(), "kim", polite); err != nil {
			t.Fatal(err)
		}
		if got := s.Styled("kim", polite); lines(got, sheet.Some) != someB {
			t.Errorf("%+v", got)
		}
	})
}
