package subscribe

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bis/internal/feed"
	"bis/internal/limit"
)

// groupKey is everything that the response to a briefing depends on, except the briefing.
type groupKey struct {
	topic     any // the hub's topic, which stands for the request
	document  string
	operation string
	variables string // see relevantVariables
}

// group is the members whose responses are the same. It reads the hub's sequence of their request,
// encodes the payload of each briefing once, and sends it to every member.
type group struct {
	core     *Core
	key      groupKey
	follower feed.Follower
	encoder  encoder // guarded by encoding, except encoder.flat, which does not change
	held     holding // the document and variables of the first member, whose operation is executed
	size     atomic.Int64
	inPool   atomic.Bool // see task
	turn     turn

	members []*member // guarded by core.groupsMu

	encoding sync.Mutex // guards encoder and cache
	cache    payloadCache
}

// join adds a subscription to its group, and creates the group if there is none. A new group holds
// the operation, and needs room for it.
func (c *Core) join(
	ctx context.Context, call Call, sub *feed.Subscription, op *graphql.OperationContext,
) (*member, error) {
	m := &member{core: c, client: call.Client, sub: sub, bounds: call.Replays}
	key := groupKey{
		topic: sub.Topic(), document: op.RawQuery, operation: op.OperationName,
		variables: relevantVariables(op),
	}
	c.groupsMu.Lock()
	defer c.groupsMu.Unlock()
	g := c.groups[key]
	if g == nil {
		held, err := c.held.hold(limit.CallerOf(ctx), op, 0)
		if err != nil {
			return nil, err
		}
		if at := op.Operation.Position; at != nil && at.Src != nil && at.Src.Input == key.document {
			key.document = at.Src.Input // one string for all groups of the document
			op.RawQuery = key.document
		}
		g = &group{core: c, key: key, encoder: c.newEncoder(c.ctx, call.Exec, op), held: held}
		c.groups[key] = g
		defer sub.Follow(&g.follower, g)
	}
	m.group, m.place = g, len(g.members)
	g.members = append(g.members, m)
	g.resized()
	return m, nil
}

// leave removes m from its group. It also removes a group without members.
func (c *Core) leave(m *member) {
	c.groupsMu.Lock()
	defer c.groupsMu.Unlock()
	g := m.group
	last := len(g.members) - 1
	moved := g.members[last]
	g.members[m.place], moved.place = moved, m.place
	g.members[last] = nil
	g.members = g.members[:last]
	g.resized()
	if last == 0 {
		g.follower.Close()
		g.held.release()
		delete(c.groups, g.key)
	}
}

// resized updates the size and the cache's capacity. The caller has locked core.groupsMu.
func (g *group) resized() {
	n := len(g.members)
	g.size.Store(int64(n))
	g.cache.resize(n)
}

// queued implements task.
func (g *group) queued() *atomic.Bool { return &g.inPool }

// fewLen is the size of the largest group that the publishing goroutine serves.
const fewLen = 4

// Notify implements feed.Reader. It is called when the topic has new briefings, and leaves the work
// to a worker of the pool. It does the work itself for a few members on connections of their own
// whose selection does not need the executor: that takes less time than waking a worker.
func (g *group) Notify() {
	if g.encoder.flat != nil && g.size.Load() <= fewLen && !g.shared() {
		g.work(nil)
		return
	}
	g.core.live.add(g)
}

// shared reports whether the connection of a member has other operations, so that their messages
// should go out in one write.
func (g *group) shared() bool {
	g.core.groupsMu.Lock()
	defer g.core.groupsMu.Unlock()
	for _, m := range g.members {
		if m.client.Shared() {
			return true
		}
	}
	return false
}

// present returns the errors that callers may see for err.
func (g *group) present(err error) gqlerror.List {
	g.encoding.Lock()
	defer g.encoding.Unlock()
	return g.encoder.executor.Present(err)
}
