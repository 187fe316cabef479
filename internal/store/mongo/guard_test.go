package mongo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/store/mongo/mongotest"
)

// pair is two replicas on one database, with the feed that a subscriber would see.
type pair struct {
	*testing.T
	a, b *Store
	feed briefing.Feed
	req  briefing.Request // a's
}

// newPair opens two replicas. without names a guard to leave out of both.
func newPair(t *testing.T, without string) *pair {
	t.Helper()
	uri, database := mongotest.Shared(t).URI(), mongotest.Database()
	open := func(name string) *Store {
		s, err := Open(t.Context(), Config{
			URI: uri, Database: database, Instance: name, LeaseTime: 2 * time.Second, RenewEvery: 500 * time.Millisecond, Await: 50 * time.Millisecond, Log: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		s.test.without = without
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	p := &pair{T: t, a: open("a"), b: open("b")}
	for p.req = p.start(p.a, "kim"); ; p.req = p.start(p.a, "kim") {
		// If b were preferred, it would claim the request from the live a.
		if oid, _ := objectID(p.req.ID); preferred(oid, []string{"a", "b"}) == "a" {
			break
		}
	}
	var err error
	if p.feed, err = p.b.OpenFeed(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *pair) start(s *Store, username string) briefing.Request {
	p.Helper()
	now := s.Now().UTC().Truncate(time.Millisecond)
	end := now.Add(time.Hour)
	done, err := s.StartRequest(p.Context(), briefing.Start{Request: briefing.Request{
		Username: username, Name: now.Format(briefing.NameLayout), Interval: 10, EndTime: "22:00", EndText: "22:00",
		CameraID: briefing.DefaultCamera, StartedAt: now, EndsAt: &end,
	}})
	if err != nil {
		p.Fatal(err)
	}
	return done.Request
}

// append stores a tick. Every second tick is unchanged.
func (p *pair) append(s *Store, tick int64) error {
	_, err := s.Append(context.WithoutCancel(p.Context()), briefing.Append{
		RequestID: p.req.ID, Owner: p.req.Owner, Tick: tick,
		Briefing: briefing.Briefing{
			At: p.req.TickAt(tick), Caption: fmt.Sprint("tick ", tick), Text: briefing.Text(p.req.TickAt(tick), time.UTC, fmt.Sprint("tick ", tick)),
			Unchanged: tick%2 == 0,
		},
	})
	return err
}

func (p *pair) add(s *Store) error {
	_, err := s.AddBriefing(p.Context(), briefing.Briefing{RequestID: p.req.ID, At: time.Now(), Caption: "x", Text: "2026-03-01 12:00_x"})
	return err
}

func (p *pair) end(s *Store) error {
	_, err := s.EndRequest(p.Context(), briefing.End{ID: p.req.ID, Reason: briefing.EndedByUser, At: s.Now()})
	return err
}

// stopAt stops a's first write that reaches a step, calls meanwhile, lets the write continue, and
// returns its result.
func (p *pair) stopAt(step string, write func() error, meanwhile func()) error {
	p.Helper()
	reached, goOn := make(chan struct{}), make(chan struct{})
	var once sync.Once
	p.a.test.at = func(at string) error {
		if at == step {
			once.Do(func() { close(reached); <-goOn })
		}
		return nil
	}
	done := make(chan error, 1)
	go func() { done <- write() }()
	select {
	case <-reached:
	case err := <-done:
		p.Fatalf("the write never came to %q: %v", step, err)
	}
	meanwhile()
	close(goOn)
	return <-done
}

// verify compares the feed with the store and returns the faults, or "" for none. Each briefing
// must come once, ids must grow, no briefing may follow the end, and the counts must add up.
func (p *pair) verify() string {
	p.Helper()
	var wrong []string
	list, _, err := p.b.Briefings(p.Context(), p.req.ID, briefing.Slice{Limit: 100})
	if err != nil {
		p.Fatal(err)
	}
	mark := p.start(p.b, "mark").ID
	var told []briefing.BriefingID
	ended := false
	ctx, cancel := context.WithTimeout(p.Context(), time.Minute)
	defer cancel()
	for {
		c, err := p.feed.Next(ctx)
		if err != nil {
			p.Fatal(err)
		}
		switch {
		case c.Kind == briefing.RequestStarted && c.Request.ID == mark:
			return p.compare(told, list, wrong)
		case c.Kind == briefing.RequestEnded && c.Request.ID == p.req.ID:
			ended = true
		case c.Kind == briefing.BriefingStored && c.Briefing.RequestID == p.req.ID:
			if ended {
				wrong = append(wrong, "a briefing after the end")
			}
			told = append(told, c.Briefing.ID)
		}
	}
}

func (p *pair) compare(told []briefing.BriefingID, list []briefing.Briefing, wrong []string) string {
	ticks, runs, unchanged := map[int64]bool{}, 0, 0
	for i, b := range list {
		if i >= len(told) || told[i] != b.ID {
			wrong = append(wrong, "the feed's order is not the order of ids")
		}
		if b.Tick > 0 {
			runs++
			if b.Unchanged {
				unchanged++
			}
			if ticks[b.Tick] {
				wrong = append(wrong, "a tick is stored twice")
			}
			ticks[b.Tick] = true
		}
	}
	if len(told) != len(list) {
		wrong = append(wrong, fmt.Sprintf("the feed told %d of %d", len(told), len(list)))
	}
	r, err := p.b.Request(p.Context(), p.req.ID)
	if err != nil {
		p.Fatal(err)
	}
	if r.Ticks.Done != runs {
		wrong = append(wrong, fmt.Sprintf("done is %d with %d runs stored", r.Ticks.Done, runs))
	}
	if r.Ticks.Unchanged != unchanged {
		wrong = append(wrong, fmt.Sprintf("unchanged is %d with %d unchanged runs stored", r.Ticks.Unchanged, unchanged))
	}
	return strings.Join(wrong, "; ")
}

// takeOverFromA marks a dead and lets b claim its requests.
func (p *pair) takeOverFromA() {
	p.Helper()
	if err := p.a.lease.release(p.Context()); err != nil {
		p.Fatal(err)
	}
	for {
		list, err := p.b.Claim(p.Context(), 10)
		if err != nil {
			p.Fatal(err)
		}
		if len(list) > 0 {
			return
		}
	}
}

// scenario is one interleaving: a write of replica a is stopped at a step while b does something.
type scenario struct {
	name    string
	guard   string // the guard that makes the outcome right
	without string // the fault without the guard
	run     func(p *pair) error
	want    error // error of the stopped write; nil: it is stored
}

func scenarios() []scenario {
	appending := func(p *pair, step string, meanwhile func()) error {
		return p.stopAt(step, func() error { return p.append(p.a, 2) }, meanwhile)
	}
	must := func(p *pair, err error) {
		if err != nil {
			p.Error(err)
		}
	}
	return []scenario{
		{name: "another briefing between update and insert", guard: "intent", without: "order of ids",
			run: func(p *pair) error { return appending(p, "updated", func() { must(p, p.add(p.b)) }) }},
		{name: "an end between update and insert", guard: "intent", without: "after the end",
			run: func(p *pair) error { return appending(p, "updated", func() { must(p, p.end(p.b)) }) }},
		{name: "a replacement between update and insert", guard: "intent", without: "after the end",
			run: func(p *pair) error { return appending(p, "updated", func() { p.start(p.b, "kim") }) }},
		{name: "a new owner's briefing between update and insert", guard: "intent", without: "order of ids",
			run: func(p *pair) error {
				return appending(p, "updated", func() {
					p.takeOverFromA()
					r, err := p.b.Request(p.Context(), p.req.ID)
					must(p, err)
					old := p.req.Owner
					p.req.Owner = r.Owner
					must(p, p.append(p.b, 3))
					p.req.Owner = old
				})
			}},
		{name: "another briefing before the update", guard: "last_id", without: "order of ids",
			run: func(p *pair) error { return appending(p, "before update", func() { must(p, p.add(p.b)) }) }},
		{name: "an end before the update", guard: "active", without: "after the end", want: briefing.ErrConflict,
			run: func(p *pair) error { return appending(p, "before update", func() { must(p, p.end(p.b)) }) }},
		{name: "a replacement before the update", guard: "active", without: "after the end", want: briefing.ErrConflict,
			run: func(p *pair) error { return appending(p, "before update", func() { p.start(p.b, "kim") }) }},
		{name: "a new owner before the update", guard: "term", without: "stored by a former owner", want: briefing.ErrNotOwner,
			run: func(p *pair) error { return appending(p, "before update", p.takeOverFromA) }},
		{name: "a briefing before the end", guard: "last_id", without: "done is",
			run: func(p *pair) error {
				return p.stopAt("before the end", func() error { return p.end(p.a) }, func() { must(p, p.append(p.b, 2)) })
			}},
		{name: "a briefing before a replacement", guard: "last_id", without: "done is",
			run: func(p *pair) error {
				return p.stopAt("before replacing", func() error { p.start(p.a, "kim"); return nil }, func() { must(p, p.append(p.b, 2)) })
			}},
		{name: "another end before the end", guard: "active", without: "ended twice", want: briefing.ErrConflict,
			run: func(p *pair) error {
				return p.stopAt("before the end", func() error { return p.end(p.a) }, func() { must(p, p.end(p.b)) })
			}},
		{name: "the answer to the update is lost", guard: "unsure", without: "refused",
			run: func(p *pair) error { return loseAnswer(p, "updated") }},
		{name: "the answer to the insert is lost", guard: "unsure", without: "refused",
			run: func(p *pair) error { return loseAnswer(p, "inserted") }},
	}
}

// loseAnswer loses the answer to a's append once and repeats the append, as the schedule does.
func loseAnswer(p *pair, step string) error {
	lost := false
	p.a.test.at = func(at string) error {
		if at == step && !lost {
			lost = true
			return briefing.ErrUnavailable
		}
		return nil
	}
	if err := p.append(p.a, 2); !errors.Is(err, briefing.ErrUnavailable) {
		p.Errorf("the first try: %v", err)
	}
	return p.append(p.a, 2)
}

// TestGuards stops a writer at every step of the append protocol. Meanwhile another replica
// appends, ends, replaces or claims. Each scenario must have the right outcome with its guard, and
// a wrong one without it.
func TestGuards(t *testing.T) {
	t.Parallel()
	for _, s := range scenarios() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			if bad := outcome(t, s, ""); bad != "" {
				t.Errorf("with its guard: %s", bad)
			}
			if bad := outcome(t, s, s.guard); !strings.Contains(bad, s.without) {
				t.Errorf("without its guard (%s) it comes out as %q, want %q", s.guard, bad, s.without)
			}
		})
	}
}

// outcome runs a scenario and returns its fault, or "" for none.
func outcome(t *testing.T, s scenario, without string) string {
	t.Helper()
	p := newPair(t, without)
	if err := p.append(p.a, 1); err != nil {
		t.Fatal(err)
	}
	before := p.runs()
	err := s.run(p)
	bad := p.verify()
	switch {
	case s.want == nil && err != nil:
		bad += fmt.Sprintf("; refused: %v", err)
	case s.want != nil && err == nil && errors.Is(s.want, briefing.ErrNotOwner) && p.runs() > before:
		bad += "; stored by a former owner"
	case s.want != nil && err == nil:
		bad += "; ended twice"
	case s.want != nil && !errors.Is(err, s.want):
		bad += fmt.Sprintf("; error is %v, want %v", err, s.want)
	}
	return strings.TrimPrefix(bad, "; ")
}

func (p *pair) runs() int {
	p.Helper()
	list, _, err := p.b.Briefings(p.Context(), p.req.ID, briefing.Slice{Limit: 100})
	if err != nil {
		p.Fatal(err)
	}
	return len(list)
}
