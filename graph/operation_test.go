package graph_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"bis/internal/briefing"
)

const unknown = "0123456789abcdef01234567"

func TestLogin(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	document := `mutation { login(username: "김사장", password: "ignored") { outcome token user { username custom } } }`
	custom := `["한국어로 말해줘","공손하게 말해줘","간단명료하게 말해줘"]`
	h.gets(document, `{"login":{"outcome":"SIGNUP","token":null,"user":{"username":"김사장","custom":`+custom+`}}}`)
	h.gets(document, `{"login":{"outcome":"LOGIN","token":null,"user":{"username":"김사장","custom":`+custom+`}}}`)
	h.gets(`{ custom(username: "김사장") }`, `{"custom":`+custom+`}`)
	h.gets(`mutation { updateCustom(username: "김사장", custom: []) { custom } }`, `{"updateCustom":{"custom":[]}}`)
	h.gets(`{ user(username: "김사장") { custom activeRequest { id } requests { edges { cursor } } } }`,
		`{"user":{"custom":[],"activeRequest":null,"requests":{"edges":[]}}}`)
}

func TestStartBriefing(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	ends := time.Now().Add(2 * time.Hour).In(seoul).Truncate(time.Second)
	start := func(key string) string {
		var data struct{ ID string }
		a := h.ask(`mutation($in: StartBriefingInput!) { startBriefing(input: $in) { id username interval active endsAt ticks { done skipped missed } } }`,
			"in", map[string]any{"username": "kim", "interval": 5, "endTime": ends.Format(time.RFC3339), "cameraId": "default", "key": key})
		if len(a.Errors) > 0 {
			t.Fatal(a.Errors)
		}
		must(t, json.Unmarshal(a.Data["startBriefing"], &data))
		want := fmt.Sprintf(`{"id":%q,"username":"kim","interval":5,"active":true,"endsAt":%q,"ticks":{"done":0,"skipped":0,"missed":0}}`, data.ID, ends.Format(time.RFC3339))
		if got := string(a.Data["startBriefing"]); got != want {
			t.Errorf("started %s, want %s", got, want)
		}
		return data.ID
	}
	first := start("a")
	if again := start("a"); again != first {
		t.Errorf("the same key started %s beside %s", again, first)
	}
	second := start("b")
	h.gets(`query($id: ID!) { request(id: $id) { active endReason } }`, `{"request":{"active":false,"endReason":"REPLACED"}}`, "id", first)
	h.gets(`{ user(username: "kim") { activeRequest { id } requests { edges { node { id } } pageInfo { hasNextPage hasPreviousPage } } } }`,
		fmt.Sprintf(`{"user":{"activeRequest":{"id":%q},"requests":{"edges":[{"node":{"id":%q}},{"node":{"id":%q}}],"pageInfo":{"hasNextPage":false,"hasPreviousPage":false}}}}`, second, second, first))
	h.gets(`mutation { endBriefing(username: "kim") { id endReason active } }`, fmt.Sprintf(`{"endBriefing":{"id":%q,"endReason":"ENDED_BY_USER","active":false}}`, second))
	h.gets(`mutation { endBriefing(username: "kim") { id } }`, `{"endBriefing":null}`)
}

func TestBriefings_are_read_with_all_their_fields(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	req := h.start("kim")
	b := h.brief(req, 1, "손님이 없습니다.")
	h.gets(`query($id: ID!) { briefings(requestId: $id) { edges { cursor node { id cursor requestId at caption text counts { name count } degraded } } } }`,
		fmt.Sprintf(`{"briefings":{"edges":[{"cursor":%q,"node":{"id":%q,"cursor":%q,"requestId":%q,"at":"2026-03-01T12:01:00+09:00","caption":"손님이 없습니다.","text":"2026-03-01 12:01_손님이 없습니다.","counts":[],"degraded":null}}]}}`,
			b.Cursor, b.ID, b.Cursor, req.ID), "id", string(req.ID))
	h.gets(`mutation($in: AddBriefingInput!) { addBriefing(input: $in) { requestId caption at text counts { name count } } }`,
		fmt.Sprintf(`{"addBriefing":{"requestId":%q,"caption":"택배가 왔어요.","at":"2026-03-01T13:00:00+09:00","text":"2026-03-01 13:00_택배가 왔어요.","counts":[{"name":"person","count":2}]}}`, req.ID),
		"in", map[string]any{"requestId": string(req.ID), "caption": "택배가 왔어요.", "at": "2026-03-01T04:00:00Z", "counts": []any{map[string]any{"name": "person", "count": 2}}})
	h.gets(`query($id: ID!) { aiSummary(requestId: $id) { text generatedAt source } }`,
		`{"aiSummary":{"text":"2026-03-01 12:01_손님이 없습니다.|2026-03-01 13:00_택배가 왔어요.","generatedAt":"2026-03-01T09:00:00+09:00","source":"template"}}`, "id", string(req.ID))
	_, err := h.store.EndRequest(t.Context(), briefing.End{ID: req.ID, Reason: briefing.EndedByTime, At: req.TickAt(2)})
	must(t, err)
	h.refuses("CONFLICT", `mutation($in: AddBriefingInput!) { addBriefing(input: $in) { id } }`, "in", map[string]any{"requestId": string(req.ID), "caption": "x"})
}

func TestUnknown_things(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.gets(`{ user(username: "nobody") { id } }`, `{"user":null}`)
	for _, id := range []string{unknown, "", "x", "가"} {
		h.gets(`query($id: ID!) { request(id: $id) { id } }`, `{"request":null}`, "id", id)
		h.refuses("NOT_FOUND", `query($id: ID!) { briefings(requestId: $id) { edges { cursor } } }`, "id", id)
		h.refuses("NOT_FOUND", `query($id: ID!) { aiSummary(requestId: $id) { text } }`, "id", id)
		h.refuses("NOT_FOUND", `mutation($id: ID!) { addBriefing(input: {requestId: $id, caption: "x"}) { id } }`, "id", id)
	}
	for _, id := range []string{"yard", "65f000000000000000000099", "DEFAULT"} {
		h.refuses("NOT_FOUND", `mutation($in: StartBriefingInput!) { startBriefing(input: $in) { id } }`, "in", map[string]any{
			"username": "kim", "interval": 5, "endTime": time.Now().Add(time.Hour).Format(time.RFC3339), "cameraId": id,
		})
	}
	h.refuses("NOT_FOUND", `{ requests(username: "nobody") { edges { cursor } } }`)
	h.refuses("NOT_FOUND", `{ custom(username: "nobody") }`)
	h.refuses("NOT_FOUND", `mutation { updateCustom(username: "nobody", custom: []) { id } }`)
	h.refuses("NOT_FOUND", `mutation { endBriefing(username: "nobody") { id } }`)
}
