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

// RequestID names a request: 24 lower-case hex digits. The ids of one user's
// requests grow with the order in which they were started.
type RequestID string

// BriefingID names a briefing: 24 lower-case hex digits. The ids of one
// request's briefings grow with the order in which they were committed.
type BriefingID string

// CameraID names a camera. Only DefaultCamera exists so far.
type CameraID string

// DefaultCamera is the camera that the settings name.
const DefaultCamera CameraID = "default"

// idLen is the length of an id in hex digits; 12 bytes as in MongoDB's ObjectID.
const idLen = 24

// process is what makes the ids of one process differ from those of another:
// five random bytes, as the ObjectID specification has it.
var process = func() (p [5]byte) {
	_, _ = rand.Read(p[:]) // crypto/rand never fails since Go 1.24
	return p
}()

var idCounter = func() *atomic.Uint32 {
	var b [4]byte
	_, _ = rand.Read(b[:])
	c := new(atomic.Uint32)
	c.Store(binary.BigEndian.Uint32(b[:]))
	return c
}()

// NewID makes a fresh id: four bytes of Unix seconds of at, five of the
// process, three of a counter. It is safe for concurrent use.
func NewID(at time.Time) string {
	var b [12]byte
	binary.BigEndian.PutUint32(b[:4], uint32(at.Unix()))
	copy(b[4:9], process[:])
	n := idCounter.Add(1)
	b[9], b[10], b[11] = byte(n>>16), byte(n>>8), byte(n)
	return hex.EncodeToString(b[:])
}

// NextID returns the id after last as 96-bit numbers go, or a fresh one when
// that is greater. So ids follow the commit even where clocks do not. An empty
// last, and one that is no id, count as none.
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

// ValidID reports whether s has the form of an id. Ids from outside may have
// upper-case digits; NormalID folds them.
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

// NormalID returns s with its hex digits in lower case, and whether it has the
// form of an id.
func NormalID(s string) (string, bool) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != idLen/2 {
		return "", false
	}
	return hex.EncodeToString(b), true
}
