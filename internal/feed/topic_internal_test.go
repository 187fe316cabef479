package feed

import (
	"slices"
	"testing"
)

func TestTopic_retains_no_watcher_that_has_left(t *testing.T) {
	t.Parallel()
	topic := newTopic(&Hub{}, "65f000000000000000000001")
	var all []watcher
	for range 5 {
		w := &waiter{}
		all = append(all, w)
		topic.watch(w)
	}
	for i, n := range []int{0, 3, 1, 4, 2} { // the first, the last and those between
		topic.unwatch(all[n])
		topic.unwatch(all[n]) // the second call does nothing
		retained := slices.Concat(topic.inline[:], topic.watchers[:cap(topic.watchers)])
		if slices.Contains(retained, all[n]) {
			t.Errorf("watcher %d is retained after it has left", n)
		}
		if len(topic.watchers) != len(all)-i-1 {
			t.Errorf("%d watchers after %d have left", len(topic.watchers), i+1)
		}
	}
}
