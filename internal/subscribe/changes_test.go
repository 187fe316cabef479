package subscribe_test

import (
	"fmt"
	"runtime"
	"testing"
)

// What requestChanged selects may need the store; briefings that are in memory do not wait for
// that.
func TestChanges_that_wait_for_the_store_hold_up_no_briefings(t *testing.T) {
	t.Parallel()
	h := openStuck(t, &stuck{queries: true, reading: make(chan struct{}, 100)})
	_, _, err := h.store.EnsureUser(t.Context(), "kim", nil)
	must(t, err)
	req := h.start("kim")
	h.brief(req, "a")
	waiting := h.init()
	for i := range 2 * runtime.GOMAXPROCS(0) {
		waiting.subscribe(fmt.Sprint(i), `subscription { requestChanged(username: "kim") { briefings { edges { cursor } } } }`, nil)
	}
	for range runtime.GOMAXPROCS(0) {
		<-h.stuck.reading
	}
	p := h.init()
	p.says(watch("subscribe", req, ""))
	p.hears(next("next", "a"))
}

// A client whose selection waits for the store is still heard: it can stop that operation, and
// others.
func TestChanges_that_wait_for_the_store_do_not_stall_their_socket(t *testing.T) {
	t.Parallel()
	h := openStuck(t, &stuck{queries: true, reading: make(chan struct{}, 100)})
	_, _, err := h.store.EnsureUser(t.Context(), "kim", nil)
	must(t, err)
	req := h.start("kim")
	h.brief(req, "a")
	p := h.init()
	p.says(`{"id":"slow","type":"subscribe","payload":{"query":"subscription { requestChanged(username: \"kim\") { briefings { edges { cursor } } } }"}}`)
	<-h.stuck.reading
	p.says(`{"id":"slow","type":"complete"}`)
	p.says(`{"type":"ping","payload":{"n":1}}`)
	p.hears(`{"type":"pong","payload":{"n":1}}`)
	p.says(watch("subscribe", req, ""))
	p.hears(next("next", "a"))
}
