package web_test

import (
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"bis/web"
)

func get(t *testing.T, h http.Handler, path string, header ...string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	res := w.Result()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

var (
	reference = regexp.MustCompile(`(?:src|href)="([^"]+)"`)
	nonceOf   = regexp.MustCompile(`'nonce-([A-Za-z0-9+/=]{24})'`)
)

func TestPage_loads_from_its_own_server_alone(t *testing.T) {
	t.Parallel()
	files := web.Files()
	res, html := get(t, web.Page(), "/")
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") || res.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("the page has %v", res.Header)
	}
	policy := res.Header.Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
		t.Errorf("the page has the policy %q", policy)
	}
	if strings.Contains(html, "://") {
		t.Error("the page names another host")
	}
	found := reference.FindAllStringSubmatch(html, -1)
	if len(found) < 4 {
		t.Errorf("the page refers to %d files", len(found))
	}
	for _, m := range found {
		if res, _ := get(t, files, m[1]); res.StatusCode != http.StatusOK {
			t.Errorf("the page needs %s: %s", m[1], res.Status)
		}
	}
}

func TestPage_has_a_new_nonce_in_each_answer(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	page := web.Page()
	for range 20 {
		res, html := get(t, page, "/timeline")
		m := nonceOf.FindStringSubmatch(res.Header.Get("Content-Security-Policy"))
		if m == nil {
			t.Fatalf("no nonce in %q", res.Header.Get("Content-Security-Policy"))
		}
		if seen[m[1]] {
			t.Errorf("the nonce %s came twice", m[1])
		}
		seen[m[1]] = true
		if !strings.Contains(html, `nonce="`+m[1]+`"`) || strings.Contains(html, "__NONCE__") {
			t.Error("the page does not have its policy's nonce")
		}
	}
}

// A name with a hash never changes. Everything else is asked for again.
func TestFiles_are_cached_as_long_as_they_stay_the_same(t *testing.T) {
	t.Parallel()
	files := web.Files()
	for path, want := range map[string]string{
		"/manifest.webmanifest": "no-cache",
		"/sw.js":                "no-cache",
		web.Icon:                "public, max-age=86400",
		asset(t, ".js"):         "public, max-age=31536000, immutable",
		asset(t, ".css"):        "public, max-age=31536000, immutable",
	} {
		if res, _ := get(t, files, path); res.Header.Get("Cache-Control") != want || res.Header.Get("Content-Type") == "" {
			t.Errorf("%s: %s, %v, want %q", path, res.Status, res.Header, want)
		}
	}
	for _, path := range []string{"/index.html", "/licenses.txt", "/assets/", "/assets/x.js", "/dist/sw.js", asset(t, ".js") + ".br"} {
		if res, _ := get(t, files, path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s, want 404", path, res.Status)
		}
	}
}

func TestFiles_come_in_the_smallest_form_that_is_accepted(t *testing.T) {
	t.Parallel()
	files := web.Files()
	path := asset(t, ".js")
	_, plain := get(t, files, path)
	for accepted, want := range map[string]string{
		"gzip, deflate, br": "br", "br;q=0, gzip": "gzip", "GZIP": "gzip", "gzip;q=0.5": "gzip",
		"": "", "gzip;q=0": "", "deflate": "", "br;q=0.0": "",
	} {
		res, body := get(t, files, path, "Accept-Encoding", accepted)
		if got := res.Header.Get("Content-Encoding"); got != want || !strings.Contains(res.Header.Get("Vary"), "Accept-Encoding") {
			t.Errorf("%q gets %q, want %q", accepted, got, want)
		}
		if want != "" && len(body) > len(plain)*2/3 {
			t.Errorf("%q gets %d bytes of %d", accepted, len(body), len(plain))
		}
		if want == "gzip" {
			z, err := gzip.NewReader(strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			if unpacked, err := io.ReadAll(z); err != nil || string(unpacked) != plain {
				t.Errorf("gzip is another file: %v", err)
			}
		}
	}
	if res, _ := get(t, files, "/icons/icon-512.png", "Accept-Encoding", "gzip"); res.Header.Get("Content-Encoding") != "" {
		t.Error("a picture is packed although that saves nothing")
	}
}

// The first screen's scripts and styles are limited in bytes, and so in what a slow phone waits for.
func TestFirst_screen_is_small(t *testing.T) {
	t.Parallel()
	const most = 130 << 10
	files := web.Files()
	_, html := get(t, web.Page(), "/")
	var bytes, requests int
	for _, m := range reference.FindAllStringSubmatch(html, -1) {
		if strings.HasSuffix(m[1], ".png") {
			continue // only for a home screen
		}
		_, body := get(t, files, m[1], "Accept-Encoding", "gzip")
		bytes, requests = bytes+len(body), requests+1
	}
	t.Logf("%d bytes gzipped, %d requests beside the page", bytes, requests)
	if bytes > most || requests > 9 {
		t.Errorf("the first screen has %d bytes in %d requests, want at most %d in 9", bytes, requests, most)
	}
}

// asset returns the path of the largest built file of a kind.
func asset(t *testing.T, kind string) string {
	t.Helper()
	var found string
	var most int64
	err := filepath.WalkDir("dist/assets", func(name string, _ fs.DirEntry, err error) error {
		if info, _ := os.Stat(name); err == nil && filepath.Ext(name) == kind && info.Size() > most {
			found, most = strings.TrimPrefix(filepath.ToSlash(name), "dist"), info.Size()
		}
		return err
	})
	if err != nil || found == "" {
		t.Fatalf("no file %s: %v", kind, err)
	}
	return found
}
