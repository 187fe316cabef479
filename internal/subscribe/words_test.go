package subscribe_test

import (
	"testing"

	"bis/internal/briefing"
	"bis/internal/subscribe/subscribetest"
)

// Headlines, descriptions and how words were made reach subscribers live and in a replay, in the
// same bytes, whether the executor writes them or the shorter way.
func TestSubscription_loses_nothing_of_the_words(t *testing.T) {
	t.Parallel()
	h := subscribetest.Open(t)
	const (
		flat = `subscription ($id: ID!) { briefings(requestId: $id) { headline description question } }`
		full = `subscription ($id: ID!) { briefings(requestId: $id) { headline description question usage { attempts estimated }
			made { source verdict said { key line slots { text } } describedBy rejected { text } } } }`
		texts = `"headline":"세 명","description":"문이 열려 있습니다.","question":"확인해 주세요: 연기"`
		rest  = `,"usage":{"attempts":2,"estimated":true},"made":{"source":"m","verdict":"STYLE_SHEET",` +
			`"said":[{"key":"some","line":"손님 {people}","slots":[{"text":"3명"}]}],"describedBy":"v","rejected":[{"text":"손님 셋"}]}`
		none = `"headline":null,"description":null,"question":null`
	)
	for _, c := range []struct{ query, first, second string }{
		{flat, texts, none}, {full, texts + rest, none + `,"usage":null,"made":{"source":"template","verdict":null,"said":[],"describedBy":null,"rejected":[]}`},
	} {
		req := h.Start("kim") // ends the one before
		subscribetest.Must(t, h.Store.SaveRefused(t.Context(), briefing.Refused{
			Ref: "r", Username: "kim", At: h.Store.Now(), Texts: []briefing.RefusedText{{Key: "some", Text: "손님 셋", Rule: "digit"}},
		}))
		live, late := h.Init(), h.Init()
		hears := func(p subscribetest.Peer, fields string) {
			t.Helper()
			p.Hears(`{"id":"1","type":"next","payload":{"data":{"briefings":{` + fields + `}}}}`)
		}
		live.Subscribe("1", c.query, map[string]any{"id": req.ID})
		storeWords(t, h, &req, briefing.Briefing{
			Source: "m", Headline: "세 명", Description: "문이 열려 있습니다.", Question: "확인해 주세요: 연기",
			Usage: &briefing.Usage{Attempts: 2, Estimated: true},
			Made: &briefing.Made{
				Verdict: briefing.VerdictStyleSheet, Model: "m", DescribedBy: "v", Refused: []string{"r"},
				Said: []briefing.SaidLine{{Key: "some", Line: "손님 {people}", Slots: []briefing.SaidSlot{{Name: "people", Text: "3명"}}}},
			},
		})
		hears(live, c.first)
		storeWords(t, h, &req, briefing.Briefing{Source: "template"})
		hears(live, c.second)
		late.Subscribe("1", c.query, map[string]any{"id": req.ID})
		hears(late, c.first)
		hears(late, c.second)
	}
}

// storeWords stores the run of the next tick.
func storeWords(t *testing.T, h *subscribetest.House, req *briefing.Request, b briefing.Briefing) {
	t.Helper()
	req.LastTick++
	b.At, b.Caption, b.Text = req.TickAt(req.LastTick), "x", "_x"
	_, err := h.Store.Append(t.Context(), briefing.Append{RequestID: req.ID, Owner: req.Owner, Tick: req.LastTick, Briefing: b})
	subscribetest.Must(t, err)
}
