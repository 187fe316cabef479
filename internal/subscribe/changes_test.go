package subscribe_test

import (
	"fmt"
	"runtime"
	"testing"

	"bis/internal/subscribe/subscribetest"
)

// The selection of requestChanged may wait for the store. Briefings in memory are sent in the
// meantime.
func TestChanges_that_wait_for_the_store_hold_up_no_briefings(t *testing.T) {
	t.Parallel()
	h := subscribetest.OpenWith(t, subscribetest.Options{Stuck: &subscribetest.Stuck{Queries: true, Reading: make(chan struct{}, 100)}})
	_, _, err := h.Store.EnsureUser(t.Context(), "kim", nil)
	subscribetest.Must(t, err)
	req := h.Start("kim")
	h.Brief(req, "a")
	waiting := h.Init()
	for i := range 2 * runtime.GOMAXPROCS(0) {
		waiting.Subscribe(fmt.Sprint(i), `subscription { requestChanged(username: "kim") { briefings { edges { cursor } } } }`, nil)
	}
	for range runtime.GOMAXPROCS(0) {
		<-h.Stuck.Reading
	}
	p := h.Init()
	p.Says(subscribetest.Watch("subscribe", req, ""))
	p.Hears(subscribetest.Next("next", "a"))
}

// The server still reads the messages of a client whose selection waits for the store. The client
// can stop that operation and start other ones.
func TestChanges_that_wait_for_the_store_do_not_stall_their_socket(t *testing.T) {
	t.Parallel()
	h := subscribetest.OpenWith(t, subscribetest.Options{Stuck: &subscribetest.Stuck{Queries: true, Reading: make(chan struct{}, 100)}})
	_, _, err := h.Store.EnsureUser(t.Context(), "kim", nil)
	subscribetest.Must(t, err)
	req := h.Start("kim")
	h.Brief(req, "a")
	p := h.Init()
	p.Says(`{"id":"slow","type":"subscribe","payload":{"query":"subscription { requestChanged(username: \"kim\") { briefings { edges { cursor } } } }"}}`)
	<-h.Stuck.Reading
	p.Says(`{"id":"slow","type":"complete"}`)
	p.Says(`{"type":"ping","payload":{"n":1}}`)
	p.Hears(`{"type":"pong","payload":{"n":1}}`)
	p.Says(subscribetest.Watch("subscribe", req, ""))
	p.Hears(subscribetest.Next("next", "a"))
}
