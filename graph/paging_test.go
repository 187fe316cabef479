package graph_test

import (
	"encoding/json"
	"slices"
	"testing"

	"bis/internal/briefing"
)

// page is the JSON of a connection.
type page struct {
	Edges    []struct{ Cursor briefing.Cursor }
	PageInfo struct {
		HasNextPage, HasPreviousPage bool
		StartCursor, EndCursor       *briefing.Cursor
	}
}

const pageDocument = `query($id: ID!, $first: Int, $after: Cursor, $last: Int, $before: Cursor) {
	briefings(requestId: $id, first: $first, after: $after, last: $last, before: $before) {
		edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`

func (h *house) page(variables ...any) page {
	h.t.Helper()
	a := h.ask(pageDocument, variables...)
	if len(a.Errors) > 0 {
		h.t.Fatal(a.Errors)
	}
	var p page
	must(h.t, json.Unmarshal(a.Data["briefings"], &p))
	return p
}

func TestPaging_goes_both_ways(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	req := h.start("kim")
	id := string(req.ID)
	var cursors []briefing.Cursor
	for tick := range int64(60) {
		cursors = append(cursors, h.brief(req, tick+1, "x").Cursor)
	}
	for name, c := range map[string]struct {
		variables      []any
		from, to       int
		next, previous bool
	}{
		"the default":       {nil, 0, 50, true, false},
		"the first":         {[]any{"first", 2}, 0, 2, true, false},
		"after":             {[]any{"first", 2, "after", cursors[9]}, 10, 12, true, true},
		"to the end":        {[]any{"first", 500, "after", cursors[57]}, 58, 60, false, true},
		"the last":          {[]any{"last", 2}, 58, 60, false, true},
		"before":            {[]any{"last", 2, "before", cursors[9]}, 7, 9, true, true},
		"from the begin":    {[]any{"last", 500, "before", cursors[2]}, 0, 2, true, false},
		"after the newest":  {[]any{"first", 5, "after", cursors[59]}, 0, 0, false, true},
		"exactly all":       {[]any{"first", 60}, 0, 60, false, false},
		"between, forward":  {[]any{"first", 2, "after", cursors[1], "before", cursors[9]}, 2, 4, true, true},
		"between, backward": {[]any{"last", 2, "after", cursors[1], "before", cursors[9]}, 7, 9, true, true},
	} {
		p := h.page(append([]any{"id", id}, c.variables...)...)
		var got []briefing.Cursor
		for _, e := range p.Edges {
			got = append(got, e.Cursor)
		}
		if want := cursors[c.from:c.to]; !slices.Equal(got, want) {
			t.Errorf("%s: %d edges, want %d to %d", name, len(got), c.from, c.to)
		}
		info := p.PageInfo
		if info.HasNextPage != c.next || info.HasPreviousPage != c.previous {
			t.Errorf("%s: next %v, previous %v", name, info.HasNextPage, info.HasPreviousPage)
		}
		if len(got) > 0 && (*info.StartCursor != got[0] || *info.EndCursor != got[len(got)-1]) || len(got) == 0 && (info.StartCursor != nil || info.EndCursor != nil) {
			t.Errorf("%s: start and end cursor are not the edges'", name)
		}
	}
}

func TestPaging_refuses(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	req := h.start("kim")
	h.brief(req, 1, "x")
	other := h.brief(h.start("lee"), 1, "x")
	id := string(req.ID)
	for field, variables := range map[string][]any{
		"first": {"first", 0, "first", -1, "first", 501, "first", 0},
		"last":  {"last", 0, "last", 501},
	} {
		for i := 0; i < len(variables); i += 2 {
			if f := h.refuses("BAD_USER_INPUT", pageDocument, "id", id, variables[i], variables[i+1]); f.Extensions["field"] != field {
				t.Errorf("%v %v: the field is %v", variables[i], variables[i+1], f.Extensions["field"])
			}
		}
	}
	h.refuses("BAD_USER_INPUT", pageDocument, "id", id, "first", 1, "last", 1)
	for _, cursor := range []string{"", "x", "%%%", string(other.Cursor), string(briefing.MakeRequestCursor(req.ID))} {
		h.refuses("BAD_CURSOR", pageDocument, "id", id, "after", cursor)
		h.refuses("BAD_CURSOR", pageDocument, "id", id, "before", cursor)
	}
	h.refuses("BAD_CURSOR", `query($c: Cursor) { user(username: "kim") { id } requests(username: "kim", after: $c) { edges { cursor } } }`, "c", string(other.Cursor))
}

func TestRequests_page_newest_first(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.ask(`mutation { login(username: "kim") { outcome } }`)
	var want []briefing.Cursor
	for range 5 {
		want = append([]briefing.Cursor{briefing.MakeRequestCursor(h.start("kim").ID)}, want...)
	}
	var got []briefing.Cursor
	after := any(nil)
	for {
		a := h.ask(`query($after: Cursor) { requests(username: "kim", first: 2, after: $after) { edges { cursor } pageInfo { hasNextPage hasPreviousPage endCursor } } }`, "after", after)
		var p page
		if len(a.Errors) > 0 {
			t.Fatal(a.Errors)
		}
		must(t, json.Unmarshal(a.Data["requests"], &p))
		if p.PageInfo.HasPreviousPage != (after != nil) {
			t.Errorf("hasPreviousPage is %v after %v", p.PageInfo.HasPreviousPage, after)
		}
		for _, e := range p.Edges {
			got = append(got, e.Cursor)
		}
		if !p.PageInfo.HasNextPage {
			break
		}
		after = *p.PageInfo.EndCursor
	}
	if !slices.Equal(got, want) {
		t.Errorf("requests %v, want %v", got, want)
	}
}
