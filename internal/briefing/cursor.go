package briefing

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Cursor is a position in the briefings of one request, or in the requests of one user. The empty
// cursor is the position before the first. A cursor is opaque to clients, and it is not a
// permission: a caller who presents one is checked like any other.
//
// Its form is base64url without padding: one byte for the kind and version, then one or two ids of
// 12 bytes. Each position has exactly one spelling.
type Cursor string

// The first byte of a cursor is its kind and version.
const (
	cursorBriefing byte = 1 // 12 bytes request id, 12 bytes briefing id
	cursorRequest  byte = 2 // 12 bytes request id
	cursorDay      byte = 3 // 8 bytes list, 8 bytes milliseconds of Unix time, 12 bytes briefing id
)

// MakeCursor returns the position after briefing id of request req. It returns the empty cursor
// when an id is malformed.
func MakeCursor(req RequestID, id BriefingID) Cursor {
	return packCursor(cursorBriefing, string(req)+string(id))
}

// MakeRequestCursor returns the position after request id in its user's list, which has the newest
// first.
func MakeRequestCursor(id RequestID) Cursor {
	return packCursor(cursorRequest, string(id))
}

// ParseCursor returns the request and the briefing of a cursor that MakeCursor made. For any other
// cursor it returns ErrBadCursor.
func ParseCursor(c Cursor) (RequestID, BriefingID, error) {
	ids, err := unpackCursor(c, cursorBriefing, 2*idLen)
	if err != nil {
		return "", "", err
	}
	return RequestID(ids[:idLen]), BriefingID(ids[idLen:]), nil
}

// ParseRequestCursor returns the request of a cursor that MakeRequestCursor made. For any other
// cursor it returns ErrBadCursor.
func ParseRequestCursor(c Cursor) (RequestID, error) {
	ids, err := unpackCursor(c, cursorRequest, idLen)
	return RequestID(ids), err
}

// DayList names the list of a day's briefings, for its cursors.
type DayList struct {
	Username string
	Date     Date
	CameraID CameraID // empty: all cameras
}

// hash returns 16 hex digits for the list.
func (l DayList) hash() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %s %q", NameKey(l.Username), l.Date, l.CameraID))
	return hex.EncodeToString(sum[:8])
}

// Cursor returns the cursor of a position in the list. It returns the empty cursor for the position
// before the first briefing.
func (l DayList) Cursor(p DayPosition) Cursor {
	if p.ID == "" {
		return ""
	}
	return packCursor(cursorDay, fmt.Sprintf("%s%016x%s", l.hash(), uint64(p.At.UnixMilli()), p.ID))
}

// Parse returns the position of a cursor of this list. The empty cursor is the position before the
// first briefing. Any other cursor is ErrBadCursor, also one of another user, day or camera.
func (l DayList) Parse(c Cursor) (DayPosition, error) {
	if c == "" {
		return DayPosition{}, nil
	}
	s, err := unpackCursor(c, cursorDay, 32+idLen)
	if err != nil || s[:16] != l.hash() {
		return DayPosition{}, ErrBadCursor
	}
	millis, err := strconv.ParseUint(s[16:32], 16, 64)
	if err != nil {
		return DayPosition{}, ErrBadCursor
	}
	return DayPosition{At: time.UnixMilli(int64(millis)).UTC(), ID: BriefingID(s[32:])}, nil
}

func packCursor(kind byte, ids string) Cursor {
	b := make([]byte, 1+len(ids)/2)
	b[0] = kind
	if _, err := hex.Decode(b[1:], []byte(ids)); err != nil {
		return ""
	}
	return Cursor(base64.RawURLEncoding.EncodeToString(b))
}

func unpackCursor(c Cursor, kind byte, digits int) (string, error) {
	if len(c) != base64.RawURLEncoding.EncodedLen(1+digits/2) {
		return "", ErrBadCursor
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(string(c))
	// The decoder ignores line breaks, which would give a position a second spelling.
	breaks := strings.ContainsAny(string(c), "\r\n")
	if err != nil || breaks || len(b) != 1+digits/2 || b[0] != kind {
		return "", ErrBadCursor
	}
	return hex.EncodeToString(b[1:]), nil
}
