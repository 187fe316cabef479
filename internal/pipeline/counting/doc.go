// Package counting lets captures count by a detector. It offers Counter, which implements
// pipeline.Counter, and the interfaces of its detectors: a Backend opens Readers.
//
//	capture ─> Counter.Count ─> turn ─> Reader.Detect ─> boxes
//	                │ no turn, a failure, a pause
//	                └─> motion counts
//
// # Promises
//
// A detector costs its counts and nothing else. Count returns when its ctx ends, whatever a reader
// does. Reading may last as long as the wait for the turn, or a second. A panic of a reader is an
// error.
//
// Captures get turns in the order of their calls. As many pictures are read at once as there are
// processors. Further readers are opened while captures wait, and closed when they are idle.
//
// After some failures in a row the detector pauses, for a time that grows. Then one capture tries
// it again. Each change of who counts is logged once, and Counting has the present state.
//
// Package local runs a model file. Package remote calls a detector over HTTP. What boxes mean for
// counts and zones is left to package pipeline.
package counting
