// Package web serves the console: the pages for owners, and the files that they load.
//
// The files in dist are built from src by scripts/web.sh and committed, so the program builds
// without Node. A test of the gate builds them again and compares.
//
// The package knows nothing of the API. The caller that mounts it decides who gets the pages.
package web

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"embed"
	"encoding/base64"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
)

// dist has the built files. Beside each script and style is the same file in Brotli.
//
//go:embed all:dist
var dist embed.FS

// Pages are the patterns of the addresses that have a page, besides the root. The page's own script
// shows the content that belongs to the address.
var Pages = []string{
	"/start", "/timeline", "/summary", "/style", "/requests", "/settings", "/settings/models",
	"/cameras", "/cameras/{id}", "/cameras/{id}/{part}",
	"/r/{request}", "/r/{request}/summary", "/r/{request}/{briefing}",
}

// FilePaths are the patterns of the files that the pages load.
var FilePaths = []string{"/assets/", "/icons/", "/manifest.webmanifest", "/sw.js"}

// Icon is the path of the console's icon.
const Icon = "/icons/icon.svg"

// placeholder stands in the built page where each answer has a nonce of its own.
const placeholder = "__NONCE__"

// policy is the content security policy of the pages, around the nonce. They load from their own
// server alone, and run no script inside a page.
const (
	policyBefore  = "default-src 'none'; script-src 'self' 'nonce-"
	policyBetween = "'; style-src 'self' 'nonce-"
	policyAfter   = "'; img-src 'self' blob:; connect-src 'self'; manifest-src 'self'; " +
		"worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

// Page serves the page of every address in Pages and of the root. It panics if the page is missing,
// which is a fault of the build.
func Page() http.Handler {
	html, err := dist.ReadFile("dist/index.html")
	if err != nil {
		panic(err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		nonce := newNonce()
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", policyBefore+nonce+policyBetween+nonce+policyAfter)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-cache")
		h.Add("Vary", "Accept")
		// An error means that the caller has left.
		_, _ = w.Write(bytes.ReplaceAll(html, []byte(placeholder), []byte(nonce)))
	})
}

// newNonce returns 128 random bits in Base64.
func newNonce() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails
	return base64.StdEncoding.EncodeToString(b[:])
}

// file is one file of the pages.
type file struct {
	kind   string // content type
	cache  string // Cache-Control
	plain  []byte
	brotli []byte // nil if it has no Brotli form

	zip    sync.Once // guards zipped
	zipped []byte    // the gzipped content, or nil if that is not smaller
}

// Files serves the files that the pages load. It panics if an embedded file is broken, which is a
// fault of the build.
func Files() http.Handler {
	files, err := load()
	if err != nil {
		panic(err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, ok := files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		f.serve(w, r)
	})
}

// load returns all files by their path on the server.
func load() (map[string]*file, error) {
	files := make(map[string]*file)
	err := fs.WalkDir(dist, "dist", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) == ".br" {
			return err
		}
		plain, err := dist.ReadFile(name)
		if err != nil {
			return err
		}
		// Most files have no Brotli form, so an error is not a fault.
		packed, _ := dist.ReadFile(name + ".br")
		at := strings.TrimPrefix(name, "dist")
		files[at] = &file{kind: kindOf(at), cache: cacheOf(at), plain: plain, brotli: packed}
		return nil
	})
	delete(files, "/index.html") // it needs a nonce
	delete(files, "/licenses.txt")
	return files, err
}

// kindOf returns the content type of a path. The manifest's type is not known to every system.
func kindOf(at string) string {
	if path.Ext(at) == ".webmanifest" {
		return "application/manifest+json"
	}
	return mime.TypeByExtension(path.Ext(at))
}

// cacheOf returns the Cache-Control of a path. A name below /assets/ has the hash of its content,
// so it never changes. Browsers ask for everything else each time, except the icons.
func cacheOf(at string) string {
	switch {
	case strings.HasPrefix(at, "/assets/"):
		return "public, max-age=31536000, immutable"
	case strings.HasPrefix(at, "/icons/"):
		return "public, max-age=86400"
	}
	return "no-cache"
}

// serve answers with the smallest form that the caller accepts.
func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", f.cache)
	h.Add("Vary", "Accept-Encoding")
	body := f.plain
	if accepts(r, "br") && f.brotli != nil {
		h.Set("Content-Encoding", "br")
		body = f.brotli
	} else if accepts(r, "gzip") && f.gzip() != nil {
		h.Set("Content-Encoding", "gzip")
		body = f.zipped
	}
	_, _ = w.Write(body) // an error means that the caller has left
}

// gzip returns the gzipped content, or nil if that saves less than a tenth, as with pictures. The
// first call packs it.
func (f *file) gzip() []byte {
	f.zip.Do(func() {
		var b bytes.Buffer
		z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level exists
		_, _ = z.Write(f.plain)                               // a buffer takes all
		_ = z.Close()
		if b.Len() < len(f.plain)-len(f.plain)/10 {
			f.zipped = b.Bytes()
		}
	})
	return f.zipped
}

// accepts reports whether a caller accepts a content coding. A coding with the weight 0 is refused.
func accepts(r *http.Request, coding string) bool {
	for _, values := range r.Header.Values("Accept-Encoding") {
		for part := range strings.SplitSeq(values, ",") {
			name, weight, _ := strings.Cut(part, ";")
			if strings.EqualFold(strings.TrimSpace(name), coding) {
				q, found := strings.CutPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
				return !found || strings.Trim(q, "0.") != ""
			}
		}
	}
	return false
}
