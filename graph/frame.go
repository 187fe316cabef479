package graph

import (
	"context"
	"encoding/base64"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"bis/internal/briefing"
	"bis/internal/service"
)

// frameLoader reads the pictures of one operation: those of all known briefings at once, when the
// first one is asked for. It is safe for concurrent use, because gqlgen resolves the elements of a
// list concurrently.
type frameLoader struct {
	mu      sync.Mutex                 // guards the fields below, also while pictures are read
	waiting map[string]bool            // ids of the briefings' pictures that were not read yet
	found   map[string]briefing.Frame  // by id
	read    map[string]bool            // ids that were read
	cameras map[briefing.CameraID]bool // whose last pictures are known
}

// loaderKey is the context key of an operation's frameLoader.
type loaderKey struct{}

// withFrames gives each query and each mutation a frameLoader. A subscription has none: it lives
// long, and each of its answers has one briefing.
func withFrames(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx).Operation
	if op != nil && op.Operation != ast.Subscription {
		ctx = context.WithValue(ctx, loaderKey{}, &frameLoader{
			waiting: map[string]bool{}, found: map[string]briefing.Frame{}, read: map[string]bool{},
			cameras: map[briefing.CameraID]bool{},
		})
	}
	return next(ctx)
}

// loaderOf returns the loader of an operation, or nil.
func loaderOf(ctx context.Context) *frameLoader {
	l, _ := ctx.Value(loaderKey{}).(*frameLoader)
	return l
}

// expect notes the pictures of a page of briefings, which are read only if one is asked for.
func (l *frameLoader) expect(edges []BriefingEdge) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range edges {
		if id := edges[i].Node.Facts.FrameID; id != "" && !l.read[id] {
			l.waiting[id] = true
		}
	}
}

// knows notes cameras whose LastFrame is complete.
func (l *frameLoader) knows(list []briefing.Camera) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range list {
		l.cameras[list[i].ID] = true
	}
}

// isKnown reports whether the LastFrame of a camera is complete.
func (l *frameLoader) isKnown(id briefing.CameraID) bool {
	if l == nil {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cameras[id]
}

// frame returns the picture of a briefing, or nil. It reads all that are expected with it.
func (l *frameLoader) frame(
	ctx context.Context, svc *service.Service, id string,
) (*briefing.Frame, error) {
	if l == nil {
		found, err := svc.Frames(ctx, viewer(ctx), []string{id})
		return frameIn(found, id), err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.read[id] {
		return frameIn(l.found, id), nil
	}
	l.waiting[id] = true
	ids := make([]string, 0, len(l.waiting))
	for id := range l.waiting {
		ids = append(ids, id)
	}
	found, err := svc.Frames(ctx, viewer(ctx), ids)
	if err != nil {
		return nil, err
	}
	clear(l.waiting)
	for _, id := range ids {
		l.read[id] = true
	}
	for id, f := range found {
		l.found[id] = f
	}
	return frameIn(found, id), nil
}

func frameIn(found map[string]briefing.Frame, id string) *briefing.Frame {
	if f, ok := found[id]; ok {
		return &f
	}
	return nil
}

// Frame resolves Briefing.frame: null if the picture is not stored, or no longer.
func (r report) Frame(ctx context.Context, of *briefing.Briefing) (*briefing.Frame, error) {
	if of.Facts.FrameID == "" {
		return nil, nil
	}
	return loaderOf(ctx).frame(ctx, r.svc, of.Facts.FrameID)
}

// LastFrame resolves Camera.lastFrame.
func (c camera) LastFrame(ctx context.Context, of *briefing.Camera) (*briefing.Frame, error) {
	if of.LastFrame != nil || loaderOf(ctx).isKnown(of.ID) {
		return of.LastFrame, nil
	}
	return c.svc.LastFrame(ctx, viewer(ctx), *of)
}

// CameraTest is the schema's type of that name.
type CameraTest struct {
	Health        *briefing.CameraHealth
	Picture       *string
	Width, Height *int
	Facts         *Facts
	Certificate   *string
	LatencyMs     int
	Tiles         *briefing.Tiles

	leaves func(briefing.Egress) ([]byte, bool) // nil: there is no picture
}

// Leaves resolves CameraTest.leaves: null if nothing would leave.
func (t *CameraTest) Leaves(egress briefing.Egress) *string {
	if t.leaves == nil {
		return nil
	}
	jpeg, ok := t.leaves(egress)
	if !ok {
		return nil
	}
	url := dataURL(jpeg)
	return &url
}

// dataURL returns a picture as text.
func dataURL(jpeg []byte) string {
	return "data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(jpeg)
}
