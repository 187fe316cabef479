// Package service has the use cases: everything that a caller can ask of the server, by any
// transport. A resolver or a handler decodes its input, calls one method of Service, and encodes
// the answer.
//
// # What it decides
//
// Every use case takes the viewer. It asks the policy before it returns or changes anything that
// belongs to a user. Input is checked by the rules of package briefing. Errors have one of the
// kinds of package briefing; an error without a kind is internal. A malformed id gets the same
// answer as an unknown id.
//
// # Trips to the store
//
// A use case makes one call of the store where one transaction can decide. One call is enough for a
// login, a new style, a start with its user and the request that it replaces, an end by user name,
// a user, a request, a list of requests, and the state that a summary depends on. A list of
// briefings needs two calls: the policy decides by the owner of the request, and the owner is in
// the store. A list without pages reads one page at a time.
//
// The store never calls back. The service reads the schedule's skipped ticks before a start or an
// end, and passes them to the store as a value. It notifies the schedule of a start or an end after
// the commit. If the process dies in between, the store still has the active request and its owner.
// The next owner claims this request like every other request.
//
// # What it leaves to others
//
// The hub (briefing.Live) joins stored and new briefings. Watch finds the request and the position,
// and returns the hub's stream. The schedule makes the ticks, and the summarizer words a summary.
// The service starts nothing. Its only goroutines compute summaries and end with them.
package service
