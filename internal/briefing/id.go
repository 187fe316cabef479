package briefing

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"sync/atomic"
	"time"
)

// UserID names a user: 24 lower-case hex digits, a MongoDB ObjectID.
type UserID string

// RequestID names a request: 24 lower-case hex digits. The ids of one user's requests grow in the
// order of their starts.
type RequestID string

// BriefingID names a briefing: 24 lower-case hex digits. The ids of one request's briefings grow in
// the order of their commits, so an id is also a position.
type BriefingID string

// CameraID names a camera: 24 lower-case hex digits, or DefaultCamera.
type CameraID string

// DefaultCamera is the camera that the settings name.
const DefaultCamera CameraID = "default"

// idLen is the length of an id in hex digits. An id has 12 bytes, as MongoDB's ObjectID.
const idLen = 24

// process is part of every id that this process makes, so that no other process makes the same. It
// is five random bytes, as the ObjectID specification requires.
var process = func() (p [5]byte) {
	_, _ = rand.Read(p[:]) // crypto/rand never returns an error
	return p
}()

// idCounter is the last part of the ids. It begins at a random value, as the specification wants.
var idCounter = func() *atomic.Uint32 {
	var b [4]byte
	_, _ = rand.Read(b[:])
	c := new(atomic.Uint32)
	c.Store(binary.BigEndian.Uint32(b[:]))
	return c
}()

// NewID returns a new id: four bytes for the Unix seconds of at, five for the process, three for a
// counter. Ids of one process and one second are unique up to 16 million. NewID is safe for
// concurrent use.
func NewID(at time.Time) string {
	var b [12]byte
	binary.BigEndian.PutUint32(b[:4], uint32(at.Unix()))
	copy(b[4:9], process[:])
	n := idCounter.Add(1)
	b[9], b[10], b[11] = byte(n>>16), byte(n>>8), byte(n)
	return hex.EncodeToString(b[:])
}

// NextID returns the greater of a new id and last + 1, as 96-bit numbers. So ids grow in the order
// of commits even when a clock goes back. A last that is empty or malformed counts as none.
func NextID(at time.Time, last string) string {
	fresh := NewID(at)
	if !ValidID(last) || fresh > last {
		return fresh
	}
	b, _ := hex.DecodeString(last)
	for i := len(b) - 1; i >= 0; i-- {
		b[i]++
		if b[i] != 0 {
			break
		}
	}
	return hex.EncodeToString(b)
}

// ValidID reports whether s is an id in its stored form: 24 lower-case hex digits.
func ValidID(s string) bool {
	if len(s) != idLen {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// NormalID returns the stored form of an id from outside, which may have upper-case digits. ok is
// false when s is not an id.
func NormalID(s string) (id string, ok bool) {
	if len(s) != idLen {
		return "", false
	}
	b, err := hex.DecodeString(s)
	if err != nil {
		return "", false
	}
	return hex.EncodeToString(b), true
}
