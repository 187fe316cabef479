package graph_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql/handler/transport"

	"bis/internal/briefing"
)

// A subscription on a transport without a Handover gets an error. The service does not subscribe,
// because the stream would have no reader.
func TestSubscription_fails_on_a_transport_without_a_handover(t *testing.T) {
	t.Parallel()
	h := openWith(t, nil, transport.SSE{})
	ends := time.Now().Add(time.Hour)
	started, err := h.store.StartRequest(t.Context(), briefing.Start{Request: briefing.Request{
		Username: "kim", Interval: 60, EndTime: "13:00", EndText: "13:00", StartedAt: time.Now(), EndsAt: &ends,
		CameraID: briefing.DefaultCamera,
	}})
	must(t, err)
	_, _, err = h.store.EnsureUser(t.Context(), "kim", nil)
	must(t, err)
	for _, operation := range []string{
		`subscription { briefings(requestId: \"` + string(started.Request.ID) + `\") { caption } }`,
		`subscription { requestChanged(username: \"kim\") { id } }`,
		`subscription { cameraChanged(username: \"kim\") { id } }`,
	} {
		body := strings.NewReader(`{"query":"` + operation + `"}`)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url, body)
		must(t, err)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", "text/event-stream")
		res, err := http.DefaultClient.Do(r)
		must(t, err)
		text, err := io.ReadAll(res.Body)
		must(t, err)
		must(t, res.Body.Close())
		if !strings.Contains(string(text), `"code":"INTERNAL_SERVER_ERROR"`) || strings.Contains(string(text), "handover") {
			t.Errorf("%s answers %s", operation, text)
		}
	}
	if n := h.hub.Stats().Subscribers; n != 0 {
		t.Errorf("%d subscriptions are left", n)
	}
}
