package mongo

import (
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"bis/internal/briefing"
)

// cameraDoc is a document of cameras. Old servers do not know the collection. Every field is always
// there, and an empty list is null.
type cameraDoc struct {
	ID       string `bson:"_id"` // as in requests.camera
	NameKey  string `bson:"name_key"`
	Username string `bson:"username"`

	// Owner is the id of the user, so that a later user of the same name does not get the camera.
	Owner bson.ObjectID `bson:"owner"`
	Slot  int           `bson:"slot"` // differs between the cameras of an owner

	Fields cameraFields `bson:",inline"`

	Version       int64 `bson:"version"`
	SourceVersion int64 `bson:"source_version"` // in which source was changed, or the view accepted
	ViewVersion   int64 `bson:"view_version"`   // in which the view was last accepted; 0: never
	Revision      int64 `bson:"revision"`       // raised by every write that the feed reports
	// Deleting is the mark of a deletion that is under way; see DeleteCamera.
	Deleting bson.ObjectID `bson:"deleting,omitempty"`

	Health healthDoc `bson:",inline"`

	Frame *frameDoc `bson:"last_frame"`
	// The place of the last report of the health.
	ReportRequest string `bson:"report_request"`
	ReportTerm    int64  `bson:"report_term"`
	ReportTick    int64  `bson:"report_tick"`
}

// cameraFields are the fields that SaveCamera replaces.
type cameraFields struct {
	Name        string                    `bson:"name"`
	Source      string                    `bson:"source"`
	Credentials []byte                    `bson:"credentials"` // encrypted
	Certificate string                    `bson:"certificate"`
	TokenHash   []byte                    `bson:"token_hash"`
	Zones       []briefing.Zone           `bson:"zones"`
	Masks       []briefing.Polygon        `bson:"masks"`
	Egress      []briefing.ProviderEgress `bson:"egress"`
	KeepFrames  string                    `bson:"keep_frames"`
	KeepDays    int                       `bson:"keep_days"`
}

// healthDoc is the health of a camera.
type healthDoc struct {
	State  string    `bson:"state"`
	Since  time.Time `bson:"since"`
	Reason string    `bson:"reason"`
	Words  string    `bson:"words"`
}

// frameDoc describes the last frame of a camera.
type frameDoc struct {
	ID     string    `bson:"id"`
	Width  int       `bson:"width"`
	Height int       `bson:"height"`
	At     time.Time `bson:"at"`
}

// camera returns the document as a camera.
func (d *cameraDoc) camera() briefing.Camera {
	f, h := &d.Fields, &d.Health
	c := briefing.Camera{
		ID: briefing.CameraID(d.ID), Username: d.Username, Name: f.Name, Source: f.Source,
		Credentials: f.Credentials, Certificate: f.Certificate, TokenHash: f.TokenHash,
		Zones: f.Zones, Masks: f.Masks, Egress: f.Egress,
		KeepFrames: briefing.KeepFrames(f.KeepFrames), KeepDays: f.KeepDays, Version: d.Version, Revision: d.Revision,
		ViewVersion: d.ViewVersion,
		Health: briefing.CameraHealth{
			State: briefing.CameraState(h.State), Since: h.Since.UTC(),
			Reason: briefing.TroubleReason(h.Reason), Words: h.Words,
		},
	}
	if d.Frame != nil {
		c.LastFrame = &briefing.Frame{
			ID: d.Frame.ID, Width: d.Frame.Width, Height: d.Frame.Height, At: d.Frame.At.UTC(),
		}
	}
	return c
}

// newCameraDoc returns the document of a camera that is stored for the first time, without a slot.
func newCameraDoc(c briefing.Camera, u briefing.User) cameraDoc {
	owner, _ := objectID(u.ID)
	return cameraDoc{
		ID: string(c.ID), NameKey: briefing.NameKey(c.Username), Username: c.Username, Owner: owner,
		Fields: newCameraFields(c), Version: c.Version, SourceVersion: c.Version, Revision: c.Revision,
		ViewVersion: c.ViewVersion,
		Health:      newHealthDoc(c.Health), Frame: newFrameDoc(c.LastFrame),
	}
}

// newCameraFields returns the fields of a camera that SaveCamera replaces.
func newCameraFields(c briefing.Camera) cameraFields {
	return cameraFields{
		Name: c.Name, Source: c.Source, Credentials: c.Credentials, Certificate: c.Certificate,
		TokenHash: c.TokenHash, Zones: c.Zones, Masks: c.Masks, Egress: c.Egress,
		KeepFrames: string(c.KeepFrames), KeepDays: c.KeepDays,
	}
}

// newHealthDoc returns the document of a health.
func newHealthDoc(h briefing.CameraHealth) healthDoc {
	return healthDoc{
		State: string(h.State), Since: h.Since, Reason: string(h.Reason), Words: h.Words,
	}
}

// newFrameDoc returns the document of a frame, or nil.
func newFrameDoc(f *briefing.Frame) *frameDoc {
	if f == nil {
		return nil
	}
	return &frameDoc{ID: f.ID, Width: f.Width, Height: f.Height, At: f.At}
}

// merged returns the fields of several documents as one.
func merged(docs ...any) (bson.D, error) {
	var all bson.D
	for _, doc := range docs {
		raw, err := bson.Marshal(doc)
		if err != nil {
			return nil, err
		}
		var fields bson.D
		if err := bson.Unmarshal(raw, &fields); err != nil {
			return nil, err
		}
		all = append(all, fields...)
	}
	return all, nil
}
