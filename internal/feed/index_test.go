package feed

import (
	"testing"

	"bis/internal/briefing"
)

func TestIndex_finds_each_topic_by_its_own_id(t *testing.T) {
	t.Parallel()
	ids := []briefing.RequestID{
		"65f000000000000000000001", "65f000000000000000000002", "65f00000000000000000000a",
		"65F00000000000000000000A", "65f00000000000000000000", "65f00000000000000000000g", "", "r1", "r2",
	}
	var x index
	made := map[briefing.RequestID]*topic{}
	for _, id := range ids {
		if got := x.get(id); got != nil {
			t.Errorf("get(%q) = the topic of %q before it was put", id, got.id)
		}
		made[id] = &topic{id: id}
		x.put(made[id])
	}
	seen := map[*topic]bool{}
	for topic := range x.all() {
		seen[topic] = true
	}
	if x.len() != len(ids) || len(seen) != len(ids) {
		t.Errorf("len() = %d, all() has %d, want %d", x.len(), len(seen), len(ids))
	}
	for i, id := range ids {
		if got := x.get(id); got != made[id] {
			t.Errorf("get(%q) is another topic", id)
		}
		x.remove(made[id])
		if got := x.get(id); got != nil || x.len() != len(ids)-i-1 {
			t.Errorf("after remove: get(%q) = %v, len() = %d", id, got, x.len())
		}
	}
}
