package measure

import (
	"errors"
	"image"
	"math"
	"slices"
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
	// Absorb is the time constant with which the background learns what has a person's shape
	// and never moves. Zero means 2 h, longer than a visit.
	Absorb time.Duration
	// Masks are areas of the frame that no measure depends on, such as a clock or a neighbour's
	// door. Nil means that the whole frame is measured.
	Masks []briefing.Polygon
}

// Detector is the name of this way of counting in Facts.Detector.
const Detector = briefing.DetectorMotion

// movingShare is the value of Facts.Change above which the scene counts as moving. In one measured
// scene noise and recompression changed no tile, and a person who covered a thousandth of the frame
// changed 7 % of one.
const movingShare = 0.05

// Measurer measures the frames of one camera. It must not be used by two goroutines at once.
//
// Its state is the background, which is nil until the first bright frame, and what is usual for it.
// A frame of another size becomes the new background at once, and another view when it is certain
// (watch). A blind camera changes no background.
type Measurer struct {
	cfg         Config
	background  *plane    // the view without people, as far as it is known
	previous    *plane    // the last frame that showed something; nil: there was none
	at          time.Time // the moment of previous
	people      int       // the last count
	sighted     bool      // some frame had a structure
	usual       usual
	perspective perspective
	repeat      repeat
	watch       watch
	freedom     freedom
	stirring    stirs
	era         *era
	gain        float32           // from the background's exposure to that which was learnt first
	unrest      []float32         // how much each pixel usually differs from the background
	busy        [tileCount]bool   // the tiles that differed from the background
	stirs       [tileCount]uint32 // how often each of them began or ceased to

	hidden     []bool      // the hidden pixels of a plane
	hiddenSize image.Point // the size of the pictures to which hidden belongs
}

var _ pipeline.Measurer = (*Measurer)(nil)

