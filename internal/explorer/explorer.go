// Package explorer serves two pages for trying the GraphQL API, GraphiQL and GraphQL Playground.
//
// All files are embedded in the binary. No page loads anything from another host, and each page's
// content security policy forbids it. The files come from the npm packages of the two explorers.
// scripts/explorer-assets.sh fetches them, gzips them and adds their licences.
//
// The package knows only the address of the endpoint. The caller that mounts the pages decides
// whether they are offered, and to whom.
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
	"sync"
)

// assets has the explorers' files, gzipped.
//
//go:embed assets
var assets embed.FS

// pages has the HTML templates.
//
//go:embed graphiql.html playground.html
var pages embed.FS

// AssetPath is the path under which Assets must be mounted. The pages refer to it.
const AssetPath = "/explorer/"

// policy is the pages' content security policy: they load from their own server alone. It allows
// inline styles, which both explorers write, and eval, with which GraphiQL compiles its
// grammars. It allows no inline script.
const policy = "default-src 'none'; script-src 'self' 'unsafe-eval'; " +
	"style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
	"connect-src 'self' ws: wss:; worker-src 'self' blob:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// GraphiQL serves the page of GraphiQL. endpoint is the path of the GraphQL API on the same host.
func GraphiQL(endpoint string) http.Handler { return page("graphiql.html", endpoint) }

// Playground serves the page of GraphQL Playground. endpoint is the path of the GraphQL API on the
// same host.
func Playground(endpoint string) http.Handler { return page("playground.html", endpoint) }

// page renders a template once and returns a handler that serves the result. Browsers must
// revalidate each time (no-cache), because a new version of the server may have another page. It
// panics if the template is broken, which is a fault of the build.
func page(name, endpoint string) http.Handler {
	t := template.Must(template.ParseFS(pages, name))
	var html bytes.Buffer
	values := map[string]string{"Endpoint": endpoint, "Assets": AssetPath}
	if err := t.Execute(&html, values); err != nil {
		panic(err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-cache")
		h.Add("Vary", "Accept")
		_, _ = w.Write(html.Bytes()) // an error means that the caller has left
	})
}

// asset is one file.
type asset struct {
	kind string // content type
	tag  string // ETag: a hash of the content
	gzip []byte // the gzipped content
	// plain unpacks the content at its first call and caches it. All files together take 4 MB.
	plain func() []byte
}

// Assets serves the explorers' files below AssetPath, and the favicon. It finds a file by the last
// element of the path. It panics if an embedded file is broken, which is a fault of the build.
func Assets() http.Handler {
	files, err := load()
	if err != nil {
		panic(err)
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

// load returns all files by name: the embedded ones, and the pages' scripts, which it gzips.
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
		name = strings.TrimSuffix(path.Base(name), ".gz")
		files[name] = newAsset(name, b)
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

// newAsset returns a file with the content type of its name. The ETag is a part of a SHA-256,
// enough to distinguish versions.
func newAsset(name string, gzipped []byte) asset {
	sum := sha256.Sum256(gzipped)
	return asset{
		kind: mime.TypeByExtension(path.Ext(name)),
		tag:  `"` + hex.EncodeToString(sum[:8]) + `"`,
		gzip: gzipped,
		plain: sync.OnceValue(func() []byte {
			z, err := gzip.NewReader(bytes.NewReader(gzipped))
			if err != nil {
				panic(err) // the file is embedded, so this is a fault of the build
			}
			text, err := io.ReadAll(z)
			if err != nil {
				panic(err)
			}
			return text
		}),
	}
}

// serve answers with the gzipped file, or the plain one for the rare caller that does not accept
// gzip. Browsers may cache a file for an hour; after that the ETag saves the transfer.
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
		_, _ = w.Write(a.gzip) // an error means that the caller has left
		return
	}
	_, _ = w.Write(a.plain())
}
