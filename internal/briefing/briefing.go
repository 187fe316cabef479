package briefing

import (
	"strings"
	"time"
)

// Briefing is the stored result of a run, or what somebody outside wrote in its place.
type Briefing struct {
	ID        BriefingID
	RequestID RequestID
	// Cursor is the position after this briefing. Stores make it from the id. An old server that
	// writes directly may give an id below an earlier one; the hub then sets the cursor of the
	// last briefing that it delivered.
	Cursor   Cursor
	Tick     int64     // 0: of no tick, from outside or from a run beside the ticks
	At       time.Time // the time of its tick, in UTC and whole milliseconds
	Caption  string
	Text     string // the legacy string, see the function Text
	Facts    Facts
	Degraded Degraded // empty: everything went as configured
	Source   string   // the author of the caption: SourceTemplate, SourceOutside or a model's name
	Headline string   // at most 20 characters; empty: older data, or from outside
	// Description is what a model says on the picture, and Question what the owner should check
	// there. Neither is a fact. Both are empty unless a model saw the picture.
	Description string
	Question    string
	Made        *Made  // nil: older data, or from outside
	Usage       *Usage // of the description; nil: none was asked for
	// Unchanged says that nothing changed in the picture since an earlier run of the request, whose
	// counts this briefing repeats. Briefings from outside and of older versions are not Unchanged.
	Unchanged bool
	// ReportedWrong says that the owner has marked the briefing as wrong, and ReportNote why.
	ReportedWrong bool
	ReportNote    string
}

// Values of Briefing.Source. Any other value is the name of a model.
const (
	SourceTemplate = "template" // code worded the caption
	SourceOutside  = "outside"  // the briefing was written from outside
)

// Facts is what was measured at a tick. Only code makes facts, and a caption may state no number
// that is not among them. The JSON names are the stored form and stay.
type Facts struct {
	// Counts has an entry for people, even if their count is 0, and one for each other class that
	// was found. With zones it has an entry for people for each zone.
	Counts []ObjectCount `json:"counts,omitempty"`
	// Counted reports whether anything was counted. If not, no number may be stated.
	Counted bool `json:"counted,omitempty"`
	// Estimate reports that Counts come from moving areas and not from a detector.
	Estimate bool `json:"estimate,omitempty"`
	// Change is the changed share of the tile that changed most since the frame before, 0 to 1,
	// after compensation for the camera's gain.
	Change     float64 `json:"change,omitempty"`
	Brightness float64 `json:"brightness,omitempty"` // mean luma, 0 to 255
	Scene      Scene   `json:"scene,omitempty"`
	Detector   string  `json:"detector,omitempty"` // "motion", a model; empty: none
	// Method is how Counts were made. CountedBy also knows it of older facts.
	Method CountMethod `json:"method,omitempty"`
	// Boxes are what was counted, in the last picture of the burst. They are there only if the
	// picture is stored: at most MaxBoxes.
	Boxes []Box `json:"boxes,omitempty"`
	// Health is the camera's state after the run. Nil means that no camera was asked: the briefing
	// is from outside, or older than this field.
	Health *CameraHealth `json:"health,omitempty"`
	// FrameID names the picture that was measured. Empty: no picture, or frames are not retained.
	FrameID string `json:"frameId,omitempty"`
}

// DetectorMotion is the Detector of counts that come from moving areas.
const DetectorMotion = "motion"

// Measured reports whether there are any facts. Briefings from outside without counts have none.
func (f Facts) Measured() bool {
	return len(f.Counts) > 0 || f.Counted || f.Estimate || f.Change != 0 || f.Brightness != 0 ||
		f.Scene != "" || f.Detector != "" || f.Method != "" || len(f.Boxes) > 0 ||
		f.Health != nil || f.FrameID != ""
}

// Size estimates the memory of the lists of the facts, in bytes.
func (f *Facts) Size() int { return len(f.Counts)*countSize + len(f.Boxes)*boxSize }

// Estimated bytes of one count and one box with their names.
const (
	countSize = 64
	boxSize   = 128
)

// ChangeShare returns Change, and whether it was measured. In the dark it is not. A zero of a
// camera's first frames may mean that there was nothing to compare with, so it does not count.
func (f Facts) ChangeShare() (share float64, ok bool) {
	return f.Change, f.Change != 0 || f.Scene == SceneSteady || f.Scene == SceneMoving
}

// Luma returns Brightness, and whether it was measured. It was measured in every picture.
func (f Facts) Luma() (mean float64, ok bool) {
	return f.Brightness, f.Brightness != 0 || f.Scene != "" && f.Scene != SceneNone
}

// Scene classifies the picture as a whole.
type Scene string

// The scenes. The empty scene is unknown: the briefing was written from outside.
const (
	SceneSteady   Scene = "steady"   // nothing of note changed
	SceneMoving   Scene = "moving"   // parts changed
	SceneChanged  Scene = "changed"  // almost everything changed, so nothing was counted
	SceneDark     Scene = "dark"     // too dark to see
	SceneLearning Scene = "learning" // the first frames of a camera: nothing to compare with yet
	SceneNone     Scene = "none"     // no picture
)

// Degraded is a stable code for the reason that a briefing or a summary is less than it could be.
type Degraded string

// The codes. They are part of the public contract and never change their meaning.
const (
	CameraOffline    Degraded = "CAMERA_OFFLINE"    // the camera sent no picture
	CameraUnreadable Degraded = "CAMERA_UNREADABLE" // a picture could not be decoded
	CameraRefusing   Degraded = "CAMERA_REFUSED"    // the camera answered, but gave no picture
	CameraTooOld     Degraded = "CAMERA_STALE"      // the camera's pictures are old
	CameraStuck      Degraded = "CAMERA_FROZEN"     // the same picture came again and again
	CameraBlocked    Degraded = "CAMERA_COVERED"    // something covers the lens
	CameraUnsharp    Degraded = "CAMERA_BLURRED"    // the picture is out of focus
	CameraTurned     Degraded = "CAMERA_MOVED"      // the camera points elsewhere
	ModelUnavailable Degraded = "MODEL_UNAVAILABLE" // the configured model gave no usable wording
	BudgetSpent      Degraded = "BUDGET_SPENT"      // the requests to models of the day are spent
)

// TextLayout is the layout of the time before the underscore of a legacy string.
const TextLayout = "2006-01-02 15:04"

// Text returns the legacy string of a caption: its minute in zone, an underscore, the caption, as
// in "2024-02-03 14:06_<caption>".
func Text(at time.Time, zone *time.Location, caption string) string {
	return at.In(zone).Format(TextLayout) + "_" + caption
}

// SplitText splits a legacy string into its time, in UTC, and its caption. Without a time at the
// head, ok is false and the whole text is the caption.
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
