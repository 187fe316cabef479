package guard_test

import (
	"fmt"
	"sync"
	"testing"

	"bis/graph/guard"
)

// TestCache_keeps_owners_apart fills the cache for one owner and still finds another owner's value.
func TestCache_keeps_owners_apart(t *testing.T) {
	t.Parallel()
	c := guard.NewCache[int](800)
	c.Add("honest", "mine", 1, 50)
	for i := range 1_000 {
		c.Add("flood", fmt.Sprint(i), i, 30)
	}
	if got, ok := c.Get("mine"); !ok || got != 1 {
		t.Errorf("the honest value is %d, %v, want 1", got, ok)
	}
	if got := c.Bytes(); got > 50+100 {
		t.Errorf("the cache has %d bytes, want at most the honest 50 and an eighth of 800", got)
	}
	if _, ok := c.Get("999"); !ok {
		t.Error("the newest value of the flood is gone")
	}
}

// TestCache_stays_within_its_bound fills the cache for many owners. The least used values are
// evicted first.
func TestCache_stays_within_its_bound(t *testing.T) {
	t.Parallel()
	c := guard.NewCache[string](800)
	c.Add("a", "used", "v", 40)
	c.Add("a", "unused", "v", 40)
	for i := range 100 {
		c.Get("used")
		c.Add(fmt.Sprint("owner", i), fmt.Sprint(i), "v", 60)
		if got := c.Bytes(); got > 800 {
			t.Fatalf("%d bytes after %d owners, want at most 800", got, i+1)
		}
	}
	if _, ok := c.Get("unused"); ok {
		t.Error("the unused value of the largest owner is there, want it evicted first")
	}
	if _, ok := c.Get("used"); !ok {
		t.Error("the used value is gone, want the unused one gone before it")
	}
	c.Add("b", "huge", "v", 101)
	if _, ok := c.Get("huge"); ok {
		t.Error("a value of more than an eighth was kept")
	}
}

// TestCache_is_safe_for_concurrent_use is for the race detector.
func TestCache_is_safe_for_concurrent_use(t *testing.T) {
	t.Parallel()
	c := guard.NewCache[int](4_000)
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for i := range 2_000 {
				key := fmt.Sprint(i % 100)
				c.Add(fmt.Sprint(worker), key, i, 1+i%90)
				c.Get(key)
			}
		})
	}
	all.Wait()
	if got := c.Bytes(); got > 4_000 {
		t.Errorf("%d bytes, want at most 4000", got)
	}
}
