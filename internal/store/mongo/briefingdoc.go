package mongo

import (
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"bis/internal/briefing"
)

// briefingDoc is a document of briefings. Old servers write the first three fields, and some
// writers only the request and the text.
type briefingDoc struct {
	ID        bson.ObjectID `bson:"_id"`
	RequestID bson.ObjectID `bson:"request_id"`
	Text      string        `bson:"briefing"`

	Tick     int64      `bson:"tick,omitempty"`
	At       *time.Time `bson:"at,omitempty"`
	Facts    *factsDoc  `bson:"facts,omitempty"`
	Degraded string     `bson:"degraded,omitempty"`
	Source   string     `bson:"source,omitempty"`

	Unchanged bool `bson:"unchanged,omitempty"` // it repeats an earlier run

	Words wordsDoc `bson:",inline"`

	// FirstID is the id before reassignID has changed it; zero: it never did.
	FirstID bson.ObjectID `bson:"first_id,omitempty"`

	Wrong bool   `bson:"wrong,omitempty"` // the owner has marked the briefing as wrong
	Note  string `bson:"wrong_note,omitempty"`
}

// firstID returns the id that the document's writer gave it first.
func (d *briefingDoc) firstID() bson.ObjectID {
	if d.FirstID.IsZero() {
		return d.ID
	}
	return d.FirstID
}

// factsDoc are the facts of a briefing. Zero values are left out.
type factsDoc struct {
	Counts     []countDoc `bson:"counts,omitempty"`
	Counted    bool       `bson:"counted,omitempty"`
	Estimate   bool       `bson:"estimate,omitempty"`
	Change     float64    `bson:"change,omitempty"`
	Brightness float64    `bson:"brightness,omitempty"`
	Scene      string     `bson:"scene,omitempty"`
	Detector   string     `bson:"detector,omitempty"`
	Method     string     `bson:"method,omitempty"`

	Boxes   []briefing.Box  `bson:"boxes,omitempty"`
	Health  *factsHealthDoc `bson:"health,omitempty"`
	FrameID string          `bson:"frame_id,omitempty"`
}

// countDoc is the number of objects of one class, in one zone or in the picture.
type countDoc struct {
	Name  string `bson:"name"`
	Count int    `bson:"count"`
	Zone  string `bson:"zone,omitempty"`
}

// factsHealthDoc is the camera's state after a run.
type factsHealthDoc struct {
	State    string    `bson:"state"`
	Since    time.Time `bson:"since"`
	Reason   string    `bson:"reason,omitempty"`
	Words    string    `bson:"words,omitempty"`
	Settings bool      `bson:"settings,omitempty"`
}

// briefing returns the document as a briefing. If a document has no time, the time comes from the
// head of its text, as a minute in zone, or else from its id.
func (d *briefingDoc) briefing(zone *time.Location) briefing.Briefing {
	at, caption, ok := briefing.SplitText(d.Text, zone)
	switch {
	case d.At != nil:
		at = d.At.UTC()
	case !ok:
		at = d.ID.Timestamp().UTC()
	}
	id, request := briefing.BriefingID(d.ID.Hex()), briefing.RequestID(d.RequestID.Hex())
	b := briefing.Briefing{
		ID: id, RequestID: request, Cursor: briefing.MakeCursor(request, id), Tick: d.Tick, At: at,
		Caption: caption, Text: d.Text, Degraded: briefing.Degraded(d.Degraded), Source: d.Source,
		Facts: d.Facts.facts(), Unchanged: d.Unchanged, ReportedWrong: d.Wrong, ReportNote: d.Note,
	}
	d.Words.read(&b)
	if d.At == nil && b.Source == "" { // an old server or another program has inserted it
		b.Source = briefing.SourceOutside
	}
	return b
}

// newBriefingDoc returns the document of a new briefing. Its time is cut to milliseconds, which is
// what the database stores.
func newBriefingDoc(request, id bson.ObjectID, b briefing.Briefing) *briefingDoc {
	at := b.At.UTC().Truncate(time.Millisecond)
	return &briefingDoc{
		ID: id, RequestID: request, Text: b.Text, Tick: b.Tick, At: &at,
		Facts: newFactsDoc(b.Facts), Degraded: string(b.Degraded), Source: b.Source,
		Unchanged: b.Unchanged, Words: newWordsDoc(&b),
	}
}

// facts returns the document as facts. No document means nothing was measured.
func (d *factsDoc) facts() briefing.Facts {
	if d == nil {
		return briefing.Facts{}
	}
	f := briefing.Facts{
		Counted: d.Counted, Estimate: d.Estimate, Change: d.Change, Brightness: d.Brightness,
		Scene: briefing.Scene(d.Scene), Detector: d.Detector,
		Method: briefing.CountMethod(d.Method), Boxes: d.Boxes, FrameID: d.FrameID,
	}
	for _, c := range d.Counts {
		f.Counts = append(f.Counts, briefing.ObjectCount{Name: c.Name, Count: c.Count, Zone: c.Zone})
	}
	if h := d.Health; h != nil {
		f.Health = &briefing.CameraHealth{
			State: briefing.CameraState(h.State), Since: h.Since.UTC(),
			Reason: briefing.TroubleReason(h.Reason), Words: h.Words, Settings: h.Settings,
		}
	}
	return f
}

// newFactsDoc returns the document of facts, or nil if nothing was measured.
func newFactsDoc(f briefing.Facts) *factsDoc {
	if !f.Measured() {
		return nil
	}
	d := &factsDoc{
		Counted: f.Counted, Estimate: f.Estimate, Change: f.Change, Brightness: f.Brightness,
		Scene: string(f.Scene), Detector: f.Detector, Method: string(f.Method), Boxes: f.Boxes,
		FrameID: f.FrameID,
	}
	for _, c := range f.Counts {
		d.Counts = append(d.Counts, countDoc{Name: c.Name, Count: c.Count, Zone: c.Zone})
	}
	if h := f.Health; h != nil {
		d.Health = &factsHealthDoc{
			State: string(h.State), Since: h.Since, Reason: string(h.Reason), Words: h.Words,
			Settings: h.Settings,
		}
	}
	return d
}
