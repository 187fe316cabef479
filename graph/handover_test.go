package graph_test

import (
	"bufio"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql/handler/transport"

	"bis/internal/briefing"
)

// The resolvers must not depend on the transports of this project.
func TestSubscription_works_with_a_transport_of_gqlgens(t *testing.T) {
	t.Parallel()
	h := openWith(t, nil, transport.SSE{})
	ends := time.Now().Add(time.Hour)
	started, err := h.store.StartRequest(t.Context(), briefing.Start{Request: briefing.Request{
		Username: "kim", Interval: 60, EndTime: "13:00", EndText: "13:00", StartedAt: time.Now(), EndsAt: &ends,
		CameraID: briefing.DefaultCamera,
	}})
	must(t, err)
	brief := func(caption string) {
		_, err := h.store.AddBriefing(t.Context(), briefing.Briefing{
			RequestID: started.Request.ID, At: time.Now(), Caption: caption, Text: caption,
		})
		must(t, err)
	}
	brief("a")
	query := fmt.Sprintf(`{"query":"subscription { briefings(requestId: \"%s\") { caption } }"}`, started.Request.ID)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url, strings.NewReader(query))
	must(t, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "text/event-stream")
	res, err := http.DefaultClient.Do(r)
	must(t, err)
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	next := func() string {
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				return data
			}
		}
		return "the end"
	}
	if got, want := next(), `{"data":{"briefings":{"caption":"a"}}}`; got != want {
		t.Fatalf("replayed %s, want %s", got, want)
	}
	brief("b")
	if got, want := next(), `{"data":{"briefings":{"caption":"b"}}}`; got != want {
		t.Fatalf("live %s, want %s", got, want)
	}
	_, err = h.store.EndRequest(t.Context(), briefing.End{ID: started.Request.ID, Reason: briefing.EndedByUser, At: time.Now()})
	must(t, err)
	if got := next(); got != "the end" {
		t.Errorf("after the request's end %s", got)
	}
}
