package briefing

// Viewer is who is asking. Every use case takes one and decides by it.
type Viewer struct {
	Username string // empty: nobody has signed in
}

// Policy decides what a viewer may do.
type Policy interface {
	// ActFor returns nil when v may read and change what belongs to username, else
	// ErrUnauthenticated or ErrForbidden. Names of one NameKey are one user's.
	ActFor(v Viewer, username string) error
	// ActForAll reports whether v may act for every user, so that nobody's name must be looked up to decide.
	ActForAll(v Viewer) bool
}

// OpenPolicy lets every viewer act for any user it names, as the old system did.
type OpenPolicy struct{}

// ActFor always returns nil.
func (OpenPolicy) ActFor(Viewer, string) error { return nil }

// ActForAll always returns true.
func (OpenPolicy) ActForAll(Viewer) bool { return true }
