package graph_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestAccept_is_read_in_part sends headers with many media types. Only the first types count.
func TestAccept_is_read_in_part(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	for _, c := range []struct{ accept, want string }{
		{strings.Repeat("a/b,", 20) + "application/graphql-response+json", "application/graphql-response+json; charset=utf-8"},
		{strings.Repeat("a/b,", 200) + "application/graphql-response+json", "application/json; charset=utf-8"},
		{strings.Repeat("application/json;q=0.1,", 2_000) + "application/graphql-response+json", "application/json; charset=utf-8"},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url, strings.NewReader(`{"query":"{ __typename }"}`))
		must(t, err)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", c.accept)
		res, err := http.DefaultClient.Do(r)
		must(t, err)
		res.Body.Close()
		if got := res.Header.Get("Content-Type"); got != c.want || res.StatusCode != http.StatusOK {
			t.Errorf("%.60s… answers %s with %s, want %s", c.accept, res.Status, got, c.want)
		}
	}
}
