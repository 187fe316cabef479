package stylist_test

import (
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline/model/modeltest"
	"bis/internal/pipeline/provider"
	"bis/internal/pipeline/stylist"
	"bis/internal/pipeline/wording/sheet"
)

// picks returns a server that has these models alone, and writes a good line.
func picks(names ...string) *modeltest.Server {
	s := writes(some)
	s.Fault, s.Models = modeltest.ListedOnly("ollama"), names
	return s
}

// unnamed takes the names of the models away.
func unnamed(c *provider.Config) {
	for i := range c.Models {
		c.Models[i].Model = ""
	}
}

func TestStyled_by_a_model_that_was_picked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, st := picks("nomic-embed-text", "llama3"), newStore()
		first := open(t, stylist.Config{Chain: chain(t, unnamed, a), Store: st})
		got := await(t, first, "kim", polite)
		if got.Verdict != briefing.VerdictStyleSheet || got.Model != "llama3" || len(a.Requests()) != 3 {
			t.Fatalf("%+v after %d requests", got, len(a.Requests()))
		}
		synctest.Wait()
		if key := st.one(t).Key; key.Model != "llama3" || first.Providers()[0].Model != "llama3" {
			t.Errorf("stored under %+v, %+v", key, first.Providers())
		}

		// After a restart the first caption has the stored lines, without a question. The model
		// stays, even if the server lists another one first.
		a.SetModels("qwen", "llama3")
		c := chain(t, unnamed, a)
		again := open(t, stylist.Config{Chain: c, Store: st})
		for range 3 {
			if got := again.Styled("lee", polite); got.Verdict != briefing.VerdictStyleSheet || got.Model != "llama3" || lines(got, sheet.Some) != some {
				t.Errorf("after a restart: %+v", got)
			}
			time.Sleep(time.Hour) // the store is read again
			synctest.Wait()
		}
		if len(a.Requests()) != 3 || c.Name() != "llama3" || again.Providers()[0].Model != "llama3" {
			t.Errorf("after a restart: %d requests, %q", len(a.Requests()), c.Name())
		}
		if got := await(t, again, "lee", []string{"반말로"}); got.Model != "llama3" || len(a.Requests()) != 4 {
			t.Errorf("another style: %+v after %d requests", got, len(a.Requests()))
		}

		// The model has gone: its lines speak, and another one is asked for other styles.
		a.SetModels("qwen")
		if got := await(t, again, "lee", []string{"짧게"}); got.Model != "qwen" {
			t.Errorf("another model: %+v", got)
		}
		if got := again.Styled("lee", polite); got.Verdict != briefing.VerdictStyleSheet {
			t.Errorf("the lines of a model that has gone: %+v", got)
		}
	})
}

func TestStyled_of_another_model_is_used_only_if_it_was_picked(t *testing.T) {
	t.Parallel()
	named := func(name string) func(*provider.Config) {
		return func(c *provider.Config) { c.Models[0].Model = name }
	}
	for name, c := range map[string]struct {
		before, now func(*provider.Config)
		want        string
		requests    int // after the restart
	}{
		"picked, then named":      {unnamed, named("qwen"), "qwen", 1},
		"picked, then the same":   {unnamed, named("llama3"), "llama3", 0},
		"named, then none":        {named("qwen"), unnamed, "llama3", 3},
		"picked elsewhere":        {func(c *provider.Config) { unnamed(c); c.Models[0].BaseURL = "http://b.test" }, unnamed, "llama3", 3},
		"picked, then still none": {unnamed, unnamed, "llama3", 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			a, st := picks("llama3", "qwen"), newStore()
			await(t, open(t, stylist.Config{Chain: chain(t, c.before, a), Store: st}), "kim", polite)
			synctest.Wait()
			before := len(a.Requests())
			s := open(t, stylist.Config{Chain: chain(t, c.now, a), Store: st})
			got := await(t, s, "kim", polite)
			if n := len(a.Requests()) - before; got.Model != c.want || n != c.requests {
				t.Errorf("%s: %q after %d requests", name, got.Model, n)
			}
		})
	}
}

// A server that loads any model under any name needs no list.
func TestStyled_of_a_server_with_any_model(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, st := writes(some), newStore()
		for range 2 {
			got := await(t, open(t, stylist.Config{Chain: chain(t, unnamed, a), Store: st}), "kim", polite)
			if got.Verdict != briefing.VerdictStyleSheet || got.Model != "gpt-4o-mini" {
				t.Errorf("%+v", got)
			}
			synctest.Wait()
		}
		if len(a.Requests()) != 1 {
			t.Errorf("%d requests", len(a.Requests()))
		}
	})
}
