package subscribe_test

import (
	"fmt"
	"testing"

	"bis/internal/briefing"
	"bis/internal/subscribe/subscribetest"
)

// Zones, boxes and unchanged runs reach subscribers live and in a replay, in the same bytes, whether
// the executor writes them or the shorter way.
func TestSubscription_loses_nothing_of_the_facts(t *testing.T) {
	t.Parallel()
	h := subscribetest.Open(t)
	const (
		flat = `subscription ($id: ID!) { briefings(requestId: $id) { unchanged counts { name count } } }`
		full = `subscription ($id: ID!) { briefings(requestId: $id) { unchanged counts { name count }
			facts { people counts { count zone method } boxes { x0 name score zone } } } }`
		counts = `"counts":[{"name":"person","count":3}]`
		facts  = `"facts":{"people":3,"counts":[{"count":1,"zone":"a","method":"MODEL"},{"count":2,"zone":"b","method":"MODEL"}],` +
			`"boxes":[{"x0":0.25,"name":"person","score":0.5,"zone":"a"}]}`
	)
	for query, fields := range map[string]string{flat: counts, full: counts + "," + facts} {
		req := h.Start("kim") // ends the one before
		live, late := h.Init(), h.Init()
		hears := func(p subscribetest.Peer, unchanged bool) {
			t.Helper()
			p.Hears(fmt.Sprintf(`{"id":"1","type":"next","payload":{"data":{"briefings":{"unchanged":%v,%s}}}}`, unchanged, fields))
		}
		live.Subscribe("1", query, map[string]any{"id": req.ID})
		for _, unchanged := range []bool{false, true} {
			storeRun(t, h, &req, unchanged)
			hears(live, unchanged)
		}
		late.Subscribe("1", query, map[string]any{"id": req.ID})
		hears(late, false)
		hears(late, true)
	}
}

// storeRun stores the run of the next tick.
func storeRun(t *testing.T, h *subscribetest.House, req *briefing.Request, unchanged bool) {
	t.Helper()
	req.LastTick++
	_, err := h.Store.Append(t.Context(), briefing.Append{
		RequestID: req.ID, Owner: req.Owner, Tick: req.LastTick,
		Briefing: briefing.Briefing{
			At: req.TickAt(req.LastTick), Caption: "x", Text: "_x", Unchanged: unchanged,
			Facts: briefing.Facts{
				Counted: true, Method: briefing.MethodModel, Detector: "m",
				Counts: []briefing.ObjectCount{{Name: briefing.Person, Count: 1, Zone: "a"}, {Name: briefing.Person, Count: 2, Zone: "b"}},
				Boxes:  []briefing.Box{{X0: 0.25, Name: briefing.Person, Score: 0.5, Zone: "a"}},
			},
		},
	})
	subscribetest.Must(t, err)
}
