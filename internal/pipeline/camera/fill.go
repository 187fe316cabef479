package camera

// huffman is a Huffman table of JPEG (ITU-T T.81, annex C and F.2.2.3).
type huffman struct {
	values []byte
	first  [17]int // the first code of each length
	count  [17]int
	offset [17]int // of the values of each length
}

// newHuffman returns the table of 16 counts and their values.
func newHuffman(counts, values []byte) huffman {
	h := huffman{values: values}
	code, n := 0, 0
	for length := 1; length <= 16; length++ {
		h.first[length], h.offset[length] = code, n
		h.count[length] = int(counts[length-1])
		n += h.count[length]
		code = (code + h.count[length]) << 1
	}
	return h
}

// codeOf returns the code of a value and its length. The length is 0 if there is none.
func (h *huffman) codeOf(value byte) (code, length int) {
	for length := 1; length <= 16; length++ {
		for i := range h.count[length] {
			if h.values[h.offset[length]+i] == value {
				return h.first[length] + i, length
			}
		}
	}
	return 0, 0
}

// codedBits reads the coded data of a scan bit by bit.
type codedBits struct {
	b    []byte
	at   int // the next byte
	byte byte
	left int  // bits of byte that were not read
	end  bool // the data has ended: by the end marker, or by the end of the bytes
	bad  bool // there is another marker, so bytes are missing or wrong
}

// bit returns the next bit, or 0 at the end.
func (r *codedBits) bit() int {
	if r.left == 0 {
		if r.at >= len(r.b) {
			r.end = true
			return 0
		}
		if r.b[r.at] == 0xff {
			for r.at+1 < len(r.b) && r.b[r.at+1] == 0xff {
				r.at++ // a fill byte
			}
			if r.at+1 >= len(r.b) || r.b[r.at+1] == markerEOI {
				r.end = true
				return 0
			}
			if r.b[r.at+1] != 0 {
				r.bad = true
				return 0
			}
			r.byte = 0xff
			r.at += 2
		} else {
			r.byte = r.b[r.at]
			r.at++
		}
		r.left = 8
	}
	r.left--
	return int(r.byte>>r.left) & 1
}

// skip skips n bits.
func (r *codedBits) skip(n int) {
	for range n {
		r.bit()
	}
}

// value returns the next value of a table. Codes that the table does not have are bad.
func (r *codedBits) value(h *huffman) byte {
	code := 0
	for length := 1; length <= 16; length++ {
		code = code<<1 | r.bit()
		if i := code - h.first[length]; i >= 0 && i < h.count[length] {
			return h.values[h.offset[length]+i]
		}
	}
	if !r.end {
		r.bad = true
	}
	return 0
}

// block skips the codes of 8 x 8 samples: the first coefficient, called DC, and then the others,
// called AC, each with the number of zeros before it.
func (r *codedBits) block(dc, ac *huffman) {
	r.skip(int(r.value(dc)))
	r.rest(ac)
}

// rest skips the codes of all coefficients but the first.
func (r *codedBits) rest(ac *huffman) {
	for i := 1; i < 64 && !r.end && !r.bad; i++ {
		v := r.value(ac)
		if v&15 == 0 && v != 0xf0 {
			return // the other coefficients are zero
		}
		i += int(v >> 4)
		r.skip(int(v & 15))
	}
}

// restart reads a restart marker and the padding before it.
func (r *codedBits) restart() {
	r.left = 0
	if r.at+1 >= len(r.b) || r.b[r.at+1] == markerEOI && r.b[r.at] == 0xff {
		r.end = true
		return
	}
	if r.b[r.at] != 0xff || r.b[r.at+1] < markerRST0 || r.b[r.at+1] > markerRST7 {
		r.bad = true
		return
	}
	r.at += 2
}

// scanLayout is how the only scan of a baseline JPEG is coded.
type scanLayout struct {
	blocks []blockTables // of one MCU, in order
	mcus   int
}

// blockTables are the tables of a block.
type blockTables struct{ dc, ac huffman }

