package subscribe

import (
	"sync"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bis/internal/feed"
)

// groupKey is everything that the response to a briefing depends on, except the briefing.
type groupKey struct {
	topic     any // of the hub: the request
	document  string
	operation string
	variables string // see relevantVariables
}

// group is the members whose responses are the same. It reads the hub's sequence of their request,
// makes the payload of each briefing once, and sends it to every member.
type group struct {
	core     *Core
	key      groupKey
	follower feed.Follower
	encoder  encoder // guarded by encoding, except encoder.flat, which does not change
	size     atomic.Int64
	inPool   atomic.Bool // see task
	turn     turn

	members []*member // guarded by core.groupsMu

	encoding sync.Mutex // guards encoder and cache
	cache    payloadCache
}

// join makes a subscription a member of the group that it belongs to, and of a new one if there is
// none.
func (c *Core) join(
	client Client, sub *feed.Subscription, exec graphql.GraphExecutor, op *graphql.OperationContext,
) *member {
	m := &member{core: c, client: client, sub: sub}
	key := groupKey{
		topic: sub.Topic(), document: op.RawQuery, operation: op.OperationName,
		variables: relevantVariables(op),
	}
	c.groupsMu.Lock()
	defer c.groupsMu.Unlock()
	g := c.groups[key]
	if g == nil {
		if at := op.Operation.Position; at != nil && at.Src != nil && at.Src.Input == key.document {
			key.document = at.Src.Input // the parsed document's own copy, which its groups share
			op.RawQuery = key.document
		}
		g = &group{core: c, key: key, encoder: c.newEncoder(c.ctx, exec, op)}
		c.groups[key] = g
		defer sub.Follow(&g.follower, g)
	}
	m.group, m.place = g, len(g.members)
	g.members = append(g.members, m)
	g.resized()
	return m
}

// leave removes m from its group. The last member removes the group, too.
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
		delete(c.groups, g.key)
	}
}

// resized notes how many members there are; core.groupsMu is held.
func (g *group) resized() {
	n := len(g.members)
	g.size.Store(int64(n))
	g.cache.resize(n)
}

func (g *group) queued() *atomic.Bool { return &g.inPool }

// fewLen is up to how many members are served by the goroutine that publishes.
const fewLen = 4

// Notify implements feed.Reader: something is new. A worker of the pool takes it up. For a few
// members on connections of their own, and a selection that does not need the executor, doing the
// work here takes less time than handing it over.
func (g *group) Notify() {
	if g.encoder.flat != nil && g.size.Load() <= fewLen && !g.shared() {
		g.work(nil)
		return
	}
	g.core.live.add(g)
}

// shared reports whether the connection of a member has other operations: what is new on all of
// them goes out together.
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

// present returns what callers may see of an error.
func (g *group) present(err error) gqlerror.List {
	g.encoding.Lock()
	defer g.encoding.Unlock()
	return g.encoder.executor.Present(err)
}
