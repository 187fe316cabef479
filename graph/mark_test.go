package graph_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const reported = `mutation($b: ID!, $w: Boolean!, $n: String) { reportBriefing(briefingId: $b, wrong: $w, note: $n) { id reportedWrong } }`

func TestMutation_reportBriefing(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	b := h.brief(h.start("kim"), 1, "x")
	is := func(wrong bool) {
		t.Helper()
		h.gets(`query($b: ID!) { briefing(id: $b) { reportedWrong } }`, fmt.Sprintf(`{"briefing":{"reportedWrong":%t}}`, wrong), "b", b.ID)
		h.gets(`query($r: ID!) { briefings(requestId: $r) { edges { node { reportedWrong } } } }`,
			fmt.Sprintf(`{"briefings":{"edges":[{"node":{"reportedWrong":%t}}]}}`, wrong), "r", b.RequestID)
	}
	is(false)
	for _, wrong := range []bool{true, true, false, false, true} {
		h.gets(reported, fmt.Sprintf(`{"reportBriefing":{"id":"%s","reportedWrong":%t}}`, b.ID, wrong), "b", b.ID, "w", wrong, "n", " 문 옆에\n한 명\u202e ")
		is(wrong)
	}
	stored, _, err := h.store.Briefing(t.Context(), b.ID)
	must(t, err)
	if stored.ReportNote != "문 옆에 한 명" {
		t.Errorf("the note is %q", stored.ReportNote)
	}
	h.gets(reported, `{"reportBriefing":{"id":"`+string(b.ID)+`","reportedWrong":true}}`, "b", b.ID, "w", true, "n", strings.Repeat("가", 500))
	if f := h.refuses("BAD_USER_INPUT", reported, "b", b.ID, "w", true, "n", strings.Repeat("가", 501)); f.Extensions["field"] != "note" {
		t.Errorf("the field is %v", f.Extensions["field"])
	}
	for _, id := range []string{"", "x", "0123456789abcdef01234567", string(b.RequestID)} {
		h.refuses("NOT_FOUND", reported, "b", id, "w", true)
	}
}

func TestMutation_markSeen(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	const document = `mutation($u: String!, $at: Time!) { markSeen(username: $u, at: $at) { seenAt } }`
	h.gets(`mutation { login(username: "kim") { user { seenAt } } }`, `{"login":{"user":{"seenAt":null}}}`)
	for _, c := range [][2]string{
		{"2026-03-01T12:00:00+09:00", "2026-03-01T12:00:00+09:00"},
		{"2026-03-01T02:59:59Z", "2026-03-01T12:00:00+09:00"},
		{"2026-03-01T03:00:00.0019Z", "2026-03-01T12:00:00.001+09:00"},
		{"1970-01-01T00:00:00Z", "2026-03-01T12:00:00.001+09:00"},
	} {
		h.gets(document, `{"markSeen":{"seenAt":"`+c[1]+`"}}`, "u", "kim", "at", c[0])
		h.gets(`{ user(username: "kim") { seenAt } }`, `{"user":{"seenAt":"`+c[1]+`"}}`)
	}
	for _, at := range []string{time.Now().Add(6 * time.Minute).Format(time.RFC3339), "9999-12-31T00:00:00Z", "1969-12-31T23:59:59Z", "2026-03-01"} {
		if f := h.refuses("BAD_USER_INPUT", document, "u", "kim", "at", at); f.Extensions["field"] != "at" {
			t.Errorf("%s: the field is %v", at, f.Extensions["field"])
		}
	}
	h.refuses("NOT_FOUND", document, "u", "nobody", "at", "2026-03-01T12:00:00+09:00")
}

func TestMutation_deleteUserData(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	const document = `mutation($u: String!) { deleteUserData(username: $u) { requests briefings } }`
	h.gets(`mutation { login(username: "kim") { outcome } }`, `{"login":{"outcome":"SIGNUP"}}`)
	h.start("kim")
	req := h.start("kim")
	b := h.brief(req, 1, "x")
	h.gets(document, `{"deleteUserData":{"requests":2,"briefings":1}}`, "u", "kim")
	h.gets(`query($r: ID!, $b: ID!) { user(username: "kim") { id } request(id: $r) { id } briefing(id: $b) { id } }`,
		`{"briefing":null,"request":null,"user":null}`, "r", req.ID, "b", b.ID)
	h.refuses("NOT_FOUND", `query($r: ID!) { briefings(requestId: $r) { edges { cursor } } }`, "r", req.ID)
	h.gets(document, `{"deleteUserData":{"requests":0,"briefings":0}}`, "u", "kim")
	h.gets(document, `{"deleteUserData":{"requests":0,"briefings":0}}`, "u", "nobody")
	h.gets(`mutation { login(username: "kim") { outcome user { seenAt requests { edges { cursor } } } } }`,
		`{"login":{"outcome":"SIGNUP","user":{"seenAt":null,"requests":{"edges":[]}}}}`)
}
