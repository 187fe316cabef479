package subscribe

import (
	"encoding/json"
	"sync"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bis/internal/feed"
)

// groupKey is all that the answer to an event can depend on, but for the event.
type groupKey struct {
	topic     any // of the hub: the request
	document  string
	operation string
	variables string // those that are used, as JSON; see shared
}

// keptLen is how many payloads a group keeps for those who come back.
const keptLen = 64

// group is subscribers whose answers cannot differ.
type group struct {
	t        *Transports
	key      groupKey
	follower feed.Follower
	run      execution    // guarded by executing, but for flat, which does not change
	size     atomic.Int64 // how many members there are
	queued   atomic.Bool
	turn     turn
	keep     atomic.Int64 // how many payloads to keep

	members []*member // guarded by t.groupsMu

	executing sync.Mutex // guards what follows
	kept      []payload  // the newest, by number
}

// payload is an entry's answer.
type payload struct {
	seq  uint64
	json []byte
}

// join makes m a member of the group that it belongs to.
func (t *Transports) join(m *member, exec graphql.GraphExecutor, op *graphql.OperationContext) {
	key := groupKey{topic: m.sub.Topic(), document: op.RawQuery, operation: op.OperationName, variables: shared(op)}
	t.groupsMu.Lock()
	defer t.groupsMu.Unlock()
	g := t.groups[key]
	if g == nil {
		if at := op.Operation.Position; at != nil && at.Src != nil && at.Src.Input == key.document {
			key.document = at.Src.Input // the parsed document's own copy, which all groups of it share
			op.RawQuery = key.document
		}
		g = &group{t: t, key: key, run: t.newExecution(exec, op)}
		t.groups[key] = g
		defer m.sub.Follow(&g.follower, g)
	}
	m.group, m.place = g, len(g.members)
	g.members = append(g.members, m)
	g.sized()
}

// leave takes m out of its group; the last one takes the group with it.
func (t *Transports) leave(m *member) {
	t.groupsMu.Lock()
	defer t.groupsMu.Unlock()
	g := m.group
	last := len(g.members) - 1
	moved := g.members[last]
	g.members[m.place], moved.place = moved, m.place
	g.members[last] = nil
	g.members = g.members[:last]
	g.sized()
	if last == 0 {
		g.follower.Close()
		delete(t.groups, g.key)
	}
}

func (g *group) flag() *atomic.Bool { return &g.queued }

// fewLen is up to how many members get what is new from whoever has published it.
const fewLen = 4

// Tell implements feed.Reader: it has the group work soon. For a few members with sockets of their
// own, and a selection that needs no executor, that is quicker done than handed over.
func (g *group) Tell() {
	if g.run.flat != nil && g.size.Load() <= fewLen && !g.shares() {
		g.work(nil)
		return
	}
	g.t.live.add(g)
}

// shares reports whether a member's connection has other subscriptions: what is new on all of them
// goes out together.
func (g *group) shares() bool {
	g.t.groupsMu.Lock()
	defer g.t.groupsMu.Unlock()
	for _, m := range g.members {
		if m.out.shared() {
			return true
		}
	}
	return false
}

// hands are what a worker works with: entries, their payloads, room for answers that nobody keeps, and a
// group's members.
type hands struct {
	entries []feed.Entry
	batch   batch
	rooms   [][]byte // one an entry
	members []*member
}

var scratch = sync.Pool{New: func() any { return new(hands) }}

// release gives the hands back, without what they held: it must not stay in memory for their sake.
func (h *hands) release() {
	clear(h.entries[:cap(h.entries)])
	clear(h.batch.bodies[:cap(h.batch.bodies)])
	clear(h.batch.cursors[:cap(h.batch.cursors)])
	clear(h.members)
	scratch.Put(h)
}

// work brings what is new to the members that wait for it. What comes meanwhile, and what is more than a
// batch, gets another turn behind the other groups.
func (g *group) work(r *round) {
	if !g.turn.begin() {
		return
	}
	more := g.pass(r)
	if g.turn.end() || more {
		g.t.live.add(g)
	}
}

