package storetest

import (
	"time"

	"bis/internal/briefing"
)

// made returns how words were made. Every field has a value other than zero.
func made() *briefing.Made {
	return &briefing.Made{
		Verdict: briefing.VerdictStyleSheet, Provider: "models.example.com", Model: "m-1",
		PromptVersion: "3", LatencyMs: 1_250, DescribedBy: "m-2", Refused: []string{"r1", "r2"},
		Said: []briefing.SaidLine{
			{Key: "some", Line: "손님 {people} 계세요.", Slots: []briefing.SaidSlot{
				{Name: "people", Text: "두 분"}, {Name: "is", Text: "<&>\u2028\"\\"},
			}},
			{Key: "unchanged", Line: "그대로예요.", BuiltIn: true},
		},
	}
}

// words are the promises of what a briefing says besides its caption.
var words = []promise{
	// The headline, the description, the question, and how they were made are stored, and every
	// read and the feed return them. Text and caption are as without them.
	{"Append/stores_the_words_and_every_read_returns_them", func(h *fixture) {
		h.known("kim")
		req := h.start("kim")
		f := h.feed()
		var want []briefing.Briefing
		for i, change := range []func(*briefing.Briefing){
			func(*briefing.Briefing) {},
			func(b *briefing.Briefing) { b.Headline, b.Made, b.Usage = "", nil, nil },
			func(b *briefing.Briefing) { b.Description, b.Question, b.Usage = "", "", &briefing.Usage{} },
			func(b *briefing.Briefing) { b.Made = &briefing.Made{Verdict: briefing.VerdictBuiltIn} },
		} {
			a := runOf(req, int64(i+1))
			change(&a.Briefing)
			got, err := h.Append(h.Context(), a)
			h.ok(err)
			same := a.Briefing
			same.ID, same.RequestID, same.Cursor, same.Tick = got.ID, req.ID, got.Cursor, a.Tick
			h.same("Append", got, same)
			want = append(want, same)
		}
		h.everywhere("kim", req, f, want)
	}},
	// AddBriefing stores them, too. A briefing without words has none.
	{"AddBriefing/stores_the_words_and_every_read_returns_them", func(h *fixture) {
		h.known("kim")
		req := h.start("kim")
		f := h.feed()
		beside := runOf(req, 5).Briefing
		beside.RequestID = req.ID
		var want []briefing.Briefing
		for _, b := range []briefing.Briefing{beside, fromOutside(req, "x")} {
			got, err := h.AddBriefing(h.Context(), b)
			h.ok(err)
			b.ID, b.Cursor = got.ID, got.Cursor
			h.same("AddBriefing", got, b)
			want = append(want, b)
		}
		h.everywhere("kim", req, f, want)
	}},
	// A mark changes no words, and they survive the end of the process.
	{"ReportBriefing/leaves_the_words", func(h *fixture) {
		req := h.start("kim")
		b := h.append(req, 1)
		b.ReportedWrong = true
		marked, _, err := h.ReportBriefing(h.Context(), b.ID, briefing.Mark{Wrong: true})
		h.ok(err)
		h.same("ReportBriefing", marked, b)
		next := &fixture{T: h.T, Store: h.harness.Takeover(h.T, h.Store, otherInstance), harness: h.harness}
		h.same("another process", next.all(req.ID), []briefing.Briefing{b})
	}},
}

// everywhere checks that every read and the feed return the briefings of a request as they are.
func (h *fixture) everywhere(
	user string, req briefing.Request, f briefing.Feed, want []briefing.Briefing,
) {
	h.Helper()
	var told []briefing.Briefing
	for _, c := range h.nextChanges(f, len(want)) {
		told = append(told, c.Briefing)
	}
	h.same("feed", told, want)
	h.same("Briefings", h.all(req.ID), want)
	back, _, err := h.Briefings(h.Context(), req.ID, briefing.Slice{Limit: 9, Backward: true})
	h.ok(err)
	h.same("Briefings backward", back, want)
	later, err := h.CatchUp(h.Context(), []briefing.Position{{RequestID: req.ID}}, 9)
	h.ok(err)
	h.same("CatchUp", later[req.ID], want)
	for _, b := range want {
		one, _, err := h.Briefing(h.Context(), b.ID)
		h.ok(err)
		h.same("Briefing", one, b)
	}
	inOrder(want)
	q := briefing.DayQuery{Username: user, From: noon, To: noon.Add(time.Hour)}
	h.same("DayBriefings", h.day(q, briefing.DayFilter{}, 3, 4), want)
}
