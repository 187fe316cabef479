package rtsp

import "bytes"

// sets remembers the parameter sets of a video and puts them in front of keyframes.
type sets struct {
	avc  bool              // H.264; otherwise H.265
	sets map[byte][][]byte // by type; those in the stream replace those of the description
}

// maxSets bounds the parameter sets of a type, and maxSetBytes their size. Cameras send one, of
// some dozen bytes.
const (
	maxSets     = 32
	maxSetBytes = 64 << 10
)

// kinds are the types of the parameter sets, in the order in which a decoder needs them.
func (s *sets) kinds() []byte {
	if s.avc {
		return []byte{7, 8} // SPS, PPS: ITU-T H.264, table 7-1
	}
	return []byte{32, 33, 34} // VPS, SPS, PPS: ITU-T H.265, table 7-1
}

// keyframe returns the Annex B stream of an access unit that can be decoded alone, or nil if it
// cannot. Units that are no part of the picture, such as SEI, are left out.
func (s *sets) keyframe(units [][]byte) []byte {
	fresh := map[byte][][]byte{}
	var slices [][]byte
	key := false
	for _, unit := range units {
		kind, ok := s.kind(unit)
		switch {
		case !ok:
		case bytes.IndexByte(s.kinds(), kind) >= 0:
			if len(unit) <= maxSetBytes && len(fresh[kind]) < maxSets {
				fresh[kind] = append(fresh[kind], unit)
			}
		case s.isSlice(kind):
			// One slice of another kind makes the picture depend on others.
			key = s.isKey(kind, unit) && (key || len(slices) == 0)
			slices = append(slices, unit)
		}
	}
	for kind, list := range fresh {
		s.sets[kind] = list
	}
	if !key {
		return nil
	}
	var stream []byte
	for _, kind := range s.kinds() {
		if len(s.sets[kind]) == 0 {
			return nil // nothing can be decoded without it
		}
		stream = appendUnits(stream, s.sets[kind])
	}
	return appendUnits(stream, slices)
}

// appendUnits appends units with the start code of Annex B.
func appendUnits(stream []byte, units [][]byte) []byte {
	for _, unit := range units {
		stream = append(stream, 0, 0, 0, 1)
		stream = append(stream, unit...)
	}
	return stream
}

// kind returns the type of a unit. It is false for a unit that is too short.
func (s *sets) kind(unit []byte) (byte, bool) {
	if s.avc {
		return kindAVC(unit)
	}
	if len(unit) < 3 {
		return 0, false
	}
	return unit[0] >> 1 & 0x3f, true
}

func kindAVC(unit []byte) (byte, bool) {
	if len(unit) < 2 {
		return 0, false
	}
	return unit[0] & 0x1f, true
}

// isSlice reports whether a unit of this type is a part of the picture.
func (s *sets) isSlice(kind byte) bool {
	if s.avc {
		return kind >= 1 && kind <= 5
	}
	return kind < 32
}

// isKey reports whether a slice needs no other picture. For H.265 these are the types of random
// access. In H.264 some cameras send keyframes that are not marked as such: their slices say that
// they are predicted from nothing.
func (s *sets) isKey(kind byte, slice []byte) bool {
	if !s.avc {
		return kind >= 16 && kind <= 21
	}
	if kind == 5 {
		return true
	}
	if kind != 1 {
		return false
	}
	in := bits{data: slice[1:]}
	in.golomb() // the number of the first macroblock
	sliceType, ok := in.golomb()
	return ok && (sliceType == 2 || sliceType == 7)
}

// bits reads the head of a slice. The few bytes that it needs have no escapes that matter: three
// zero bytes would be a number beyond every picture.
type bits struct {
	data []byte
	next int
}

func (b *bits) bit() (uint32, bool) {
	if b.next/8 >= len(b.data) {
		return 0, false
	}
	bit := b.data[b.next/8] >> (7 - b.next%8) & 1
	b.next++
	return uint32(bit), true
}

// golomb reads an unsigned number in Exp-Golomb code: as many zeros as bits follow the first one.
func (b *bits) golomb() (uint32, bool) {
	zeros := 0
	for {
		bit, ok := b.bit()
		if !ok || zeros > 24 {
			return 0, false
		}
		if bit == 1 {
			break
		}
		zeros++
	}
	value := uint32(1)
	for range zeros {
		bit, ok := b.bit()
		if !ok {
			return 0, false
		}
		value = value<<1 | bit
	}
	return value - 1, true
}
