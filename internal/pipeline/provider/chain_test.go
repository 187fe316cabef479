package provider_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"bis/internal/briefing"
	"bis/internal/pipeline/model"
	"bis/internal/pipeline/model/modeltest"
	"bis/internal/pipeline/provider"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const key = "sk-test-0123456789abcdef"

// open returns a chain of fake servers without a network.
func open(t *testing.T, change func(*provider.Config), servers ...*modeltest.Server) *provider.Chain {
	t.Helper()
	cfg := provider.Config{CallsADay: 1000}
	for i, s := range servers {
		cfg.Models = append(cfg.Models, model.Config{
			BaseURL: []string{"http://A.test:1234/v1", "https://user:" + key + "@b.test/v1"}[i], APIKey: key,
			Model: []string{"m-a", "m-b"}[i], HTTPClient: s.Client(t),
		})
	}
	if change != nil {
		change(&cfg)
	}
	c, err := provider.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// question asks without pictures, with a deadline.
func question(t *testing.T, c *provider.Chain, q provider.Question) (provider.Answer, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	q.Rules, q.Turns = "rules", []string{"prompt-text"}
	return c.Ask(ctx, q)
}

func TestChain_Ask_needs_at_most_four_requests_in_the_zoo(t *testing.T) {
	t.Parallel()
	zoo := modeltest.Zoo()
	for _, name := range slices.Sorted(maps.Keys(zoo)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a, b := &modeltest.Server{Fault: zoo[name]}, &modeltest.Server{}
				c := open(t, func(cfg *provider.Config) { cfg.Models[0].BaseURL = "http://a.test" + modeltest.Paths[name] }, a, b)
				got, err := question(t, c, provider.Question{})
				sent := len(a.Requests()) + len(b.Requests())
				if err != nil || got.Text == "" || sent > 4 || sent != got.Usage.Attempts {
					t.Errorf("%d and %d requests, %q by %s, usage %+v: %v",
						len(a.Requests()), len(b.Requests()), got.Text, got.Slot, got.Usage, err)
				}
				for _, s := range c.Status() {
					if strings.Contains(s.LastError, key) || strings.Contains(s.LastError, "prompt-text") || strings.Contains(s.LastError, "://") {
						t.Errorf("the state shows too much: %s", s.LastError)
					}
				}
			})
		})
	}
}

func TestChain_Ask_hands_over(t *testing.T) {
	t.Parallel()
	for name, requests := range map[string]int{"status/429_hours": 1, "status/401": 1, "body/hangs": 1, "status/500_always": 2} {
		synctest.Test(t, func(t *testing.T) {
			a, b := &modeltest.Server{Fault: modeltest.Zoo()[name]}, &modeltest.Server{}
			c := open(t, nil, a, b)
			began := time.Now()
			got, err := question(t, c, provider.Question{})
			if err != nil || got.Slot != provider.SlotB || got.Provider != "b.test" || got.Model != "m-b" || len(a.Requests()) != requests {
				t.Errorf("%s: %+v after %d requests to A: %v", name, got, len(a.Requests()), err)
			}
			if took := time.Since(began); took > 41*time.Second {
				t.Errorf("%s: handed over after %v", name, took)
			}
		})
	}
}

func TestChain_Ask_leaves_an_attempt_for_the_next_provider(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &modeltest.Server{Fault: modeltest.Refuses("mistral", "max_completion_tokens", "max_tokens", "response_format", "stream")}
		a.Answer = func(*modeltest.Request) string { return `{"by":"A"}` }
		b := &modeltest.Server{Answer: func(*modeltest.Request) string { return `{"by":"B"}` }}
		c := open(t, nil, a, b)
		for i, want := range []string{`{"by":"B"}`, `{"by":"A"}`} { // A is understood by then
			got, err := question(t, c, provider.Question{JSON: true})
			if err != nil || got.Text != want || got.Usage.Attempts > 4 {
				t.Errorf("question %d: %q after %d attempts: %v", i+1, got.Text, got.Usage.Attempts, err)
			}
		}
		if len(a.Requests()) != 5 || len(b.Requests()) != 1 {
			t.Errorf("%d and %d requests, want 5 and 1", len(a.Requests()), len(b.Requests()))
		}
	})
}

func TestChain_Ask_asks_the_slot_alone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b := &modeltest.Server{}, &modeltest.Server{Fault: modeltest.Zoo()["status/500_always"]}
		_, err := question(t, open(t, nil, a, b), provider.Question{Slot: provider.SlotB})
		if err == nil || len(a.Requests()) != 0 || len(b.Requests()) != 2 {
			t.Errorf("%d and %d requests: %v", len(a.Requests()), len(b.Requests()), err)
		}
	})
}

func TestChain_leaves_a_provider_alone(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]time.Duration{
		"status/401":       {30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute},
		"status/404_model": {30 * time.Second, time.Minute},
		"status/429_quota": {5 * time.Second, 10 * time.Second, 20 * time.Second, 40 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &modeltest.Server{Fault: modeltest.Zoo()[name]}
			c := open(t, nil, s)
			for _, pause := range want {
				_, err := question(t, c, provider.Question{})
				before := len(s.Requests())
				status := c.Status()[0]
				if err == nil || status.State != briefing.ProviderPaused || time.Until(status.Until) != pause {
					t.Errorf("%s: %v, %+v, want a pause of %v", name, err, status, pause)
				}
				_, err = question(t, c, provider.Question{})
				rest, ok := errors.AsType[*provider.RestError](err)
				if !ok || !rest.Until.Equal(status.Until) || len(s.Requests()) != before {
					t.Errorf("%s: asked in the pause: %v", name, err)
				}
				time.Sleep(pause)
			}
			s.Fault = nil
			if _, err := question(t, c, provider.Question{}); err != nil || c.Status()[0].State != briefing.ProviderOK || c.Status()[0].LastError != "" {
				t.Errorf("%s: after the pauses: %v, %+v", name, err, c.Status()[0])
			}
		})
	}
}

