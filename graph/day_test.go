package graph_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"bis/internal/briefing"
)

const dayDocument = `query($u: String!, $d: Date!, $f: BriefingFilter, $n: Int, $a: Cursor, $c: ID) {
	dayBriefings(username: $u, date: $d, filter: $f, first: $n, after: $a, cameraId: $c) {
		edges { cursor node { caption } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
	} }`

// dayPage is an answer to dayDocument.
type dayPage struct {
	Edges []struct {
		Cursor string
		Node   struct{ Caption string }
	}
	PageInfo struct {
		HasNextPage, HasPreviousPage bool
		StartCursor, EndCursor       *string
	}
}

func (p dayPage) captions() string {
	var list []string
	for _, e := range p.Edges {
		list = append(list, e.Node.Caption)
	}
	return strings.Join(list, " ")
}

func (h *house) day(variables ...any) (p dayPage) {
	h.t.Helper()
	a := h.ask(dayDocument, variables...)
	if len(a.Errors) > 0 {
		h.t.Fatalf("%v: %+v", variables, a.Errors)
	}
	must(h.t, json.Unmarshal(a.Data["dayBriefings"], &p))
	return p
}

// outside adds a briefing from outside at a time, with so many people.
func (h *house) outside(req briefing.Request, at, caption string, people int) {
	h.t.Helper()
	h.gets(`mutation($i: AddBriefingInput!) { addBriefing(input: $i) { caption } }`, `{"addBriefing":{"caption":"`+caption+`"}}`,
		"i", map[string]any{"requestId": req.ID, "caption": caption, "at": at, "counts": []any{map[string]any{"name": "person", "count": people}}})
}

func TestQuery_dayBriefings(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.gets(`mutation { login(username: "kim") { outcome } }`, `{"login":{"outcome":"SIGNUP"}}`)
	req := h.start("kim")
	h.outside(req, "2026-02-28T14:59:59.999Z", "yesterday", 1)
	h.outside(req, "2026-03-01T00:00:00+09:00", "b", 1)
	h.outside(req, "2026-03-01T23:59:59.999+09:00", "e", 2)
	h.outside(req, "2026-03-02T00:00:00+09:00", "tomorrow", 1)
	req = h.start("kim")
	h.outside(req, "2026-03-01T12:00:00+09:00", "c", 1)
	h.outside(req, "2026-03-01T12:00:00+09:00", "D", 1)
	day := []any{"u", "kim", "d", "2026-03-01"}
	with := func(more ...any) []any { return append(append([]any{}, day...), more...) }
	all := h.day(day...)
	if got := all.captions(); got != "b c D e" || all.PageInfo.HasNextPage || all.PageInfo.HasPreviousPage {
		t.Errorf("the day has %q, %+v", got, all.PageInfo)
	}
	if *all.PageInfo.StartCursor != all.Edges[0].Cursor || *all.PageInfo.EndCursor != all.Edges[3].Cursor {
		t.Errorf("cursors %+v of %+v", all.PageInfo, all.Edges)
	}
	first := h.day(with("n", 3)...)
	if got := first.captions(); got != "b c D" || !first.PageInfo.HasNextPage || *first.PageInfo.EndCursor != all.Edges[2].Cursor {
		t.Errorf("the first page has %q, %+v", got, first.PageInfo)
	}
	rest := h.day(with("n", 3, "a", *first.PageInfo.EndCursor)...)
	if got := rest.captions(); got != "e" || rest.PageInfo.HasNextPage || !rest.PageInfo.HasPreviousPage {
		t.Errorf("the second page has %q, %+v", got, rest.PageInfo)
	}
	for _, c := range []struct {
		filter map[string]any
		want   string
	}{
		{nil, "b c D e"},
		{map[string]any{"text": "d"}, "D"},
		{map[string]any{"text": ""}, "b c D e"},
		{map[string]any{"from": "2026-03-01T12:00:00+09:00"}, "c D e"},
		{map[string]any{"from": "2026-02-01T12:00:00+09:00"}, "b c D e"},
		{map[string]any{"from": "2026-03-02T12:00:00+09:00"}, ""},
		{map[string]any{"changed": true}, "c e"}, // b has the counts of yesterday's
		{map[string]any{"changed": false}, "b D"},
		{map[string]any{"degraded": true}, ""},
		{map[string]any{"degraded": false, "changed": nil, "text": nil}, "b c D e"},
	} {
		if got := h.day(with("f", c.filter)...).captions(); got != c.want {
			t.Errorf("%v selects %q, want %q", c.filter, got, c.want)
		}
	}
	if got := h.day(with("c", "default")...).captions(); got != "b c D e" {
		t.Errorf("the default camera has %q", got)
	}
	if none := h.day(with("c", "other")...); none.captions() != "" || none.PageInfo.EndCursor != nil || none.PageInfo.HasNextPage {
		t.Errorf("another camera has %+v", none)
	}
	h.refuses("NOT_FOUND", dayDocument, "u", "nobody", "d", "2026-03-01")
	for _, cursor := range []string{"?", "", "AQ", string(briefing.MakeCursor(req.ID, "0123456789abcdef01234567"))} {
		h.refuses("BAD_CURSOR", dayDocument, with("a", cursor)...)
	}
	h.refuses("BAD_CURSOR", dayDocument, "u", "kim", "d", "2026-03-02", "a", all.Edges[0].Cursor)
	h.refuses("BAD_CURSOR", dayDocument, with("c", "default", "a", all.Edges[0].Cursor)...)
	h.refuses("BAD_CURSOR", `query($r: ID!, $a: Cursor) { briefings(requestId: $r, after: $a) { edges { cursor } } }`, "r", req.ID, "a", all.Edges[0].Cursor)
	for field, bad := range map[string][]any{
		"first": with("n", 501), "text": with("f", map[string]any{"text": strings.Repeat("가", 101)}),
		"date": {"u", "kim", "d", "2026-02-30"}, "from": with("f", map[string]any{"from": "2026-03-01"}),
	} {
		if f := h.refuses("BAD_USER_INPUT", dayDocument, bad...); f.Extensions["field"] != field {
			t.Errorf("%v: the field is %v, want %s", bad, f.Extensions["field"], field)
		}
	}
	f := h.refuses("BAD_USER_INPUT", `{ dayBriefings(username: "kim", date: "2026-3-1") { edges { cursor } } }`)
	if f.Extensions["field"] != "date" || !strings.Contains(f.Message, "2026-11-26") {
		t.Errorf("a literal that is no date: %+v", f)
	}
}

