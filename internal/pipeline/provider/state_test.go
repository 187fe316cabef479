package provider_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline/model/modeltest"
	"bis/internal/pipeline/provider"
)

// A provider that was asked and gave no answer that can be used is failing, and not untried or OK.
func TestChain_Status_of_a_provider_that_fails(t *testing.T) {
	t.Parallel()
	const refused = "the answer was refused"
	for fault, want := range map[string]struct {
		state briefing.ProviderState
		last  string
	}{
		"status/500_always": {briefing.ProviderFailing, "status 500 Internal Server Error"},
		"status/400":        {briefing.ProviderFailing, "status 400 Bad Request"},
		"body/hangs":        {briefing.ProviderFailing, "no answer in time"},
		"body/garbage":      {briefing.ProviderFailing, "no chat completion in the answer"},
		"answer/blank":      {briefing.ProviderFailing, "empty answer"},
		"status/401":        {briefing.ProviderPaused, "status 401 Unauthorized"},
		"":                  {briefing.ProviderFailing, refused},
	} {
		synctest.Test(t, func(t *testing.T) {
			var now atomic.Pointer[modeltest.Fault]
			spoil := func(f modeltest.Fault) { now.Store(&f) }
			spoil(modeltest.Zoo()[fault])
			c := open(t, nil, &modeltest.Server{Fault: func(s *modeltest.Server, r *modeltest.Request) modeltest.Handler {
				if f := *now.Load(); f != nil {
					return f(s, r)
				}
				return nil
			}})
			if got := c.Status()[0]; got.State != briefing.ProviderUntried {
				t.Errorf("%s: at first: %+v", fault, got)
			}
			_, err := question(t, c, provider.Question{Accept: func(string) error { return errors.New("nonsense") }})
			if got := c.Status()[0]; err == nil || got.State != want.state || got.LastError != want.last {
				t.Errorf("%s: %+v, %v", fault, got, err)
			}
			spoil(nil)
			time.Sleep(time.Minute)
			good := provider.Question{Accept: func(string) error { return nil }}
			if _, err := question(t, c, good); err != nil || c.Status()[0].State != briefing.ProviderOK || c.Status()[0].LastError != "" {
				t.Errorf("%s: after an accepted answer: %+v, %v", fault, c.Status()[0], err)
			}
			spoil(modeltest.Zoo()["status/400"])
			if _, err := question(t, c, good); err == nil || c.Status()[0].State != briefing.ProviderFailing {
				t.Errorf("%s: after another failure: %+v, %v", fault, c.Status()[0], err)
			}
		})
	}
}

// An answer that nobody checks does not make up for one that was refused.
func TestChain_Status_of_a_provider_that_answers_nonsense(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := open(t, nil, &modeltest.Server{})
		refuse := func(string) error { return errors.New("nonsense") }
		_, _ = question(t, c, provider.Question{Accept: refuse})
		c.Check(t.Context()) // the drawing
		if got := c.Status()[0]; got.State != briefing.ProviderFailing || got.LastError != "the answer was refused" {
			t.Errorf("%+v", got)
		}
	})
}

// The answer that was refused last is there with the error.
func TestChain_Ask_returns_the_refused_answer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &modeltest.Server{Answer: func(*modeltest.Request) string { return "nonsense" }}
		b := &modeltest.Server{Fault: modeltest.Zoo()["status/400"]}
		refused := errors.New("nonsense")
		got, err := question(t, open(t, nil, a, b), provider.Question{Accept: func(string) error { return refused }})
		if err == nil || got.Text != "nonsense" || got.Slot != provider.SlotA || got.Usage.Attempts != 2 {
			t.Errorf("%+v, %v", got, err)
		}
		got, err = question(t, open(t, nil, b), provider.Question{})
		if err == nil || got.Text != "" || got.Usage.Attempts != 1 {
			t.Errorf("without an answer: %+v, %v", got, err)
		}
	})
}
