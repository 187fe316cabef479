package camera

import (
	"errors"
	"image"
	"image/color"
)

// errEighth is the cause of a JPEG that cannot be decoded at an eighth of its size.
var errEighth = errors.New("invalid JPEG format: the coded data cannot be read")

// eighth decodes a JPEG at an eighth of its width and height: each block of 8 x 8 samples becomes
// its mean, which is its first coefficient. That needs a 64th of the memory, so it serves pictures
// that are too large otherwise, and progressive ones, whose coefficients would all be in memory.
type eighth struct {
	header  jpegHeader
	quant   [4]int // the first value of each quantization table
	parts   []eighthPart
	mostH   int
	mostV   int
	rgb     bool // the components are red, green and blue
	scans   int
	damaged bool // the end of the data is missing
}

// eighthPart is a component with a sample for each of its blocks.
type eighthPart struct {
	jpegPart
	table        int // of quantization
	across, down int // blocks of an interleaved scan
	ownAcross    int // blocks of a scan of this component alone
	ownDown      int
	samples      []int16 // the first coefficients
	last         int     // the coefficient before
	dc, ac       huffman // of the present scan
}

// decodeEighth decodes a JPEG of one or three components. b was mended. damaged reports whether the
// end of the data is missing.
func decodeEighth(b []byte) (img image.Image, damaged bool, err error) {
	e := &eighth{header: jpegHeader{tables: map[byte]huffman{}}}
	for at := 2; at+4 <= len(b) && b[at] == 0xff; {
		marker, length := b[at+1], int(b[at+2])<<8|int(b[at+3])
		if marker == 0xff { // a fill byte
			at++
			continue
		}
		if marker == markerEOI || length < 2 || at+2+length > len(b) {
			break
		}
		body := b[at+4 : at+2+length]
		at += 2 + length
		e.segment(marker, body)
		if marker == markerSOS {
			if err := e.scan(b, at, body); err != nil {
				return nil, false, err
			}
			at = nextMarker(b, at)
		}
	}
	img, err = e.image()
	return img, e.damaged, err
}

// nextMarker returns where the next marker begins that is no part of coded data.
func nextMarker(b []byte, at int) int {
	for ; at+1 < len(b); at++ {
		if b[at] == 0xff && b[at+1] != 0 && b[at+1] != 0xff &&
			(b[at+1] < markerRST0 || b[at+1] > markerRST7) {
			return at
		}
	}
	return len(b)
}

// segment reads a segment that is no scan.
func (e *eighth) segment(marker byte, body []byte) {
	switch {
	case marker == markerDHT:
		e.header.addTables(body)
	case marker == markerDRI && len(body) >= 2:
		e.header.restart = int(body[0])<<8 | int(body[1])
	case marker == markerDQT:
		e.addQuantization(body)
	case marker == 0xee && len(body) >= 12 && string(body[:5]) == "Adobe":
		e.rgb = body[11] == 0
	case marker >= markerSOF0 && marker <= markerSOF2 && e.parts == nil:
		e.header.addFrame(marker, body)
		e.addParts(body)
	}
}

// addQuantization reads the first value of quantization tables of 8 or 16 bits.
func (e *eighth) addQuantization(body []byte) {
	for len(body) >= 65 {
		table, wide := body[0]&3, body[0]>>4 != 0
		if !wide {
			e.quant[table] = int(body[1])
			body = body[65:]
			continue
		}
		e.quant[table] = int(body[1])<<8 | int(body[2])
		body = body[min(len(body), 129):]
	}
}

// addParts makes the components of a frame header.
func (e *eighth) addParts(body []byte) {
	e.parts, e.mostH, e.mostV = nil, 1, 1
	for _, p := range e.header.parts {
		e.mostH, e.mostV = max(e.mostH, int(p.h)), max(e.mostV, int(p.v))
	}
	w, h := e.header.width, e.header.height
	across, down := up(w, 8*e.mostH), up(h, 8*e.mostV)
	for i, p := range e.header.parts {
		if p.h < 1 || p.v < 1 || p.h > 4 || p.v > 4 {
			e.parts = nil
			return
		}
		part := eighthPart{
			jpegPart: p, table: int(body[6+3*i+2]) & 3,
			across: across * int(p.h), down: down * int(p.v),
			ownAcross: up(up(w*int(p.h), e.mostH), 8), ownDown: up(up(h*int(p.v), e.mostV), 8),
		}
		part.samples = make([]int16, part.across*part.down)
		e.parts = append(e.parts, part)
	}
	e.rgb = e.rgb || len(e.parts) == 3 &&
		e.parts[0].id == 'R' && e.parts[1].id == 'G' && e.parts[2].id == 'B'
}

