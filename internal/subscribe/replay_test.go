package subscribe_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"bis/internal/briefing"
	"bis/internal/feed"
	"bis/internal/subscribe/subscribetest"
)

// breaking is the hub's source of replays, until it fails permanently.
type breaking struct {
	feed.Replay
	broken atomic.Bool
}

func (b *breaking) Briefings(
	ctx context.Context, id briefing.RequestID, s briefing.Slice,
) ([]briefing.Briefing, bool, error) {
	if b.broken.Load() {
		return nil, false, errors.New("disk on fire")
	}
	return b.Replay.Briefings(ctx, id, s)
}

// A replay that cannot be read ends its operation with an error. Other subscriptions continue.
func TestReplay_fails_alone(t *testing.T) {
	t.Parallel()
	b := &breaking{}
	h := subscribetest.OpenWith(t, subscribetest.Options{Replay: func(r feed.Replay) feed.Replay {
		b.Replay = r
		return b
	}})
	req := h.Start("kim")
	long := strings.Repeat("x", 1_000)
	for range 100 {
		h.Brief(req, long)
	}
	const query = `subscription ($id: ID!) { briefings(requestId: $id) { caption cursor } }`
	p := h.Init()
	p.Subscribe("live", query, map[string]any{"id": req.ID})
	p.Follows(100)
	b.broken.Store(true)
	p.Subscribe("1", query, map[string]any{"id": req.ID})
	p.Hears(`{"id":"1","type":"error","payload":[{"message":"internal server error","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}`)
	h.Brief(req, "still live")
	p.Follows(1)
}
