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

// AiSummary returns a summary of a request with advice, or ErrNotFound. Its figures are cached
// while no new briefing is stored, and simultaneous calls compute them once. Each call words them
// anew, because a model may have written lines of the user's style in the meantime.
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
	key := summaryKey{request: state.Request.ID, newest: state.Newest}
	in, err := s.summaries.get(ctx, key, func(ctx context.Context) (briefing.SummaryInput, error) {
		return s.tally(ctx, s.current(state.Request))
	})
	if err != nil {
		return briefing.Summary{}, err
	}
	in.Custom, in.Now = state.Custom, s.store.Now()
	return s.summarizer.Summarize(ctx, in)
}

// tally returns what a summary words, without its style and its time. It counts the briefings while
// it reads them and has one page in memory at a time. A request of 30 days with an interval of one
// second has millions of briefings.
func (s *Service) tally(ctx context.Context, req briefing.Request) (briefing.SummaryInput, error) {
	tally := summary.NewTally(req, s.zone)
	for b, err := range s.eachBriefing(ctx, req.ID) {
		if err != nil {
			return briefing.SummaryInput{}, err
		}
		tally.Add(b)
	}
	figures := tally.Figures()
	return briefing.SummaryInput{
		Request: req, Figures: figures, Advice: summary.Advise(figures), Captions: tally.Captions(),
	}, nil
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

// maxSummaries is the most requests whose figures are cached. Each has a few kilobytes.
const maxSummaries = 256

// maxForgotten is the most requests whose figures are not stored any more.
const maxForgotten = 4_096

// summaryKey identifies figures by their sources.
type summaryKey struct {
	request briefing.RequestID
	newest  briefing.BriefingID
}

// summaryCache stores what summaries word. It computes figures once for all callers that ask for
// them at the same time. It is safe for concurrent use.
type summaryCache struct {
	made   *lru.Cache[summaryKey, briefing.SummaryInput]
	making singleflight.Group

	mu        sync.Mutex // guards forgotten, and made against figures of a forgotten request
	forgotten *lru.Cache[briefing.RequestID, struct{}]
}

func newSummaryCache() (*summaryCache, error) {
	made, err := lru.New[summaryKey, briefing.SummaryInput](maxSummaries)
	if err != nil {
		return nil, err
	}
	forgotten, err := lru.New[briefing.RequestID, struct{}](maxForgotten)
	if err != nil {
		return nil, err
	}
	return &summaryCache{made: made, forgotten: forgotten}, nil
}

// forget removes the figures of a request that was deleted. Figures that are being computed are not
// stored.
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

// add stores figures unless their request was deleted.
func (c *summaryCache) add(key summaryKey, in briefing.SummaryInput) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.forgotten.Contains(key.request) {
		c.made.Add(key, in)
	}
}

// get returns the cached figures of a key, or waits for those that work computes. work runs to its
// end even when its caller leaves, because the next caller can use its result. A failure is not
// cached.
func (c *summaryCache) get(
	ctx context.Context, key summaryKey, work func(context.Context) (briefing.SummaryInput, error),
) (briefing.SummaryInput, error) {
	if in, ok := c.made.Get(key); ok {
		return in, nil
	}
	result := c.making.DoChan(string(key.request)+" "+string(key.newest), func() (any, error) {
		if in, ok := c.made.Get(key); ok {
			return in, nil // another call has computed them since the check above
		}
		in, err := recovered(context.WithoutCancel(ctx), work)
		if err == nil {
			c.add(key, in)
		}
		return in, err
	})
	select {
	case r := <-result:
		in, _ := r.Val.(briefing.SummaryInput)
		return in, r.Err
	case <-ctx.Done():
		return briefing.SummaryInput{}, ctx.Err()
	}
}

// recovered turns a panic of work into an error. work runs on singleflight's goroutine, where a
// panic would end the program.
func recovered(
	ctx context.Context, work func(context.Context) (briefing.SummaryInput, error),
) (in briefing.SummaryInput, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("summarize: panic: %v\n%s", p, debug.Stack())
		}
	}()
	return work(ctx)
}
