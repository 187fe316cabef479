package sheet

import "math/bits"

// set is a set of positions in a line. A line has at most MaxLine characters, so that the positions
// before, between and after them fit.
type set [2]uint64

// setSize is the number of positions that a set can have.
const setSize = 128

// at returns the set of one position.
func at(pos int) set {
	var s set
	s.add(pos)
	return s
}

func (s *set) add(pos int)     { s[pos>>6] |= 1 << (pos & 63) }
func (s set) has(pos int) bool { return s[pos>>6]&(1<<(pos&63)) != 0 }
func (s set) empty() bool      { return s[0]|s[1] == 0 }
func (s set) or(o set) set     { return set{s[0] | o[0], s[1] | o[1]} }
func (s set) minus(o set) set  { return set{s[0] &^ o[0], s[1] &^ o[1]} }

// all yields the positions of the set in their order.
func (s set) all(yield func(int) bool) {
	for i, word := range s {
		for ; word != 0; word &= word - 1 {
			if !yield(i<<6 + bits.TrailingZeros64(word)) {
				return
			}
		}
	}
}
