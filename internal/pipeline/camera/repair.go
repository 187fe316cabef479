package camera

import (
	"bytes"
	"image"
	"image/jpeg"
	"slices"
)

// jpegHeader is what precedes the first scan of a JPEG.
type jpegHeader struct {
	kind        byte // the marker of the frame header; 0: there is none
	bits        byte // of a sample
	width       int
	height      int
	parts       []jpegPart // its components
	tables      map[byte]huffman
	restart     int // MCUs between two restart markers; 0: none
	orientation int // of EXIF, 1 to 8
	scan        int // where the first scan header begins; 0: there is none
	code        int // where its coded data begins
	scanParts   []scanPart
}

// jpegPart is a component of a frame header, and scanPart one of a scan header.
type (
	jpegPart struct{ id, h, v byte }
	scanPart struct{ id, dc, ac byte }
)

// readHeader reads the segments of a JPEG up to its first scan. What cannot be read is left out.
func readHeader(b []byte) jpegHeader {
	h := jpegHeader{orientation: 1, tables: map[byte]huffman{}}
	for at := 2; at+4 <= len(b) && b[at] == 0xff; {
		marker, length := b[at+1], int(b[at+2])<<8|int(b[at+3])
		if marker == 0xff { // a fill byte
			at++
			continue
		}
		if length < 2 || at+2+length > len(b) {
			return h
		}
		body := b[at+4 : at+2+length]
		switch marker {
		case markerDHT:
			h.addTables(body)
		case markerDRI:
			if len(body) >= 2 {
				h.restart = int(body[0])<<8 | int(body[1])
			}
		case markerAPP1:
			if tiff, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00")); ok && h.orientation == 1 {
				h.orientation = orientationOf(tiff)
			}
		case markerSOS:
			h.scan, h.code = at, at+2+length
			h.addScan(body)
			return h
		}
		if marker >= markerSOF0 && marker <= 0xcf && marker&3 != 0 || marker == markerSOF0 {
			h.addFrame(marker, body)
		}
		at += 2 + length
	}
	return h
}

// addFrame reads a frame header: precision, height, width, and the components.
func (h *jpegHeader) addFrame(marker byte, body []byte) {
	if len(body) < 6 || len(body) < 6+3*int(body[5]) {
		return
	}
	h.kind, h.bits = marker, body[0]
	h.height, h.width = int(body[1])<<8|int(body[2]), int(body[3])<<8|int(body[4])
	h.parts = nil
	for p := body[6 : 6+3*int(body[5])]; len(p) >= 3; p = p[3:] {
		h.parts = append(h.parts, jpegPart{id: p[0], h: p[1] >> 4, v: p[1] & 15})
	}
}

// addScan reads a scan header: for each component its tables.
func (h *jpegHeader) addScan(body []byte) {
	if len(body) < 1 || len(body) < 1+2*int(body[0]) {
		return
	}
	for p := body[1 : 1+2*int(body[0])]; len(p) >= 2; p = p[2:] {
		h.scanParts = append(h.scanParts, scanPart{id: p[0], dc: p[1] >> 4, ac: p[1]&15 | 0x10})
	}
}

// addTables reads Huffman tables: class and number, 16 counts, and the values.
func (h *jpegHeader) addTables(body []byte) {
	for len(body) >= 17 {
		n := 0
		for _, count := range body[1:17] {
			n += int(count)
		}
		if len(body) < 17+n {
			return
		}
		h.tables[body[0]] = newHuffman(body[1:17], body[17:17+n])
		body = body[17+n:]
	}
}

// standardTables is the segment with the Huffman tables of ITU-T T.81, annex K, which MJPEG leaves
// out. The encoder of the standard library writes these.
var standardTables = func() []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 1, 1)), nil); err != nil {
		panic(err)
	}
	at := bytes.Index(b.Bytes(), []byte{0xff, markerDHT})
	length := int(b.Bytes()[at+2])<<8 | int(b.Bytes()[at+3])
	return slices.Clone(b.Bytes()[at : at+2+length])
}()

// mended returns a JPEG with what cameras leave out: the standard Huffman tables, and the end
// marker. b begins with the start marker; what follows the picture is cut off. ended reports
// whether the end marker was there.
func mended(b []byte) (whole []byte, ended bool) {
	var w jpegWalk
	ended = w.walk(b) == walkEnded
	if w.at = min(w.at, len(b)); !ended {
		b = append(slices.Clip(b[:w.at]), 0xff, markerEOI)
	} else {
		b = b[:w.at]
	}
	h := readHeader(b)
	for _, p := range h.scanParts {
		_, dc := h.tables[p.dc]
		_, ac := h.tables[p.ac]
		if h.kind != markerSOF2 && (!dc || !ac) {
			return slices.Concat(b[:2], standardTables, b[2:]), ended
		}
	}
	return b, ended
}

// allScans reports whether a progressive JPEG has a last scan of every coefficient of every
// component.
func allScans(b []byte) bool {
	var w jpegWalk
	w.walk(b)
	for _, c := range w.coefficients {
		for _, low := range c {
			if low != 1 {
				return false
			}
		}
	}
	return len(w.coefficients) > 0 && len(w.coefficients) == w.components
}

// completed returns a JPEG whose missing rest is filled with even colour. damaged reports whether
// anything was missing. ok is false if the JPEG is damaged in another way. b was mended and cannot
// be decoded.
func completed(b []byte) (whole []byte, damaged, ok bool) {
	h := readHeader(b)
	switch h.kind {
	case markerSOF0, markerSOF1:
		return fillRest(b, h)
	case markerSOF2:
		// The scans before the cut one show the whole picture, only less sharp.
		var w jpegWalk
		if w.walk(b); w.scanBefore > h.scan {
			return append(slices.Clip(b[:w.scanBefore]), 0xff, markerEOI), true, true
		}
	}
	return nil, false, false
}
