package camera

import "time"

// DemoPeople returns how many people the demo draws at a moment.
func DemoPeople(seed uint64, at time.Time) int { return len(peopleAt(seed, at)) }

// Decode is decode, for fuzzing.
var Decode = decode

// Offline is offline, for errors that a test cannot provoke.
var Offline = offline
