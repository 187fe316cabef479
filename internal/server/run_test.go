package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// runNow briefs a request whose first tick is hours away, and the subscriber of the request gets
// the briefing.
func TestRunNow(t *testing.T) {
	t.Parallel()
	s := start(t)
	ask := func(query string) string {
		_, body := s.calls(t, http.MethodPost, "/graphql", fmt.Sprintf(`{"query":%q}`, query), jsonBody()...)
		return body
	}
	end := time.Now().Add(48 * time.Hour).UTC().Format(time.RFC3339)
	var a struct {
		Data struct{ StartBriefing, RunNow struct{ ID, Caption string } }
	}
	read := func(body string) {
		if err := json.Unmarshal([]byte(body), &a); err != nil {
			t.Fatalf("%v: %s", err, body)
		}
	}
	read(ask(fmt.Sprintf(`mutation { startBriefing(input: {username: "kim", interval: 86400, endTime: %q}) { id } }`, end)))
	request := a.Data.StartBriefing.ID
	read(ask(fmt.Sprintf(`mutation { runNow(requestId: %q) { id caption counts { name } degraded } }`, request)))
	if a.Data.RunNow.Caption == "" {
		t.Fatal("runNow answers no caption")
	}
	got := ask(fmt.Sprintf(`{ request(id: %q) { ticks { done skipped missed } briefings { edges { node { id } } } } }`, request))
	want := fmt.Sprintf(`{"ticks":{"done":0,"skipped":0,"missed":0},"briefings":{"edges":[{"node":{"id":%q}}]}}`, a.Data.RunNow.ID)
	if !strings.Contains(got, want) {
		t.Errorf("the request is %s, want %s", got, want)
	}
	first := s.answerOverSocket(t, "/graphql", fmt.Sprintf(`{"query":"subscription { briefings(requestId: \"%s\") { id } }"}`, request))
	if !strings.Contains(first, a.Data.RunNow.ID) {
		t.Errorf("a subscriber gets %s", first)
	}
	ask(`mutation { endBriefing(username: "kim") { id } }`)
	if got := ask(fmt.Sprintf(`mutation { runNow(requestId: %q) { id } }`, request)); !strings.Contains(got, `"CONFLICT"`) {
		t.Errorf("an ended request: %s", got)
	}
	if got := ask(`mutation { runNow(requestId: "65f000000000000000000099") { id } }`); !strings.Contains(got, `"NOT_FOUND"`) {
		t.Errorf("an unknown request: %s", got)
	}
}
