package server_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestHeaders_are_bounded sends two addresses: one with an escaped document of 16 KiB, and one that
// is longer than any honest address.
func TestHeaders_are_bounded(t *testing.T) {
	t.Parallel()
	s := start(t)
	document := "{__typename%20%23" + strings.Repeat("%61", 15_000) + "%0A}"
	if res, text := s.calls(t, http.MethodGet, "/graphql?query="+document, ""); res.StatusCode != http.StatusOK || !strings.Contains(text, "Query") {
		t.Errorf("a long address answers %s %.200s", res.Status, text)
	}
	if res, _ := s.calls(t, http.MethodGet, "/graphql?query=x&y="+strings.Repeat("x", 200<<10), ""); res.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("an address of 200 KiB answers %s, want 431", res.Status)
	}
}
