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

// pair is two replicas on one database, and the feed that tells what a subscriber would see.
type pair struct {
	*testing.T
	a, b *Store
	feed briefing.Feed
	req  briefing.Request // a's
}

// newPair opens two replicas. without takes a guard away from both.
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
		if oid, _ := objectID(p.req.ID); preferred(oid, []string{"a", "b"}) == "a" { // else b would take it from the living a
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

func (p *pair) append(s *Store, tick int64) error {
	_, err := s.Append(context.WithoutCancel(p.Context()), briefing.Append{
		RequestID: p.req.ID, Owner: p.req.Owner, Tick: tick,
		Briefing: briefing.Briefing{At: p.req.TickAt(tick), Caption: fmt.Sprint("tick ", tick), Text: briefing.Text(p.req.TickAt(tick), time.UTC, fmt.Sprint("tick ", tick))},
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

// stopAt has a's first write that reaches a step wait there while meanwhile happens, and returns what the write came to.
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

// checked holds what the feed told against what is stored, and tells what is wrong: each briefing once, ids growing, none after the end, and
// counts that add up.
func (p *pair) checked() string {
	p.Helper()
	var wrong []string
	list, _, err := p.b.Briefings(p.Context(), p.req.ID, briefing.Slice{Limit: 100})
	if err != nil {
		p.Fatal(err)
	}
	mark := p.start(p.b, "mark").ID
	var told []briefing.BriefingID
	ended := false
	ctx, cancel := context.WithTimeout(p.Context(), 10*time.Second)
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
	ticks, runs := map[int64]bool{}, 0
	for i, b := range list {
		if i >= len(told) || told[i] != b.ID {
			wrong = append(wrong, "the feed's order is not the order of ids")
		}
		if b.Tick > 0 {
			runs++
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
	return strings.Join(wrong, "; ")
}

// bury has a marked as dead and b claim what it had.
func (p *pair) bury() {
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

// story is one interleaving: a writer of replica a stopped at a step while b does something.
type story struct {
	name    string
	guard   string // what keeps it right
	without string // what is wrong when the guard is taken away
	tell    func(p *pair) error
	want    error // of the stopped write; nil: stored
}

func stories() []story {
	appending := func(p *pair, step string, meanwhile func()) error {
		return p.stopAt(step, func() error { return p.append(p.a, 2) }, meanwhile)
	}
	must := func(p *pair, err error) {
		if err != nil {
			p.Error(err)
		}
	}
	return []story{
		{name: "another briefing between update and insert", guard: "intent", without: "order of ids",
			tell: func(p *pair) error { return appending(p, "updated", func() { must(p, p.add(p.b)) }) }},
		{name: "an end between update and insert", guard: "intent", without: "after the end",
			tell: func(p *pair) error { return appending(p, "updated", func() { must(p, p.end(p.b)) }) }},
		{name: "a replacement between update and insert", guard: "intent", without: "after the end",
			tell: func(p *pair) error { return appending(p, "updated", func() { p.start(p.b, "kim") }) }},
		{name: "a new owner's briefing between update and insert", guard: "intent", without: "order of ids",
			tell: func(p *pair) error {
				return appending(p, "updated", func() {
					p.bury()
					r, err := p.b.Request(p.Context(), p.req.ID)
					must(p, err)
					old := p.req.Owner
					p.req.Owner = r.Owner
					must(p, p.append(p.b, 3))
					p.req.Owner = old
				})
			}},
		{name: "another briefing before the update", guard: "last_id", without: "order of ids",
			tell: func(p *pair) error { return appending(p, "before update", func() { must(p, p.add(p.b)) }) }},
		{name: "an end before the update", guard: "active", without: "after the end", want: briefing.ErrConflict,
			tell: func(p *pair) error { return appending(p, "before update", func() { must(p, p.end(p.b)) }) }},
		{name: "a replacement before the update", guard: "active", without: "after the end", want: briefing.ErrConflict,
			tell: func(p *pair) error { return appending(p, "before update", func() { p.start(p.b, "kim") }) }},
		{name: "a new owner before the update", guard: "term", without: "stored by a former owner", want: briefing.ErrNotOwner,
			tell: func(p *pair) error { return appending(p, "before update", p.bury) }},
		{name: "a briefing before the end", guard: "last_id", without: "done is",
			tell: func(p *pair) error {
				return p.stopAt("before the end", func() error { return p.end(p.a) }, func() { must(p, p.append(p.b, 2)) })
			}},
		{name: "a briefing before a replacement", guard: "last_id", without: "done is",
			tell: func(p *pair) error {
				return p.stopAt("before replacing", func() error { p.start(p.a, "kim"); return nil }, func() { must(p, p.append(p.b, 2)) })
			}},
		{name: "another end before the end", guard: "active", without: "ended twice", want: briefing.ErrConflict,
			tell: func(p *pair) error {
				return p.stopAt("before the end", func() error { return p.end(p.a) }, func() { must(p, p.end(p.b)) })
			}},
		{name: "the answer to the update is lost", guard: "unsure", without: "refused",
			tell: func(p *pair) error { return lose(p, "updated") }},
		{name: "the answer to the insert is lost", guard: "unsure", without: "refused",
			tell: func(p *pair) error { return lose(p, "inserted") }},
	}
}

// lose loses an answer to a's append once, then has it repeated, as the schedule does.
func lose(p *pair, step string) error {
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

// TestGuards stops a writer at every step that the package's description guards, and has another replica append, end, replace or claim
// meanwhile. Each story is told with its guard, and must come out right, and without it, and must not.
func TestGuards(t *testing.T) {
	t.Parallel()
	for _, s := range stories() {
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

// outcome tells a story and says what was wrong in the end; empty: nothing.
func outcome(t *testing.T, s story, without string) string {
	t.Helper()
	p := newPair(t, without)
	if err := p.append(p.a, 1); err != nil {
		t.Fatal(err)
	}
	before := p.runs()
	err := s.tell(p)
	bad := p.checked()
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
