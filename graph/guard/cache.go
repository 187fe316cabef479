package guard

import (
	"container/list"
	"sync"
)

// shares is the number of equal parts of a cache. An owner fills at most one part.
const shares = 8

// Cache stores values by key within a bound of bytes. Each value belongs to the owner that added
// it; an owner is a caller, by its address. An owner fills at most an eighth of the cache, so an
// owner that sends one new document after another replaces only its own values. When many owners
// fill the cache together, the owner with the most bytes loses its least recently used value.
//
// A Cache is safe for concurrent use.
type Cache[V any] struct {
	mu      sync.Mutex // guards the fields below
	max     int        // bytes
	bytes   int
	entries map[string]*list.Element // elements of *entry[V], by key
	owners  map[string]*owner
}

// owner is one caller's part of a cache.
type owner struct {
	name  string
	bytes int
	keys  *list.List // elements of *entry[V], the most recently used first
}

type entry[V any] struct {
	key   string
	value V
	size  int // bytes
	owner *owner
}

// NewCache returns an empty cache of at most the given number of bytes.
func NewCache[V any](bytes int) *Cache[V] {
	return &Cache[V]{max: bytes, entries: map[string]*list.Element{}, owners: map[string]*owner{}}
}

// Get returns the value of a key, of any owner, and marks it as used.
func (c *Cache[V]) Get(key string) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, ok := c.entries[key]
	if !ok {
		var none V
		return none, false
	}
	e := at.Value.(*entry[V])
	e.owner.keys.MoveToFront(at)
	return e.value, true
}

// Add caches a value for the owner called name. size is the memory of key and value in bytes. Add
// does nothing if the key is cached already, or if the value alone is larger than an owner's part.
func (c *Cache[V]) Add(name, key string, value V, size int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.entries[key]; ok || size > c.max/shares {
		return
	}
	o := c.owners[name]
	if o == nil {
		o = &owner{name: name, keys: list.New()}
		c.owners[name] = o
	}
	for o.bytes+size > c.max/shares {
		c.evict(o)
	}
	for c.bytes+size > c.max {
		c.evict(c.largest())
	}
	c.owners[name] = o // an eviction may have removed it
	c.entries[key] = o.keys.PushFront(&entry[V]{key: key, value: value, size: size, owner: o})
	o.bytes += size
	c.bytes += size
}

// Bytes returns the sum of the sizes of all values.
func (c *Cache[V]) Bytes() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.bytes
}

// evict removes an owner's least recently used value. An owner without values is removed too. The
// caller must have locked c.mu.
func (c *Cache[V]) evict(o *owner) {
	e := o.keys.Remove(o.keys.Back()).(*entry[V])
	delete(c.entries, e.key)
	o.bytes -= e.size
	c.bytes -= e.size
	if o.keys.Len() == 0 {
		delete(c.owners, o.name)
	}
}

// largest returns the owner with the most bytes. The cache must not be empty, and the caller must
// have locked c.mu.
func (c *Cache[V]) largest() *owner {
	var most *owner
	for _, o := range c.owners {
		if most == nil || o.bytes > most.bytes {
			most = o
		}
	}
	return most
}
