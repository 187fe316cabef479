package graph

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"bis/graph/guard"
	"bis/internal/briefing"
	"bis/internal/service"
)

// refusedLoader reads the refused texts of one operation: those of a page in one call, and those of
// each reference once. It is safe for concurrent use, because gqlgen resolves the elements of a
// list concurrently.
type refusedLoader struct {
	mu      sync.Mutex                        // guards the fields below, also while texts are read
	waiting map[string]bool                   // references that were not read yet
	found   map[string][]briefing.RefusedText // by reference that was read
	failed  error                             // of the call; nil: it has not failed
	bytes   int                               // of all texts that were returned
}

// refusedKey is the context key of an operation's refusedLoader.
type refusedKey struct{}

// withRefused gives each query and each mutation a refusedLoader. A subscription has none: each of
// its answers has one briefing.
func withRefused(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx).Operation
	if op != nil && op.Operation != ast.Subscription {
		ctx = context.WithValue(ctx, refusedKey{}, newRefusedLoader())
	}
	return next(ctx)
}

func newRefusedLoader() *refusedLoader {
	return &refusedLoader{
		waiting: map[string]bool{}, found: map[string][]briefing.RefusedText{},
	}
}

// refusedOf returns the loader of an operation, or a new one.
func refusedOf(ctx context.Context) *refusedLoader {
	if l, ok := ctx.Value(refusedKey{}).(*refusedLoader); ok {
		return l
	}
	return newRefusedLoader()
}

// expect notes the references of a page of briefings. They are read only if one is asked for.
func (l *refusedLoader) expect(edges []BriefingEdge) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range edges {
		if m := edges[i].Node.Made; m != nil {
			l.note(m.Refused)
		}
	}
}

// note adds references to those that are read next.
func (l *refusedLoader) note(refs []string) {
	for _, ref := range refs {
		if _, read := l.found[ref]; !read {
			l.waiting[ref] = true
		}
	}
}

// texts returns the texts of the references in their order, at most maxRejected. Many briefings
// may repeat the texts of one style, so an operation has a bound of bytes. Beyond it the error
// is a *guard.Refusal.
func (l *refusedLoader) texts(
	ctx context.Context, svc *service.Service, refs []string,
) ([]briefing.RefusedText, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.note(refs)
	if err := l.read(ctx, svc); err != nil {
		return nil, err
	}
	var list []briefing.RefusedText
	for _, ref := range refs {
		list = append(list, l.found[ref]...)
	}
	list = list[:min(len(list), maxRejected)]
	for _, t := range list {
		l.bytes += len(t.Key) + len(t.Text) + len(t.Rule)
	}
	if l.bytes > defaultAnswer {
		return nil, &guard.Refusal{
			Measure: "bytes in the answer", Got: l.bytes, Limit: defaultAnswer,
		}
	}
	return list, nil
}

// maxRejected is the most refused texts of one briefing: those of its style and of its picture.
const maxRejected = 2 * briefing.MaxRefused

// read reads the texts of all waiting references at once. A failure is remembered, so that each
// briefing of a page does not wait for it again.
func (l *refusedLoader) read(ctx context.Context, svc *service.Service) error {
	if len(l.waiting) == 0 || l.failed != nil {
		return l.failed
	}
	var all map[string][]briefing.RefusedText
	refs := slices.Collect(maps.Keys(l.waiting))
	if all, l.failed = svc.Refused(ctx, viewer(ctx), refs); l.failed != nil {
		return l.failed
	}
	for _, ref := range refs {
		l.found[ref] = all[ref]
	}
	clear(l.waiting)
	return nil
}
