package feed

import (
	"encoding/hex"
	"iter"

	"bis/internal/briefing"
)

// index finds topics by the ids of their requests. Ids are 24 hexadecimal digits in lower case, and
// are kept as the bytes that those mean: an event's look-up then reads one place in memory and not
// the text of an id somewhere else too.
type index struct {
	packed map[packedID]*topic
	others map[briefing.RequestID]*topic // whose ids are not of that form; nil: none is
}

type packedID [12]byte

// pack returns an id's bytes, and whether it has the usual form.
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

func (x *index) remove(t *topic) {
	if p, ok := pack(t.id); ok {
		delete(x.packed, p)
		return
	}
	delete(x.others, t.id)
}

func (x *index) len() int { return len(x.packed) + len(x.others) }

// all visits every topic.
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
