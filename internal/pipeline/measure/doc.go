// Package measure turns a camera's frames into facts in pure Go: how bright a frame is, how much of
// it changed, and an estimate of how many people are in it. It also states when a camera shows
// nothing that may be counted.
//
// # How a frame is measured
//
//  1. reduce makes a grey picture, 120 pixels high. blur removes the sensor's noise from it. What a
//     mask covers is replaced by its surroundings.
//  2. fit gives it the exposure of the picture it is compared with, so a camera that opens its iris
//     does not count as motion.
//  3. difference marks the pixels that differ: from the previous frame for Change, and from a
//     slowly learnt background for the count.
//  4. view decides what the frame shows: the known view, the same in other light, another view, or
//     nothing. The rest is for the known view alone.
//  5. find cuts the second mask into blobs. A blob of a person's size and shape is a person, unless
//     the background's structure is still there: then it is a patch of light.
//  6. A blob may be a hole: somebody stood there while the background was learnt, and left.
//     Its outline is in the background and not in the frame. A hole is copied into the
//     background and not counted.
//  7. The background learns the frame: fast where it is free, slowly under things, hardly at all
//     under what has a person's shape, and not under a person who moves a little now and then.
//  8. perspective learns from single people how high a person is by the row of the feet. Smaller
//     people count then, and groups are divided by the area of one person.
//  9. freedom notes which parts of the view are known to be free of people, for pictures in which
//     people are blurred. It trusts no background.
//
// # States
//
// All limits are relative to what the camera showed before, but for darkness.
//
//   - CameraDark: the mean luma is below Config.Dark, and no part of the frame is lit. The grey
//     picture of a camera at night, with dark corners and noise, is not dark.
//   - CameraCovered: nearly no tile has a structure, where the background has some, or from the
//     first frame on. A cover that leaves a part free is stated when it has lasted, as a moved
//     camera is.
//   - CameraBlurred: the energy of the Laplacian has fallen below a tenth of what is usual for the
//     camera, in most tiles that are as bright as before.
//   - CameraMoved: the background is found at another place of the frame in two bursts, or another
//     view stands still. It ends when the old view is back, or after a day.
//   - CameraFrozen: see repeat, which says what counts as the same picture.
//   - CameraLightChange: the place is the same, but most of it is brighter or darker than any
//     exposure explains, or all colours have gone or come. It lasts for two bursts, after which the
//     new light is learnt. People who stand there are not.
//
// A crowd in front of the lens is no state. Nothing is counted while the known view cannot be
// recognised behind it.
//
// # Promises
//
// A dark frame, a first frame, a frame of another scene and a damaged frame are never counted, and
// neither is any frame of a camera that is not CameraOK; Facts.Counted is then false. No measure
// depends on what a mask covers. Measure needs about 2 ms for 1280 x 720 pixels
// (docs/benchmarks.md), and allocates next to nothing.
//
// # Limits
//
// The count is an estimate, and Facts.Estimate says so. People who hide each other count as
// fewer. An animal or a cart of a person's size and shape counts as a person, and a plant in a
// draught or a screen that plays does so for a day, if it came after the background was learnt.
//
// A person who has not moved since the first frame counts as none, until the place is left. A rule
// by small movements found drawn people who sway in 95 % of the runs, and none who move less. It
// also found people in curtains, plants, signs and screens, so there is none (docs/benchmarks.md).
//
// A view without any structure, such as a bare wall, cannot be told from a covered lens. From the
// first frame on it is CameraCovered, until some structure is seen; see isBare. A lens that is out
// of focus or covered in part from the first frame on is not noticed, because nothing is known of
// the camera.
//
// The constants were chosen on the tests' photographs with pasted figures, on drawn shops and on
// the demo shop, and the tests check the results on all of them. On a public recording of a street
// variants were compared with all of its counts in view, so its error is no independent proof.
// No footage of a real shop was used.
package measure
