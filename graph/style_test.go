package graph_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"bis/internal/briefing"
)

// stylist is a stylist and a previewer with one answer.
type stylist struct {
	notes     []briefing.StyleNote
	sheet     briefing.StyleSheet
	rewritten []string // the users whose style was rewritten
	prepared  []string // the styles that were prepared
	providers []briefing.Provider
}

func (s *stylist) Prepare(_ string, custom []string) {
	s.prepared = append(s.prepared, strings.Join(custom, "|"))
}

func (s *stylist) Notes([]string) []briefing.StyleNote { return s.notes }

func (s *stylist) StyleSheet(context.Context, string, []string) (briefing.StyleSheet, error) {
	return s.sheet, nil
}

func (s *stylist) Rewrite(_ context.Context, username string, _ []string) (briefing.StyleSheet, error) {
	s.rewritten = append(s.rewritten, username)
	return s.sheet, nil
}

func (s *stylist) Providers() []briefing.Provider { return s.providers }

func (s *stylist) Preview(_ context.Context, in []briefing.PreviewInput) ([]string, []briefing.StyleNote, error) {
	captions := make([]string, len(in))
	for i := range in {
		captions[i] = strings.Join(in[i].Custom, "|")
	}
	return captions, s.notes, nil
}

func TestSaveStyle(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.ask(`mutation { login(username: "kim") { outcome } }`)
	const save = `mutation($i: StyleInput!) { saveStyle(input: $i) { user { username custom } notes { code text line } } }`
	h.stylist.notes = []briefing.StyleNote{
		{Code: briefing.NoteSheetPending, Text: "모델이 문장을 쓰고 있습니다."}, {Code: briefing.NoteNotMeasured, Text: "성별은 측정하지 않습니다.", Line: 2},
	}
	h.gets(save, `{"saveStyle":{"user":{"username":"kim","custom":["짧게","성별도"]},"notes":[`+
		`{"code":"SHEET_PENDING","text":"모델이 문장을 쓰고 있습니다.","line":null},{"code":"NOT_MEASURED","text":"성별은 측정하지 않습니다.","line":2}]}}`,
		"i", map[string]any{"username": "kim", "lines": []string{"짧게", "성별도"}})
	if last := h.stylist.prepared[len(h.stylist.prepared)-1]; last != "짧게|성별도" {
		t.Errorf("prepared %q", h.stylist.prepared)
	}
	h.stylist.notes = nil
	h.gets(save, `{"saveStyle":{"user":{"username":"kim","custom":[]},"notes":[]}}`, "i", map[string]any{"username": "kim", "lines": []string{}})
	h.refuses("NOT_FOUND", save, "i", map[string]any{"username": "nobody", "lines": []string{}})
	if f := h.refuses("BAD_USER_INPUT", save, "i", map[string]any{"username": "kim", "lines": make([]string, 11)}); f.Extensions["field"] != "lines" {
		t.Errorf("the refusal names %v", f.Extensions["field"])
	}
}

func TestStyleSheet(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.ask(`mutation { login(username: "kim") { outcome } }`)
	const fields = ` { verdict language builtIn provider model madeAt usage { attempts inputTokens outputTokens estimated }
		keys { key lines { line sample } builtIn } refused { key text rule } notes { code text line } }`
	h.stylist.sheet = briefing.StyleSheet{Verdict: briefing.VerdictBuiltIn, Language: "ko", BuiltIn: "polite"}
	const none = `{"verdict":"BUILT_IN","language":"ko","builtIn":"polite","provider":null,"model":null,"madeAt":null,"usage":null,"keys":[],"refused":[],"notes":[]}`
	h.gets(`{ styleSheet(username: "kim")`+fields+` }`, `{"styleSheet":`+none+`}`)
	h.stylist.sheet = briefing.StyleSheet{
		Verdict: briefing.VerdictStyleSheet, Language: "en", BuiltIn: "short", Provider: "a.example", Model: "m",
		MadeAt: time.Date(2026, 11, 26, 3, 0, 0, 0, time.UTC), Usage: &briefing.Usage{Attempts: 1, InputTokens: 2, OutputTokens: 3},
		Keys: []briefing.SheetLines{
			{Key: "some", Lines: []briefing.SheetLine{{Line: "{people} here", Sample: "2 people here"}}}, {Key: "dark", BuiltIn: true},
		},
		Refused: []briefing.RefusedText{{Key: "more", Text: "three more", Rule: "digit"}},
		Notes:   []briefing.StyleNote{{Code: briefing.NoteLinesRefused, Text: "x"}},
	}
	const full = `{"verdict":"STYLE_SHEET","language":"en","builtIn":"short","provider":"a.example","model":"m","madeAt":"2026-11-26T12:00:00+09:00",` +
		`"usage":{"attempts":1,"inputTokens":2,"outputTokens":3,"estimated":false},"keys":[{"key":"some","lines":[{"line":"{people} here","sample":"2 people here"}],"builtIn":false},` +
		`{"key":"dark","lines":[],"builtIn":true}],"refused":[{"key":"more","text":"three more","rule":"digit"}],"notes":[{"code":"LINES_REFUSED","text":"x","line":null}]}`
	h.gets(`{ styleSheet(username: "kim")`+fields+` }`, `{"styleSheet":`+full+`}`)
	h.gets(`mutation { rewriteStyle(username: "kim")`+fields+` }`, `{"rewriteStyle":`+full+`}`)
	if len(h.stylist.rewritten) != 1 || h.stylist.rewritten[0] != "kim" {
		t.Errorf("rewritten %q", h.stylist.rewritten)
	}
	h.refuses("NOT_FOUND", `{ styleSheet(username: "nobody") { verdict } }`)
	h.refuses("NOT_FOUND", `mutation { rewriteStyle(username: "nobody") { verdict } }`)
}

