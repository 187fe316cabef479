package briefing

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// Cursor is a position: in one request's briefings, or in a user's requests. It is
// opaque to clients; only MakeCursor and the parsers know its inside. The empty
// cursor is the position before the first.
type Cursor string

// The first byte of a cursor tells its kind and version.
const (
	cursorBriefing byte = 1 // 12 bytes request id, 12 bytes briefing id
	cursorRequest  byte = 2 // 12 bytes request id
)

// MakeCursor returns the position after briefing id of request req.
func MakeCursor(req RequestID, id BriefingID) Cursor {
	return packCursor(cursorBriefing, string(req)+string(id))
}

// MakeRequestCursor returns the position after request id in its user's list.
func MakeRequestCursor(id RequestID) Cursor {
	return packCursor(cursorRequest, string(id))
}

// ParseCursor takes a briefing cursor apart. An error is ErrBadCursor.
func ParseCursor(c Cursor) (RequestID, BriefingID, error) {
	ids, err := unpackCursor(c, cursorBriefing, 2*idLen)
	if err != nil {
		return "", "", err
	}
	return RequestID(ids[:idLen]), BriefingID(ids[idLen:]), nil
}

// ParseRequestCursor takes a request cursor apart. An error is ErrBadCursor.
func ParseRequestCursor(c Cursor) (RequestID, error) {
	ids, err := unpackCursor(c, cursorRequest, idLen)
	return RequestID(ids), err
}

func packCursor(kind byte, ids string) Cursor {
	b := make([]byte, 1+len(ids)/2)
	b[0] = kind
	if _, err := hex.Decode(b[1:], []byte(ids)); err != nil {
		return "" // a malformed id has no position
	}
	return Cursor(base64.RawURLEncoding.EncodeToString(b))
}

func unpackCursor(c Cursor, kind byte, digits int) (string, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(string(c))
	// The decoder passes over line breaks, and a position has one spelling only.
	if err != nil || strings.ContainsAny(string(c), "\r\n") || len(b) != 1+digits/2 || b[0] != kind {
		return "", ErrBadCursor
	}
	return hex.EncodeToString(b[1:]), nil
}
