package feed_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"bis/internal/briefing"
	"bis/internal/feed"
)

// history is the content of a store before a feed was opened: kim's first request, ended, with one
// briefing, and kim's second one, active, with two.
type history struct {
	first, second briefing.Request
	changes       []briefing.Change
}

// commit makes a history in the fixture's store.
func (h *fixture) commit() history {
	var past history
	note := func(kind briefing.ChangeKind, b briefing.Briefing, req briefing.Request) {
		past.changes = append(past.changes, briefing.Change{Kind: kind, Briefing: b, Request: req})
	}
	past.first = h.start("kim")
	note(briefing.RequestStarted, briefing.Briefing{}, past.first)
	note(briefing.BriefingStored, h.add(past.first.ID), briefing.Request{})
	h.end(past.first.ID)
	ended := past.first
	ended.Active = false
	note(briefing.RequestEnded, briefing.Briefing{}, ended)
	past.second = h.start("kim")
	note(briefing.RequestStarted, briefing.Briefing{}, past.second)
	note(briefing.BriefingStored, h.add(past.second.ID), briefing.Request{})
	note(briefing.BriefingStored, h.add(past.second.ID), briefing.Request{})
	return past
}

// setPast makes the next feeds start with past changes.
func (h *fixture) setPast(changes []briefing.Change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.past = changes
}

// A feed may start with changes that were committed shortly before its opening. Wherever it
// starts, subscribers that have them receive nothing twice, and later subscribers receive
// everything once.
func TestHub_discards_changes_from_before_the_opening_of_a_feed(t *testing.T) {
	const past = 6 // changes of a history
	for from := range past {
		synctest.Test(t, func(t *testing.T) {
			h := newFixture(t, feed.HubConfig{})
			h.runInBubble(t, feed.PumpConfig{})
			was := h.commit()
			s, ended, requests := h.subscribe(t, was.second.ID, ""), h.subscribe(t, was.first.ID, ""), h.watch(t, "kim")
			next(t, s, 2)
			next(t, ended, 1)
			expectRequest(t, requests, was.second.ID, true)

			h.setPast(was.changes[from:])
			h.breakFeed()
			h.untilOpened(2)
			expectNothing(t, s)
			if req, ok := requests.Poll(); ok {
				t.Errorf("from change %d on: the state of %s came again, active %v", from, req.ID, req.Active)
			}
			if _, err := ended.Next(t.Context()); !errors.Is(err, io.EOF) {
				t.Errorf("from change %d on: Next of the ended request = %v, want io.EOF", from, err)
			}

			h.add(was.second.ID)
			h.end(was.second.ID)
			joined := h.subscribe(t, was.second.ID, "")
			for reader, want := range map[briefing.Stream][]string{s: numbers(3, 1), joined: numbers(1, 3)} {
				if diff := cmp.Diff(want, next(t, reader, len(want))); diff != "" {
					t.Errorf("from change %d on (-want +got):\n%s", from, diff)
				}
				if _, err := reader.Next(t.Context()); !errors.Is(err, io.EOF) {
					t.Errorf("from change %d on: at the end %v, want io.EOF", from, err)
				}
			}
			expectRequest(t, requests, was.second.ID, false)
		})
	}
}

// Subscribers that join before or during the first opening also receive everything once.
func TestHub_discards_changes_from_before_the_first_opening(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newFixture(t, feed.HubConfig{})
		was := h.commit()
		h.setPast(was.changes)
		early, requests := h.subscribe(t, was.second.ID, ""), h.watch(t, "kim")
		h.runInBubble(t, feed.PumpConfig{})
		late := h.subscribe(t, was.second.ID, "")
		h.add(was.second.ID)
		for _, s := range []briefing.Stream{early, late} {
			if diff := cmp.Diff(numbers(1, 3), next(t, s, 3)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			expectNothing(t, s)
		}
		expectRequest(t, requests, was.second.ID, true)
		if req, ok := requests.Poll(); ok {
			t.Errorf("the state of %s came again, active %v", req.ID, req.Active)
		}
	})
}

// The old briefings of a long request are no longer among the ids that its topic remembers.
func TestHub_discards_old_briefings_that_it_no_longer_remembers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newFixture(t, feed.HubConfig{})
		h.runInBubble(t, feed.PumpConfig{})
		req := h.start("kim")
		var old []briefing.Change
		for range 600 {
			old = append(old, briefing.Change{Kind: briefing.BriefingStored, Briefing: h.add(req.ID)})
		}
		s := h.subscribe(t, req.ID, old[599].Briefing.ID)
		h.setPast(old[:10])
		h.breakFeed()
		h.untilOpened(2)
		expectNothing(t, s)
		h.add(req.ID)
		if diff := cmp.Diff(numbers(601, 1), next(t, s, 1)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// expectNothing waits until everything is idle, and reports a briefing that arrives.
func expectNothing(t *testing.T, s briefing.Stream) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if b, err := s.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Next = %q, %v, want nothing to come", b.Caption, err)
	}
}
