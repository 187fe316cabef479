package legacy

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"net/http"
	"strings"
	"time"
)

// document is the OpenAPI document of the old endpoints, as people edit it.
//
//go:embed openapi.json
var document string

// noVersion is the member of the document that the server's version takes the place of.
const noVersion = `"version": "(devel)"`

// OpenAPI serves the OpenAPI 3.1 document of the old endpoints. The version in it is the server's;
// empty means "(devel)". Callers may keep the document and ask with If-None-Match whether it
// changed. The document describes what Mount mounts; it is no old path itself, so it has no CORS.
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
