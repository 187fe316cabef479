package briefing

import "time"

// Camera is where frames come from. The camera of the settings has the id DefaultCamera, no user
// and no source. All others belong to a user and are stored.
type Camera struct {
	ID       CameraID
	Username string // as the user's own spelling; empty: the camera of the settings
	Name     string // for the owner
	// Source is the address without credentials. Empty for the camera of the settings.
	Source string
	// Credentials are encrypted; see Sealer. Empty means that the camera needs none. They are valid
	// for the host of Source alone, and are in no answer and in no log.
	Credentials []byte
	// Certificate is the SHA-256 fingerprint of the camera's self-signed certificate, 64 lower-case
	// hex digits. Empty: none was accepted yet.
	Certificate string
	// TokenHash is the SHA-256 of the token by which a device pushes frames. Empty: no token.
	TokenHash  []byte
	Zones      []Zone
	Masks      []Polygon
	Egress     []ProviderEgress
	KeepFrames KeepFrames
	KeepDays   int   // 1 to MaxKeepDays
	Version    int64 // raised by every write of the fields above; 0: the camera of the settings
	// Revision is raised by every change that the feed reports: by saves, and by changes of Health.
	// So it orders the states of a camera. 0: the camera of the settings.
	Revision int64
	// ViewVersion is the version in which the owner last accepted the view as the right one. A run
	// with another ViewVersion than the one before learns the view anew. 0: it was never accepted.
	ViewVersion int64
	Health      CameraHealth
	LastFrame   *Frame // nil: no picture yet, or pictures are not retained

	// WithheldCredentials and WithheldToken say of a camera of the feed that Public has removed its
	// Credentials and its TokenHash.
	WithheldCredentials, WithheldToken bool
}

// HasCredentials reports whether credentials are stored.
func (c *Camera) HasCredentials() bool { return len(c.Credentials) > 0 || c.WithheldCredentials }

// HasToken reports whether a device may push frames.
func (c *Camera) HasToken() bool { return len(c.TokenHash) > 0 || c.WithheldToken }

// Limits on cameras.
const (
	MaxCameras       = 200 // of a user
	MaxCameraName    = 64  // code points
	MaxSourceLen     = 2048
	MaxPolygons      = 32 // zones of a camera, and masks of a camera
	MaxPolygonPoints = 32
	MaxKeepDays      = 30
)

// Point is a place in a frame, in shares of its width and height, 0 to 1.
type Point struct {
	X float64 `json:"x" bson:"x"`
	Y float64 `json:"y" bson:"y"`
}

// Polygon is an area of a frame: at least three points whose edges do not cross.
type Polygon struct {
	Points []Point `json:"points" bson:"points"`
}

// Zone is an area in which objects are counted, by their foot points.
type Zone struct {
	ID      string  `json:"id" bson:"id"` // 8 lower-case hex digits, unique within a camera
	Name    string  `json:"name" bson:"name"`
	Polygon Polygon `json:"polygon" bson:"polygon"`
}

// Egress says what a provider of models may get of a camera. The values are stored and public.
type Egress string

// The choices of egress.
const (
	EgressCounts  Egress = "COUNTS"  // figures alone, never a picture
	EgressBlurred Egress = "BLURRED" // pictures with blurred people
	EgressFull    Egress = "FULL"    // pictures as they are, without what the masks cover
)

// ProviderEgress is the choice for one provider. A provider without a choice gets EgressCounts.
type ProviderEgress struct {
	Provider string `json:"provider" bson:"provider"` // its id; see ProviderID and ResolveProviders
	Egress   Egress `json:"egress" bson:"egress"`
}

// KeepFrames says which frames of a camera are stored. The values are stored and public.
type KeepFrames string

// The choices of KeepFrames.
const (
	KeepNone    KeepFrames = "NONE"    // nothing; the last frame is in memory alone
	KeepLast    KeepFrames = "LAST"    // the last frame
	KeepChanged KeepFrames = "CHANGED" // the last frame, and those that differ from the one before
)

// CameraHealth is the state of a camera.
//
// The JSON names are the stored form in Facts and stay.
type CameraHealth struct {
	State CameraState `json:"state"`
	Since time.Time   `json:"since"` // since when the camera has this state, UTC
	// Reason is the cause of a state in one stable word, such as "WRONG_PASSWORD". Empty: the state
	// says it all.
	Reason TroubleReason `json:"reason,omitempty"`
	// Words are the camera's own words, at most MaxTroubleWords bytes of one line without
	// credentials, such as "401 Unauthorized". Empty: it said nothing.
	Words string `json:"words,omitempty"`
	// Settings says that the camera is one of the settings: its operator changes it, and not its
	// owner. It selects the sentences of Detail.
	Settings bool `json:"settings,omitempty"`
}

// CameraState is a state of a camera. The values are stored and public.
type CameraState string

// The states of a camera.
const (
	CameraOK          CameraState = "OK"           // pictures come and can be read
	CameraAway        CameraState = "OFFLINE"      // no picture comes
	CameraRefused     CameraState = "REFUSED"      // the camera answers, but gives no picture
	CameraIllegible   CameraState = "UNREADABLE"   // something comes that is not a picture
	CameraStale       CameraState = "STALE"        // pictures come, but they are old
	CameraFrozen      CameraState = "FROZEN"       // the same picture comes again and again
	CameraDark        CameraState = "DARK"         // it is too dark to see
	CameraCovered     CameraState = "COVERED"      // something covers the lens
	CameraBlurred     CameraState = "BLURRED"      // the picture is out of focus
	CameraMoved       CameraState = "MOVED"        // the camera points elsewhere
	CameraLightChange CameraState = "LIGHT_CHANGE" // day to infrared or back, or the lights went on
	CameraUnobserved  CameraState = "UNKNOWN"      // there was no run yet
)

// Blind reports whether a camera in this state shows nothing that may be counted.
func (s CameraState) Blind() bool { return s != CameraOK && s != CameraUnobserved }

// Frame describes a picture of a camera.
type Frame struct {
	ID            string // 32 hex digits, chosen at random
	Width, Height int    // of the JPEG, in pixels
	At            time.Time
}

// Cameras shows what a process has of cameras. Its methods are safe for concurrent use.
type Cameras interface {
	// Camera returns a camera, or ErrNotFound. It waits for no camera.
	Camera(id CameraID) (Camera, error)
	// Frame describes a frame that Picture has, without its JPEG. It encodes nothing.
	Frame(id string) (StoredFrame, error)
	// Picture returns the picture of a frame as JPEG, or ErrNotFound if the frame is not one of the
	// last two of a camera. The one before the last serves callers that have just read its ID. The
	// caller must not change the bytes.
	Picture(frame string) ([]byte, error)
}
