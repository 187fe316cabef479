package explorer_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"bis/internal/explorer"
)

// pages has the handlers by path.
var pages = map[string]http.Handler{
	"/graphiql":   explorer.GraphiQL("/graphql?a=1&b=\"2\""),
	"/playground": explorer.Playground("/graphql?a=1&b=\"2\""),
}

var reference = regexp.MustCompile(`(?:src|href)="([^"]+)"`)

func get(t *testing.T, h http.Handler, path string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPages_ask_nobody_but_their_own_server(t *testing.T) {
	t.Parallel()
	assets := explorer.Assets()
	for path, page := range pages {
		res := get(t, page, path)
		html := body(t, res.Body)
		if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: %s %s", path, res.Status, res.Header.Get("Content-Type"))
		}
		if policy := res.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "http") {
			t.Errorf("%s has the policy %q", path, policy)
		}
		if strings.Contains(html, "://") {
			t.Errorf("%s names another host", path)
		}
		for _, m := range reference.FindAllStringSubmatch(html, -1) {
			if strings.HasPrefix(m[1], explorer.AssetPath) {
				if got := get(t, assets, m[1]); got.StatusCode != http.StatusOK {
					t.Errorf("%s needs %s: %s", path, m[1], got.Status)
				}
			}
		}
		if !strings.Contains(html, `data-endpoint="/graphql?a=1&amp;b=&#34;2&#34;"`) {
			t.Errorf("%s does not hold its endpoint, escaped", path)
		}
	}
}

func TestAssets_are_served_as_the_browser_can_read_them(t *testing.T) {
	t.Parallel()
	assets := explorer.Assets()
	for name, kind := range map[string]string{"graphiql.js": "javascript", "graphiql.css": "text/css", "playground.js": "javascript", "favicon.svg": "image/svg+xml"} {
		path := explorer.AssetPath + name
		plain := get(t, assets, path)
		text := body(t, plain.Body)
		if plain.Header.Get("Content-Encoding") != "" || !strings.Contains(plain.Header.Get("Content-Type"), kind) || len(text) < 100 {
			t.Errorf("%s: %d bytes, %v", name, len(text), plain.Header)
		}
		packed := get(t, assets, path, "Accept-Encoding", "br, gzip")
		if packed.Header.Get("Content-Encoding") != "gzip" || !strings.Contains(packed.Header.Get("Vary"), "Accept-Encoding") {
			t.Fatalf("%s packed: %v", name, packed.Header)
		}
		unpacked, err := gzip.NewReader(packed.Body)
		if err != nil {
			t.Fatal(err)
		}
		if body(t, unpacked) != text {
			t.Errorf("%s is another file when it is packed", name)
		}
		tag := plain.Header.Get("Etag")
		if again := get(t, assets, path, "If-None-Match", tag); tag == "" || again.StatusCode != http.StatusNotModified {
			t.Errorf("%s is sent again although it is known (%q): %s", name, tag, again.Status)
		}
	}
	for _, path := range []string{"x.js", "../explorer.go", "LICENSE.react", ""} {
		if res := get(t, assets, explorer.AssetPath+path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%q: %s, want 404", path, res.Status)
		}
	}
}

func TestAssets_carry_their_licences(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"graphiql", "graphql-playground-react", "graphql-ws", "react", "react-dom"} {
		text, err := os.ReadFile("assets/LICENSE." + name)
		if err != nil || !strings.Contains(string(text), "Permission is hereby granted") {
			t.Errorf("the licence of %s: %v", name, err)
		}
	}
}
