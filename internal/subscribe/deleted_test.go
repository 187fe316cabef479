package subscribe_test

import (
	"testing"

	"bis/internal/briefing"
	"bis/internal/subscribe/subscribetest"
)

// All subscriptions to a user complete when the user is deleted: to briefings, to the latest
// request, and to starts and ends.
func TestCore_completes_the_subscriptions_to_a_deleted_user(t *testing.T) {
	t.Parallel()
	h := subscribetest.Open(t)
	_, _, err := h.Store.EnsureUser(t.Context(), "kim", nil)
	subscribetest.Must(t, err)
	req := h.Start("kim")
	h.Brief(req, "a")
	watching, latest, requests := h.Init(), h.Init(), h.Init()
	watching.Says(subscribetest.Watch("subscribe", req, ""))
	watching.Hears(subscribetest.Next("next", "a"))
	latest.Says(`{"id":"1","type":"subscribe","payload":{"query":"subscription { reloadBriefing(username: \"kim\") { caption } }"}}`)
	latest.Hears(`{"id":"1","type":"next","payload":{"data":{"reloadBriefing":{"caption":"a"}}}}`)
	requests.Says(`{"id":"1","type":"subscribe","payload":{"query":"subscription { requestChanged(username: \"kim\") { username } }"}}`)
	requests.Hears(`{"id":"1","type":"next","payload":{"data":{"requestChanged":{"username":"kim"}}}}`)
	_, err = h.Store.DeleteUser(t.Context(), briefing.DeleteUser{Username: "kim", At: h.Store.Now()})
	subscribetest.Must(t, err)
	watching.Hears(`{"id":"1","type":"complete"}`)
	latest.Hears(`{"id":"1","type":"complete"}`)
	// The end of the request may come first, unless the deletion has overtaken it.
	requests.Ends()
}
