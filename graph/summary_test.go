package graph_test

import (
	"testing"

	"bis/internal/briefing"
)

const figures = `query($id: ID!) { aiSummary(requestId: $id) { figures { samples counted occupiedShare averagePeople peak peakAt longestEmptyMinutes hours { hour samples average peak } offlineMinutes unchanged } advice { rule text } } }`

// sampled stores the result of a tick with that many people, or without a picture if people is
// negative.
func (h *house) sampled(req briefing.Request, tick int64, people int) {
	h.t.Helper()
	b := briefing.Briefing{At: req.TickAt(tick), Caption: "x", Text: "x", Source: "template"}
	if people < 0 {
		b.Degraded, b.Facts.Scene = briefing.CameraOffline, briefing.SceneNone
	} else {
		b.Facts = briefing.Facts{Counted: true, Scene: briefing.SceneSteady, Counts: []briefing.ObjectCount{{Name: briefing.Person, Count: people}}}
	}
	_, err := h.store.Append(h.t.Context(), briefing.Append{RequestID: req.ID, Owner: req.Owner, Tick: tick, Briefing: b})
	must(h.t, err)
}

func TestSummary_figures(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	req := h.start("kim")
	h.gets(figures, `{"aiSummary":{"figures":{"samples":0,"counted":0,"occupiedShare":null,"averagePeople":null,"peak":0,"peakAt":null,"longestEmptyMinutes":null,"hours":[],"offlineMinutes":0,"unchanged":0},"advice":[]}}`, "id", string(req.ID))
	for i, people := range []int{0, 0, 2, 4, -1, -1, -1} {
		h.sampled(req, int64(i+1), people)
	}
	want := `{"aiSummary":{"figures":{"samples":7,"counted":4,"occupiedShare":0.5,"averagePeople":1.5,"peak":4,"peakAt":"2026-03-01T12:04:00+09:00","longestEmptyMinutes":1,"hours":[{"hour":12,"samples":4,"average":1.5,"peak":4}],"offlineMinutes":2,"unchanged":1},"advice":[]}}`
	h.gets(figures, want, "id", string(req.ID))
	h.gets(figures, want, "id", string(req.ID)) // from the cache
}

// Figures that are in the cache are deleted with their user. A new request of that name begins with
// none.
func TestSummary_figures_after_a_deletion(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	req := h.start("kim")
	h.sampled(req, 1, 3)
	const peak = `query($id: ID!) { aiSummary(requestId: $id) { figures { samples peak } } }`
	h.gets(peak, `{"aiSummary":{"figures":{"samples":1,"peak":3}}}`, "id", req.ID)
	h.gets(`mutation { deleteUserData(username: "kim") { requests briefings } }`, `{"deleteUserData":{"requests":1,"briefings":1}}`)
	h.refuses("NOT_FOUND", peak, "id", req.ID)
	next := h.start("kim")
	h.gets(peak, `{"aiSummary":{"figures":{"samples":0,"peak":0}}}`, "id", next.ID)
	for _, document := range []string{
		`mutation($id: ID!) { runNow(requestId: $id) { id } }`,
		`mutation($id: ID!) { extendBriefing(requestId: $id, endTime: "18:30") { id } }`,
	} {
		h.refuses("NOT_FOUND", document, "id", req.ID)
	}
}

// A request of old data has briefings without facts.
func TestSummary_figures_of_briefings_without_facts(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	req := h.start("kim")
	h.brief(req, 1, "손님이 없습니다.")
	h.gets(figures, `{"aiSummary":{"figures":{"samples":1,"counted":0,"occupiedShare":null,"averagePeople":null,"peak":0,"peakAt":null,"longestEmptyMinutes":null,"hours":[],"offlineMinutes":0,"unchanged":0},"advice":[]}}`, "id", string(req.ID))
}

const counting = `{ about { counting { method name medianMs wanted reason detail } } }`

// What counts is asked at each call. Without an answer of the operator, motion counts.
func TestAbout_counting(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.gets(counting, `{"about":{"counting":{"method":"MOTION","name":null,"medianMs":null,"wanted":null,"reason":null,"detail":null}}}`)
	now := briefing.Counting{Method: briefing.MethodMotion, Wanted: "yolox.onnx", Reason: "PREPARING", Detail: "준비하고 있습니다."}
	h.counts = func() briefing.Counting { return now }
	h.gets(counting, `{"about":{"counting":{"method":"MOTION","name":null,"medianMs":null,"wanted":"yolox.onnx","reason":"PREPARING","detail":"준비하고 있습니다."}}}`)
	now = briefing.Counting{Method: briefing.MethodModel, Name: "yolox.onnx", MedianMs: 97}
	h.gets(counting, `{"about":{"counting":{"method":"MODEL","name":"yolox.onnx","medianMs":97,"wanted":null,"reason":null,"detail":null}}}`)
	now = briefing.Counting{Method: briefing.MethodHTTP, Name: "10.0.0.2"}
	h.gets(counting, `{"about":{"counting":{"method":"HTTP","name":"10.0.0.2","medianMs":null,"wanted":null,"reason":null,"detail":null}}}`)
}

func TestAbout(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.gets(`{ about { version store camera wording timeZone accounts } }`,
		`{"about":{"version":"v1","store":"SQLite","camera":"demo","wording":"template","timeZone":"`+seoul.String()+`","accounts":false}}`)
}
