package e2e

import (
	"context"
	"fmt"
	"time"

	"bis/internal/briefing"
)

// viewer watches all requests over one socket. When the socket breaks it resumes at another
// replica with its cursors.
type viewer struct {
	set     *replicaSet
	n       int
	ids     []briefing.RequestID
	cursors map[string]string // by operation id
	open    map[string]bool   // operations that have not completed
}

func (f *replicaSet) watch(ctx context.Context, n int, ids []briefing.RequestID) {
	v := &viewer{set: f, n: n, ids: ids, cursors: map[string]string{}, open: map[string]bool{}}
	for i := range ids {
		v.open[fmt.Sprint(i)] = true
	}
	for turn := n; ctx.Err() == nil && len(v.open) > 0; turn++ {
		v.once(ctx, f.replica(turn))
		select {
		case <-ctx.Done():
		// The replica is down, and the next one may also be.
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (v *viewer) once(ctx context.Context, c *child) {
	conn, err := dialGraphQL(ctx, c.url)
	if err != nil {
		return
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	for op := range v.open {
		var i int
		fmt.Sscan(op, &i)
		variables := map[string]any{"id": v.ids[i], "after": nil}
		if v.cursors[op] != "" {
			variables["after"] = v.cursors[op]
		}
		if conn.WriteJSON(map[string]any{"id": op, "type": "subscribe", "payload": map[string]any{
			"query":     `subscription($id: ID!, $after: Cursor) { briefings(requestId: $id, after: $after) { id cursor } }`,
			"variables": variables,
		}}) != nil {
			return
		}
	}
	for len(v.open) > 0 {
		var m struct {
			ID, Type string
			Payload  struct {
				Data struct {
					Briefings struct {
						ID     briefing.BriefingID
						Cursor string
					}
				}
			}
		}
		// A stopped replica is silent, and its missing pings show after this time. With a shorter
		// time, viewers of a slow database would reconnect again and again with all their
		// subscriptions, and slow it down further.
		if conn.SetReadDeadline(time.Now().Add(20*time.Second)) != nil || conn.ReadJSON(&m) != nil {
			return
		}
		var i int
		fmt.Sscan(m.ID, &i)
		switch m.Type {
		case "next":
			v.set.ledger.saw(watcher{v.ids[i], v.n}, m.Payload.Data.Briefings.ID)
			v.cursors[m.ID] = m.Payload.Data.Briefings.Cursor
		case "complete":
			v.set.ledger.completed(watcher{v.ids[i], v.n})
			delete(v.open, m.ID)
		case "ping":
			if conn.WriteJSON(map[string]string{"type": "pong"}) != nil {
				return
			}
		}
	}
}