// A search that finds little ends early, and the client continues at the cursor.
func TestQuery_dayBriefings_bounds_the_search(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.gets(`mutation { login(username: "kim") { outcome } }`, `{"login":{"outcome":"SIGNUP"}}`)
	req := h.start("kim")
	for i := range 2_100 {
		at := time.Date(2026, 3, 1, 0, 0, i, 0, seoul)
		caption := map[bool]string{false: "hay", true: "needle"}[i == 2_050]
		_, err := h.store.AddBriefing(t.Context(), briefing.Briefing{RequestID: req.ID, At: at, Caption: caption, Text: briefing.Text(at, seoul, caption)})
		must(t, err)
	}
	find := []any{"u", "kim", "d", "2026-03-01", "f", map[string]any{"text": "NEEDLE"}}
	page := h.day(find...)
	if len(page.Edges) > 0 || !page.PageInfo.HasNextPage || page.PageInfo.EndCursor == nil || page.PageInfo.StartCursor != nil {
		t.Fatalf("the first page is %+v, want none and a cursor", page)
	}
	page = h.day(append(find, "a", *page.PageInfo.EndCursor)...)
	if page.captions() != "needle" || page.PageInfo.HasNextPage {
		t.Errorf("the second page is %+v, want the needle", page)
	}
}

func TestQuery_occupancy(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.gets(`mutation { login(username: "kim") { outcome } }`, `{"login":{"outcome":"SIGNUP"}}`)
	req := h.start("kim")
	h.outside(req, "2026-02-28T23:59:59+09:00", "x", 9)
	h.outside(req, "2026-03-01T00:00:00+09:00", "x", 1)
	h.outside(req, "2026-03-01T00:14:59.999+09:00", "x", 2)
	h.outside(req, "2026-03-01T23:45:00+09:00", "x", 0)
	const document = `query($u: String!, $d: Date!) { occupancy(username: $u, date: $d) { from samples people } }`
	a := h.ask(document, "u", "kim", "d", "2026-03-01")
	var points []struct {
		From    string
		Samples int
		People  *float64
	}
	must(t, json.Unmarshal(a.Data["occupancy"], &points))
	if len(points) != 96 {
		t.Fatalf("%d points, want 96", len(points))
	}
	for i, p := range points {
		from := time.Date(2026, 3, 1, 0, 15*i, 0, 0, seoul).Format(time.RFC3339)
		want, got := fmt.Sprint(from, " 0 <nil>"), fmt.Sprint(p.From, " ", p.Samples, " ")
		switch i {
		case 0:
			want = from + " 2 1.5"
		case 95:
			want = from + " 1 0"
		}
		if p.People == nil {
			got += "<nil>"
		} else {
			got += fmt.Sprint(*p.People)
		}
		if got != want {
			t.Errorf("point %d is %s, want %s", i, got, want)
		}
	}
	h.refuses("NOT_FOUND", document, "u", "nobody", "d", "2026-03-01")
	h.refuses("BAD_USER_INPUT", document, "u", "kim", "d", "today")
}
