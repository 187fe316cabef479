package camera

import (
	"bytes"

	"bis/internal/briefing"
)

// maxScans bounds the scans of a progressive JPEG. Encoders write about ten. A scan of a few bytes
// takes as long to decode as a whole picture, so a file of megabytes could take an hour.
const maxScans = 100

// tooManyScans reports whether a JPEG has more scans than any camera writes: more than maxScans of
// a progressive one, and of another one more than its components need.
func tooManyScans(b []byte) bool {
	components, progressive, scans, parts := 0, false, 0, 0
	for at := 2; at+4 <= len(b); {
		marker := b[at+1]
		if b[at] != 0xff || marker == 0 || marker == 0xff || marker == markerSOI ||
			marker >= markerRST0 && marker <= markerRST7 { // coded data, or a fill byte
			at++
			continue
		}
		length := max(2, int(b[at+2])<<8|int(b[at+3]))
		body := b[min(at+4, len(b)):min(at+2+length, len(b))]
		switch marker {
		case markerEOI:
			return false
		case markerSOF0, markerSOF1, markerSOF2:
			progressive = marker == markerSOF2
			if len(body) > 5 {
				components = int(body[5])
			}
		case markerSOS:
			if scans++; len(body) > 0 {
				parts += int(body[0])
			}
			if scans > maxScans || !progressive && parts > components {
				return true
			}
		}
		at += 2 + length
	}
	return false
}

// unreadable returns the name of a kind of JPEG that is not decoded, by the marker of its frame
// header and the bits of its samples. It is empty if the kind can be decoded.
func (h *jpegHeader) unreadable() string {
	switch {
	case h.kind <= markerSOF2 && h.bits == 12:
		return "12-bit JPEG"
	case h.kind <= markerSOF2:
		return ""
	case h.kind == 0xc3:
		return "lossless JPEG"
	case h.kind >= 0xc9:
		return "arithmetic JPEG"
	}
	return "hierarchical JPEG"
}

// undecodable returns the trouble of a JPEG that no decoder gets, or nil.
func undecodable(b []byte) error {
	if bytes.HasPrefix(b, pngMagic) {
		return nil
	}
	h := readHeader(b)
	if name := h.unreadable(); name != "" {
		return saying(illegible(briefing.TroubleFormat, "it is %s", name), name, briefing.Source{})
	}
	if tooManyScans(b) {
		return illegible(briefing.TroubleTooLarge, "it has too many scans")
	}
	return nil
}
