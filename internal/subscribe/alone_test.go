package subscribe_test

import (
	"context"
	"errors"
	"testing"

	"bis/internal/briefing"
	"bis/internal/subscribe"
)

// wrapped is a stream that is not the hub's own, as a service with a measure or a filter of its own
// hands out.
type wrapped struct {
	briefing.Stream
	fails error // after the first briefing; nil: never
	told  int
}

func (w *wrapped) Next(ctx context.Context) (briefing.Briefing, error) {
	if w.told > 0 && w.fails != nil {
		return briefing.Briefing{}, w.fails
	}
	b, err := w.Stream.Next(ctx)
	w.told++
	b.Caption += "!"
	return b, err
}

// openWrapped builds a house whose resolvers hand out wrapped streams.
func openWrapped(t *testing.T, fails error) *house {
	t.Helper()
	return openWith(t, func(c *subscribe.Config) {
		taking := c.API.Taking
		c.API.Taking = func(ctx context.Context, after briefing.Cursor, b func(briefing.Stream), r func(briefing.RequestStream)) context.Context {
			return taking(ctx, after, func(s briefing.Stream) { b(&wrapped{Stream: s, fails: fails}) }, r)
		}
	})
}

func TestAlone_serves_a_stream_that_is_not_the_hubs(t *testing.T) {
	t.Parallel()
	h := openWrapped(t, nil)
	req := h.start("kim")
	h.brief(req, "0")
	p := h.init()
	p.subscribe("1", whole, map[string]any{"id": req.ID})
	p.subscribe("2", whole, map[string]any{"id": req.ID})
	captions := map[string]int{}
	h.brief(req, "1")
	for _, c := range p.follows(4) {
		captions[c]++
	}
	if captions["0!"] != 2 || captions["1!"] != 2 {
		t.Errorf("got %v, want each of two twice", captions)
	}
	h.end(req)
	same(t, "after", p.follows(0), nil)
	same(t, "after", p.follows(0), nil)
	if h.transports.Groups() != 0 || h.hub.Stats().Subscribers != 0 {
		t.Errorf("%d groups, %d subscribers are left", h.transports.Groups(), h.hub.Stats().Subscribers)
	}
}

func TestAlone_tells_a_failure_of_its_stream_once(t *testing.T) {
	t.Parallel()
	h := openWrapped(t, errors.New("broken within"))
	req := h.start("kim")
	h.brief(req, "0")
	p := h.init()
	p.subscribe("1", whole, map[string]any{"id": req.ID})
	same(t, "before", p.follows(1), []string{"0!"})
	p.hears(`{"id":"1","type":"error","payload":[{"message":"internal server error","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}`)
}
