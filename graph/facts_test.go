package graph_test

import (
	"strings"
	"testing"

	"bis/internal/briefing"
)

const factsAndMade = `query($b: ID!) { briefing(id: $b) {
	facts { people counts { name count method estimate } change brightness scene detector }
	made { source model }
} }`

// stored stores a briefing with those facts by that author, and returns it.
func (h *house) stored(req briefing.Request, tick int64, f briefing.Facts, source string) briefing.Briefing {
	h.t.Helper()
	at := req.TickAt(tick)
	b, err := h.store.Append(h.t.Context(), briefing.Append{
		RequestID: req.ID, Owner: req.Owner, Tick: tick,
		Briefing: briefing.Briefing{
			At: at, Caption: "x", Text: briefing.Text(at, seoul, "x"), Facts: f, Source: source,
		},
	})
	must(h.t, err)
	return b
}

func TestBriefing_facts_and_made(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	req := h.start("kim")
	person := []briefing.ObjectCount{{Name: "person", Count: 2}}
	for i, c := range []struct {
		name   string
		facts  briefing.Facts
		source string
		want   string
	}{
		{"counted by motion", briefing.Facts{
			Counts: person, Counted: true, Estimate: true, Change: .25, Brightness: 101.5,
			Scene: briefing.SceneMoving, Detector: "motion",
		}, "template", `{"facts":{"people":2,"counts":[{"name":"person","count":2,"method":"MOTION","estimate":true}],` +
			`"change":0.25,"brightness":101.5,"scene":"MOVING","detector":"motion"},"made":{"source":"template","model":null}}`},
		{"counted by a model", briefing.Facts{
			Counts:  []briefing.ObjectCount{{Name: "bottle", Count: 0}, {Name: "person", Count: 0}},
			Counted: true, Scene: briefing.SceneSteady, Detector: "yolo",
		}, "gpt-4", `{"facts":{"people":0,"counts":[{"name":"bottle","count":0,"method":"MODEL","estimate":false},` +
			`{"name":"person","count":0,"method":"MODEL","estimate":false}],` +
			`"change":0,"brightness":0,"scene":"STEADY","detector":"yolo"},"made":{"source":"gpt-4","model":"gpt-4"}}`},
		{"no people searched for", briefing.Facts{
			Counts: []briefing.ObjectCount{{Name: "cat", Count: 1}}, Counted: true,
		}, "outside", `{"facts":{"people":null,"counts":[{"name":"cat","count":1,"method":"OUTSIDE","estimate":false}],` +
			`"change":null,"brightness":null,"scene":null,"detector":null},"made":{"source":"outside","model":null}}`},
		{"of old data without a detector", briefing.Facts{Counts: person, Counted: true}, "template",
			`{"facts":{"people":2,"counts":[{"name":"person","count":2,"method":"OUTSIDE","estimate":false}],` +
				`"change":null,"brightness":null,"scene":null,"detector":null},"made":{"source":"template","model":null}}`},
		{"counted nothing outside", briefing.Facts{Counted: true}, "outside",
			`{"facts":{"people":null,"counts":[],"change":null,"brightness":null,"scene":null,"detector":null},` +
				`"made":{"source":"outside","model":null}}`},
		{"in the dark", briefing.Facts{Brightness: 3, Scene: briefing.SceneDark}, "template",
			`{"facts":{"people":null,"counts":[],"change":null,"brightness":3,"scene":"DARK","detector":null},` +
				`"made":{"source":"template","model":null}}`},
		{"learning", briefing.Facts{Brightness: 90, Scene: briefing.SceneLearning}, "template",
			`{"facts":{"people":null,"counts":[],"change":null,"brightness":90,"scene":"LEARNING","detector":null},` +
				`"made":{"source":"template","model":null}}`},
		{"all changed", briefing.Facts{Brightness: 90, Change: 1, Scene: briefing.SceneChanged}, "template",
			`{"facts":{"people":null,"counts":[],"change":1,"brightness":90,"scene":"CHANGED","detector":null},` +
				`"made":{"source":"template","model":null}}`},
		{"no picture", briefing.Facts{Scene: briefing.SceneNone}, "template",
			`{"facts":{"people":null,"counts":[],"change":null,"brightness":null,"scene":null,"detector":null},` +
				`"made":{"source":"template","model":null}}`},
		{"a scene of another version", briefing.Facts{Scene: "foggy", Brightness: 5}, "template",
			`{"facts":{"people":null,"counts":[],"change":null,"brightness":5,"scene":null,"detector":null},` +
				`"made":{"source":"template","model":null}}`},
		{"nothing measured", briefing.Facts{}, "outside", `{"facts":null,"made":{"source":"outside","model":null}}`},
		{"old data", briefing.Facts{}, "", `{"facts":null,"made":null}`},
	} {
		b := h.stored(req, int64(i+1), c.facts, c.source)
		t.Log(c.name)
		h.gets(factsAndMade, `{"briefing":`+c.want+`}`, "b", b.ID)
	}
}

