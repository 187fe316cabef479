package wording

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strconv"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// Template words a caption without a model: one line, never empty, saying what
// the facts say and no more. The same facts, style and minute give the same words; other
// minutes vary them, so that a day of briefings does not read like a stamp.
func Template(in pipeline.CaptionInput, style Style) string {
	v := viewOf(in)
	if style.Language == English {
		return english{style: style, view: v}.caption()
	}
	return korean{style: style, view: v}.caption()
}

// situation is what a caption is about.
type situation uint8

const (
	cameraOffline situation = iota
	cameraUnreadable
	sceneDark
	sceneLearning
	sceneChanged
	notCounted // there is a picture, but nobody counted on it
	counted    // people were counted, perhaps other things too
	onlyThings // things were counted, people were not looked for
)

// situationOf decides what may be said. Numbers are said in the last two only:
// whoever sees nothing, or a scene unlike the one before, has counted nothing.
func situationOf(in pipeline.CaptionInput) situation {
	_, people := in.Facts.People()
	switch {
	case in.Degraded == briefing.CameraOffline:
		return cameraOffline
	case in.Degraded == briefing.CameraUnreadable:
		return cameraUnreadable
	case in.Facts.Scene == briefing.SceneNone:
		return cameraOffline
	case in.Facts.Scene == briefing.SceneDark:
		return sceneDark
	case in.Facts.Scene == briefing.SceneLearning:
		return sceneLearning
	case in.Facts.Scene == briefing.SceneChanged:
		return sceneChanged
	case !in.Facts.Counted || len(in.Facts.Counts) == 0:
		return notCounted
	case people:
		return counted
	}
	return onlyThings
}

// maxThings is how many classes beside people a caption lists, so that it keeps
// to one short line.
const maxThings = 4

// view is what the writers of both languages need to know.
type view struct {
	situation situation
	people    int
	things    []briefing.ObjectCount // seen, most first
	more      bool                   // there were more classes than are listed
	estimate  bool
	moving    bool
	step      int  // people more than in the briefing before; 0 if that is unknown
	same      bool // the briefing before found the same
	since     string
	sinceDay  day
	at        time.Time
	seed      uint64
}

// day is how long ago the camera was last seen, as far as it must be said.
type day uint8

const (
	never day = iota
	today
	yesterday
	before
)

func viewOf(in pipeline.CaptionInput) view {
	v := view{situation: situationOf(in), estimate: in.Facts.Estimate, moving: in.Facts.Scene == briefing.SceneMoving, at: in.At}
	v.people, _ = in.Facts.People()
	for _, c := range in.Facts.Counts {
		if c.Name != briefing.Person && c.Count > 0 {
			v.things = append(v.things, c)
		}
	}
	slices.SortFunc(v.things, func(a, b briefing.ObjectCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name))
	})
	if len(v.things) > maxThings {
		v.things, v.more = v.things[:maxThings], true
	}
	v.step, v.same = stepOf(in)
	v.since, v.sinceDay = sinceOf(in.At, in.LastSeen)
	v.seed = seedOf(in)
	return v
}

// stepOf compares with the briefing before, which must have counted too. The same
// counts in a moving picture are no sameness: one may have gone and another come.
func stepOf(in pipeline.CaptionInput) (step int, same bool) {
	if in.Previous == nil {
		return 0, false
	}
	prev, ok := in.Previous.People()
	now, ok2 := in.Facts.People()
	if !ok || !ok2 || in.Previous.Scene == briefing.SceneChanged || in.Previous.Scene == briefing.SceneDark {
		return 0, false
	}
	return now - prev, in.Facts.Scene == briefing.SceneSteady && slices.Equal(in.Previous.Counts, in.Facts.Counts)
}

// sinceOf tells when the camera was last seen: the clock time, and the day in words.
func sinceOf(at, last time.Time) (string, day) {
	if last.IsZero() || last.After(at) {
		return "", never
	}
	last = last.In(at.Location())
	clock := last.Format("15:04")
	y, m, d := at.Date()
	midnight := time.Date(y, m, d, 0, 0, 0, 0, at.Location())
	switch {
	case !last.Before(midnight):
		return clock, today
	case !last.Before(midnight.AddDate(0, 0, -1)):
		return clock, yesterday
	}
	return "", before
}

// seedOf is the same for the same facts in the same minute of a day.
func seedOf(in pipeline.CaptionInput) uint64 {
	h := fnv.New64a()
	add := func(s string) { _, _ = h.Write([]byte(s + "\x00")) }
	add(in.At.Format("15:04"))
	add(string(in.Facts.Scene))
	add(string(in.Degraded))
	for _, c := range in.Facts.Counts {
		add(c.Name)
		add(strconv.Itoa(c.Count))
	}
	return h.Sum64()
}

// pick chooses one of several phrasings.
func (v *view) pick(phrases ...string) string {
	return phrases[v.seed%uint64(len(phrases))]
}
