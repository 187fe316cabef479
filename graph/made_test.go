package graph_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bis/internal/briefing"
)

const words = ` headline description question usage { attempts inputTokens outputTokens estimated }
	made { source model promptVersion verdict latencyMs said { key line slots { name text } builtIn } describedBy rejected { key text rule } }`

// worded stores the run of a tick with these words.
func (h *house) worded(req briefing.Request, tick int64, b briefing.Briefing) briefing.Briefing {
	h.t.Helper()
	b.At, b.Caption, b.Text = req.TickAt(tick), "x", briefing.Text(req.TickAt(tick), seoul, "x")
	b, err := h.store.Append(h.t.Context(), briefing.Append{RequestID: req.ID, Owner: req.Owner, Tick: tick, Briefing: b})
	must(h.t, err)
	return b
}

func TestBriefing_words(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	req := h.start("kim")
	const old = `"headline":null,"description":null,"question":null,"usage":null,"made":`
	const oldMade = `"promptVersion":null,"verdict":null,"latencyMs":0,"said":[],"describedBy":null,"rejected":[]}`
	for i, c := range []struct {
		name string
		b    briefing.Briefing
		want string
	}{
		{"by a model", briefing.Briefing{
			Source: "gpt-4", Headline: "손님 2명", Description: "문이 열려 있습니다.", Question: "확인해 주세요: 연기",
			Usage: &briefing.Usage{Attempts: 2, InputTokens: 600, OutputTokens: 80, Estimated: true},
			Made: &briefing.Made{
				Verdict: briefing.VerdictStyleSheet, Provider: "a.example", Model: "gpt-4", PromptVersion: "1", LatencyMs: 1234, DescribedBy: "vl-7",
				Said: []briefing.SaidLine{
					{Key: "some", Line: "손님 {people} 있어요", Slots: []briefing.SaidSlot{{Name: "people", Text: "2명"}}},
					{Key: "dark", Line: "어두워요", BuiltIn: true},
				},
			},
		}, `"headline":"손님 2명","description":"문이 열려 있습니다.","question":"확인해 주세요: 연기",` +
			`"usage":{"attempts":2,"inputTokens":600,"outputTokens":80,"estimated":true},` +
			`"made":{"source":"gpt-4","model":"gpt-4","promptVersion":"1","verdict":"STYLE_SHEET","latencyMs":1234,` +
			`"said":[{"key":"some","line":"손님 {people} 있어요","slots":[{"name":"people","text":"2명"}],"builtIn":false},` +
			`{"key":"dark","line":"어두워요","slots":[],"builtIn":true}],"describedBy":"vl-7","rejected":[]}`},
		{"built-in while a model writes", briefing.Briefing{
			Source: "template", Headline: "손님 없음", Made: &briefing.Made{Verdict: briefing.VerdictPending},
		}, `"headline":"손님 없음","description":null,"question":null,"usage":null,"made":{"source":"template","model":null,"promptVersion":null,` +
			`"verdict":"PENDING","latencyMs":0,"said":[],"describedBy":null,"rejected":[]}`},
		{"built-in because the lines were refused", briefing.Briefing{
			Source: "template", Made: &briefing.Made{Verdict: briefing.VerdictRefused, Provider: "a.example", Model: "gpt-4", PromptVersion: "1"},
		}, old + `{"source":"template","model":null,"promptVersion":null,"verdict":"REFUSED","latencyMs":0,"said":[],"describedBy":null,"rejected":[]}`},
		{"by a model called template", briefing.Briefing{
			Source: "template", Made: &briefing.Made{Verdict: briefing.VerdictStyleSheet, Model: "template", PromptVersion: "1"},
		}, old + `{"source":"template","model":"template","promptVersion":"1","verdict":"STYLE_SHEET","latencyMs":0,"said":[],"describedBy":null,"rejected":[]}`},
		{"of a newer version", briefing.Briefing{Source: "template", Made: &briefing.Made{Verdict: "DREAMT", LatencyMs: 1 << 40}},
			old + `{"source":"template","model":null,"promptVersion":null,"verdict":null,"latencyMs":2147483647,"said":[],"describedBy":null,"rejected":[]}`},
		{"of an older version, by a model", briefing.Briefing{Source: "gpt-4"}, old + `{"source":"gpt-4","model":"gpt-4",` + oldMade},
		{"of an older version, by the template", briefing.Briefing{Source: "template"}, old + `{"source":"template","model":null,` + oldMade},
		{"from outside", briefing.Briefing{Source: "outside"}, old + `{"source":"outside","model":null,` + oldMade},
		{"of the old server", briefing.Briefing{}, old + `null`},
	} {
		t.Log(c.name)
		b := h.worded(req, int64(i+1), c.b)
		h.gets(`query($b: ID!) { briefing(id: $b) {`+words+` } }`, `{"briefing":{`+c.want+`}}`, "b", b.ID)
	}
}

// texts counts the calls for refused texts.
type texts struct {
	briefing.Store
	calls, refs atomic.Int64
	fail        atomic.Bool
}

func (s *texts) Refused(ctx context.Context, refs []string) (map[string][]briefing.RefusedText, error) {
	s.calls.Add(1)
	s.refs.Add(int64(len(refs)))
	if s.fail.Load() {
		return nil, briefing.ErrUnavailable
	}
	return s.Store.Refused(ctx, refs)
}

// refuse stores n refused texts under a reference.
func (h *house) refuse(ref string, n int, text string, ago time.Duration) {
	h.t.Helper()
	r := briefing.Refused{Ref: ref, Username: "kim", At: time.Now().Add(-ago)}
	for range n {
		r.Texts = append(r.Texts, briefing.RefusedText{Key: "some", Text: text, Rule: "digit"})
	}
	must(h.t, h.store.SaveRefused(h.t.Context(), r))
}

