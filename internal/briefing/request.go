package briefing

import (
	"time"
	"unicode/utf8"
)

// Limits on a request.
const (
	MinInterval = 1                   // seconds
	MaxInterval = 86_400              // seconds, a day
	MaxAhead    = 30 * 24 * time.Hour // from the start to an end time in RFC 3339
	MaxKeyLen   = 128                 // bytes of a start's key
)

// NameLayout is the layout of a request's name, which is its local time of creation.
const NameLayout = "2006-01-02 15:04:05"

// Request is one order for briefings: every interval, from StartedAt to EndsAt. Its ticks are on
// the grid StartedAt + n × interval, n ≥ 1. A request is active until it is ended, and a user has
// at most one active request of a camera.
type Request struct {
	ID       RequestID
	Username string
	Name     string   // local time of creation in NameLayout
	Interval int      // seconds between ticks, MinInterval to MaxInterval
	EndTime  string   // wall-clock end in the server's zone, "18:30"
	EndText  string   // the end time as the caller of the start wrote it, also after a move
	CameraID CameraID // one of the user's stored cameras, or DefaultCamera
	Key      string   // the caller's own name for this start; empty: none

	StartedAt time.Time  // UTC, in whole milliseconds
	EndsAt    *time.Time // nil only in old data whose end time cannot be read
	EndedAt   *time.Time // nil while active
	EndReason *EndReason // nil while active, and in old data
	Active    bool

	Ticks    TickCounts // the outcomes of the ticks up to LastTick
	LastTick int64      // the newest settled tick; 0: none yet
	LastID   BriefingID // the newest id that this store gave to a briefing; empty: none
	Owner    Owner      // the instance that runs the request
}

// EndReason says why a request ended. The values are stored and public.
type EndReason string

// The reasons for an end.
const (
	EndedByUser EndReason = "ENDED_BY_USER" // at once; a run in flight is cancelled
	EndedByTime EndReason = "END_TIME"      // after the last run has ended
	Replaced    EndReason = "REPLACED"      // by another start of the same user and camera, at once
)

// TickCounts counts ticks by their outcome. Done + Skipped + Missed is always the last tick of the
// grid so far, less the ticks whose runs are in flight. Done is always the number of stored runs.
type TickCounts struct {
	Done    int // a briefing was stored
	Skipped int // the run before was still going, or the end of the request cut the run off
	Missed  int // no run was stored: no server was up, or the result was refused
	// Unchanged is how many of Done are Unchanged briefings. Ticks of older versions count as 0.
	Unchanged int
}

// Owner says who may append the runs of a request: an instance, in the term in which it owns the
// request. Each new owner raises the term. A late write of a former owner has an older term and is
// refused.
type Owner struct {
	Instance string // empty: nobody
	Term     int64
}

// CheckKey returns an InvalidError on field "key" unless a start's key has at most MaxKeyLen bytes
// of valid UTF-8 and no control characters. An empty key is allowed.
func CheckKey(key string) error {
	if len(key) > MaxKeyLen || !utf8.ValidString(key) || hasControl(key) {
		return Invalid("key", "must have at most %d bytes and no control characters", MaxKeyLen)
	}
	return nil
}

// TickAt returns the moment of tick n, in the zone of StartedAt.
func (r *Request) TickAt(n int64) time.Time {
	return r.StartedAt.Add(time.Duration(n) * r.Every())
}

// Every returns the interval as a duration, at least one second.
func (r *Request) Every() time.Duration {
	return time.Duration(max(r.Interval, MinInterval)) * time.Second
}

// Grid returns the last tick at or before now and the end time, 0 for none. A tick exactly at the
// end time is one.
func (r *Request) Grid(now time.Time) int64 {
	if r.EndsAt != nil && now.After(*r.EndsAt) {
		now = *r.EndsAt
	}
	if now.Before(r.StartedAt) {
		return 0
	}
	return int64(now.Sub(r.StartedAt) / r.Every())
}