// pass takes what is new, as much as a batch has room for, prepares each payload once, and hands each
// member everything that it lacks in one go. The members are looked up after the reading: who is
// not among them joined later, and finds by itself what was read. No lock of the group or of its topic
// is held while something is sent. It reports whether there is more.
func (g *group) pass(r *round) (more bool) {
	if g.run.flat == nil {
		r.flush() // the selection may wait
	}
	h := scratch.Get().(*hands)
	defer h.release()
	var ended bool
	h.entries, more, ended = g.follower.Read(h.entries[:0], batchRoom)
	if len(h.entries) == 0 && !ended {
		return false
	}
	b := g.batch(h)
	h.members = g.current(h.members[:0])
	for _, m := range h.members {
		if len(h.entries) > 0 {
			m.deliver(h.entries, b, r)
		}
		if ended {
			m.work(nil)
		}
	}
	return more
}

// batch returns the payloads of the hands' entries. They are valid until the hands are used again.
func (g *group) batch(h *hands) batch {
	h.batch = h.batch.slice(0, 0)
	for len(h.rooms) < len(h.entries) {
		h.rooms = append(h.rooms, nil)
	}
	for i := range h.entries {
		e := &h.entries[i]
		h.batch.add(g.payload(e, &h.rooms[i]), e.Cursor)
	}
	return h.batch
}

// current appends the members as they are now.
func (g *group) current(list []*member) []*member {
	g.t.groupsMu.Lock()
	defer g.t.groupsMu.Unlock()
	return append(list, g.members...)
}

// sized notes how many members there are, and what that is worth: two payloads are kept for each member
// beyond the first, who may come back. g.t.groupsMu is held.
func (g *group) sized() {
	n := int64(len(g.members))
	g.size.Store(n)
	g.keep.Store(min(keptLen, 2*max(0, n-1)))
}

// payload returns an entry's answer, executed at most once while it is kept. One that is not kept
// lies in the room, until that is used again.
func (g *group) payload(e *feed.Entry, room *[]byte) []byte {
	g.executing.Lock()
	defer g.executing.Unlock()
	keep := g.keep.Load()
	if keep == 0 {
		g.kept = nil // from before it was alone
	}
	if e.Seq == 0 || keep == 0 {
		*room = g.run.briefing(e.Briefing, *room)
		return *room
	}
	for i := len(g.kept) - 1; i >= 0 && g.kept[i].seq >= e.Seq; i-- {
		if g.kept[i].seq == e.Seq {
			return g.kept[i].json
		}
	}
	json := g.run.briefing(e.Briefing, nil)
	g.keepPayload(payload{e.Seq, json})
	return json
}

// present makes of an error what callers may see.
func (g *group) present(err error) gqlerror.List {
	g.executing.Lock()
	defer g.executing.Unlock()
	return g.run.present(err)
}

// keepPayload puts a payload in its place; g.executing is held.
func (g *group) keepPayload(p payload) {
	i := len(g.kept)
	for i > 0 && g.kept[i-1].seq > p.seq {
		i--
	}
	g.kept = append(g.kept, payload{})
	copy(g.kept[i+1:], g.kept[i:])
	g.kept[i] = p
	for len(g.kept) > int(g.keep.Load()) {
		g.kept[0] = payload{}
		g.kept = g.kept[1:]
	}
}

// shared returns the values of the variables that the answer depends on: all that are used, but for
// the root field's arguments, which only say what is watched and from where.
func shared(op *graphql.OperationContext) string {
	used := map[string]any{}
	variables(op.Operation.SelectionSet, true, func(name string) { used[name] = op.Variables[name] })
	if len(used) == 0 {
		return ""
	}
	text, err := json.Marshal(used)
	if err != nil {
		return op.RawQuery // values come from JSON and can be written as such
	}
	return string(text)
}

// variables visits the variables of a selection; at the root not those of fields' arguments.
func variables(set ast.SelectionSet, root bool, visit func(string)) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			if !root {
				arguments(s.Arguments, visit)
			}
			directives(s.Directives, visit)
			variables(s.SelectionSet, false, visit)
		case *ast.InlineFragment:
			directives(s.Directives, visit)
			variables(s.SelectionSet, root, visit)
		case *ast.FragmentSpread:
			directives(s.Directives, visit)
			variables(s.Definition.SelectionSet, root, visit)
		}
	}
}

func directives(list ast.DirectiveList, visit func(string)) {
	for _, d := range list {
		arguments(d.Arguments, visit)
	}
}

func arguments(list ast.ArgumentList, visit func(string)) {
	for _, a := range list {
		value(a.Value, visit)
	}
}

func value(v *ast.Value, visit func(string)) {
	if v == nil {
		return
	}
	if v.Kind == ast.Variable {
		visit(v.Raw)
	}
	for _, c := range v.Children {
		value(c.Value, visit)
	}
}
