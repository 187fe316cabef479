package feed

// ring holds a topic's newest entries, numbered one after the other. It grows as far as it is
// filled, and is used round and round from then on. Entries are never changed once they are in, so
// that readers share them.
type ring struct {
	slots []*entry
	from  int    // the slot of the oldest
	n     int    // how many there are
	first uint64 // number of the oldest, or of the next one that comes
}

// end is the number of the next entry.
func (r *ring) end() uint64 { return r.first + uint64(r.n) }

// at returns an entry by its number, which lies from first to before end.
func (r *ring) at(seq uint64) *entry {
	return r.slots[(r.from+int(seq-r.first))%len(r.slots)]
}

// push appends an entry.
func (r *ring) push(e *entry) {
	if r.n == len(r.slots) {
		r.grow()
	}
	r.slots[(r.from+r.n)%len(r.slots)] = e
	r.n++
}

// grow makes room for twice as many.
func (r *ring) grow() {
	slots := make([]*entry, max(2, 2*len(r.slots)))
	n := copy(slots, r.slots[r.from:])
	copy(slots[n:], r.slots[:r.from])
	r.slots, r.from = slots, 0
}

// drop takes out the oldest entry and returns it. There must be one.
func (r *ring) pop() *entry {
	e := r.slots[r.from]
	r.slots[r.from] = nil // lets go of its texts
	r.from = (r.from + 1) % len(r.slots)
	r.n--
	r.first++
	return e
}
