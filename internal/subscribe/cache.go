package subscribe

import "sync/atomic"

// Bounds of a group's cache. An ordinary payload has a few hundred bytes. Without a bound on the
// length, a document that selects the same text fifty times would multiply the memory of its group.
const (
	cacheLen     = 64       // payloads
	cachedLength = 16 << 10 // bytes of a payload; longer payloads are encoded again for each replay
)

// payloadCache contains a group's newest payloads, for members that replay. Its capacity is two
// payloads for each member after the first, and at most cacheLen, so a group of one member caches
// nothing. The zero value caches nothing. The lock group.encoding guards every method except
// resize, which is safe for concurrent use.
type payloadCache struct {
	capacity atomic.Int64
	list     []cachedPayload // ascending by seq
}

// cachedPayload is the payload of the entry with the sequence number seq.
type cachedPayload struct {
	seq  uint64
	json []byte
}

// resize sets the capacity for a group with this number of members. It takes effect at the next
// call of another method.
func (c *payloadCache) resize(members int) {
	c.capacity.Store(int64(min(cacheLen, 2*max(0, members-1))))
}

// enabled reports whether the capacity is above zero. If it is zero, enabled evicts all payloads.
func (c *payloadCache) enabled() bool {
	if c.capacity.Load() > 0 {
		return true
	}
	c.list = nil
	return false
}

// get returns the payload of an entry, or nil if the payload is not cached.
func (c *payloadCache) get(seq uint64) []byte {
	for i := len(c.list) - 1; i >= 0 && c.list[i].seq >= seq; i-- {
		if c.list[i].seq == seq {
			return c.list[i].json
		}
	}
	return nil
}

// put inserts a payload in the order of seq and evicts the oldest payloads beyond the capacity. It
// ignores payloads longer than cachedLength.
func (c *payloadCache) put(seq uint64, json []byte) {
	if len(json) > cachedLength {
		return
	}
	i := len(c.list)
	for i > 0 && c.list[i-1].seq > seq {
		i--
	}
	c.list = append(c.list, cachedPayload{})
	copy(c.list[i+1:], c.list[i:])
	c.list[i] = cachedPayload{seq, json}
	for len(c.list) > int(c.capacity.Load()) {
		c.list[0] = cachedPayload{}
		c.list = c.list[1:]
	}
}