// Refused texts are read only if they are selected, and those of a reference once an operation.
func TestMade_rejected(t *testing.T) {
	t.Parallel()
	counted := &texts{}
	h := open(t, func(s briefing.Store) briefing.Store { counted.Store = s; return counted })
	req := h.start("kim")
	h.refuse("sheet", 2, "손님 셋", 0)
	h.refuse("old", 1, "손님 넷", 25*time.Hour)
	h.refuse("picture", 1, "불이야", 0)
	for tick := range int64(40) {
		refs := []string{"sheet"}
		switch {
		case tick == 7:
			refs = []string{"picture", "sheet"}
		case tick >= 8 && tick < 20: // each has a refused description of its own
			ref := fmt.Sprintf("picture%d", tick)
			h.refuse(ref, 1, ref, 0)
			refs = []string{"sheet", ref}
		case tick >= 20:
			refs = []string{"old", fmt.Sprintf("gone%d", tick)}
		case tick == 0:
			refs = nil
		}
		h.worded(req, tick+1, briefing.Briefing{Source: "m", Made: &briefing.Made{Verdict: briefing.VerdictStyleSheet, Model: "m", Refused: refs}})
	}
	page := func(fields string, first, calls int64) string {
		t.Helper()
		before := counted.calls.Load()
		a := h.ask(`query($r: ID!, $n: Int!) { briefings(requestId: $r, `+fields+` } } } }`, "r", string(req.ID), "n", first)
		if len(a.Errors) > 0 {
			t.Errorf("%+v", a.Errors)
		}
		if got := counted.calls.Load() - before; got > calls {
			t.Errorf("%s of %d: %d calls, want at most %d", fields, first, got, calls)
		}
		return string(a.Data["briefings"])
	}
	page(`first: $n) { edges { node { made { source said { line } }`, 40, 0)
	page(`first: $n) { edges { node { made { rejected { key }`+` }`, 1, 0) // no references
	got := page(`first: $n) { edges { node { made { rejected { text } again: rejected { rule } }`, 7, 1)
	if n := strings.Count(got, "손님 셋"); n != 12 {
		t.Errorf("six briefings have %d texts, want 12: %s", n, got)
	}
	got = page(`first: $n) { edges { node { made { rejected { text } }`, 8, 1)
	if want := `{"rejected":[{"text":"불이야"},{"text":"손님 셋"},{"text":"손님 셋"}]}`; !strings.Contains(got, want) {
		t.Errorf("%s has no %s", got, want)
	}
	got = page(`last: $n) { edges { node { made { rejected { text } }`, 20, 1) // all have expired
	if n := strings.Count(got, `"rejected":[]`); n != 20 {
		t.Errorf("%d of 20 have no texts: %s", n, got)
	}
	got = page(`first: $n) { edges { node { made { rejected { text } }`, 40, 1)
	for tick := 8; tick < 20; tick++ {
		if want := fmt.Sprintf(`[{"text":"손님 셋"},{"text":"손님 셋"},{"text":"picture%d"}]`, tick); !strings.Contains(got, want) {
			t.Errorf("%s has no %s", got, want)
		}
	}
	counted.fail.Store(true)
	h.refuses("UNAVAILABLE", `query($r: ID!) { briefings(requestId: $r, first: 2) { edges { node { made { rejected { text } } } } } }`, "r", string(req.ID))
	before := counted.calls.Load()
	a := h.ask(`query($r: ID!) { briefings(requestId: $r, first: 9) { edges { node { made { rejected { text } } } } } }`, "r", string(req.ID))
	if got := counted.calls.Load() - before; got != 1 || len(a.Errors) != 8 {
		t.Errorf("a store that fails is asked %d times, want once, and %d of 8 sentences have an error", got, len(a.Errors))
	}
}

// An answer that repeats the texts of a style too often is refused before they are written.
func TestMade_rejected_is_bounded(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	req := h.start("kim")
	h.refuse("sheet", briefing.MaxRefused, strings.Repeat("가", 200), 0)
	h.refuse("picture", briefing.MaxRefused, strings.Repeat("나", 200), 0)
	h.worded(req, 1, briefing.Briefing{Source: "m", Made: &briefing.Made{Refused: []string{"sheet", "picture", "sheet"}}})
	document := func(n int) string {
		fields := ""
		for i := range n {
			fields += fmt.Sprintf(` a%d: rejected { text }`, i)
		}
		return `query($r: ID!) { briefings(requestId: $r, first: 1) { edges { node { made {` + fields + ` } } } } }`
	}
	a := h.ask(document(1), "r", string(req.ID))
	if n := strings.Count(string(a.Data["briefings"]), `"text"`); n != 300 || len(a.Errors) > 0 {
		t.Errorf("%d texts, %+v, want 300", n, a.Errors)
	}
	a = h.ask(document(50), "r", string(req.ID)) // 9 MB
	if len(a.Errors) > 0 {
		t.Errorf("%+v", a.Errors)
	}
	h.worded(req, 2, briefing.Briefing{Source: "m", Made: &briefing.Made{Refused: []string{"sheet", "picture"}}})
	two := strings.Replace(document(50), "first: 1", "first: 2", 1)
	a = h.ask(two, "r", string(req.ID))
	if len(a.Errors) == 0 || !strings.Contains(a.Errors[0].Message, "bytes in the answer") {
		t.Errorf("no refusal of 18 MB, but %d bytes and %+v", len(a.Data["briefings"]), a.Errors)
	}
}
