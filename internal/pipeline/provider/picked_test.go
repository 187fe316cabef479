package provider_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"bis/internal/briefing"
	"bis/internal/pipeline/model/modeltest"
	"bis/internal/pipeline/provider"
)

// unnamed takes the names of the models away.
func unnamed(c *provider.Config) {
	for i := range c.Models {
		c.Models[i].Model = ""
	}
}

func TestChain_Ask_names_the_model_that_answered(t *testing.T) {
	t.Parallel()
	for _, behind := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			a := &modeltest.Server{Fault: modeltest.ListedOnly("vllm"), Models: []string{"text-embedding", "org/chat"}}
			servers := []*modeltest.Server{a}
			if behind {
				servers = append(servers, &modeltest.Server{})
			}
			c := open(t, unnamed, servers...)
			if got := c.Status()[0]; !got.Assumed || got.Model != "gpt-4o-mini" {
				t.Errorf("before: %+v", got)
			}
			got, err := question(t, c, provider.Question{})
			if err != nil || got.Slot != provider.SlotA || got.Model != "org/chat" || !got.Picked || c.Name() != "org/chat" {
				t.Errorf("%+v, %v", got, err)
			}
			if got := c.Status()[0]; got.Assumed || got.Model != "org/chat" || got.State != briefing.ProviderOK || got.LastError != "" {
				t.Errorf("after: %+v", got)
			}
		})
	}
}

// The fallback picks a model, too, if the first provider leaves it two requests.
func TestChain_Ask_picks_for_the_fallback(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &modeltest.Server{Fault: modeltest.Zoo()["status/401"]}
		b := &modeltest.Server{Fault: modeltest.ListedOnly("openai"), Models: []string{"first", "second"}}
		c := open(t, unnamed, a, b)
		got, err := question(t, c, provider.Question{})
		if err != nil || got.Slot != provider.SlotB || got.Model != "first" || got.Usage.Attempts != 4 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestChain_Adopt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := open(t, unnamed, &modeltest.Server{})
		c.Adopt("elsewhere.test", "wrong")
		c.Adopt("a.test:1234", "chosen")
		if got := c.Status()[0]; got.Model != "chosen" || got.Assumed || got.State != briefing.ProviderUntried {
			t.Errorf("%+v", got)
		}
		named := open(t, nil, &modeltest.Server{})
		named.Adopt("a.test:1234", "chosen")
		if got := named.Status()[0]; got.Model != "m-a" || got.Assumed {
			t.Errorf("%+v", got)
		}
	})
}

// A model that takes the place of another one is shown the drawing before it describes a picture.
func TestChain_Ask_checks_a_model_that_was_picked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		full := map[string]briefing.Egress{"a.test:1234": briefing.EgressFull}
		s := sighted()
		sees := s.Answer
		s.Fault, s.Models = modeltest.ListedOnly("ollama"), []string{"llava-vision", "blind"}
		s.Answer = func(r *modeltest.Request) string {
			if r.Model() == "blind" {
				return "문이 닫혀 있습니다."
			}
			return sees(r)
		}
		c := open(t, unnamed, s)
		if got, err := question(t, c, pictured(full)); err != nil || got.Model != "llava-vision" || len(shown(s)) != 1 {
			t.Errorf("%+v, shown %q: %v", got, shown(s), err)
		}
		s.SetModels("blind")
		_, err := question(t, c, pictured(full))
		if !errors.Is(err, provider.ErrChanged) || c.Status()[0].SeesPictures != nil || c.Name() != "blind" {
			t.Errorf("the model has changed: %v, %+v", err, c.Status()[0])
		}
		for range 3 {
			if _, err := question(t, c, pictured(full)); !errors.Is(err, provider.ErrBlind) {
				t.Errorf("the other model is blind: %v", err)
			}
		}
	})
}
