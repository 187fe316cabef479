// Package explorer serves GraphiQL and GraphQL Playground from the binary itself: no
// page of it asks another host for anything. The assets come from their npm packages by
// scripts/explorer-assets.sh and are embedded gzipped, with their licences.
package explorer

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed assets
var assets embed.FS

//go:embed graphiql.html playground.html start.html
var pages embed.FS

// AssetPath is where Assets must be mounted.
const AssetPath = "/explorer/"

// policy lets a page load from its own server alone. The explorers write inline styles,
// and GraphiQL compiles its grammars.
const policy = "default-src 'none'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; " +
	"img-src 'self' data:; font-src 'self' data:; connect-src 'self' ws: wss:; worker-src 'self' blob:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// GraphiQL serves the page of GraphiQL for an endpoint on the same host.
func GraphiQL(endpoint string) http.Handler { return page("graphiql.html", endpoint) }

// Playground serves the page of GraphQL Playground for an endpoint on the same host.
func Playground(endpoint string) http.Handler { return page("playground.html", endpoint) }

// Start serves a small page with links to the explorers.
func Start() http.Handler { return page("start.html", "") }

// page renders a page once and serves it.
func page(name, endpoint string) http.Handler {
	t := template.Must(template.ParseFS(pages, name))
	var html bytes.Buffer
	if err := t.Execute(&html, map[string]string{"Endpoint": endpoint, "Assets": AssetPath}); err != nil {
		panic(err) // an embedded page that cannot be rendered is a fault of the build
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-cache")
		h.Add("Vary", "Accept")
		_, _ = w.Write(html.Bytes()) // the caller may be gone
	})
}

// asset is one file in both its forms.
type asset struct {
	kind string
	tag  string
	gzip []byte
}

// Assets serves the explorers' files below AssetPath, and the favicon.
func Assets() http.Handler {
	files, err := load()
	if err != nil {
		panic(err) // a broken embedded file is a fault of the build
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := files[path.Base(r.URL.Path)]
		if !ok {
			http.NotFound(w, r)
			return
		}
		a.serve(w, r)
	})
}

func load() (map[string]asset, error) {
	names, err := fs.Glob(assets, "assets/*.gz")
	if err != nil {
		return nil, err
	}
	files := make(map[string]asset, len(names)+1)
	for _, name := range names {
		b, err := assets.ReadFile(name)
		if err != nil {
			return nil, err
		}
		files[strings.TrimSuffix(path.Base(name), ".gz")] = newAsset(strings.TrimSuffix(name, ".gz"), b)
	}
	for name, text := range scripts {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := io.WriteString(z, text); err != nil {
			return nil, err
		}
		if err := z.Close(); err != nil {
			return nil, err
		}
		files[name] = newAsset(name, b.Bytes())
	}
	return files, nil
}

func newAsset(name string, gzipped []byte) asset {
	sum := sha256.Sum256(gzipped)
	return asset{kind: mime.TypeByExtension(path.Ext(name)), tag: `"` + hex.EncodeToString(sum[:8]) + `"`, gzip: gzipped}
}

// serve answers with the file as it lies there, or unpacked for the rare caller that takes no gzip.
func (a asset) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "public, max-age=3600")
	h.Set("ETag", a.tag)
	h.Add("Vary", "Accept-Encoding")
	if r.Header.Get("If-None-Match") == a.tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		_, _ = w.Write(a.gzip) // the caller may be gone
		return
	}
	z, err := gzip.NewReader(bytes.NewReader(a.gzip))
	if err != nil {
		panic(err) // load has made or read it
	}
	_, _ = io.Copy(w, z)
}
