package briefing

// Viewer is the caller of a use case. Every use case takes one and asks the policy about it.
type Viewer struct {
	Username string // empty: nobody has signed in
}

// Policy decides what a viewer may do. It reads nothing and is safe for concurrent use.
type Policy interface {
	// ActFor returns nil when v may read and change what belongs to a user, else ErrUnauthenticated
	// or ErrForbidden. Names with one NameKey belong to one user.
	ActFor(v Viewer, username string) error
	// ActForAll reports whether v may act for every user. Then a use case need not read who owns
	// something before it acts.
	ActForAll(v Viewer) bool
}

// OpenPolicy lets every viewer act for any user it names, as the old system did.
type OpenPolicy struct{}

// ActFor always returns nil.
func (OpenPolicy) ActFor(Viewer, string) error { return nil }

// ActForAll always returns true.
func (OpenPolicy) ActForAll(Viewer) bool { return true }
