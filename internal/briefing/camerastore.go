package briefing

import (
	"context"
	"slices"
	"time"
)

// CameraStore stores the cameras of users. The camera of the settings is not stored.
type CameraStore interface {
	// SaveCamera stores a camera and returns it as it is then.
	//
	// With an empty ID it makes a camera with a new id, in state CameraUnobserved. The user must
	// exist, else it returns ErrNotFound. A user has at most MaxCameras cameras: one more is an
	// InvalidError on field "cameras".
	//
	// With an ID it replaces Name, Source, Credentials, Certificate, TokenHash, Zones, Masks,
	// Egress, KeepFrames and KeepDays, if Version is that of the stored camera, and else returns
	// ErrConflict: another write came first. Username stays, and so do the health and the last
	// frame, unless Source has changed: then the health is CameraUnobserved from now on, and there
	// is no last frame. An unknown ID is ErrNotFound.
	//
	// A ViewVersion that differs from the stored one says that the view is right: it becomes the
	// new Version, and the health is CameraUnobserved from now on. The last frame stays. For a new
	// camera it is 0.
	//
	// Either way Version and Revision grow by one, and both are 1 for a new camera. Username
	// becomes the user's own spelling, an empty list becomes nil, and times are in UTC and whole
	// milliseconds. CameraChanged is in the feed.
	SaveCamera(ctx context.Context, c Camera) (Camera, error)
	// Camera returns a stored camera or ErrNotFound.
	Camera(ctx context.Context, id CameraID) (Camera, error)
	// Cameras returns the cameras of a user by id. An unknown user is ErrNotFound.
	Cameras(ctx context.Context, username string) ([]Camera, error)
	// DeleteCamera deletes a camera. A camera that an active request uses is ErrConflict, and an
	// unknown one ErrNotFound. A start of a request on that camera comes before the deletion, which
	// is ErrConflict then, or after it, and returns ErrNotFound then. CameraDeleted is in the feed,
	// after all other changes of the camera.
	DeleteCamera(ctx context.Context, id CameraID) error
	// SetCameraHealth stores what a run saw of a camera. Only the state, Since, Reason, Words and
	// the last frame change, never Version. Revision grows by one if the health changes, and
	// CameraChanged is in the feed then. A frame alone is in no feed.
	//
	// Reports are fenced by the request's owner: a report is ignored, without an error, if a report
	// of a later request of the camera, of a later term of the same request, or of a later tick of
	// the same term is stored. So a process that has lost its request cannot overwrite what its
	// successor saw. A report of a Version from before the last change of Source or ViewVersion is
	// ignored, too. An unknown camera is ErrNotFound.
	SetCameraHealth(ctx context.Context, r HealthReport) error
}

// HealthReport is what a run saw of a camera.
type HealthReport struct {
	CameraID  CameraID
	Health    CameraHealth
	LastFrame *Frame // nil: the stored one stays
	// RequestID, Term and Tick order the reports. Term is that of the request's owner. A report
	// beside the ticks has the request's term and last tick.
	RequestID RequestID
	Term      int64
	Tick      int64
	// Version is that of the camera which the run read. Zero: it is not known, and no Source is
	// too old.
	Version int64
	At      time.Time // of the run
}

// Sealer encrypts credentials. Its methods are safe for concurrent use.
type Sealer interface {
	// Seal encrypts the credentials of a camera's host. It returns ErrUnavailable if this server
	// has no key.
	Seal(plain, host string) ([]byte, error)
	// Open decrypts what Seal has made for that host. Anything else is an error.
	Open(sealed []byte, host string) (plain string, err error)
}

// ErrTooManyCameras refuses a camera beyond MaxCameras.
var ErrTooManyCameras = Refuse(RefuseManyCameras, "cameras",
	"must be at most %d for each user", MaxCameras)

// Saved returns the camera as SaveCamera stores it at a time, in the place of old. A nil old means
// a new camera. Stores use it, so that they agree. The result shares no list with c.
func (c Camera) Saved(old *Camera, now time.Time) Camera {
	c.Zones, c.Masks, c.Egress = copied(c.Zones), copied(c.Masks), copied(c.Egress)
	for i := range c.Zones {
		c.Zones[i].Polygon.Points = slices.Clone(c.Zones[i].Polygon.Points)
	}
	for i := range c.Masks {
		c.Masks[i].Points = slices.Clone(c.Masks[i].Points)
	}
	c.Credentials, c.TokenHash = copied(c.Credentials), copied(c.TokenHash)
	c = c.Unobserved(now)
	c.Version, c.Revision = 1, 1
	if old != nil {
		c.Username, c.Version, c.Revision = old.Username, old.Version+1, old.Revision+1
		if c.Source == old.Source {
			c.LastFrame = old.LastFrame
		}
		if c.Shows(*old) {
			c.Health = old.Health
		}
	}
	switch {
	case old == nil:
		c.ViewVersion = 0
	case c.ViewVersion != old.ViewVersion:
		c.ViewVersion = c.Version
	}
	return c
}

// Shows reports whether reports of another state of the camera are true of this one, too: the
// source is the same, and the owner has not accepted another view since.
func (c Camera) Shows(old Camera) bool {
	return c.Source == old.Source && c.ViewVersion == old.ViewVersion
}

// Unobserved returns the camera as one without reports and without a last frame.
func (c Camera) Unobserved(now time.Time) Camera {
	c.Health, c.LastFrame = CameraHealth{State: CameraUnobserved, Since: inMillis(now)}, nil
	return c
}

// Public returns the camera without Credentials and TokenHash, for the feed.
func (c Camera) Public() Camera {
	c.WithheldCredentials, c.WithheldToken = c.HasCredentials(), c.HasToken()
	c.Credentials, c.TokenHash = nil, nil
	return c
}

// Stored returns the report as it is stored and read back: with times in UTC and whole
// milliseconds.
func (r HealthReport) Stored() HealthReport {
	r.Health.Since = inMillis(r.Health.Since)
	if r.LastFrame != nil {
		frame := *r.LastFrame
		frame.At = inMillis(frame.At)
		r.LastFrame = &frame
	}
	return r
}

// copied returns a copy of a list, or nil for an empty one.
func copied[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return slices.Clone(list)
}

// inMillis returns a time in UTC and whole milliseconds.
func inMillis(t time.Time) time.Time { return time.UnixMilli(t.UnixMilli()).UTC() }