// up divides and rounds up.
func up(n, by int) int { return (n + by - 1) / by }

// scan reads a scan that begins the first coefficients. It skips all others.
func (e *eighth) scan(b []byte, at int, body []byte) error {
	var s jpegHeader
	s.addScan(body)
	n := len(s.scanParts)
	if n == 0 || len(body) < 4+2*n || len(e.parts) == 0 {
		return errEighth
	}
	progressive := e.header.kind == markerSOF2
	if first, high := body[1+2*n], body[3+2*n]>>4; progressive && (first != 0 || high != 0) {
		return nil
	}
	var parts []*eighthPart
	for _, p := range s.scanParts {
		for i := range e.parts {
			part := &e.parts[i]
			if part.id != p.id {
				continue
			}
			var dc, ac bool
			part.dc, dc = e.header.tables[p.dc]
			part.ac, ac = e.header.tables[p.ac]
			if !dc || !ac && !progressive {
				return errEighth
			}
			parts = append(parts, part)
		}
	}
	if len(parts) != n {
		return errEighth
	}
	r := &codedBits{b: b, at: at}
	e.blocks(r, parts, progressive, body[3+2*n]&15)
	if r.bad {
		return errEighth
	}
	e.scans++
	e.damaged = e.damaged || r.end
	return nil
}

// blocks reads the blocks of a scan. Each has its first coefficient as a difference to the one
// before, without its lowest bits in a progressive picture.
func (e *eighth) blocks(r *codedBits, parts []*eighthPart, progressive bool, low byte) {
	across, down := up(e.header.width, 8*e.mostH), up(e.header.height, 8*e.mostV)
	single := len(parts) == 1
	if single {
		across, down = parts[0].ownAcross, parts[0].ownDown
	}
	for n := range across * down {
		if restart := e.header.restart; n == 0 || restart > 0 && n%restart == 0 {
			if n > 0 {
				r.restart()
			}
			for _, p := range parts {
				p.last = 0
			}
		}
		for _, p := range parts {
			h, v := int(p.h), int(p.v)
			if single {
				h, v = 1, 1
			}
			for i := range h * v {
				p.last += r.coefficient(&p.dc)
				if !progressive {
					r.rest(&p.ac)
				}
				if r.end || r.bad {
					return
				}
				x, y := n%across*h+i%h, n/across*v+i/h
				p.samples[y*p.across+x] = int16(p.last << low)
			}
		}
	}
}

// coefficient returns a first coefficient, as a difference.
func (r *codedBits) coefficient(dc *huffman) int {
	n := int(r.value(dc))
	if n > 15 {
		r.bad = true
		return 0
	}
	v := 0
	for range n {
		v = v<<1 | r.bit()
	}
	if n > 0 && v < 1<<(n-1) { // negative (ITU-T T.81, F.12)
		v -= 1<<n - 1
	}
	return v
}

// image returns the picture.
func (e *eighth) image() (image.Image, error) {
	w, h := up(e.header.width, 8), up(e.header.height, 8)
	if w == 0 || h == 0 || e.scans == 0 || len(e.parts) != 1 && len(e.parts) != 3 {
		return nil, errEighth
	}
	planes := make([][]byte, len(e.parts))
	for i := range e.parts {
		planes[i] = e.plane(&e.parts[i], w, h)
	}
	rect := image.Rect(0, 0, w, h)
	switch {
	case len(planes) == 1:
		return &image.Gray{Pix: planes[0], Stride: w, Rect: rect}, nil
	case !e.rgb:
		return &image.YCbCr{
			Y: planes[0], Cb: planes[1], Cr: planes[2], YStride: w, CStride: w,
			SubsampleRatio: image.YCbCrSubsampleRatio444, Rect: rect,
		}, nil
	}
	img := image.NewRGBA(rect)
	for i := range w * h {
		img.SetRGBA(i%w, i/w, color.RGBA{planes[0][i], planes[1][i], planes[2][i], 255})
	}
	return img, nil
}

// plane returns the samples of a component, one for each block of the full picture.
func (e *eighth) plane(p *eighthPart, w, h int) []byte {
	out := make([]byte, w*h)
	for y := range h {
		row := p.samples[y*int(p.v)/e.mostV*p.across:]
		for x := range w {
			v := int(row[x*int(p.h)/e.mostH])*e.quant[p.table]/8 + 128
			out[y*w+x] = byte(min(max(v, 0), 255))
		}
	}
	return out
}
