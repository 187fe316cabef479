package briefing

import (
	"time"
	"unicode/utf8"
)

// Limits on a request.
const (
	MinInterval = 1                   // seconds
	MaxInterval = 86_400              // seconds: a day
	MaxAhead    = 30 * 24 * time.Hour // how far an RFC 3339 end time may lie ahead
	MaxKeyLen   = 128                 // bytes of a start's key
)

// NameLayout is how a request is named: its local time of creation.
const NameLayout = "2006-01-02 15:04:05"

// Request is one order for briefings. It is active until it is ended.
type Request struct {
	ID       RequestID
	Username string
	Name     string   // local time of creation in NameLayout
	Interval int      // seconds between ticks, MinInterval to MaxInterval
	EndTime  string   // wall-clock end in the server's zone, "18:30"
	EndText  string   // the end time as the caller wrote it
	CameraID CameraID // empty in old data: DefaultCamera
	Key      string   // the caller's own name for this start; empty: none

	StartedAt time.Time  // whole milliseconds, UTC
	EndsAt    *time.Time // nil only in old data that cannot be read
	EndedAt   *time.Time // nil while active
	EndReason *EndReason // nil while active, and in old data
	Active    bool

	Ticks    TickCounts // settled up to LastTick
	LastTick int64      // the newest tick that is settled; 0: none yet
	LastID   BriefingID // the newest briefing that the store gave an id; empty: none
	Owner    Owner      // who runs it
}

// EndReason tells why a request ended.
type EndReason string

// The reasons for an end.
const (
	EndedByUser EndReason = "ENDED_BY_USER"
	EndedByTime EndReason = "END_TIME"
	Replaced    EndReason = "REPLACED"
)

// TickCounts tells what became of the ticks. Always: Done + Skipped + Missed is
// the last tick of the grid so far, less those that are running; and Done is
// the number of runs stored.
type TickCounts struct {
	Done    int // a briefing was stored
	Skipped int // the run before was still going, or the end cut the run off
	Missed  int // nobody ran it: the server was down, or its result was refused
}

// Owner is who may append a request's runs: an instance and the term in which it
// owns the request. Each new owner raises the term, so that a late write of an
// earlier one is told from its own.
type Owner struct {
	Instance string // empty: nobody
	Term     int64
}

// CheckKey returns an InvalidError on field "key" unless a start's key has at most MaxKeyLen bytes of
// valid UTF-8 and no control characters. An empty key is allowed.
func CheckKey(key string) error {
	if len(key) > MaxKeyLen || !utf8.ValidString(key) || hasControl(key) {
		return Invalid("key", "must have at most %d bytes and no control characters", MaxKeyLen)
	}
	return nil
}

// TickAt returns the moment of tick n.
func (r *Request) TickAt(n int64) time.Time {
	return r.StartedAt.Add(time.Duration(n) * r.Every())
}

// Every returns the interval as a duration, at least one second.
func (r *Request) Every() time.Duration {
	return time.Duration(max(r.Interval, MinInterval)) * time.Second
}

// Grid returns the last tick at or before now, and not after the end time. A
// tick exactly at the end time counts. Zero: none yet.
func (r *Request) Grid(now time.Time) int64 {
	if r.EndsAt != nil && now.After(*r.EndsAt) {
		now = *r.EndsAt
	}
	if now.Before(r.StartedAt) {
		return 0
	}
	return int64(now.Sub(r.StartedAt) / r.Every())
}

// NearestTick returns the tick whose moment is nearest to now: a clock that fires
// a little early or late still means the tick it was set for.
func (r *Request) NearestTick(now time.Time) int64 {
	return int64((now.Sub(r.StartedAt) + r.Every()/2) / r.Every())
}

// Same reports whether another order asks for the same: interval, end text and camera.
func (r *Request) Same(other Request) bool {
	return r.Interval == other.Interval && r.EndText == other.EndText && r.CameraID == other.CameraID
}

// Skips are the ticks of one request that its schedule has skipped and not yet settled, and the tick
// whose run is going on: an end cuts that run off, so its tick counts as skipped.
type Skips struct {
	RequestID RequestID
	Ticks     []int64
}

// between returns how many of the ticks of a request lie after one tick and not after another.
func (s Skips) between(id RequestID, after, last int64) int {
	if s.RequestID != id {
		return 0
	}
	n := 0
	for _, tick := range s.Ticks {
		if tick > after && tick <= last {
			n++
		}
	}
	return n
}

// Ended returns the request as e ends it: every tick up to the grid's last one at e.At is settled.
func (r Request) Ended(e End) Request {
	last := max(r.Grid(e.At), r.LastTick)
	r.Ticks, r.LastTick = r.Settle(last, 0, e.Skipped.between(r.ID, r.LastTick, last)), last
	at, reason := e.At.UTC().Truncate(time.Millisecond), e.Reason
	if tick := r.TickAt(last).UTC(); tick.After(at) {
		at = tick // another process knew the clock a little later, and the counts are of the grid until the end
	}
	r.Active, r.EndedAt, r.EndReason = false, &at, &reason
	return r
}

// Settle returns the counts after every tick up to n was settled, where the gap
// between LastTick and n holds `skipped` skipped ticks (clamped to the gap),
// `done` stored ones, and the rest are missed.
func (r *Request) Settle(n int64, done, skipped int) TickCounts {
	gap := int(max(n-r.LastTick, 0))
	done = min(done, gap)
	skipped = min(max(skipped, 0), gap-done)
	return TickCounts{
		Done:    r.Ticks.Done + done,
		Skipped: r.Ticks.Skipped + skipped,
		Missed:  r.Ticks.Missed + gap - done - skipped,
	}
}
