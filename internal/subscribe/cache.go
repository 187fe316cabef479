package subscribe

import "sync/atomic"

// Bounds of what a group caches. An honest payload has a few hundred bytes. One that selects the
// same text fifty times would make every group dear.
const (
	cacheLen     = 64       // payloads
	cachedLength = 16 << 10 // bytes of a payload; longer ones are made anew for each replay
)

// payloadCache has a group's newest payloads, for members that replay. Its capacity is two
// payloads for each member beyond the first, and at most cacheLen: a group of one caches nothing.
// Its zero value caches nothing. The group guards it, except resize, which is safe for concurrent
// use.
type payloadCache struct {
	capacity atomic.Int64
	list     []cachedPayload // ascending by seq
}

// cachedPayload is the payload of an entry.
type cachedPayload struct {
	seq  uint64
	json []byte
}

// resize sets the capacity for so many members. It takes effect at the next call of another
// method.
func (c *payloadCache) resize(members int) {
	c.capacity.Store(int64(min(cacheLen, 2*max(0, members-1))))
}

// enabled reports whether there is any capacity. Without it, it evicts everything.
func (c *payloadCache) enabled() bool {
	if c.capacity.Load() > 0 {
		return true
	}
	c.list = nil
	return false
}

// get returns a payload; nil: it is not cached.
func (c *payloadCache) get(seq uint64) []byte {
	for i := len(c.list) - 1; i >= 0 && c.list[i].seq >= seq; i-- {
		if c.list[i].seq == seq {
			return c.list[i].json
		}
	}
	return nil
}

// put inserts a payload at its place and evicts the oldest beyond the capacity.
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
