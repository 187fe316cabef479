package pipeline

import (
	"errors"
	"time"

	"bis/internal/briefing"
)

// outageRuns is how many runs in a row must say the same before a camera's state follows. One lost
// picture is no outage, and one picture is no recovery.
const outageRuns = 2

// result is what one run says about a camera.
type result struct {
	state  briefing.CameraState
	reason briefing.TroubleReason
	words  string
}

// failed returns the result of a run without a frame.
func failed(err error) result {
	if t, ok := errors.AsType[*Trouble](err); ok {
		state := t.State
		switch state {
		case briefing.CameraRefused, briefing.CameraIllegible, briefing.CameraStale:
		default:
			state = briefing.CameraAway
		}
		return result{state: state, reason: t.Reason, words: t.Words}
	}
	switch {
	case errors.Is(err, ErrRefused):
		return result{state: briefing.CameraRefused}
	case errors.Is(err, ErrUnreadable):
		return result{state: briefing.CameraIllegible}
	case errors.Is(err, ErrStale):
		return result{state: briefing.CameraStale}
	}
	return result{state: briefing.CameraAway}
}

// measured returns the result of a run with a frame. A state that no measurement has counts as OK.
func measured(m Measurement) result {
	switch m.State {
	case briefing.CameraFrozen, briefing.CameraDark, briefing.CameraCovered,
		briefing.CameraBlurred, briefing.CameraMoved, briefing.CameraLightChange:
		return result{state: m.State}
	}
	if m.Facts.Scene == briefing.SceneDark {
		return result{state: briefing.CameraDark}
	}
	return result{state: briefing.CameraOK}
}

// degradedBy has the code of each state that degrades a briefing. A dark shop and a change of the
// light have no code: the camera works.
var degradedBy = map[briefing.CameraState]briefing.Degraded{
	briefing.CameraAway:      briefing.CameraOffline,
	briefing.CameraRefused:   briefing.CameraRefusing,
	briefing.CameraIllegible: briefing.CameraUnreadable,
	briefing.CameraStale:     briefing.CameraTooOld,
	briefing.CameraFrozen:    briefing.CameraStuck,
	briefing.CameraCovered:   briefing.CameraBlocked,
	briefing.CameraBlurred:   briefing.CameraUnsharp,
	briefing.CameraMoved:     briefing.CameraTurned,
}

// health is the state machine of one camera. The zero value is no state; see healthOf.
//
//	UNKNOWN ── any run ──> what it says
//	well ── two runs in a row with trouble ──> the trouble of the second
//	trouble ── two runs in a row with other trouble ──> the trouble of the second
//	trouble ── two runs in a row without trouble ──> what the second says
//
// OK and LIGHT_CHANGE are well. Between these two, one run suffices.
type health struct {
	state briefing.CameraHealth // what the owner is told
	seen  briefing.CameraHealth // what the last run saw
	// against is how many runs in a row have contradicted state in the same direction, which is
	// that of well.
	against int
	well    bool
}

// healthOf returns the machine of a camera in a known state.
func healthOf(state briefing.CameraHealth) health { return health{state: state, seen: state} }

// unobserved returns the machine of a camera without a run.
func unobserved(now time.Time) health {
	return healthOf(briefing.CameraHealth{State: briefing.CameraUnobserved, Since: moment(now)})
}

// next returns the machine after a run at the given time. The state begins with the first run in a
// row that saw it, not with the one that made it count.
func (h health) next(r result, at time.Time) health {
	since := moment(at)
	switch r.state {
	case h.state.State:
		since = h.state.Since
	case h.seen.State:
		since = h.seen.Since
	}
	h.seen = briefing.CameraHealth{State: r.state, Since: since, Reason: r.reason, Words: r.words}
	if r.state == h.state.State {
		h.state, h.against = h.seen, 0
		return h
	}
	well := isWell(r.state)
	if h.well != well {
		h.against = 0
	}
	h.against, h.well = h.against+1, well
	atOnce := h.state.State == briefing.CameraUnobserved || well && isWell(h.state.State)
	if atOnce || h.against >= outageRuns {
		return healthOf(h.seen)
	}
	return h
}

// adopt returns the machine after a look at the stored state. A stored state that began later is
// that of another process, or the address was changed.
func (h health) adopt(stored briefing.CameraHealth) health {
	if stored.State == "" || !stored.Since.After(h.state.Since) {
		return h
	}
	return healthOf(stored)
}

// isWell reports whether a camera in this state works.
func isWell(s briefing.CameraState) bool {
	return s == briefing.CameraOK || s == briefing.CameraLightChange
}

// moment returns a time as both stores can store it.
func moment(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
