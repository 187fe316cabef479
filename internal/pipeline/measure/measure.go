package measure

import (
	"errors"
	"math"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// Config tunes a Measurer. The defaults are those of the figures in docs/benchmarks.md.
type Config struct {
	// Threshold is the difference of luma, 0 to 255, from which a pixel counts as changed. Zero means 26.
	Threshold int
	// Dark is the mean luma below which nothing can be seen. Zero means 18.
	Dark float64
	// Absorb is how long a person-sized thing must stand still to become background. Zero means 2 h.
	Absorb time.Duration
}

// Detector names the counting in facts.
const Detector = "motion"

// Shares of a picture.
const (
	sceneShare  = 0.45             // more changed pixels than this: another scene
	movingShare = 0.05             // a tile with more changed pixels than this has changed
	learnTime   = 60 * time.Second // time constant of the background where nothing stands
	clutterTime = 3 * time.Minute  // and where something stands that is no person
)

// Measurer measures the frames of one camera. It is used by one goroutine at a time.
type Measurer struct {
	cfg        Config
	background *plane // what the camera sees when nobody is there, as far as known
	previous   *plane
	at         time.Time // of the frame before
}

var _ pipeline.Measurer = (*Measurer)(nil)

// New checks cfg and returns a measurer that has seen nothing yet.
func New(cfg Config) (*Measurer, error) {
	if cfg.Threshold < 0 || cfg.Threshold > 255 || cfg.Dark < 0 || cfg.Absorb < 0 {
		return nil, errors.New("measure: threshold must be 0 to 255, dark and absorb not negative")
	}
	if cfg.Threshold == 0 {
		cfg.Threshold = 26
	}
	if cfg.Dark == 0 {
		cfg.Dark = 18
	}
	if cfg.Absorb == 0 {
		cfg.Absorb = 2 * time.Hour
	}
	return &Measurer{cfg: cfg}, nil
}

// Measure implements pipeline.Measurer.
func (m *Measurer) Measure(f pipeline.Frame) pipeline.Facts {
	now := reduce(f.Image)
	facts := pipeline.Facts{Brightness: math.Round(now.mean()*10) / 10}
	if facts.Brightness < m.cfg.Dark {
		facts.Scene = briefing.SceneDark
		return facts // what was learnt by day stays
	}
	now = now.blur()
	facts.Change = m.change(now)
	switch {
	case m.background == nil:
		facts.Scene = briefing.SceneLearning
		m.relearn(now)
	case !m.background.sameSize(now):
		facts.Scene, facts.Change = briefing.SceneChanged, 1
		m.relearn(now)
	default:
		m.count(now, f.At, &facts)
	}
	m.previous, m.at = now, f.At
	return facts
}

// relearn takes a picture as background.
func (m *Measurer) relearn(now *plane) { m.background = now.clone() }

// change is the share of changed pixels in the tile that changed most since the frame before.
func (m *Measurer) change(now *plane) float64 {
	if m.previous == nil || !m.previous.sameSize(now) {
		return 0
	}
	fitted := fit(now, m.previous, m.cfg.Threshold)
	return math.Round(worstTile(difference(fitted, m.previous, m.cfg.Threshold), now.w, now.h)*100) / 100
}

// count compares with the background, counts, and lets the background learn.
func (m *Measurer) count(now *plane, at time.Time, facts *pipeline.Facts) {
	fitted := fit(now, m.background, m.cfg.Threshold)
	mask := difference(fitted, m.background, m.cfg.Threshold)
	if share(mask) > sceneShare {
		facts.Scene, facts.Change = briefing.SceneChanged, 1
		m.relearn(now)
		return
	}
	blobs := find(mask, now.w, now.h)
	people := 0
	for i := range blobs {
		b := &blobs[i]
		switch {
		case b.isHole(mask, fitted, m.background):
			b.repair(mask, fitted, m.background)
		case b.isPerson(now.h):
			b.person = true
			people += b.heads()
		}
	}
	m.learn(fitted, mask, blobs, at.Sub(m.at))
	facts.Scene = briefing.SceneSteady
	if facts.Change > movingShare {
		facts.Scene = briefing.SceneMoving
	}
	facts.Counts = []briefing.ObjectCount{{Name: briefing.Person, Count: people}}
	facts.Counted, facts.Estimate, facts.Detector = true, true, Detector
}

// learn lets the background follow the picture: quickly where nothing stands, slowly under
// things, hardly at all under people.
func (m *Measurer) learn(fitted *plane, mask []uint8, blobs []blob, since time.Duration) {
	if since <= 0 {
		return
	}
	rate := func(constant time.Duration) float32 {
		return float32(1 - math.Exp(-since.Seconds()/constant.Seconds()))
	}
	free, clutter, person := rate(learnTime), rate(clutterTime), rate(m.cfg.Absorb)
	under := make([]float32, 256) // by label: 0 is free, 255 is what belongs to no blob
	for i := range under {
		under[i] = clutter
	}
	under[0] = free
	for i := range blobs {
		if blobs[i].person {
			under[blobs[i].label] = person
		}
	}
	for i, label := range mask {
		m.background.pix[i] += (fitted.pix[i] - m.background.pix[i]) * under[label]
	}
}
