package pipeline

import "bis/internal/briefing"

// Trouble is the error of a camera that gives no frame, with the reason for the owner.
type Trouble struct {
	State  briefing.CameraState   // CameraAway, CameraRefused, CameraIllegible or CameraStale
	Reason briefing.TroubleReason // empty: the state says it all
	// Words are the camera's own words: at most briefing.MaxTroubleWords bytes of one line, without
	// credentials and control characters. Empty: it said nothing.
	Words string
	// Certificate is the fingerprint of a certificate that was refused because it is not the
	// accepted one. Empty: none was.
	Certificate string
	Err         error // the cause, for the log: without credentials and addresses
}

// Error returns the kind and the cause.
func (t *Trouble) Error() string {
	if t.Err == nil {
		return t.kind().Error()
	}
	return t.kind().Error() + ": " + t.Err.Error()
}

// Unwrap returns the kind of the state and the cause.
func (t *Trouble) Unwrap() []error {
	if t.Err == nil {
		return []error{t.kind()}
	}
	return []error{t.kind(), t.Err}
}

// kind returns the error of the state.
func (t *Trouble) kind() error {
	switch t.State {
	case briefing.CameraRefused:
		if t.Reason == "" || t.Reason.Login() {
			return ErrRefused
		}
		return ErrOffline // it refuses something else than the credentials
	case briefing.CameraIllegible:
		return ErrUnreadable
	case briefing.CameraStale:
		return ErrStale
	}
	return ErrOffline
}
