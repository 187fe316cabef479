package server

import (
	"maps"
	"net/http"
)

// apiPolicy is the content security policy of answers that are not pages: a browser executes
// nothing in them.
const apiPolicy = "default-src 'none'; frame-ancestors 'none'"

// secured adds headers that keep browsers from guessing content types, from framing the answer, and
// from sending its address to other sites. The handler may set its own values.
func secured(policy string, next http.Handler) http.Handler {
	values := map[string][]string{ // shared by all answers and never changed
		"X-Content-Type-Options": {"nosniff"},
		"X-Frame-Options":        {"DENY"},
		"Referrer-Policy":        {"no-referrer"},
	}
	if policy != "" {
		values["Content-Security-Policy"] = []string{policy}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		maps.Copy(w.Header(), values)
		next.ServeHTTP(w, r)
	})
}
