// Package measure makes facts of a camera's frames, in pure Go: how bright, how much changed, and how many
// people-sized things stand where the shop is otherwise empty.
//
// A frame is reduced to a small grey picture. Its exposure is fitted to the reference it is compared with, so that
// a camera that opens its iris is no motion. What differs from a slowly learnt background is cut into
// blobs; a blob of a person's size and shape counts as one. A blob whose outline stands in the
// background and not in the picture is the hole that somebody left who was there when
// the background was learnt: it is mended and not counted.
//
// The count is an estimate and stamped as one. People who hide each other are counted as
// fewer, a person who never moves from the first frame on as none.
package measure
