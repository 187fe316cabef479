package feed

import (
	"encoding/hex"
	"iter"

	"bis/internal/briefing"
)

// index finds topics by request id. Ids are normally 24 lower-case hexadecimal digits. Keys are
// the 12 decoded bytes, so a look-up reads the map alone and no string elsewhere in memory.
type index struct {
	packed map[packedID]*topic
	others map[briefing.RequestID]*topic // ids of another form; nil: none
}

// packedID is a decoded request id.
type packedID [12]byte

// pack decodes an id. ok is false if the id has another form.
func pack(id briefing.RequestID) (p packedID, ok bool) {
	if len(id) != hex.EncodedLen(len(p)) {
		return p, false
	}
	for i := range p {
		high, ok1 := digit(id[2*i])
		low, ok2 := digit(id[2*i+1])
		if !ok1 || !ok2 {
			return p, false
		}
		p[i] = high<<4 | low
	}
	return p, true
}

// digit returns the value of a lower-case hexadecimal digit.
func digit(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	}
	return 0, false
}

// get returns a request's topic, or nil.
func (x *index) get(id briefing.RequestID) *topic {
	if p, ok := pack(id); ok {
		return x.packed[p]
	}
	return x.others[id]
}

// put adds a topic, or replaces the one of the same request.
func (x *index) put(t *topic) {
	if p, ok := pack(t.id); ok {
		if x.packed == nil {
			x.packed = make(map[packedID]*topic)
		}
		x.packed[p] = t
		return
	}
	if x.others == nil {
		x.others = make(map[briefing.RequestID]*topic)
	}
	x.others[t.id] = t
}

// remove deletes the topic of t's request.
func (x *index) remove(t *topic) {
	if p, ok := pack(t.id); ok {
		delete(x.packed, p)
		return
	}
	delete(x.others, t.id)
}

// len returns the number of topics.
func (x *index) len() int { return len(x.packed) + len(x.others) }

// all visits every topic in no particular order.
func (x *index) all() iter.Seq[*topic] {
	return func(yield func(*topic) bool) {
		for _, t := range x.packed {
			if !yield(t) {
				return
			}
		}
		for _, t := range x.others {
			if !yield(t) {
				return
			}
		}
	}
}