// New checks cfg and returns a measurer without a background.
func New(cfg Config) (*Measurer, error) {
	if cfg.Threshold < 0 || cfg.Threshold > 255 || cfg.Dark < 0 || cfg.Absorb < 0 {
		return nil, errors.New("measure: threshold must be 0 to 255, dark and absorb not negative")
	}
	if err := checkMasks(cfg.Masks); err != nil {
		return nil, err
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

// Measure implements pipeline.Measurer. Frames that are damaged are left out, and of a burst whose
// frames disagree the majority counts. It sets
//
//   - Brightness, 0 to 255 with one decimal, always;
//   - Change, 0 to 1 with two decimals, except in the dark;
//   - Counts with the one class "person", and Counted, Estimate, Method and Detector with it, in
//     steady and moving scenes of a camera that is not blind. A count is the median of the burst,
//     the lower one of two.
//
// The state is that of this burst, so a single one may be an accident. Frozen and moved are stated
// when enough bursts agree.
func (m *Measurer) Measure(burst []pipeline.Frame) pipeline.Measurement {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	good := slices.DeleteFunc(slices.Clone(burst), func(f pipeline.Frame) bool { return f.Damaged })
	if len(good) == 0 {
		s.raw.reduce(burst[0].Image, m.hiddenIn(burst[0].Image.Bounds()))
		facts := pipeline.Facts{Scene: briefing.SceneSteady, Brightness: tenths(s.raw.mean())}
		return pipeline.Measurement{Facts: facts, State: briefing.CameraOK}
	}
	looks, tiles := s.take(len(good)), make([]*prints, len(good))
	still := false
	for i, f := range good {
		m.see(&looks[i], f, s)
		m.judge(&looks[i], s)
		tiles[i], still = &looks[i].prints, still || f.Still
	}
	l := represent(looks)
	m.repeat.run(tiles, l.at, still)
	return m.conclude(l, looks, s)
}

// represent returns the last look with the verdict that most looks have. Of two verdicts with the
// same number it prefers the better one: an accident spoils a frame and makes none.
func represent(looks []look) *look {
	var votes [verdicts]int
	for i := range looks {
		votes[looks[i].verdict]++
	}
	best := 0
	for i := range looks {
		mine, yours := looks[i].verdict, looks[best].verdict
		if votes[mine] > votes[yours] || votes[mine] == votes[yours] && mine >= yours {
			best = i
		}
	}
	return &looks[best]
}

// conclude turns a look into a measurement and learns from it.
func (m *Measurer) conclude(l *look, looks []look, s *scratch) pipeline.Measurement {
	facts := pipeline.Facts{Brightness: l.brightness}
	blind := func(scene briefing.Scene, change float64, state briefing.CameraState) pipeline.Measurement {
		facts.Scene, facts.Change = scene, change
		return pipeline.Measurement{Facts: facts, State: state}
	}
	switch {
	case l.verdict == dark:
		m.watch.reset()
		return blind(briefing.SceneDark, 0, briefing.CameraDark)
	case l.verdict == flat:
		m.watch.reset()
		return blind(briefing.SceneChanged, 1, briefing.CameraCovered)
	case m.repeat.frozen(l.at):
		return blind(briefing.SceneSteady, 0, briefing.CameraFrozen)
	case l.verdict == blurred:
		m.watch.reset()
		return blind(briefing.SceneChanged, m.change(l, s), briefing.CameraBlurred)
	}
	change := m.change(l, s)
	if (l.verdict == relit || l.verdict == partly) && m.watch.runs == 0 {
		m.watch.busy = m.occupied(s)
	}
	since := l.at.Sub(m.at)
	if l.verdict == known && m.previous != nil {
		m.stirring.observe(l, m.previous, since)
	}
	m.remember(l)
	state := briefing.CameraOK
	switch l.verdict {
	case first:
		m.relearn(l)
		return blind(briefing.SceneLearning, change, state)
	case resized:
		m.relearn(l)
		return blind(briefing.SceneChanged, 1, state)
	case known:
		m.watch.settled()
	default:
		return blind(briefing.SceneChanged, 1, m.unsettled(l, s))
	}
	var unsure []pipeline.Region
	regions := regionsOf(looks)
	if regions != nil {
		m.freedom.observe(looks, since, m.cfg.Threshold)
		unsure = m.freedom.unsure()
	}
	sketch := m.sketchOf(l)
	m.learn(l, since)
	if !m.sighted {
		return blind(briefing.SceneLearning, change, state)
	}
	m.people = median(looks)
	return pipeline.Measurement{
		Facts: m.counted(l, change), State: state, Changed: regions, Unsure: unsure,
		Found: foundIn(looks), Sketch: sketch,
	}
}

// counted returns the facts of a look of the known view.
func (m *Measurer) counted(l *look, change float64) pipeline.Facts {
	facts := pipeline.Facts{
		Scene: briefing.SceneSteady, Brightness: l.brightness, Change: change,
		Counts:  []briefing.ObjectCount{{Name: briefing.Person, Count: m.people}},
		Counted: true, Estimate: true, Method: briefing.MethodMotion, Detector: Detector,
	}
	if change > movingShare {
		facts.Scene = briefing.SceneMoving
	}
	return facts
}

// remember makes a look the previous one. Both exchange their memory.
func (m *Measurer) remember(l *look) {
	if m.previous == nil {
		m.previous = &plane{}
	}
	*m.previous, l.now = l.now, *m.previous
	m.at = l.at
}

// median returns the median count of the looks that were counted, the lower one of two.
func median(looks []look) int {
	counts := make([]int, 0, len(looks))
	for i := range looks {
		if looks[i].verdict == known {
			counts = append(counts, looks[i].people)
		}
	}
	slices.Sort(counts)
	return counts[(len(counts)-1)/2]
}

// tenths rounds to one decimal.
func tenths(v float64) float64 { return math.Round(v*10) / 10 }

// relearn makes a look's view, which is the previous one by now, the background.
func (m *Measurer) relearn(l *look) {
	if m.background != nil && (!m.background.sameSize(m.previous) || m.watch.astray != "") {
		m.perspective = perspective{}
	}
	m.background, m.era, m.gain = m.previous.clone(), new(era), 1
	m.unrest = make([]float32, len(m.background.pix))
	m.freedom.start(m.background)
	m.stirring.start(m.background)
	compare(&l.pairs, m.background, m.background, l.noise)
	l.alike.sum(l)
	tiny := l.alike.tiles < tileCount/2 && m.hidden == nil // too few pixels to have a structure
	m.sighted = m.sighted || l.alike.structured >= leastTiles || tiny
	m.usual.start(l)
	m.watch = watch{}
	m.people = 0
}

// change returns the share of changed pixels, 0 to 1, in the tile that changed most since the
// previous frame. A person far from the camera is a small share of the frame but a large one
// of a tile. Without a previous frame of the same size it returns 0.
func (m *Measurer) change(l *look, s *scratch) float64 {
	if m.previous == nil || !m.previous.sameSize(&l.now) {
		return 0
	}
	fit(&s.raw, &l.now, m.previous, m.cfg.Threshold)
	s.mark(len(l.now.pix))
	difference(s.was, &s.raw, m.previous, m.cfg.Threshold)
	return math.Round(worstTile(s.was, &l.now)*100) / 100
}