func TestUsage(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.ask(`mutation { login(username: "kim") { outcome } }`)
	must(t, h.store.AddUsage(t.Context(), "kim", "2026-11-26", briefing.Usage{Attempts: 4, InputTokens: 600, OutputTokens: 80}))
	must(t, h.store.AddUsage(t.Context(), "kim", "2026-11-28", briefing.Usage{Attempts: 1, Estimated: true}))
	const usage = `query($f: Date!, $t: Date!) { usage(username: "kim", from: $f, to: $t) { date usage { attempts inputTokens outputTokens estimated } } }`
	h.gets(usage, `{"usage":[{"date":"2026-11-26","usage":{"attempts":4,"inputTokens":600,"outputTokens":80,"estimated":false}},`+
		`{"date":"2026-11-28","usage":{"attempts":1,"inputTokens":0,"outputTokens":0,"estimated":true}}]}`, "f", "2026-11-01", "t", "2026-11-28")
	h.gets(usage, `{"usage":[]}`, "f", "2026-11-27", "t", "2026-11-27")
	for _, c := range [][2]string{{"2026-11-02", "2026-11-01"}, {"2026-01-01", "2026-04-03"}} {
		if f := h.refuses("BAD_USER_INPUT", usage, "f", c[0], "t", c[1]); f.Extensions["field"] != "to" {
			t.Errorf("%v: the refusal names %v", c, f.Extensions["field"])
		}
	}
	h.refuses("BAD_USER_INPUT", usage, "f", "yesterday", "t", "2026-11-01")
	h.refuses("NOT_FOUND", `{ usage(username: "nobody", from: "2026-11-01", to: "2026-11-01") { date } }`)
}

func TestProviders(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	const providers = `{ providers { id model seesPictures medianMs state lastError } }`
	h.gets(providers, `{"providers":[]}`)
	blind := false
	h.stylist.providers = []briefing.Provider{
		{ID: "a.example", Model: "m", SeesPictures: &blind, Median: 1234567 * time.Microsecond, State: briefing.ProviderPaused, LastError: "the key was refused"},
		{ID: "b.example", Model: "n", State: briefing.ProviderUntried},
	}
	h.gets(providers, `{"providers":[{"id":"a.example","model":"m","seesPictures":false,"medianMs":1234,"state":"PAUSED","lastError":"the key was refused"},`+
		`{"id":"b.example","model":"n","seesPictures":null,"medianMs":null,"state":"UNTRIED","lastError":null}]}`)
}

func TestPreviewStyle(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.ask(`mutation { login(username: "kim") { outcome } }`)
	const preview = `mutation { previewStyle(input: {username: "kim", lines: ["in English"]}) { before after samples { briefing { caption degraded } after } notes { code line } } }`
	const before = `"before":"한국어로 말해줘|공손하게 말해줘|간단명료하게 말해줘","after":"in English"`
	h.gets(preview, `{"previewStyle":{`+before+`,"samples":[],"notes":[]}}`)
	ends := time.Now().Add(time.Hour)
	started, err := h.store.StartRequest(t.Context(), briefing.Start{Request: briefing.Request{
		Username: "kim", Interval: 60, EndTime: "x", EndText: "x", StartedAt: time.Now().Add(-time.Hour), EndsAt: &ends, CameraID: briefing.DefaultCamera,
	}})
	must(t, err)
	h.stored(started.Request, 1, briefing.Facts{Scene: briefing.SceneDark}, "template")
	h.stored(started.Request, 2, briefing.Facts{Counted: true, Scene: briefing.SceneSteady}, "template")
	h.stylist.notes = []briefing.StyleNote{{Code: briefing.NoteOtherLanguage, Line: 1}}
	h.gets(preview, `{"previewStyle":{`+before+`,"samples":[{"briefing":{"caption":"x","degraded":null},"after":"in English"},`+
		`{"briefing":{"caption":"x","degraded":null},"after":"in English"}],"notes":[{"code":"OTHER_LANGUAGE","line":1}]}}`)
}
