package pipeline

import (
	"sync"
	"time"

	"bis/internal/briefing"
)

// memory has the facts of each request's previous run. The pipeline is not notified when a request
// ends, so an entry expires three intervals and a minute after its run.
type memory struct {
	mu    sync.Mutex // guards the fields below
	facts map[briefing.RequestID]remembered
	sweep time.Time // when expired entries are removed next
}

// remembered is one entry of a memory.
type remembered struct {
	facts Facts
	until time.Time // a later run has no previous facts
}

// sweepEvery is the pause between two sweeps. A sweep visits every entry, so it must not
// happen at each run.
const sweepEvery = time.Minute

// swap stores the facts of a run and returns those of the request's previous run. It returns nil
// when there are none or they have expired: after hours, "two more than before" would mislead.
func (m *memory) swap(run briefing.Run, facts Facts) *Facts {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.facts == nil {
		m.facts = make(map[briefing.RequestID]remembered)
	}
	if run.At.After(m.sweep) {
		for id, r := range m.facts {
			if run.At.After(r.until) {
				delete(m.facts, id)
			}
		}
		m.sweep = run.At.Add(sweepEvery)
	}
	previous, ok := m.facts[run.Request.ID]
	m.facts[run.Request.ID] = remembered{
		facts: facts,
		until: run.At.Add(3*run.Request.Every() + sweepEvery),
	}
	if !ok || run.At.After(previous.until) {
		return nil
	}
	return &previous.facts
}
