package stylist_test

import (
	"maps"
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

// zooEnds has for each fault of the zoo how a question for a sheet ends, and after how many
// requests. An answer that is no sheet is refused.
var zooEnds = []struct {
	verdict  briefing.Verdict
	requests int
	faults   string
}{
	{briefing.VerdictStyleSheet, 1, `
		answer/length form/brackets form/channel form/closing_alone form/fenced
		form/mark_behind form/nested form/think form/thinking form/thinking_behind
		path/absent_404_text path/absent_error_in_200 path/ollama_native path/query
		path/whole path/whole_slash picture/llama_cpp picture/openai picture/openrouter
		picture/overflow picture/overflow_always picture/string picture/too_large`},
	{briefing.VerdictStyleSheet, 2, `
		answer/error_502_in_200 answer/error_list_in_200 answer/error_text_in_200
		answer/no_choices_once body/connection_broken body/hangs_once body/truncated
		form/stream_broken form/stream_error parameter/format_fastapi
		parameter/format_fastapi_echo parameter/format_go parameter/format_google
		parameter/format_mistral parameter/format_nested parameter/format_openai
		parameter/format_openai_old parameter/format_rust parameter/format_text
		parameter/format_type parameter/format_vllm parameter/system_role
		parameter/tokens_fastapi parameter/tokens_fastapi_echo parameter/tokens_go
		parameter/tokens_google parameter/tokens_mistral parameter/tokens_nested
		parameter/tokens_openai parameter/tokens_openai_old parameter/tokens_rust
		parameter/tokens_text parameter/tokens_vllm parameter/unnamed path/fastapi_404
		path/root_only status/408_once status/429_date status/429_hours status/429_huge
		status/429_nonsense status/429_once status/500_once status/502_html_once
		status/504_once status/529_once`},
	{briefing.VerdictStyleSheet, 3, `
		parameter/too_large parameter/too_large_alias parameter/too_large_sentence path/html
		path/html_404 path/method path/openai_404 status/503_loading`},
	{briefing.VerdictStyleSheet, 4, `
		parameter/three_in_turn`},
	{briefing.VerdictRefused, 1, `
		body/long body/without_end form/bom form/chunks form/odd_types form/parts
		form/refusal form/stream form/stream_endless form/stream_no_done form/stream_ping
		form/stream_plain_type form/text form/usage_missing form/usage_negative
		form/usage_strings form/usage_zero`},
	{briefing.VerdictUnavailable, 1, `
		answer/blank answer/filtered answer/reasoning answer/reasoning_content
		answer/thought_alone answer/tool_call body/gzip_bomb body/headers_endless
		body/headers_huge body/huge status/400 status/401 status/403 status/413
		status/429_quota status/redirect`},
	{briefing.VerdictUnavailable, 2, `
		answer/error_in_200 answer/length_always answer/no_choices answer/null_choices
		answer/unclosed_thought body/deep body/drip body/empty body/garbage body/hangs
		body/text path/nowhere status/400_model status/404_model status/404_ollama
		status/429_always status/500_always status/503_always status/drip`},
}

// zooEnd returns how the question ends under a fault.
func zooEnd(t *testing.T, fault string) (verdict briefing.Verdict, requests int) {
	t.Helper()
	for _, end := range zooEnds {
		if slices.Contains(strings.Fields(end.faults), fault) {
			return end.verdict, end.requests
		}
	}
	t.Fatalf("no end of %s is known", fault)
	return "", 0
}

// Each fault of the zoo ends in the model's lines or in the built-in ones, as zooEnds has it,
// within the time for a sheet, and with nothing stored but good lines.
func TestStyled_in_the_zoo(t *testing.T) {
	t.Parallel()
	zoo := modeltest.Zoo()
	for _, name := range slices.Sorted(maps.Keys(zoo)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				verdict, requests := zooEnd(t, name)
				a, st := writes(some), newStore()
				a.Fault = zoo[name]
				s := open(t, stylist.Config{Chain: chain(t, func(c *provider.Config) {
					c.Models[0].BaseURL = "http://a.test" + modeltest.Paths[name]
				}, a), Store: st})
				began := time.Now()
				got := await(t, s, "kim", polite)
				if took := time.Since(began); took > stylist.DefaultSheetTime+time.Second {
					t.Errorf("%v, more than the time for a sheet", took)
				}
				synctest.Wait()
				if n := len(a.Requests()); n != requests || st.usage["kim 2000-01-01"].Attempts != n {
					t.Errorf("%d requests, want %d; usage %+v", n, requests, st.usage)
				}
				if got.Verdict != verdict {
					t.Errorf("verdict %s, want %s", got.Verdict, verdict)
				}
				if verdict == briefing.VerdictStyleSheet {
					if lines(got, sheet.Some) != some || len(st.sheets) != 1 || got.Degraded != "" {
						t.Errorf("got %+v, stored %v", got, st.sheets)
					}
					return
				}
				if len(st.sheets) != 0 || got.Degraded != briefing.ModelUnavailable || got.Provider != "" || got.Sheet.Base != sheet.Polite {
					t.Errorf("got %+v, stored %v", got, st.sheets)
				}
				texts := st.refused[got.Refused].Texts
				if refused := verdict == briefing.VerdictRefused; refused != (len(texts) == 1 && texts[0].Key == "sheet") {
					t.Errorf("refused %+v", texts)
				}
			})
		})
	}
}
