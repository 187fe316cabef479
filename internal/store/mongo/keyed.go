package mongo

import (
	"context"
	"sync"
)

// keyed is a set of locks by key, each with a value that belongs to the holder of the lock. A key
// without users has no entry, unless its last holder has retained the entry. The zero value is
// ready for use.
type keyed[K comparable, V any] struct {
	mu      sync.Mutex // guards the fields below, and users and retained of each entry
	entries map[K]*entry[V]
}

// entry is the lock of one key. A channel is the lock, because a mutex cannot be waited for under a
// context.
type entry[V any] struct {
	token    chan struct{} // has room for one; full while the entry is locked
	users    int           // the holder and the callers that wait
	retained bool          // the entry outlives its users
	value    V             // guarded by the lock
}

// lock waits until no other caller holds the key, or until ctx ends. A returned entry must be given
// to unlock.
func (k *keyed[K, V]) lock(ctx context.Context, key K) (*entry[V], error) {
	k.mu.Lock()
	e := k.entries[key]
	if e == nil {
		e = &entry[V]{token: make(chan struct{}, 1)}
		if k.entries == nil {
			k.entries = make(map[K]*entry[V])
		}
		k.entries[key] = e
	}
	e.users++
	k.mu.Unlock()
	select {
	case e.token <- struct{}{}:
		return e, nil
	case <-ctx.Done():
		k.mu.Lock()
		defer k.mu.Unlock()
		k.leave(key, e)
		return nil, ctx.Err()
	}
}

// unlock releases the key to the next caller. retain says whether the entry outlives its present
// users; it replaces the choice of the previous holder.
func (k *keyed[K, V]) unlock(key K, e *entry[V], retain bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	e.retained = retain
	<-e.token // never blocks, because the caller has the lock
	k.leave(key, e)
}

// leave counts a user out and removes an entry that is neither used nor retained. k.mu is held.
func (k *keyed[K, V]) leave(key K, e *entry[V]) {
	e.users--
	if e.users == 0 && !e.retained {
		delete(k.entries, key)
	}
}
