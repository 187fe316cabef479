package pipeline

import (
	"sync"
	"time"

	"bis/internal/briefing"
)

// How many runs in a row may repeat an earlier one before the next one looks again.
const (
	mostRepeats = 9 // so that every tenth run looks
	// fewRepeats is for counts by motion in place of a detector that has failed or had no turn.
	fewRepeats = 1
)

// captioned is what a request remembers of its last run that looked for itself. It is immutable.
type captioned struct {
	facts  Facts
	sketch Sketch
	camera uint64 // the serial of the camera; another one has another background
	zones  []briefing.Zone
	most   int // runs that may repeat it
}

// ask is what a run wants of a capture: a look, unless the picture is as in an earlier run. The
// zero value always wants one.
type ask struct{ like *captioned }

// wants reports whether the run needs a look of its own.
func (a ask) wants(g *gate) bool {
	return a.like == nil || g == nil || a.like.camera != g.camera || g.differs(a.like.sketch)
}

// gate compares one capture's picture with earlier ones. Many runs share it, and most of them
// compare with the same picture. It is safe for concurrent use.
type gate struct {
	camera uint64
	now    Sketch
	zones  []briefing.Zone // by which the picture was counted

	mu    sync.Mutex // guards known
	known map[Sketch]bool
}

// newGate returns the gate of a measurement, or nil if it has no sketch.
func newGate(camera uint64, now Sketch, zones []briefing.Zone) *gate {
	if now == nil {
		return nil
	}
	return &gate{camera: camera, now: now, zones: zones, known: make(map[Sketch]bool)}
}

// differs reports whether the picture differs from that of an earlier sketch.
func (g *gate) differs(before Sketch) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	differs, ok := g.known[before]
	if !ok {
		differs = g.now.Differs(before)
		g.known[before] = differs
	}
	return differs
}

// memory has what the pipeline knows of each request's earlier runs. The pipeline is not notified
// when a request ends, so an entry expires three intervals and a minute after its run.
type memory struct {
	mu    sync.Mutex // guards the fields below
	of    map[briefing.RequestID]remembered
	sweep time.Time // when expired entries are removed next
}

// remembered is one entry of a memory.
type remembered struct {
	facts   Facts // of the last run
	like    *captioned
	repeats int       // runs in a row that repeat like
	term    int64     // of the owner; another owner may have done other runs meanwhile
	until   time.Time // a later run has no previous facts
}

// sweepEvery is the pause between two sweeps. A sweep visits every entry, so it must not
// happen at each run.
const sweepEvery = time.Minute

// ask returns what a run wants. Runs beside the ticks always look: their caller waits for news.
func (m *memory) ask(run briefing.Run) ask {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.entry(run)
	if !ok || run.Tick == 0 || r.like == nil || r.repeats >= r.like.most ||
		!sameZones(r.like.zones, zonesOf(run)) {
		return ask{}
	}
	return ask{like: r.like}
}

// zonesOf returns the zones of a run's camera.
func zonesOf(run briefing.Run) []briefing.Zone {
	if run.Camera == nil {
		return nil
	}
	return run.Camera.Zones
}

// entry returns the entry of a run's request, unless it has expired. After hours, "two more than
// before" would mislead. The caller must hold mu.
func (m *memory) entry(run briefing.Run) (remembered, bool) {
	r, ok := m.of[run.Request.ID]
	return r, ok && !run.At.After(r.until) && r.term == run.Request.Owner.Term
}

// settle decides whether a run repeats an earlier one, and stores it. It returns the run's facts,
// and those of the request's previous run, or nil when there are none.
func (m *memory) settle(
	run briefing.Run, asked ask, seen observation,
) (facts Facts, previous *Facts, unchanged bool) {
	facts = seen.facts
	unchanged = facts.Counted && seen.degraded == "" && !asked.wants(seen.gate)
	if unchanged {
		facts = repeat(asked.like.facts, facts)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.entry(run)
	if ok {
		previous = &r.facts
	}
	next := remembered{
		facts: facts, term: run.Request.Owner.Term,
		until: run.At.Add(3*run.Request.Every() + sweepEvery),
	}
	switch {
	case unchanged:
		next.like, next.repeats = asked.like, r.repeats+1
	case facts.Counted && seen.degraded == "" && seen.gate != nil:
		next.like = &captioned{
			facts: facts, sketch: seen.gate.now, camera: seen.gate.camera,
			zones: seen.gate.zones, most: mostRepeats,
		}
		if seen.refused {
			next.like.most = fewRepeats
		}
	}
	m.put(run, next)
	return facts, previous, unchanged
}

// put stores an entry, and removes expired ones now and then. The caller must hold mu.
func (m *memory) put(run briefing.Run, next remembered) {
	if m.of == nil {
		m.of = make(map[briefing.RequestID]remembered)
	}
	if run.At.After(m.sweep) {
		for id, r := range m.of {
			if run.At.After(r.until) {
				delete(m.of, id)
			}
		}
		m.sweep = run.At.Add(sweepEvery)
	}
	m.of[run.Request.ID] = next
}

// repeat returns the facts of a run that repeats an earlier one: the counts are those of that run,
// and the rest is measured.
func repeat(like, now Facts) Facts {
	now.Counts, now.Counted, now.Estimate = like.Counts, like.Counted, like.Estimate
	now.Detector, now.Method = like.Detector, like.Method
	if now.Boxes != nil { // the picture is stored
		now.Boxes = like.Boxes
	}
	now.Scene = briefing.SceneSteady
	return now
}