// NearestTick returns the tick whose moment is nearest to now. A clock that fires a little early or
// late still means the tick that it was set for.
func (r *Request) NearestTick(now time.Time) int64 {
	return int64((now.Sub(r.StartedAt) + r.Every()/2) / r.Every())
}

// Same reports whether another order has the same interval, text of the end time and camera.
func (r *Request) Same(other Request) bool {
	return r.Interval == other.Interval && r.EndText == other.EndText &&
		r.CameraID == other.CameraID
}

// Due reports whether the end time has come. Without an end time it reports true.
func (r *Request) Due(now time.Time) bool { return r.EndsAt == nil || !now.Before(*r.EndsAt) }

// PastEnd reports whether tick n is after the end time. Without an end time no tick is.
func (r *Request) PastEnd(n int64) bool { return r.EndsAt != nil && n > r.Grid(*r.EndsAt) }

// SameEnd reports whether two states of a request have the same end time.
func (r *Request) SameEnd(other Request) bool {
	if r.EndsAt == nil || other.EndsAt == nil {
		return r.EndsAt == other.EndsAt
	}
	return r.EndsAt.Equal(*other.EndsAt)
}

// Skips are the ticks of requests that their schedule has skipped since the last stored run, and
// the tick whose run is in flight. An end cuts that run off, so its tick also counts as skipped.
// The ticks of a request are in any order, each once. Skips are a snapshot: a store ignores the
// ticks that it has settled since. Nil has no ticks.
type Skips map[RequestID][]int64

// between returns how many of the ticks of a request lie after one tick and not after another.
func (s Skips) between(id RequestID, after, last int64) int {
	n := 0
	for _, tick := range s[id] {
		if tick > after && tick <= last {
			n++
		}
	}
	return n
}

// Ended returns the request as e ends it. Every tick of the grid up to e.At is settled: those in
// e.Skipped are skipped, the other unsettled ones missed. EndedAt is e.At, or the moment of the
// last settled tick if that is later. An end by time is never before the end that is stored: it
// may have been moved later after its owner had read it.
func (r Request) Ended(e End) Request {
	if e.Reason == EndedByTime && r.EndsAt != nil && r.EndsAt.After(e.At) {
		e.At = *r.EndsAt
	}
	last := max(r.Grid(e.At), r.LastTick)
	r.Ticks, r.LastTick = r.Settle(last, 0, e.Skipped.between(r.ID, r.LastTick, last)), last
	at, reason := e.At.UTC().Truncate(time.Millisecond), e.Reason
	if tick := r.TickAt(last).UTC(); tick.After(at) {
		at = tick // another process, with a clock ahead, has stored a later tick; the end covers it
	}
	r.Active, r.EndedAt, r.EndReason = false, &at, &reason
	return r
}

// Settle returns the counts after every tick up to n is settled. The gap is the ticks after
// LastTick up to n: `done` of them were stored, `skipped` were skipped, and the rest were missed.
// Numbers beyond the gap are cut down to it. Unchanged stays; see Stored.
func (r *Request) Settle(n int64, done, skipped int) TickCounts {
	gap := int(max(n-r.LastTick, 0))
	done = min(done, gap)
	skipped = min(max(skipped, 0), gap-done)
	return TickCounts{
		Done:    r.Ticks.Done + done,
		Skipped: r.Ticks.Skipped + skipped,
		Missed:  r.Ticks.Missed + gap - done - skipped,

		Unchanged: r.Ticks.Unchanged,
	}
}

// Stored returns the counts after the run of tick n is stored. Of the ticks between LastTick and n
// `skipped` were skipped, and the rest were missed. unchanged says that the run's briefing is
// Unchanged. A tick that is not after LastTick changes nothing.
func (r *Request) Stored(n int64, skipped int, unchanged bool) TickCounts {
	counts := r.Settle(n, 1, skipped)
	if unchanged {
		counts.Unchanged += counts.Done - r.Ticks.Done
	}
	return counts
}
