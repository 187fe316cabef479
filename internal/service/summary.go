package service

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/singleflight"

	"bis/internal/briefing"
	"bis/internal/summary"
)

// AiSummary returns a summary of a request with advice, or ErrNotFound. A complete summary is
// cached while no new briefing is stored and the user's style is the same. Simultaneous calls share
// one computation.
func (s *Service) AiSummary(
	ctx context.Context, v briefing.Viewer, id briefing.RequestID,
) (briefing.Summary, error) {
	normal, err := normalID(id)
	if err != nil {
		return briefing.Summary{}, err
	}
	state, err := s.store.SummaryState(ctx, normal)
	if err != nil {
		return briefing.Summary{}, err
	}
	if err := s.policy.ActFor(v, state.Request.Username); err != nil {
		return briefing.Summary{}, err
	}
	if err := s.limiter.AllowSummary(ctx, state.Request.Username); err != nil {
		return briefing.Summary{}, err
	}
	key := summaryKey{
		request: state.Request.ID, state: fmt.Sprintf("%s %q", state.Newest, state.Custom),
	}
	return s.summaries.get(ctx, key, func(ctx context.Context) (briefing.Summary, error) {
		return s.summarize(ctx, s.current(state.Request), state.Custom)
	})
}

// summarize makes a summary. It counts the briefings while it reads them and has one page in memory
// at a time. A request of 30 days with an interval of one second has millions of briefings.
func (s *Service) summarize(
	ctx context.Context, req briefing.Request, custom []string,
) (briefing.Summary, error) {
	tally := summary.NewTally(req, s.zone)
	for b, err := range s.eachBriefing(ctx, req.ID) {
		if err != nil {
			return briefing.Summary{}, err
		}
		tally.Add(b)
	}
	figures := tally.Figures()
	return s.summarizer.Summarize(ctx, briefing.SummaryInput{
		Request: req, Custom: custom, Figures: figures, Advice: summary.Advise(figures),
		Captions: tally.Captions(), Now: s.store.Now(),
	})
}

// AiSummaryOrEmpty is AiSummary, but summarizes an unknown request as a request without briefings.
// The old endpoint answers like this.
func (s *Service) AiSummaryOrEmpty(
	ctx context.Context, v briefing.Viewer, id briefing.RequestID,
) (briefing.Summary, error) {
	made, err := s.AiSummary(ctx, v, id)
	if !errors.Is(err, briefing.ErrNotFound) {
		return made, err
	}
	return s.summarizer.Summarize(ctx, briefing.SummaryInput{
		Custom: briefing.DefaultCustom(), Now: s.store.Now(),
	})
}

// maxSummaries is the most cached summaries. Each has a few kilobytes.
const maxSummaries = 256

// maxForgotten is the most requests of which no summary is stored any more.
const maxForgotten = 4_096

// summaryKey identifies a summary by its sources.
type summaryKey struct {
	request briefing.RequestID
	state   string
}

// summaryCache stores summaries by their sources. It computes a summary once for all callers that
// ask for it at the same time. It is safe for concurrent use.
type summaryCache struct {
	made   *lru.Cache[summaryKey, briefing.Summary]
	making singleflight.Group

	mu        sync.Mutex // guards forgotten, and made against a summary of a forgotten request
	forgotten *lru.Cache[briefing.RequestID, struct{}]
}

func newSummaryCache() (*summaryCache, error) {
	made, err := lru.New[summaryKey, briefing.Summary](maxSummaries)
	if err != nil {
		return nil, err
	}
	forgotten, err := lru.New[briefing.RequestID, struct{}](maxForgotten)
	if err != nil {
		return nil, err
	}
	return &summaryCache{made: made, forgotten: forgotten}, nil
}

// forget removes the summaries of a request that was deleted. A summary that is being computed is
// not stored.
func (c *summaryCache) forget(id briefing.RequestID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forgotten.Add(id, struct{}{})
	for _, key := range c.made.Keys() {
		if key.request == id {
			c.made.Remove(key)
		}
	}
}

// add stores a summary unless its request was deleted.
func (c *summaryCache) add(key summaryKey, s briefing.Summary) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.forgotten.Contains(key.request) {
		c.made.Add(key, s)
	}
}

// get returns the cached summary of a key, or waits for the summary that work computes. work runs
// to its end even when its caller leaves, because the next caller can use its result. The stages of
// a summary have deadlines of their own. A failed or degraded summary is not cached.
func (c *summaryCache) get(
	ctx context.Context, key summaryKey, work func(context.Context) (briefing.Summary, error),
) (briefing.Summary, error) {
	if s, ok := c.made.Get(key); ok {
		return s, nil
	}
	result := c.making.DoChan(string(key.request)+" "+key.state, func() (any, error) {
		if s, ok := c.made.Get(key); ok {
			return s, nil // another call has computed it since the check above
		}
		s, err := recovered(context.WithoutCancel(ctx), work)
		if err == nil && s.Degraded == "" {
			c.add(key, s)
		}
		return s, err
	})
	select {
	case r := <-result:
		s, _ := r.Val.(briefing.Summary)
		return s, r.Err
	case <-ctx.Done():
		return briefing.Summary{}, ctx.Err()
	}
}

// recovered turns a panic of work into an error. work runs on singleflight's goroutine, where a
// panic would end the program.
func recovered(
	ctx context.Context, work func(context.Context) (briefing.Summary, error),
) (s briefing.Summary, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("summarize: panic: %v\n%s", p, debug.Stack())
		}
	}()
	return work(ctx)
}
