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

// situation is the subject of a caption. The order matters: up to cameraMoved the camera does not
// show the shop, and up to cameraStale no picture came.
type situation uint8

const (
	cameraOffline situation = iota
	cameraRefused
	cameraUnreadable
	cameraStale
	cameraFrozen
	cameraCovered
	cameraBlurred
	cameraMoved
	lightChanged
	sceneDark
	sceneLearning
	sceneChanged
	notCounted // there is a picture, but no count
	counted    // people were counted, and perhaps other classes
	onlyThings // other classes were counted, and people were not among them
)

// situationOf decides what a caption may state. Only counted and onlyThings allow numbers. The
// scene decides before the counts do, so that counts which came with a dark or a changed scene
// are not stated.
func situationOf(in pipeline.CaptionInput) situation {
	_, people := in.Facts.People()
	trouble, ok := troubleOf(in)
	switch {
	case ok:
		return trouble
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

// maxThings is the most classes other than people that a caption lists, so that it stays one short
// line.
const maxThings = 4

// view is the part of a CaptionInput that a caption states, prepared for its lines.
type view struct {
	situation situation
	reason    briefing.TroubleReason // of the camera; empty: none is known
	people    int                    // 0 if people were not counted
	things    []briefing.ObjectCount // seen classes other than people, largest count first
	more      bool                   // there were more classes than maxThings
	estimate  bool
	moving    bool      // something moved in a part of the picture
	unchanged bool      // the run repeats an earlier one
	step      int       // people now less people in the previous briefing; 0 if unknown
	same      bool      // the previous briefing had the same counts, and nothing moves
	since     string    // clock time of the last good frame; empty: unknown or long ago
	sinceDay  day       // day of the last good frame
	at        time.Time // the tick, in the owner's zone
	seed      uint64    // chooses phrasings
}

// day is the day of the camera's last good frame, as precisely as a caption states it.
type day uint8

const (
	never day = iota
	today
	yesterday
	before // before yesterday
)

// viewOf returns the view of in.
func viewOf(in pipeline.CaptionInput) view {
	v := view{
		situation: situationOf(in), estimate: in.Facts.Estimate,
		moving:    in.Facts.Scene == briefing.SceneMoving && !in.Unchanged,
		unchanged: in.Unchanged, at: in.At,
	}
	if h := in.Facts.Health; h != nil {
		v.reason = h.Reason
	}
	v.people, _ = in.Facts.People()
	silent := false // something was seen that has no name for a caption
	for _, c := range in.Facts.ByClass() {
		switch {
		case c.Count == 0 || c.Name == briefing.Person:
		case speakable(c.Name):
			v.things = append(v.things, c)
		default:
			silent = true
		}
	}
	if v.situation == onlyThings && silent && len(v.things) == 0 {
		v.situation = notCounted
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

// stepOf compares with the previous briefing. Both must have counted people, or the step is 0.
// Equal counts in a moving picture do not mean that nothing changed: one person may have left
// and another come. The counts are equal if those of each class and zone are.
func stepOf(in pipeline.CaptionInput) (step int, same bool) {
	if in.Previous == nil {
		return 0, false
	}
	prev, ok := in.Previous.People()
	now, ok2 := in.Facts.People()
	scene := in.Previous.Scene
	if !ok || !ok2 || scene == briefing.SceneChanged || scene == briefing.SceneDark {
		return 0, false
	}
	same = (in.Unchanged || in.Facts.Scene == briefing.SceneSteady) &&
		in.Previous.SameCounts(&in.Facts)
	return now - prev, same
}

// sinceOf returns the clock time and the day of the last good frame, in the zone of at. Days are
// calendar days; AddDate counts them correctly in zones with summer time. A frame from the future,
// which a clock that was set back can leave, counts as never.
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

// seedOf returns a hash of the facts and of the minute of the day. It does not depend on the style.
func seedOf(in pipeline.CaptionInput) uint64 {
	h := fnv.New64a()
	add := func(s string) { _, _ = h.Write([]byte(s + "\x00")) }
	add(in.At.Format("15:04"))
	add(string(in.Facts.Scene))
	add(string(in.Degraded))
	for _, c := range in.Facts.ByClass() {
		add(c.Name)
		add(strconv.Itoa(c.Count))
	}
	return h.Sum64()
}
