package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"bis/internal/briefing"
	"bis/internal/summary"
)

// AiSummary summarises a request with advice, or ErrNotFound. While nothing new was
// stored and the style is the same, the answer is the same; simultaneous calls share one.
func (s *Service) AiSummary(ctx context.Context, v briefing.Viewer, id briefing.RequestID) (briefing.Summary, error) {
	normal, ok := briefing.NormalID(string(id))
	if !ok {
		return briefing.Summary{}, briefing.ErrNotFound
	}
	state, err := s.store.SummaryState(ctx, briefing.RequestID(normal))
	if err != nil {
		return briefing.Summary{}, err
	}
	if err := s.policy.ActFor(v, state.Request.Username); err != nil {
		return briefing.Summary{}, err
	}
	req, custom := s.current(state.Request), state.Custom
	key := fmt.Sprintf("%s %s %q", req.ID, state.Newest, custom)
	return s.summaries.do(ctx, key, func(ctx context.Context) (briefing.Summary, error) {
		return s.summarize(ctx, req, custom)
	})
}

// summarize tallies the briefings as they are read: a request of 30 days at one a second has
// millions of them, and no more than a page is held.
func (s *Service) summarize(ctx context.Context, req briefing.Request, custom []string) (briefing.Summary, error) {
	tally := summary.NewTally(req, s.zone)
	for b, err := range s.eachBriefing(ctx, req.ID) {
		if err != nil {
			return briefing.Summary{}, err
		}
		tally.Add(b)
	}
	return s.summarizer.Summarize(ctx, briefing.SummaryInput{
		Request: req, Custom: custom, Figures: tally.Figures(),
		Captions: tally.Captions(), Now: s.store.Now(),
	})
}

// EmptySummary returns the summary of a request in which nothing happened.
func (s *Service) EmptySummary(ctx context.Context) (briefing.Summary, error) {
	return s.summarizer.Summarize(ctx, briefing.SummaryInput{Custom: briefing.DefaultCustom(), Now: s.store.Now()})
}

// maxSummaries bounds how many summaries are remembered; the oldest goes first.
const maxSummaries = 256

// summaryCache remembers summaries by what they were made of and lets
// simultaneous calls for one share the work.
type summaryCache struct {
	mu    sync.Mutex // guards calls and order
	calls map[string]*summaryCall
	order []string
}

type summaryCall struct {
	done    chan struct{} // closed when summary and err are set
	summary briefing.Summary
	err     error
}

func newSummaryCache() *summaryCache {
	return &summaryCache{calls: make(map[string]*summaryCall)}
}

// do returns the remembered summary of key or makes it. The first caller does the work, to its
// end even when it leaves, for the others and the next; the stages below bound its time. What
// failed or came out less than it could be is not remembered.
func (c *summaryCache) do(ctx context.Context, key string, work func(context.Context) (briefing.Summary, error)) (briefing.Summary, error) {
	call, first := c.join(key)
	if first {
		c.fill(context.WithoutCancel(ctx), key, call, work)
	}
	select {
	case <-call.done:
		return call.summary, call.err
	case <-ctx.Done():
		return briefing.Summary{}, ctx.Err()
	}
}

// fill does the work of a call. Should the work panic, the call is over all the same.
func (c *summaryCache) fill(ctx context.Context, key string, call *summaryCall, work func(context.Context) (briefing.Summary, error)) {
	call.err = errUnfinished
	defer func() {
		if call.err != nil || call.summary.Degraded != "" {
			c.forget(key, call)
		}
		close(call.done)
	}()
	call.summary, call.err = work(ctx)
}

// errUnfinished is what those who wait get when the one who worked panicked.
var errUnfinished = errors.New("summary: not finished")

// join returns the call of key and whether the caller is its first and must do the work.
func (c *summaryCache) join(key string) (*summaryCall, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if call, ok := c.calls[key]; ok {
		return call, false
	}
	call := &summaryCall{done: make(chan struct{})}
	c.calls[key] = call
	c.order = append(c.order, key)
	if len(c.order) > maxSummaries {
		delete(c.calls, c.order[0])
		c.order = c.order[1:]
	}
	return call, true
}

func (c *summaryCache) forget(key string, call *summaryCall) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.calls[key] != call {
		return
	}
	delete(c.calls, key)
	c.order = slices.DeleteFunc(c.order, func(k string) bool { return k == key })
}
