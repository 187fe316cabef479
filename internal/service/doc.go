// Package service has the use cases: everything that a caller can ask of the server, whatever the
// transport. A resolver or a handler decodes its input, calls one method of Service, and encodes
// the answer.
//
// # What it decides
//
// Every use case takes the viewer and asks the policy before it reads or writes anything that
// belongs to a user. Input is checked by the rules of package briefing. Errors have one of the
// kinds of briefing's errors.go; an error without a kind is internal. A malformed id gets the same
// answer as an unknown one.
//
// # Trips to the store
//
// A use case makes one call of the store where one transaction can decide. So these need one:
// login, a new style, a start with its user and the request that it replaces, an end by user name,
// a user, a request, a list of requests, and what a summary depends on. A list of briefings needs
// two: the policy decides by the request's owner, whom only the store knows. A list without pages
// reads one page at a time.
//
// The store never calls back. What the schedule knows of skipped ticks is read before a start or an
// end and handed to the store as a value. The schedule learns of a start and of an end after the
// commit. If the process dies in between, the request is still active and still has its owner in
// the store, and the next owner claims it as it claims every other request.
//
// # What it leaves to others
//
// The seam between stored briefings and those to come is the hub's (briefing.Live): Watch finds the
// request and the position, and returns the hub's stream. Ticks are the schedule's, wording is the
// summarizer's. The service starts nothing and has no goroutine but that of a summary in the
// making.
package service