// Counts are by zone in the facts, and by class in Briefing.counts. A score of 0 and no zone are null.
func TestBriefing_counts_by_zone_with_boxes(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	req := h.start("kim")
	const document = `query($b: ID!) { briefing(id: $b) { unchanged counts { name count }
		facts { people counts { name count zone method estimate } boxes { x0 y0 x1 y1 name score zone } } } }`
	b := h.stored(req, 1, briefing.Facts{
		Counts: []briefing.ObjectCount{
			{Name: "person", Count: 2, Zone: "z1"}, {Name: "cat", Count: 1, Zone: "z1"}, {Name: "person", Count: 1, Zone: "z2"},
		},
		Counted: true, Detector: "10.0.0.2", Method: briefing.MethodHTTP,
		Boxes: []briefing.Box{
			{X0: 0.1, Y0: 0.25, X1: 0.3333, Y1: 1, Name: "person", Score: 0.875, Zone: "z1"}, {X1: 1, Y1: 0.5, Name: "cat"},
		},
	}, "template")
	h.gets(document, `{"briefing":{"unchanged":false,"counts":[{"name":"person","count":3},{"name":"cat","count":1}],`+
		`"facts":{"people":3,"counts":[{"name":"person","count":2,"zone":"z1","method":"HTTP","estimate":false},`+
		`{"name":"cat","count":1,"zone":"z1","method":"HTTP","estimate":false},{"name":"person","count":1,"zone":"z2","method":"HTTP","estimate":false}],`+
		`"boxes":[{"x0":0.1,"y0":0.25,"x1":0.3333,"y1":1,"name":"person","score":0.875,"zone":"z1"},`+
		`{"x0":0,"y0":0,"x1":1,"y1":0.5,"name":"cat","score":null,"zone":null}]}}}`, "b", b.ID)
	b = h.stored(req, 2, briefing.Facts{Scene: briefing.SceneDark}, "template")
	h.gets(document, `{"briefing":{"unchanged":false,"counts":[],"facts":{"people":null,"counts":[],"boxes":[]}}}`, "b", b.ID)
}

// An unchanged run says so and counts among the done ticks, and one from outside is none.
func TestBriefing_unchanged(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	req := h.start("kim")
	for tick := range int64(3) {
		_, err := h.store.Append(t.Context(), briefing.Append{
			RequestID: req.ID, Owner: req.Owner, Tick: tick + 1,
			Briefing: briefing.Briefing{At: req.TickAt(tick + 1), Caption: "x", Text: "x", Unchanged: tick > 0},
		})
		must(t, err)
	}
	_, err := h.store.AddBriefing(t.Context(), briefing.Briefing{RequestID: req.ID, Caption: "x", Text: "x"})
	must(t, err)
	h.gets(`query($r: ID!) { request(id: $r) { ticks { done unchanged skipped missed } briefings(first: 9) { edges { node { unchanged } } } } }`,
		`{"request":{"ticks":{"done":3,"unchanged":2,"skipped":0,"missed":0},"briefings":{"edges":[{"node":{"unchanged":false}},`+
			`{"node":{"unchanged":true}},{"node":{"unchanged":true}},{"node":{"unchanged":false}}]}}}`, "r", string(req.ID))
}

// A briefing is found by its id in upper case too. A malformed id is null like an unknown one.
func TestQuery_briefing(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	b := h.brief(h.start("kim"), 1, "x")
	const document = `query($b: ID!) { briefing(id: $b) { id caption } }`
	want := `{"briefing":{"id":"` + string(b.ID) + `","caption":"x"}}`
	h.gets(document, want, "b", b.ID)
	h.gets(document, want, "b", strings.ToUpper(string(b.ID)))
	for _, id := range []any{"", "x", "0123456789abcdef01234567", b.RequestID, 7} {
		h.gets(document, `{"briefing":null}`, "b", id)
	}
}
