package feed

// ring is a queue of a topic's newest entries, numbered without gaps. It doubles its slots as it
// fills and reuses them from then on. Entries never change, so readers share them.
type ring struct {
	slots []*entry
	from  int    // slot of the oldest entry
	n     int    // number of entries
	first uint64 // seq of the oldest entry, or of the next one while the ring is empty
}

// end returns the seq of the next entry.
func (r *ring) end() uint64 { return r.first + uint64(r.n) }

// at returns an entry by its seq, which must be at least first and less than end.
func (r *ring) at(seq uint64) *entry {
	return r.slots[(r.from+int(seq-r.first))%len(r.slots)]
}

// push appends an entry. It evicts none.
func (r *ring) push(e *entry) {
	if r.n == len(r.slots) {
		r.grow()
	}
	r.slots[(r.from+r.n)%len(r.slots)] = e
	r.n++
}

// grow doubles the number of slots.
func (r *ring) grow() {
	slots := make([]*entry, max(2, 2*len(r.slots)))
	n := copy(slots, r.slots[r.from:])
	copy(slots[n:], r.slots[:r.from])
	r.slots, r.from = slots, 0
}

// pop removes and returns the oldest entry. The ring must not be empty.
func (r *ring) pop() *entry {
	e := r.slots[r.from]
	r.slots[r.from] = nil // frees its texts
	r.from = (r.from + 1) % len(r.slots)
	r.n--
	r.first++
	return e
}
