package camera

import "bytes"

// Markers of JPEG, the byte behind 0xff (ITU-T T.81, table B.1).
const (
	markerSOF0 = 0xc0
	markerSOF1 = 0xc1
	markerSOF2 = 0xc2
	markerDHT  = 0xc4
	markerRST0 = 0xd0
	markerRST7 = 0xd7
	markerSOI  = 0xd8
	markerEOI  = 0xd9
	markerSOS  = 0xda
	markerDQT  = 0xdb
	markerDNL  = 0xdc
	markerDRI  = 0xdd
	markerAPP1 = 0xe1
	markerCOM  = 0xfe
)

// soi is how a JPEG begins: a marker, and the first byte of the next one.
var soi = []byte{0xff, markerSOI, 0xff}

// walkState is how far a walk has come.
type walkState int

const (
	walkMore  walkState = iota // the picture goes on behind the bytes so far
	walkEnded                  // its end marker was found
	walkCut                    // another picture begins before the end marker
)

// jpegWalk finds the end of a JPEG by its markers. The bytes may come in pieces. The walk skips
// segments by their lengths, because EXIF has a thumbnail with an end marker of its own. In the
// coded data of a scan it finds markers by their first byte.
type jpegWalk struct {
	at          int  // the next byte to examine; at the end of the walk, the end of the picture
	coded       bool // at is in the coded data of a scan
	scans       int  // scans that have begun
	scanEnd     int  // where the last scan ended; 0: none has
	scanBefore  int  // where the scan before that ended; 0: there was none
	components  int  // of the frame header
	inScan      int  // components of all scans so far
	progressive bool
	// coefficients has the coefficients of each component of a progressive picture that scans have
	// begun: 1 is the lowest bit, and 0 none yet.
	coefficients map[byte]*[64]int
}

// walk continues at w.at. b begins with the start marker and has everything of earlier calls.
func (w *jpegWalk) walk(b []byte) walkState {
	w.at = max(w.at, 2)
	for {
		var done bool
		var state walkState
		if w.coded {
			state, done = w.code(b)
		} else {
			state, done = w.segment(b)
		}
		if done {
			return state
		}
	}
}

// segment skips one marker segment. What is no segment is treated as coded data.
func (w *jpegWalk) segment(b []byte) (walkState, bool) {
	for w.at+1 < len(b) && b[w.at] == 0xff && b[w.at+1] == 0xff {
		w.at++ // a fill byte
	}
	if w.at+2 > len(b) {
		return walkMore, true
	}
	marker := b[w.at+1]
	switch {
	case b[w.at] != 0xff || marker == 0:
		w.coded = true
		return walkMore, false
	case marker == markerEOI:
		w.at += 2
		return walkEnded, true
	case marker == markerSOI:
		return walkCut, true
	case marker == 1 || marker >= markerRST0 && marker <= markerRST7:
		w.at += 2
		return walkMore, false
	case w.at+4 > len(b):
		return walkMore, true
	}
	length := int(b[w.at+2])<<8 | int(b[w.at+3])
	if length < 2 {
		w.at += 2
		w.coded = true
		return walkMore, false
	}
	if w.at+2+length > len(b) {
		return walkMore, true
	}
	body := b[w.at+4 : w.at+2+length]
	switch marker {
	case markerSOF0, markerSOF1, markerSOF2:
		w.progressive = marker == markerSOF2
		if len(body) > 5 {
			w.components = int(body[5])
		}
	case markerSOS:
		w.coded = true
		w.scans++
		w.addScan(body)
	}
	w.at += 2 + length
	return walkMore, false
}

// addScan reads a scan header: its components, and which coefficients of them the scan has.
func (w *jpegWalk) addScan(body []byte) {
	if len(body) < 1 || len(body) < 4+2*int(body[0]) {
		return
	}
	n := int(body[0])
	w.inScan += n
	if !w.progressive {
		return
	}
	first, last, low := int(body[1+2*n]), int(body[2+2*n]), int(body[3+2*n]&15)
	for i := range n {
		c := w.coefficients[body[1+2*i]]
		if c == nil {
			c = new([64]int)
			if w.coefficients == nil {
				w.coefficients = map[byte]*[64]int{}
			}
			w.coefficients[body[1+2*i]] = c
		}
		for k := first; k <= min(last, 63); k++ {
			c[k] = low + 1
		}
	}
}

// code skips coded data up to the next marker that may follow a scan.
func (w *jpegWalk) code(b []byte) (walkState, bool) {
	for {
		i := bytes.IndexByte(b[min(w.at, len(b)):], 0xff)
		if i < 0 {
			w.at = len(b)
			return walkMore, true
		}
		if w.at += i; w.at+2 > len(b) {
			return walkMore, true
		}
		switch marker := b[w.at+1]; marker {
		case markerEOI:
			w.scanBefore, w.scanEnd = w.scanEnd, w.at
			w.at += 2
			return walkEnded, true
		case markerSOI:
			if w.at+3 > len(b) {
				return walkMore, true
			}
			if b[w.at+2] == 0xff {
				return walkCut, true
			}
		case markerDHT, markerSOS, markerDQT, markerDRI, markerDNL, markerCOM:
			// Only a picture of several scans has a marker here. Elsewhere it is damage.
			if w.progressive || w.inScan < w.components || marker == markerDNL {
				w.scanBefore, w.scanEnd = w.scanEnd, w.at
				w.coded = false
				return walkMore, false
			}
		case 0xff:
			w.at++
			continue
		}
		w.at += 2
	}
}

// pngMagic is how a PNG begins.
var pngMagic = []byte("\x89PNG\r\n\x1a\n")

// pngEnd returns the length of a PNG by its chunks, and whether its end is here. Zero with false
// means that more bytes are needed.
func pngEnd(b []byte) (int, bool) {
	for at := len(pngMagic); at+8 <= len(b); {
		length := int(b[at])<<24 | int(b[at+1])<<16 | int(b[at+2])<<8 | int(b[at+3])
		kind := string(b[at+4 : at+8])
		if length > maxBytes {
			return len(b), true // damaged
		}
		if at += 12 + length; kind == "IEND" && at <= len(b) {
			return at, true
		}
	}
	return 0, false
}
