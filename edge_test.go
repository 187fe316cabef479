package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
)

// The goldens of package legacy hold for the server as it runs, with its middleware and its other paths around the old ones.
func TestOldPaths_answer_as_their_goldens_say(t *testing.T) {
	t.Parallel()
	golden, err := os.ReadFile("internal/legacy/testdata/paths.golden")
	if err != nil {
		t.Fatal(err)
	}
	c := startChild(t, options{})
	for want := range strings.SplitSeq(strings.TrimPrefix(string(golden), "=== "), "\n=== ") {
		title, _, _ := strings.Cut(want, "\n")
		call := strings.Fields(title[strings.LastIndex(title, ":")+1:])
		r, err := http.NewRequestWithContext(t.Context(), call[0], c.url+call[1], nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultTransport.RoundTrip(r) // follows no redirect
		if err != nil {
			t.Fatal(err)
		}
		got := recorded(t, title, res)
		if got != strings.TrimRight(want, "\n") {
			t.Errorf("the server answers\n%s\nwant\n%s", got, want)
		}
	}
}

// recorded is an answer as the goldens of package legacy write it. The root also has a page for browsers, and says so.
func recorded(t *testing.T, title string, res *http.Response) string {
	t.Helper()
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	res.Header.Del("Date")
	if res.Request.URL.Path == "/" && res.Header.Get("Vary") == "Accept" {
		res.Header.Del("Vary")
	}
	var all bytes.Buffer
	fmt.Fprintf(&all, "%s\n%s\n", title, res.Status)
	if err := res.Header.Write(&all); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&all, "\n%s\n", body)
	return strings.TrimRight(strings.ReplaceAll(all.String(), "\r\n", "\n"), "\n")
}
