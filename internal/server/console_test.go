package server_test

import (
	"net/http"
	"strings"
	"testing"
)

// A browser that opens an address of the console gets its page. Every other caller gets the old
// server's answer.
func TestConsole_is_for_browsers(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, path := range []string{"/", "/start", "/timeline", "/settings", "/settings/models", "/r/0123", "/r/0123/4567", "/r/0123/summary"} {
		res, html := s.calls(t, http.MethodGet, path, "", "Accept", "text/html,*/*;q=0.8")
		if res.StatusCode != http.StatusOK || !strings.Contains(html, `<div id="root">`) || res.Header.Get("Vary") != "Accept" {
			t.Errorf("a browser gets %s and %.80q at %s, want the page", res.Status, html, path)
		}
		if path == "/" {
			continue
		}
		for method, headers := range map[string][]string{http.MethodGet: {"Accept", "*/*"}, http.MethodPost: {"Accept", "text/html"}} {
			if res, text := s.calls(t, method, path, "", headers...); res.StatusCode != http.StatusNotFound || text != `{"detail":"Not Found"}` {
				t.Errorf("%s %s answers %s %s, want the old 404", method, path, res.Status, text)
			}
		}
	}
	for _, path := range []string{"/sw.js", "/manifest.webmanifest", "/icons/icon.svg", "/favicon.ico"} {
		if res, _ := s.calls(t, http.MethodGet, path, ""); res.StatusCode >= http.StatusBadRequest {
			t.Errorf("%s: %s", path, res.Status)
		}
	}
}
