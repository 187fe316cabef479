package service

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"bis/internal/briefing"
)

// The figures of a deleted request are not stored, even if they were being computed during the
// deletion.
func TestSummaryCache_forgets_a_deleted_request(t *testing.T) {
	t.Parallel()
	c, err := newSummaryCache()
	if err != nil {
		t.Fatal(err)
	}
	get := func(key summaryKey, during func()) {
		t.Helper()
		_, err := c.get(t.Context(), key, func(context.Context) (briefing.SummaryInput, error) {
			during()
			return briefing.SummaryInput{}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	a, b := summaryKey{request: "a", newest: "1"}, summaryKey{request: "b", newest: "1"}
	get(a, func() {})
	get(b, func() {})
	c.forget("a")
	get(summaryKey{request: "a", newest: "2"}, func() {})
	get(summaryKey{request: "c"}, func() { c.forget("c") })
	if keys := c.made.Keys(); len(keys) != 1 || keys[0] != b {
		t.Errorf("stored are %v, want only %v", keys, b)
	}
}

// Simultaneous callers share one computation. It runs to its end when a caller leaves, and its
// result is there for the next one. A new briefing asks for another.
func TestSummaryCache_computes_figures_once(t *testing.T) {
	t.Parallel()
	c, err := newSummaryCache()
	if err != nil {
		t.Fatal(err)
	}
	computed := 0
	started, finish := make(chan struct{}), make(chan struct{})
	work := func(context.Context) (briefing.SummaryInput, error) {
		computed++
		close(started)
		<-finish
		return briefing.SummaryInput{Captions: []string{"a"}}, nil
	}
	key := summaryKey{request: "a", newest: "1"}
	ctx, leave := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() {
		if _, err := c.get(ctx, key, work); !errors.Is(err, context.Canceled) {
			t.Errorf("the caller that left got %v", err)
		}
	})
	<-started
	for range 5 {
		all.Go(func() {
			if in, err := c.get(t.Context(), key, work); err != nil || len(in.Captions) != 1 {
				t.Errorf("%+v, %v", in, err)
			}
		})
	}
	leave()
	close(finish)
	all.Wait()
	if _, err := c.get(t.Context(), key, work); err != nil || computed != 1 {
		t.Errorf("computed %d times, want once: %v", computed, err)
	}
	next := summaryKey{request: "a", newest: "2"}
	started = make(chan struct{})
	if _, err := c.get(t.Context(), next, work); err != nil || computed != 2 {
		t.Errorf("after a new briefing: computed %d times, want twice: %v", computed, err)
	}
}

// A failure and a panic are errors, and neither is cached.
func TestSummaryCache_forgets_a_failure(t *testing.T) {
	t.Parallel()
	c, err := newSummaryCache()
	if err != nil {
		t.Fatal(err)
	}
	key, failure := summaryKey{request: "a"}, errors.New("no")
	_, err = c.get(t.Context(), key, func(context.Context) (briefing.SummaryInput, error) {
		return briefing.SummaryInput{}, failure
	})
	if !errors.Is(err, failure) {
		t.Errorf("a failure is %v", err)
	}
	_, err = c.get(t.Context(), key, func(context.Context) (briefing.SummaryInput, error) { panic("broken") })
	if err == nil || !strings.Contains(err.Error(), "broken") {
		t.Errorf("a panic is %v", err)
	}
	in, err := c.get(t.Context(), key, func(context.Context) (briefing.SummaryInput, error) {
		return briefing.SummaryInput{Captions: []string{"a"}}, nil
	})
	if err != nil || len(in.Captions) != 1 {
		t.Errorf("after them: %+v, %v", in, err)
	}
}
