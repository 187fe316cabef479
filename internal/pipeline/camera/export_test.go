package camera

import (
	"bytes"
	"context"
	"image"
	"time"
)

// DemoPeople returns how many people the demo draws at a moment.
func DemoPeople(seed uint64, at time.Time) int { return len(peopleAt(seed, at)) }

// DemoPeopleIn returns how many people a scene of the demo has at a moment.
func DemoPeopleIn(name string, seed uint64, at time.Time) int {
	return len(scene(name).people(seed, at))
}

// Decode is decode, for fuzzing.
func Decode(b []byte) (image.Image, error) { return decode(context.Background(), b) }

// DecodedBytes is decodedBytes of a picture whose header can be read.
func DecodedBytes(b []byte) int64 {
	size, format, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		panic(err)
	}
	return decodedBytes(b, size, format)
}

// Offline is offline, for errors that a test cannot provoke.
var Offline = offline

// CheckRedirect is checkRedirect.
var CheckRedirect = checkRedirect
