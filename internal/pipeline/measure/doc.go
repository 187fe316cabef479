// Package measure turns a camera's frames into facts in pure Go: how bright a frame is, how much of
// it changed, and an estimate of how many people are in it.
//
// # How a frame is measured
//
//  1. reduce makes a grey picture, 120 pixels high. blur removes the sensor's noise from it.
//  2. fit gives it the exposure of the picture it is compared with, so a camera that opens its iris
//     does not count as motion.
//  3. difference marks the pixels that differ: from the previous frame for Change, and from a
//     slowly learnt background for the count.
//  4. find cuts the second mask into blobs. A blob of a person's size and shape is a person.
//  5. A blob may be a hole: somebody stood there while the background was learnt, and left.
//     Its outline is in the background and not in the frame. A hole is copied into the
//     background and not counted.
//  6. The background learns the frame: fast where it is free, slowly under things, and hardly at
//     all under people.
//
// # Promises
//
// A dark frame, a first frame and a frame of another scene are never counted; Facts.Counted is then
// false. Measure needs about 1.6 ms for 1280 x 720 pixels (docs/benchmarks.md).
//
// # Limits
//
// The count is an estimate, and Facts.Estimate says so. People who hide each other count as
// fewer. A person who has not moved since the first frame counts as none. An animal or a cart
// of a person's size and shape counts as a person.
//
// The constants were chosen on the tests' photographs with pasted figures and on the demo shop, and
// the tests check the results on both. No footage of a real shop was used.
package measure
