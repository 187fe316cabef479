package subscribe_test

import (
	"net/http"
	"testing"

	"bis/internal/briefing"
	"bis/internal/subscribe/subscribetest"
)

// The hub's ring does not contain all briefings, so the store must be read. The read waits until
// its context ends.
func TestDrain_lets_go_of_who_waits_for_a_page(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]func(*subscribetest.House, briefing.Request){
		"streams": func(h *subscribetest.House, req briefing.Request) {
			h.Stream(http.MethodPost, subscribetest.Caption, map[string]any{"id": req.ID})
		},
		"sockets": func(h *subscribetest.House, req briefing.Request) {
			h.Init().Says(subscribetest.Watch("subscribe", req, ""))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := subscribetest.OpenWith(t, subscribetest.Options{Stuck: &subscribetest.Stuck{Pages: true, Reading: make(chan struct{}, 100)}})
			req := h.Start("kim")
			for range 70 {
				h.Brief(req, "a")
			}
			const n = 60 // as many as may read at once
			for range n {
				begin(h, req)
			}
			for range n {
				<-h.Stuck.Reading
			}
			h.Drained()
		})
	}
}

func TestDrain_lets_go_of_who_waits_for_the_beginning(t *testing.T) {
	t.Parallel()
	h := subscribetest.OpenWith(t, subscribetest.Options{Stuck: &subscribetest.Stuck{Seeds: true, Reading: make(chan struct{}, 100)}})
	req := h.Start("kim")
	h.Stream(http.MethodPost, subscribetest.Caption, map[string]any{"id": req.ID})
	<-h.Stuck.Reading
	h.Init().Says(subscribetest.Watch("subscribe", h.Start("lee"), ""))
	<-h.Stuck.Reading
	h.Drained()
}
