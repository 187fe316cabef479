package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bis/internal/await"
	"bis/internal/pipeline/model/modeltest"
)

// worded is how the last briefing of a user was made.
type worded struct {
	Degraded string
	Made     struct {
		Source, Verdict string
		Model           string
		Said            []struct {
			Line    string
			BuiltIn bool
		}
	}
}

// last returns how the newest briefing of a user's active request was made.
func last(t *testing.T, c *child, username string) (w worded) {
	t.Helper()
	var answer struct {
		User struct {
			ActiveRequest struct {
				Briefings struct{ Edges []struct{ Node worded } }
			}
		}
	}
	query := fmt.Sprintf(`{ user(username: %q) { activeRequest { briefings(last: 1) { edges { node { degraded made { source verdict model said { line builtIn } } } } } } } }`, username)
	if err := c.graphql(t.Context(), query, &answer); err != nil {
		t.Fatal(err)
	}
	if edges := answer.User.ActiveRequest.Briefings.Edges; len(edges) > 0 {
		return edges[0].Node
	}
	return w
}

// polite is a sheet with lines for what the demo shop shows first.
const polite = `{"sheet": {"some": ["지금 매장에 손님 {people} 계십니다."], "nobody": ["지금 매장에 손님이 없는 것 같습니다."], "unchanged": ["손님 셋입니다."]}}`

// A model is asked once for a style. A restart needs no question, and goes on with the count of the
// day. A stop does not wait for a model that hangs.
func TestServer_words_by_the_sheet_of_a_model(t *testing.T) {
	t.Parallel()
	model := &modeltest.Server{Answer: func(*modeltest.Request) string { return polite }}
	data := t.TempDir()
	env := []string{"OPENAI_BASE_URL=" + model.Listen(t), "OPENAI_MODEL=tiny", "BIS_MODEL_CALLS_A_DAY=2"}
	c := startChild(t, options{data: data, env: env})
	do(t, c, fmt.Sprintf(`mutation { startBriefing(input: {username: "kim", interval: 1, endTime: %q}) { id } }`, later()))
	await.True(t, "a caption has the model's line", func() bool {
		w := last(t, c, "kim")
		return w.Made.Source == "tiny" && w.Made.Verdict == "STYLE_SHEET" && w.Made.Model == "tiny" && w.Degraded == "" &&
			!w.Made.Said[0].BuiltIn && strings.HasPrefix(w.Made.Said[0].Line, "지금 매장에")
	})
	c.stop(t)
	if n := len(model.Requests()); n != 2 { // one for the lines, one for the refused line
		t.Errorf("%d requests", n)
	}
	c = startChild(t, options{data: data, env: env})
	await.True(t, "the stored lines speak", func() bool { return last(t, c, "kim").Made.Source == "tiny" })
	do(t, c, `mutation { saveStyle(input: {username: "kim", lines: ["반말로 해 줘"]}) { notes { code } } }`)
	await.True(t, "the requests of the day are spent", func() bool {
		w := last(t, c, "kim")
		return w.Degraded == "BUDGET_SPENT" && w.Made.Verdict == "UNAVAILABLE" && w.Made.Source == "template"
	})
	if n := len(model.Requests()); n != 2 {
		t.Errorf("%d requests after the restart", n-2)
	}
	c.stop(t)
}

func TestServer_stops_while_a_model_hangs(t *testing.T) {
	t.Parallel()
	model := &modeltest.Server{Fault: modeltest.Always(modeltest.Hangs)}
	c := startChild(t, options{env: []string{"OPENAI_BASE_URL=" + model.Listen(t), "OPENAI_MODEL=tiny"}})
	do(t, c, `mutation { login(username: "kim") { outcome } }`)
	await.True(t, "the model was asked", func() bool { return len(model.Requests()) > 0 })
	if took := c.stop(t); took > 5*time.Second {
		t.Errorf("stopped after %v", took)
	}
	if said := c.errs.String(); strings.Contains(said, "did not stop in time") {
		t.Errorf("the log: %s", said)
	}
}

// With an address alone the server picks a model that is there, and names it everywhere, also after
// a restart, which needs no question.
func TestServer_picks_a_model_if_none_is_set(t *testing.T) {
	t.Parallel()
	model := &modeltest.Server{
		Answer: func(*modeltest.Request) string { return polite },
		Fault:  modeltest.ListedOnly("ollama"), Models: []string{"nomic-embed-text:latest", "llama3.2:3b"},
	}
	data := t.TempDir()
	env := []string{"OPENAI_BASE_URL=" + model.Listen(t)}
	c := startChild(t, options{data: data, env: env})
	do(t, c, fmt.Sprintf(`mutation { startBriefing(input: {username: "kim", interval: 1, endTime: %q}) { id } }`, later()))
	picked := func() bool {
		w := last(t, c, "kim")
		return w.Made.Source == "llama3.2:3b" && w.Made.Model == "llama3.2:3b" && w.Degraded == ""
	}
	named := func() bool {
		var answer struct {
			About     struct{ Wording string }
			Providers []struct{ Model string }
		}
		if err := c.graphql(t.Context(), `{ about { wording } providers { model } }`, &answer); err != nil {
			t.Fatal(err)
		}
		return answer.About.Wording == "llama3.2:3b" && answer.Providers[0].Model == "llama3.2:3b"
	}
	await.True(t, "a caption has the picked model's line", picked)
	await.True(t, "the picked model is named", named)
	c.stop(t)
	if said := c.errs.String(); strings.Count(said, "model picked") != 1 || !strings.Contains(said, "llama3.2:3b") {
		t.Errorf("the log: %s", said)
	}
	before := len(model.Requests())
	model.SetModels("another", "llama3.2:3b")
	c = startChild(t, options{data: data, env: env})
	await.True(t, "the picked model is named after a restart", named) // from the first run on
	await.True(t, "the stored lines speak", picked)
	c.stop(t)
	if n := len(model.Requests()) - before; n != 0 {
		t.Errorf("%d requests after the restart", n)
	}
}
