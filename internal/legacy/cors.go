package legacy

import "net/http"

// CORS adds the headers of the old server's CORS middleware, which allowed every origin. Unlike
// that middleware it never allows credentials, so a page gets only what its browser gets without
// cookies. Without an Origin header it adds nothing. It answers preflight requests itself.
func CORS(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origin := r.Header.Get("Origin")
		if origin == "" {
			next.ServeHTTP(w, r)
			return
		}
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
			preflight(w, r)
			return
		}
		head := w.Header()
		head.Set("Access-Control-Allow-Origin", "*")
		if r.Header.Get("Cookie") != "" {
			// The old server answered requests with cookies in this way.
			head.Set("Access-Control-Allow-Origin", origin)
			head.Add("Vary", "Origin")
		}
		next.ServeHTTP(w, r)
	})
}

// preflight answers a browser's OPTIONS request, which asks whether a call is allowed. It allows
// every method and every header.
func preflight(w http.ResponseWriter, r *http.Request) {
	head := w.Header()
	head.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
	head.Set("Access-Control-Allow-Methods", "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT")
	head.Set("Access-Control-Max-Age", "600")
	head.Add("Vary", "Origin")
	if wanted := r.Header.Get("Access-Control-Request-Headers"); wanted != "" {
		head.Set("Access-Control-Allow-Headers", wanted)
	}
	ok(typeText, []byte("OK")).write(w)
}