// layout returns the layout of the first scan. It is false unless that has all components.
func (h *jpegHeader) layout() (scanLayout, bool) {
	var l scanLayout
	if len(h.parts) == 0 || len(h.scanParts) != len(h.parts) {
		return l, false
	}
	mostH, mostV := 1, 1
	for i, p := range h.parts {
		dc, hasDC := h.tables[h.scanParts[i].dc]
		ac, hasAC := h.tables[h.scanParts[i].ac]
		if !hasDC || !hasAC || p.h < 1 || p.v < 1 || p.h > 4 || p.v > 4 {
			return l, false
		}
		n := int(p.h) * int(p.v)
		if len(h.parts) == 1 { // a single component is never interleaved
			n = 1
		} else {
			mostH, mostV = max(mostH, int(p.h)), max(mostV, int(p.v))
		}
		for range n {
			l.blocks = append(l.blocks, blockTables{dc, ac})
		}
	}
	across, down := 8*mostH, 8*mostV
	l.mcus = (h.width + across - 1) / across * ((h.height + down - 1) / down)
	return l, true
}

// countMCUs reads the coded data of a baseline JPEG up to its end. It returns how many MCUs are
// there, and a reader behind the last of them. It returns false if bytes are wrong or missing
// before the end.
func (h *jpegHeader) countMCUs(b []byte, l scanLayout) (n int, good codedBits, ok bool) {
	r := codedBits{b: b, at: h.code}
	good = r
	for ; n < l.mcus; n++ {
		if h.restart > 0 && n > 0 && n%h.restart == 0 {
			r.restart()
		}
		for i := range l.blocks {
			if !r.end && !r.bad {
				r.block(&l.blocks[i].dc, &l.blocks[i].ac)
			}
		}
		if r.end || r.bad {
			return n, good, !r.bad
		}
		good = r
	}
	return n, good, true
}

// allCoded reports whether a JPEG is a baseline one with all its MCUs.
func allCoded(b []byte) bool {
	h := readHeader(b)
	l, ok := h.layout()
	if !ok || h.kind == markerSOF2 {
		return false
	}
	n, _, ok := h.countMCUs(b, l)
	return ok && n == l.mcus
}

// fillRest completes a baseline JPEG whose end is missing: the blocks that are missing get the
// colour of the last one. damaged is false if none is missing, and only other bytes follow. ok is
// false if bytes are wrong or missing before the end, or if no block is there.
func fillRest(b []byte, h jpegHeader) (whole []byte, damaged, ok bool) {
	l, ok := h.layout()
	if !ok {
		return nil, false, false
	}
	n, good, ok := h.countMCUs(b, l)
	if !ok || n == 0 {
		return nil, false, false
	}
	damaged = n < l.mcus
	w := &bitWriter{out: append([]byte(nil), b[:good.at]...)}
	w.resume(good)
	for ; n < l.mcus; n++ {
		if h.restart > 0 && n%h.restart == 0 {
			w.align()
			w.out = append(w.out, 0xff, markerRST0+byte((n/h.restart-1)%8))
		}
		for i := range l.blocks {
			if !w.put(l.blocks[i].dc.codeOf(0)) || !w.put(l.blocks[i].ac.codeOf(0)) {
				return nil, false, false // the tables cannot express an even block
			}
		}
	}
	w.align()
	return append(w.out, 0xff, markerEOI), damaged, true
}

// bitWriter appends bits to coded data.
type bitWriter struct {
	out  []byte
	byte byte
	used int // bits of byte
}

// resume continues where a reader is: the byte that it has read in part is written anew.
func (w *bitWriter) resume(r codedBits) {
	if r.left == 0 {
		return
	}
	w.used = 8 - r.left
	w.byte = r.byte >> r.left << r.left
	w.out = w.out[:len(w.out)-1]
	if r.byte == 0xff { // it was followed by a zero
		w.out = w.out[:len(w.out)-1]
	}
}

// put appends a code. It reports false for one without bits.
func (w *bitWriter) put(code, length int) bool {
	for i := length - 1; i >= 0; i-- {
		w.byte |= byte(code>>i&1) << (7 - w.used)
		if w.used++; w.used == 8 {
			w.flush()
		}
	}
	return length > 0
}

// flush writes the byte. A 0xff gets a zero behind it, so that it is no marker.
func (w *bitWriter) flush() {
	if w.out = append(w.out, w.byte); w.byte == 0xff {
		w.out = append(w.out, 0)
	}
	w.byte, w.used = 0, 0
}

// align fills the last byte with ones.
func (w *bitWriter) align() {
	for w.used > 0 {
		w.put(1, 1)
	}
}
