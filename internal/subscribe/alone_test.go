package subscribe_test

import (
	"context"
	"errors"
	"testing"

	"bis/internal/briefing"
	"bis/internal/subscribe/subscribetest"
)

// wrapped is a stream that is not the hub's own, like the streams of a service that filters.
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

// wrapping returns wrapped streams.
type wrapping struct {
	briefing.Live
	fails error
}

func (l wrapping) Subscribe(
	ctx context.Context, id briefing.RequestID, after briefing.BriefingID,
) (briefing.Stream, error) {
	s, err := l.Live.Subscribe(ctx, id, after)
	if err != nil {
		return nil, err
	}
	return &wrapped{Stream: s, fails: l.fails}, nil
}

// openWrapped opens a house whose service returns wrapped streams.
func openWrapped(t *testing.T, fails error) *subscribetest.House {
	t.Helper()
	return subscribetest.OpenWith(t, subscribetest.Options{
		Live: func(l briefing.Live) briefing.Live { return wrapping{l, fails} },
	})
}

func TestAlone_serves_a_stream_that_is_not_the_hubs(t *testing.T) {
	t.Parallel()
	h := openWrapped(t, nil)
	req := h.Start("kim")
	h.Brief(req, "0")
	p := h.Init()
	p.Subscribe("1", subscribetest.CaptionAndCursor, map[string]any{"id": req.ID})
	p.Subscribe("2", subscribetest.CaptionAndCursor, map[string]any{"id": req.ID})
	captions := map[string]int{}
	h.Brief(req, "1")
	for _, c := range p.Follows(4) {
		captions[c]++
	}
	if captions["0!"] != 2 || captions["1!"] != 2 {
		t.Errorf("got %v, want each of two twice", captions)
	}
	h.End(req)
	subscribetest.Same(t, "after", p.Follows(0), nil)
	subscribetest.Same(t, "after", p.Follows(0), nil)
	if h.Core.Groups() != 0 || h.Hub.Stats().Subscribers != 0 {
		t.Errorf("%d groups, %d subscribers are left", h.Core.Groups(), h.Hub.Stats().Subscribers)
	}
}

func TestAlone_tells_a_failure_of_its_stream_once(t *testing.T) {
	t.Parallel()
	h := openWrapped(t, errors.New("broken within"))
	req := h.Start("kim")
	h.Brief(req, "0")
	p := h.Init()
	p.Subscribe("1", subscribetest.CaptionAndCursor, map[string]any{"id": req.ID})
	subscribetest.Same(t, "before", p.Follows(1), []string{"0!"})
	p.Hears(`{"id":"1","type":"error","payload":[{"message":"internal server error","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}`)
}
