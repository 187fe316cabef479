package service

import (
	"context"
	"testing"

	"bis/internal/briefing"
)

// A summary of a deleted request is not stored, even if it was being computed during the deletion.
func TestSummaryCache_forgets_a_deleted_request(t *testing.T) {
	t.Parallel()
	c, err := newSummaryCache()
	if err != nil {
		t.Fatal(err)
	}
	get := func(key summaryKey, during func()) {
		t.Helper()
		_, err := c.get(t.Context(), key, func(context.Context) (briefing.Summary, error) {
			during()
			return briefing.Summary{Text: "x"}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	a, b := summaryKey{request: "a", state: "1"}, summaryKey{request: "b", state: "1"}
	get(a, func() {})
	get(b, func() {})
	c.forget("a")
	get(summaryKey{request: "a", state: "2"}, func() {})
	get(summaryKey{request: "c"}, func() { c.forget("c") })
	if keys := c.made.Keys(); len(keys) != 1 || keys[0] != b {
		t.Errorf("stored are %v, want only %v", keys, b)
	}
}
