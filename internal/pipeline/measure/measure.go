package measure

import (
	"errors"
	"math"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// Config tunes a Measurer. The figures in docs/benchmarks.md belong to the defaults.
type Config struct {
	// Threshold is the difference of luma above which a pixel counts as changed, 0 to 255.
	// Zero means 26, a tenth of the range: blurred sensor noise stays well below it.
	Threshold int
	// Dark is the mean luma, 0 to 255, below which a frame shows nothing. Zero means 18.
	Dark float64
	// Absorb is the time constant with which the background learns a person who stands
	// still. Zero means 2 h, longer than a visit.
	Absorb time.Duration
}

// Detector is the name of this way of counting in Facts.Detector.
const Detector = briefing.DetectorMotion

const (
	// sceneShare is the share of changed pixels, 0 to 1, above which the frame shows another
	// scene. A crowd of pasted figures stays below it, unrelated photographs exceed it.
	sceneShare = 0.45
	// movingShare is the value of Facts.Change above which the scene counts as moving. In one
	// measured scene noise and recompression changed no tile, and a person who covered a
	// thousandth of the frame changed 7 % of one.
	movingShare = 0.05
)

// Time constants of the background: after one of them, 63 % of a change is learnt.
const (
	learnTime   = 60 * time.Second // where the view is free: fast enough for daylight and shadows
	clutterTime = 3 * time.Minute  // under a blob that is not a person, such as a parcel
)

// Measurer measures the frames of one camera. It must not be used by two goroutines at once.
//
// Its state is the background, which is nil until the first bright frame. A frame of another
// size or scene becomes the new background. A dark frame changes no state.
type Measurer struct {
	cfg        Config
	background *plane            // the view without people, as far as it is known
	previous   *plane            // the last bright frame
	at         time.Time         // the moment of previous
	regions    []pipeline.Region // pipeline.Frame.Changed of the last frame
}

var _ pipeline.Measurer = (*Measurer)(nil)

// New checks cfg and returns a measurer without a background.
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

// Measure implements pipeline.Measurer. It sets
//
//   - Brightness, 0 to 255 with one decimal, always;
//   - Change, 0 to 1 with two decimals, except in the dark;
//   - Counts with the one class "person", and Counted, Estimate and Detector with it, in
//     steady and moving scenes alone.
func (m *Measurer) Measure(burst []pipeline.Frame) pipeline.Measurement {
	m.regions = nil
	facts := m.facts(burst[len(burst)-1])
	state := briefing.CameraOK
	if facts.Scene == briefing.SceneDark {
		state = briefing.CameraDark
	}
	return pipeline.Measurement{Facts: facts, State: state, Changed: m.regions}
}

// facts measures one frame.
func (m *Measurer) facts(f pipeline.Frame) pipeline.Facts {
	now := reduce(f.Image)
	facts := pipeline.Facts{Brightness: math.Round(now.mean()*10) / 10}
	if facts.Brightness < m.cfg.Dark {
		facts.Scene = briefing.SceneDark
		return facts // so the background of the bright hours stays
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

// relearn replaces the background by a frame.
func (m *Measurer) relearn(now *plane) { m.background = now.clone() }

// change returns the share of changed pixels, 0 to 1, in the tile that changed most since the
// previous frame. A person far from the camera is a small share of the frame but a large one
// of a tile. Without a previous frame of the same size it returns 0.
func (m *Measurer) change(now *plane) float64 {
	if m.previous == nil || !m.previous.sameSize(now) {
		return 0
	}
	fitted := fit(now, m.previous, m.cfg.Threshold)
	mask := difference(fitted, m.previous, m.cfg.Threshold)
	return math.Round(worstTile(mask, now.w, now.h)*100) / 100
}

// count compares the frame with the background, writes the count into facts, and lets the
// background learn. A frame of another scene is not counted.
func (m *Measurer) count(now *plane, at time.Time, facts *pipeline.Facts) {
	fitted := fit(now, m.background, m.cfg.Threshold)
	mask := difference(fitted, m.background, m.cfg.Threshold)
	if share(mask) > sceneShare {
		facts.Scene, facts.Change = briefing.SceneChanged, 1
		m.relearn(now)
		return
	}
	blobs := find(mask, now.w, now.h)
	m.regions = regionsOf(mask, blobs, now)
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

// learn moves each pixel of the background toward the fitted frame. The rate depends on the pixel's
// label in the mask: free, under clutter or under a person. since is the time since the previous
// frame, so the rate does not depend on the interval between frames.
func (m *Measurer) learn(fitted *plane, mask []uint8, blobs []blob, since time.Duration) {
	if since <= 0 {
		return
	}
	rate := func(constant time.Duration) float32 {
		return float32(1 - math.Exp(-since.Seconds()/constant.Seconds()))
	}
	free, clutter, person := rate(learnTime), rate(clutterTime), rate(m.cfg.Absorb)
	under := make([]float32, 256) // the rate by label; 0 is free, changed (255) belongs to no blob
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
