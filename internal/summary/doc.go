// Package summary computes the figures of one request, says which are worth advice, and chooses the
// captions that go into its summary. A Tally does all in one pass over the briefings, oldest first.
//
// # What it promises
//
// Everything is computed by code from stored briefings, so the same briefings give the same
// figures. Memory does not grow with the number of briefings: a request of 30 days with an interval
// of a second has millions. Figures are about samples only. Nothing is known of the time between
// two samples, so a hole longer than three intervals divides a stretch in two.
//
// Briefings from outside may have no facts, and no old briefing has any. They count as notes, and
// no figure about people or the camera comes from them.
//
// # What it leaves to others
//
// The types (briefing.Figures and its parts) belong to the domain. Package service reads the
// briefings, and package wording turns the figures into sentences.
package summary
