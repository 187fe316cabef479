package camera

import "time"

// DemoPeople tells how many people the demo shows at a time: the truth, for tests alone.
func DemoPeople(seed uint64, at time.Time) int { return len(peopleAt(seed, at)) }

// Decode is decode, for fuzzing.
var Decode = decode

// Offline is offline, for errors that a test cannot bring about.
var Offline = offline