func TestChain_opens_the_breaker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &modeltest.Server{Fault: modeltest.Zoo()["answer/reasoning"]}
		c := open(t, nil, s)
		if got := c.Status()[0]; got.State != briefing.ProviderUntried || got.Provider != "a.test:1234" || got.Model != "m-a" || got.SeesPictures != nil {
			t.Errorf("at first: %+v", got)
		}
		for range 5 {
			_, _ = question(t, c, provider.Question{})
		}
		got := c.Status()[0]
		if got.State != briefing.ProviderOpen || got.LastError != "empty answer" || time.Until(got.Until) != time.Minute {
			t.Errorf("after five failures: %+v", got)
		}
		if _, err := question(t, c, provider.Question{}); len(s.Requests()) != 5 || err == nil {
			t.Errorf("%d requests: %v", len(s.Requests()), err)
		}
		time.Sleep(time.Minute + 1)
		s.Fault = nil
		if _, err := question(t, c, provider.Question{}); err != nil || c.Status()[0].State != briefing.ProviderOK {
			t.Errorf("after a minute: %v, %+v", err, c.Status()[0])
		}
	})
}

func TestChain_Ask_counts_refused_answers_as_failures(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b := &modeltest.Server{}, &modeltest.Server{Answer: func(*modeltest.Request) string { return "good" }}
		c := open(t, nil, a, b)
		refused := errors.New("refused")
		accept := func(text string) error {
			if text != "good" {
				return refused
			}
			return nil
		}
		for range 5 {
			if got, err := question(t, c, provider.Question{Accept: accept}); err != nil || got.Text != "good" {
				t.Fatalf("Ask = %q, %v", got.Text, err)
			}
		}
		if got := c.Status()[0]; got.State != briefing.ProviderOpen || got.LastError != "the answer was refused" {
			t.Errorf("A: %+v", got)
		}
		if _, err := question(t, c, provider.Question{Accept: func(string) error { return refused }}); !errors.Is(err, refused) {
			t.Errorf("Ask: %v, want the refusal", err)
		}
	})
}

func TestChain_Ask_is_bounded_for_a_user_and_day(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &modeltest.Server{Fault: modeltest.Times(1, modeltest.Raw(500, ""))}
		seoul := time.FixedZone("KST", 9*60*60)
		c := open(t, func(cfg *provider.Config) { cfg.CallsADay, cfg.Zone = 3, seoul }, s)
		for i := range 3 { // the first question needs two requests
			_, err := question(t, c, provider.Question{User: "kim"})
			if spent := i == 2; errors.Is(err, provider.ErrBudget) != spent {
				t.Errorf("question %d: %v", i+1, err)
			}
		}
		if n := c.Spent("kim"); n != 3 || len(s.Requests()) != 3 {
			t.Errorf("spent %d, sent %d", n, len(s.Requests()))
		}
		for _, other := range []string{"lee", ""} {
			if _, err := question(t, c, provider.Question{User: other}); err != nil {
				t.Errorf("user %q: %v", other, err)
			}
		}
		time.Sleep(15 * time.Hour) // the bubble begins at 9:00 in Seoul
		if _, err := question(t, c, provider.Question{User: "kim"}); err != nil {
			t.Errorf("after midnight: %v", err)
		}
	})
}

// observed records what an Observer is told.
type observed struct {
	mu  sync.Mutex
	all []string
}

// Asked implements provider.Observer.
func (o *observed) Asked(slot provider.Slot, outcome provider.Outcome, _ time.Duration, u briefing.Usage) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.all = append(o.all, string(slot)+" "+string(outcome))
	if u.Attempts == 0 {
		o.all = append(o.all, "no attempts")
	}
}

func TestChain_Ask_tells_the_observer(t *testing.T) {
	t.Parallel()
	for fault, want := range map[string]string{
		"status/401": "refused", "status/429_always": "limited", "status/500_always": "unavailable", "body/hangs": "timeout",
		"answer/reasoning": "empty", "body/garbage": "garbled", "status/404_model": "no_model", "status/400": "bad_request",
	} {
		synctest.Test(t, func(t *testing.T) {
			var o observed
			a, b := &modeltest.Server{Fault: modeltest.Zoo()[fault]}, &modeltest.Server{}
			c := open(t, func(cfg *provider.Config) { cfg.Observer = &o }, a, b)
			_, _ = question(t, c, provider.Question{})
			if want := []string{"A " + want, "B answered"}; !slices.Equal(o.all, want) {
				t.Errorf("%s: observed %q, want %q", fault, o.all, want)
			}
		})
	}
}

func TestChain_Ask_ends_with_its_context(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &modeltest.Server{Fault: modeltest.Zoo()["body/hangs"]}
		c := open(t, nil, s, s)
		for range 6 {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Second, cancel)
			if _, err := c.Ask(ctx, provider.Question{Turns: []string{"q"}}); !errors.Is(err, context.Canceled) {
				t.Errorf("Ask: %v", err)
			}
		}
		if got := c.Status()[0]; got.State != briefing.ProviderUntried || got.LastError != "" {
			t.Errorf("canceled questions count: %+v", got)
		}
	})
}
