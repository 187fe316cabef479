package provider_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline/model"
	"bis/internal/pipeline/model/modeltest"
	"bis/internal/pipeline/provider"
)

// pictured returns a question with a picture that says its egress.
func pictured(egress map[string]briefing.Egress) provider.Question {
	return provider.Question{
		Pictures: func(e briefing.Egress) [][]byte { return [][]byte{[]byte(e)} },
		Egress:   func(id string) briefing.Egress { return egress[id] },
	}
}

// sighted returns a server of a model that sees.
func sighted() *modeltest.Server {
	return &modeltest.Server{Answer: modeltest.Sees(func(*modeltest.Request) string { return "a counter" })}
}

// shown returns the pictures that a server got, apart from drawings.
func shown(s *modeltest.Server) []string {
	var all []string
	for _, r := range s.Requests() {
		for _, p := range r.Pictures() {
			if len(p) < 10 {
				all = append(all, string(p))
			}
		}
	}
	return all
}

func TestChain_Ask_shows_pictures_by_consent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		egress map[string]briefing.Egress
		a, b   []string
	}{
		{nil, nil, nil},
		{map[string]briefing.Egress{"a.test:1234": briefing.EgressCounts}, nil, nil},
		{map[string]briefing.Egress{"a.test:1234": "SOMETHING", "A.test:1234": briefing.EgressFull, "a.test": briefing.EgressFull}, nil, nil},
		{map[string]briefing.Egress{"a.test:1234": briefing.EgressBlurred}, []string{"BLURRED"}, nil},
		{map[string]briefing.Egress{"b.test": briefing.EgressFull}, nil, []string{"FULL"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			a, b := sighted(), sighted()
			got, err := question(t, open(t, nil, a, b), pictured(c.egress))
			if !slices.Equal(shown(a), c.a) || !slices.Equal(shown(b), c.b) {
				t.Errorf("%v: shown %q and %q", c.egress, shown(a), shown(b))
			}
			if allowed := c.a != nil || c.b != nil; allowed != (err == nil) || allowed != got.Pictured || !allowed && !errors.Is(err, provider.ErrNoConsent) {
				t.Errorf("%v: %+v, %v", c.egress, got, err)
			}
			if len(a.Requests())+len(b.Requests()) > 4 {
				t.Errorf("%d and %d requests", len(a.Requests()), len(b.Requests()))
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		// A fallback without a consent of its own gets no picture when the first provider fails.
		a, b := sighted(), sighted()
		a.Fault = modeltest.Zoo()["status/500_always"]
		_, err := question(t, open(t, nil, a, b), pictured(map[string]briefing.Egress{"a.test:1234": briefing.EgressFull}))
		if err == nil || errors.Is(err, provider.ErrNoConsent) || len(b.Requests()) != 0 {
			t.Errorf("%d requests to B: %v", len(b.Requests()), err)
		}
	})
}

func TestChain_checks_whether_a_model_sees(t *testing.T) {
	t.Parallel()
	full := map[string]briefing.Egress{"a.test:1234": briefing.EgressFull}
	zoo := modeltest.Zoo()
	for name, s := range map[string]*modeltest.Server{
		"guesses": {Answer: func(*modeltest.Request) string { return "red, green, blue, yellow, black, white" }},
		"refuses": {Answer: func(*modeltest.Request) string { return "저는 그림을 볼 수 없습니다." }},
		"text":    {Fault: zoo["picture/openai"]},
		"mmproj":  {Fault: zoo["picture/llama_cpp"]},
	} {
		synctest.Test(t, func(t *testing.T) {
			c := open(t, nil, s)
			for range 3 {
				if _, err := question(t, c, pictured(full)); !errors.Is(err, provider.ErrBlind) && !errors.Is(err, model.ErrNoPictures) {
					t.Errorf("%s: %v, want ErrBlind", name, err)
				}
			}
			got := c.Status()[0]
			if len(shown(s)) != 0 || len(s.Requests()) != 1 || got.SeesPictures == nil || *got.SeesPictures {
				t.Errorf("%s: %d requests, shown %q, %+v", name, len(s.Requests()), shown(s), got)
			}
			if _, err := question(t, c, provider.Question{}); err != nil {
				t.Errorf("%s: a question without pictures: %v", name, err)
			}
			s.Fault, s.Answer = nil, sighted().Answer // the model was replaced
			time.Sleep(24 * time.Hour)
			if _, err := question(t, c, pictured(full)); err != nil || !*c.Status()[0].SeesPictures {
				t.Errorf("%s: a day later: %v", name, err)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		s := sighted()
		c := open(t, nil, s)
		c.Check(t.Context())
		c.Check(t.Context())
		if got := c.Status()[0]; len(s.Requests()) != 1 || got.SeesPictures == nil || !*got.SeesPictures {
			t.Errorf("Check: %d requests, %+v", len(s.Requests()), got)
		}
		for range 10 {
			_, _ = question(t, c, pictured(full))
		}
		if len(s.Requests()) != 11 || len(shown(s)) != 10 {
			t.Errorf("%d requests, %d pictures", len(s.Requests()), len(shown(s)))
		}
	})
	synctest.Test(t, func(t *testing.T) {
		// A server that is away says nothing about the model's sight.
		s := &modeltest.Server{Fault: zoo["status/500_always"]}
		c := open(t, nil, s)
		_, err := question(t, c, pictured(full))
		if got := c.Status()[0]; err == nil || got.SeesPictures != nil || len(s.Requests()) > 4 {
			t.Errorf("%d requests, %+v: %v", len(s.Requests()), got, err)
		}
	})
}

func TestChain_stops_costly_pictures(t *testing.T) {
	t.Parallel()
	full := map[string]briefing.Egress{"a.test:1234": briefing.EgressFull}
	for _, costs := range [][]int{
		{400_000},                   // none before it
		{25_000, 26_000, 400_000},   // as many vendors count
		{1_000, 1_100, 900, 5_100},  // over five times the median
		{900, 1_000, 4_900, 99_000}, // others do not matter
	} {
		synctest.Test(t, func(t *testing.T) {
			s := sighted()
			n := 0
			s.Fault = modeltest.Costs(func(r *modeltest.Request) int {
				if strings.Contains(r.Raw, "colour") {
					return 90
				}
				n++
				return costs[n-1]
			})
			c := open(t, nil, s)
			for i := range costs {
				if got, err := question(t, c, pictured(full)); err != nil || got.Text != "a counter" {
					t.Fatalf("%v: question %d: %v", costs, i+1, err)
				}
			}
			_, err := question(t, c, pictured(full))
			got := c.Status()[0]
			if !errors.Is(err, provider.ErrCostly) || len(shown(s)) != len(costs) || !got.PicturesOff || !strings.Contains(got.LastError, "too many tokens") {
				t.Errorf("%v: %d pictures, %+v: %v", costs, len(shown(s)), got, err)
			}
			if _, err := question(t, c, provider.Question{}); err != nil {
				t.Errorf("%v: a question without pictures: %v", costs, err)
			}
		})
	}
}

func TestNew_refuses(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]provider.Config{
		"none":     {},
		"three":    {Models: make([]model.Config, 3)},
		"no_model": {Models: make([]model.Config, 1)},
		"negative": {Models: []model.Config{{APIKey: key}}, CallsADay: -1},
		"address":  {Models: []model.Config{{BaseURL: "ftp://user:" + key + "@b"}}},
	} {
		if _, err := provider.New(cfg); err == nil || strings.Contains(err.Error(), key) {
			t.Errorf("New(%s): %v, want an error without the key", name, err)
		}
	}
}
