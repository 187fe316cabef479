package legacy

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"net/http"
	"strings"
	"time"
)

// document is the OpenAPI document of the old endpoints, with noVersion in place of the version.
//
//go:embed openapi.json
var document string

// noVersion is the member of the document that OpenAPI replaces by the server's version.
const noVersion = `"version": "(devel)"`

// OpenAPI serves the OpenAPI 3.1 document of the old endpoints. The document has the given version
// of the server; empty means "(devel)". Callers may cache it and revalidate it with If-None-Match.
// The document describes the paths of Mount. Its own path is not one of them, so it has no CORS
// headers.
func OpenAPI(version string) http.Handler {
	text := document
	if version != "" {
		member := compact.appendString([]byte(`"version": `), version)
		text = strings.Replace(text, noVersion, string(member), 1)
	}
	sum := sha256.Sum256([]byte(text))
	tag := `"` + hex.EncodeToString(sum[:8]) + `"`
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", typeJSON)
		h.Set("Cache-Control", "no-cache")
		h.Set("ETag", tag)
		h.Set("X-Content-Type-Options", "nosniff")
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(text))
	})
}
