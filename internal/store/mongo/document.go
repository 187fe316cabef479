package mongo

import (
	"cmp"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"bis/internal/briefing"
)

// userDoc is a document of users. Old servers write the first three fields.
type userDoc struct {
	ID       bson.ObjectID `bson:"_id"`
	Username string        `bson:"username"`
	Custom   []string      `bson:"custom"`
	NameKey  string        `bson:"name_key,omitempty"` // briefing.NameKey, under a unique index
	SeenAt   *time.Time    `bson:"seen_at,omitempty"`
}

// user returns the document as a user. A missing list of custom lines is an empty one.
func (d *userDoc) user() briefing.User {
	return briefing.User{
		ID: briefing.UserID(d.ID.Hex()), Username: d.Username, Custom: append([]string{}, d.Custom...),
		SeenAt: utc(d.SeenAt),
	}
}

// requestDoc is a document of requests. Old servers write the first six fields. The new fields are
// in four groups: the order itself, its end, what was run, and the owner.
type requestDoc struct {
	ID       bson.ObjectID `bson:"_id"`
	Username string        `bson:"username"`
	Name     string        `bson:"request_name"`
	Interval int           `bson:"interval"`
	EndTime  string        `bson:"endtime"`
	Active   bool          `bson:"is_active"`

	// ActiveUser is the activeKey of user and camera while the request is active. Its unique index
	// prevents a second active request of both.
	ActiveUser string     `bson:"active_user,omitempty"`
	EndText    string     `bson:"end_text,omitempty"`
	Camera     string     `bson:"camera,omitempty"`
	Key        string     `bson:"key,omitempty"`
	StartedAt  *time.Time `bson:"started_at,omitempty"`
	EndsAt     *time.Time `bson:"ends_at,omitempty"`
	EndedAt    *time.Time `bson:"ended_at,omitempty"`
	EndReason  string     `bson:"end_reason,omitempty"`

	Done      int           `bson:"done,omitempty"`
	Skipped   int           `bson:"skipped,omitempty"`
	Missed    int           `bson:"missed,omitempty"`
	Unchanged int           `bson:"unchanged,omitempty"`
	LastTick  int64         `bson:"last_tick"`
	LastID    bson.ObjectID `bson:"last_id,omitempty"`
	Intent    *briefingDoc  `bson:"intent,omitempty"` // the briefing LastID, inserted or not

	// Regular says that the times of all briefings lie in the span of the request, or from OddFrom
	// to OddTo. See mayHaveTimes.
	Regular bool       `bson:"regular,omitempty"`
	OddFrom *time.Time `bson:"odd_from,omitempty"`
	OddTo   *time.Time `bson:"odd_to,omitempty"`

	// DeletedLast is LastID while the request is being deleted.
	DeletedLast bson.ObjectID `bson:"deleted_last,omitempty"`

	Owner string `bson:"owner,omitempty"`
	Term  int64  `bson:"term,omitempty"`
}

// legacy reports whether an old server wrote the document.
func (d *requestDoc) legacy() bool { return d.StartedAt == nil }

// request returns the document as a request. Fields that a legacy document lacks come from its
// name, which is a wall-clock time in zone.
func (d *requestDoc) request(zone *time.Location) briefing.Request {
	r := briefing.Request{
		ID: briefing.RequestID(d.ID.Hex()), Username: d.Username, Name: d.Name, Interval: d.Interval,
		EndTime: d.EndTime, EndText: d.EndText, CameraID: d.cameraID(), Key: d.Key,
		Active: d.Active,
		EndsAt: utc(d.EndsAt), EndedAt: utc(d.EndedAt),
		Ticks: briefing.TickCounts{
			Done: d.Done, Skipped: d.Skipped, Missed: d.Missed, Unchanged: d.Unchanged,
		},
		LastTick: d.LastTick, Owner: briefing.Owner{Instance: d.Owner, Term: d.Term},
	}
	if !d.LastID.IsZero() {
		r.LastID = briefing.BriefingID(d.LastID.Hex())
	}
	if d.EndReason != "" {
		why := briefing.EndReason(d.EndReason)
		r.EndReason = &why
	}
	if !d.legacy() {
		r.StartedAt = d.StartedAt.UTC()
		return r
	}
	r.StartedAt = d.startTime(zone)
	r.EndText = cmp.Or(d.EndText, d.EndTime)
	if end, err := briefing.ParseEndTime(d.EndTime, r.StartedAt, zone); err == nil && r.EndsAt == nil {
		r.EndsAt = &end
	}
	return r
}

// cameraID returns the request's camera. A document of an old server has none.
func (d *requestDoc) cameraID() briefing.CameraID {
	return cmp.Or(briefing.CameraID(d.Camera), briefing.DefaultCamera)
}

// startTime is when a legacy request was started: the time in its name, or else the time in its id,
// which is exact to a second.
func (d *requestDoc) startTime(zone *time.Location) time.Time {
	if at, err := time.ParseInLocation(briefing.NameLayout, d.Name, zone); err == nil {
		return at.UTC()
	}
	return d.ID.Timestamp().UTC()
}

// utc returns a copy of a time in UTC, or nil for nil.
func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}

// newRequestDoc returns the document of a new, active request. It fails if the id is malformed.
func newRequestDoc(r briefing.Request) (requestDoc, error) {
	id, err := bson.ObjectIDFromHex(string(r.ID))
	started, camera := r.StartedAt, cmp.Or(r.CameraID, briefing.DefaultCamera)
	return requestDoc{
		ID: id, Username: r.Username, Name: r.Name, Interval: r.Interval, EndTime: r.EndTime,
		Active: true, ActiveUser: activeKey(briefing.NameKey(r.Username), camera), EndText: r.EndText,
		Camera: string(camera), Key: r.Key, StartedAt: &started, EndsAt: r.EndsAt,
		Owner: r.Owner.Instance, Term: r.Owner.Term, Regular: true,
	}, err
}

// activeKey is the value of active_user. For the camera of the settings it is the name key of the
// user, as earlier versions have it. For another camera it ends in a space, so it is no name key of
// up to briefing.MaxNameBytes, and no other user has it.
func activeKey(user string, camera briefing.CameraID) string {
	if camera == briefing.DefaultCamera {
		return user
	}
	return user + cameraMark + string(camera) + " "
}

// cameraMark is between the name key and the camera in active_user.
const cameraMark = "\x1f"

// anyCamera matches the activeKey of a user and any camera but that of the settings.
func anyCamera(user string) bson.D {
	return bson.D{{Key: "$gt", Value: user + cameraMark}, {Key: "$lt", Value: user + cameraMark + "g"}}
}

// objectID parses an id. ok is false for a malformed one, which matches no document.
func objectID[T ~string](id T) (bson.ObjectID, bool) {
	oid, err := bson.ObjectIDFromHex(string(id))
	return oid, err == nil
}
