// Package describe lets a model describe what pictures show of a shop, and decides what of that is
// shown. It offers Describer, which implements pipeline.Describer.
//
// A provider is asked only if it may get the camera's picture. It gets fixed rules, the measured
// facts, the picture, and the owner's style lines as wishes for style. No earlier caption, no name
// of a user or a camera, and no text that was read elsewhere is in a question.
//
// The answer is not trusted. It is split into sentences, and a sentence is shown only if each of
// its words is one of the lists in words/, which have no words for people, numbers, comparisons and
// commands, and if it says of a thing what may be said of things. So a model that obeys a sign in a
// picture, or the owner's style lines, has no words for it. Alarms become a question of fixed words
// to the owner. What was refused is stored for the owner with the rule that refused it.
//
// It promises that Describe returns within its time, that each request to a model is booked for the
// user, and that not more than Config.Parallel questions are asked at once, one for each user.
package describe
