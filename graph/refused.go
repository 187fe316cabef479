package graph

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"bis/graph/guard"
	"bis/internal/briefing"
	"bis/internal/service"
)

// refusedLoader reads the refused texts of one operation, those of each reference once. It is safe
// for concurrent use, because gqlgen resolves the elements of a list concurrently.
type refusedLoader struct {
	mu      sync.Mutex                        // guards the fields below, also while texts are read
	waiting map[string]bool                   // references that were not read yet
	found   map[string][]briefing.RefusedText // by reference that was read
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
	if err := l.probe(ctx, svc); err != nil {
		return nil, err
	}
	var list []briefing.RefusedText
	for _, ref := range refs {
		if err := l.read(ctx, svc, ref); err != nil {
			return nil, err
		}
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

// probe reads all waiting references at once. Texts live for a day, so most references of an older
// page have none and need no further call. The result does not say which text is of which
// reference, so the others are read one by one.
func (l *refusedLoader) probe(ctx context.Context, svc *service.Service) error {
	if len(l.waiting) < 2 {
		return nil
	}
	refs := make([]string, 0, len(l.waiting))
	for ref := range l.waiting {
		refs = append(refs, ref)
	}
	all, err := svc.Refused(ctx, viewer(ctx), refs)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		for _, ref := range refs {
			l.found[ref] = nil
		}
	}
	clear(l.waiting) // each is read when its texts are asked for
	return nil
}

// read reads the texts of a reference unless they are there.
func (l *refusedLoader) read(ctx context.Context, svc *service.Service, ref string) error {
	if _, read := l.found[ref]; read {
		return nil
	}
	texts, err := svc.Refused(ctx, viewer(ctx), []string{ref})
	if err != nil {
		return err
	}
	l.found[ref] = texts
	delete(l.waiting, ref)
	return nil
}
