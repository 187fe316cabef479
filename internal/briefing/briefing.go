package briefing

import (
	"strings"
	"time"
)

// Briefing is the result of a run, stored.
type Briefing struct {
	ID        BriefingID
	RequestID RequestID
	// Cursor is the position after this briefing. Stores set it from the id; the
	// hub gives a late smaller id of a direct old writer the cursor of the last.
	Cursor   Cursor
	Tick     int64     // 0: written from outside, by addBriefing or an old writer
	At       time.Time // its tick's time, UTC
	Caption  string
	Text     string // the legacy string, "2024-02-03 14:06_<caption>", in the server's zone
	Facts    Facts
	Degraded Degraded // empty: all went as configured
	Source   string   // who worded the caption: "template", a model's name, or SourceOutside
}

// SourceOutside is the Source of a briefing that was written from outside.
const SourceOutside = "outside"

// Facts is what was measured. Only code makes facts; captions may only repeat them.
type Facts struct {
	Counts   []ObjectCount `json:"counts,omitempty"`   // per class; a class that was looked for and not seen is there with 0
	Counted  bool          `json:"counted,omitempty"`  // false: nothing was counted, and no number may be said
	Estimate bool          `json:"estimate,omitempty"` // the counts are an estimate (moving blobs, not a detector)
	// Change is the share of the worst tile that changed since the frame before,
	// 0 to 1, after gain compensation.
	Change     float64 `json:"change,omitempty"`
	Brightness float64 `json:"brightness,omitempty"` // mean luma, 0 to 255
	Scene      Scene   `json:"scene,omitempty"`
	Detector   string  `json:"detector,omitempty"` // who counted: "motion", a model's name; empty: nobody
}

// Scene tells what the picture as a whole was like.
type Scene string

// The scenes. An empty one is unknown (written from outside).
const (
	SceneSteady   Scene = "steady"   // nothing of note changed
	SceneMoving   Scene = "moving"   // parts changed
	SceneChanged  Scene = "changed"  // almost all changed: another scene, nothing was counted
	SceneDark     Scene = "dark"     // too dark to see
	SceneLearning Scene = "learning" // the first frames of a camera: nothing to compare with yet
	SceneNone     Scene = "none"     // no picture
)

// ObjectCount is how many of a class were seen.
type ObjectCount struct {
	Name  string `json:"name"` // lower-case COCO class: "person", "bottle"
	Count int    `json:"count"`
}

// Person is the COCO class of people.
const Person = "person"

// People returns how many people were counted, and whether any count was made.
func (f Facts) People() (n int, ok bool) {
	for _, c := range f.Counts {
		if c.Name == Person {
			return c.Count, f.Counted
		}
	}
	return 0, false
}

// Degraded is a stable code for why a briefing is less than it could be.
type Degraded string

// The codes. They are part of the public contract and never change their meaning.
const (
	CameraOffline    Degraded = "CAMERA_OFFLINE"    // no picture came
	CameraUnreadable Degraded = "CAMERA_UNREADABLE" // a picture came and could not be decoded
	ModelUnavailable Degraded = "MODEL_UNAVAILABLE" // a model is configured and gave no usable caption
)

// TextLayout is the time at the head of the legacy text, before the underscore.
const TextLayout = "2006-01-02 15:04"

// Text returns the legacy string of a caption: its minute in zone, an
// underscore, the caption.
func Text(at time.Time, zone *time.Location, caption string) string {
	return at.In(zone).Format(TextLayout) + "_" + caption
}

// SplitText takes a legacy string apart. ok is false when it has no time at its head;
// then the whole text is the caption.
func SplitText(text string, zone *time.Location) (at time.Time, caption string, ok bool) {
	head, rest, found := strings.Cut(text, "_")
	if !found {
		return time.Time{}, text, false
	}
	at, err := time.ParseInLocation(TextLayout, head, zone)
	if err != nil {
		return time.Time{}, text, false
	}
	return at.UTC(), rest, true
}
