package legacy

import (
	"errors"
	"net/http"
	"strings"

	"bis/internal/limit"
)

// call answers one old POST. fields has all fields of the form. The fields that the route requires
// are present and not empty.
type call func(w http.ResponseWriter, r *http.Request, fields form)

// complete returns a call that writes the answer of do.
func complete(do func(r *http.Request, fields form) answer) call {
	return func(w http.ResponseWriter, r *http.Request, fields form) { do(r, fields).write(w) }
}

// Mount calls handle for each path of the old server, including the root and all unknown paths. It
// passes the pattern for http.ServeMux, a short name for metrics, and the handler. A browser that
// opens the root gets page. If page is nil, it gets the old answer.
func (h *Handler) Mount(
	page http.Handler, handle func(pattern, name string, handler http.Handler),
) {
	for path, do := range h.posts() {
		name := strings.TrimPrefix(path, "/")
		handle(path, name, do)
		handle(path+"/{$}", name, redirect(path)) // "{$}" excludes the paths below it
	}
	handle("/ws", "ws", h.upgrade(h.start))
	handle("/reloadBriefing", "reloadBriefing", h.upgrade(h.reload))
	handle(Root, "root", root(page))
	handle("/", "unknown", http.HandlerFunc(unknown))
}

// posts returns the endpoints that read a form, each with the fields that it requires.
func (h *Handler) posts() map[string]http.Handler {
	return map[string]http.Handler{
		"/login":         h.post(complete(h.login), "username"),
		"/endBriefing":   h.post(complete(h.endBriefing), "username"),
		"/getAllRequest": h.post(h.getAllRequest, "username"),
		"/getBriefing":   h.post(h.getBriefing, "request_id"),
		"/aiSummary":     h.post(complete(h.aiSummary), "request_id"),
		"/getCustom":     h.post(complete(h.getCustom), "username"),
		"/updateCustom":  h.post(complete(h.updateCustom), "username", "custom_list"),
	}
}

// root answers GET / with the old server's greeting, and other methods, HEAD included, with 405. A
// GET whose Accept header names text/html gets the page instead, as browsers do.
func root(page http.Handler) http.Handler {
	greeting := onlyMethod(http.MethodGet, func(w http.ResponseWriter, _ *http.Request) {
		ok(typeJSON, []byte(`{"message":"Hello World"}`)).write(w)
	})
	if page == nil {
		return greeting
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept")
		if WantsPage(r) {
			page.ServeHTTP(w, r)
			return
		}
		greeting.ServeHTTP(w, r)
	})
}

// Root is the pattern of the root in Mount.
const Root = "/{$}"

// WantsPage reports whether a call of the root comes from a browser that opens it.
func WantsPage(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html")
}

// Unknown answers with FastAPI's 404, as the old server does at an unknown path.
func Unknown() http.Handler { return http.HandlerFunc(unknown) }

// unknown answers an unknown path with FastAPI's 404.
func unknown(w http.ResponseWriter, _ *http.Request) { notFound.write(w) }

// notFound is FastAPI's 404.
var notFound = detail(http.StatusNotFound, "Not Found")

// Counts reports whether the endpoint at a pattern of Mount counts a call for the caller's limits
// itself: forms count operations, and handshakes count sockets.
func Counts(pattern string, r *http.Request) bool {
	switch pattern {
	case "/ws", "/reloadBriefing":
		return handshake(r)
	case "/":
		return false
	}
	return r.Method == http.MethodPost && !strings.HasSuffix(pattern, "{$}")
}

// onlyMethod answers every other method with FastAPI's 405 and an Allow header.
func onlyMethod(method string, next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != method {
			w.Header().Set("Allow", method)
			detail(http.StatusMethodNotAllowed, "Method Not Allowed").write(w)
			return
		}
		next(w, r)
	})
}

// redirect answers 307 with the path without the slash at its end, for all methods. A client keeps
// the method and the body after a 307.
func redirect(path string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		to := path
		if r.URL.RawQuery != "" {
			to += "?" + r.URL.RawQuery
		}
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusTemporaryRedirect)
	})
}

// post returns the handler of a form. It answers 429 to a caller that comes too often, before it
// reads the form. It answers 422 if a required field is absent, and otherwise makes the call.
func (h *Handler) post(do call, fields ...string) http.Handler {
	return onlyMethod(http.MethodPost, func(w http.ResponseWriter, r *http.Request) {
		if err := h.limits.Allow(r.Context(), limit.Operations); err != nil {
			tooMany(err).write(w)
			return
		}
		given, err := readForm(w, r)
		if err != nil {
			badForm(err).write(w)
			return
		}
		if absent := given.lacks(fields); len(absent) > 0 {
			missing(absent).write(w)
			return
		}
		do(w, r, given)
	})
}

// lacks returns the given fields that are absent or empty. FastAPI treated an empty field as
// absent.
func (f form) lacks(fields []string) []string {
	var absent []string
	for _, name := range fields {
		if f[name] == "" {
			absent = append(absent, name)
		}
	}
	return absent
}

// badForm returns the answer to a body that cannot be read. The 413 and the 503 have no counterpart
// in the old server, which accepted bodies of any length.
func badForm(err error) answer {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return detail(http.StatusRequestEntityTooLarge, "Request Entity Too Large")
	}
	if errors.Is(err, limit.ErrNoRoom) {
		return detail(http.StatusServiceUnavailable, "Too much is waiting to be read")
	}
	return detail(http.StatusBadRequest, "There was an error parsing the body")
}
