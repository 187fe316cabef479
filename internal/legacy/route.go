package legacy

import (
	"errors"
	"net/http"
	"strings"
)

// call answers one old POST. It gets the fields that its route names, none of them empty.
type call func(w http.ResponseWriter, r *http.Request, fields form)

// complete makes a call from a function that returns the complete answer.
func complete(do func(r *http.Request, fields form) answer) call {
	return func(w http.ResponseWriter, r *http.Request, fields form) { do(r, fields).write(w) }
}

// Mount calls handle for every path of the old server, with its pattern for http.ServeMux, a short
// name for metrics, and its handler. That includes the root and all unknown paths. Browsers get
// page at the root; if it is nil, they get the old answer.
func (h *Handler) Mount(page http.Handler, handle func(pattern, name string, handler http.Handler)) {
	for path, do := range h.posts() {
		name := strings.TrimPrefix(path, "/")
		handle(path, name, withCORS(do))
		handle(path+"/{$}", name, withCORS(redirect(path))) // that path alone, not all below it
	}
	handle("/ws", "ws", withCORS(h.upgrade(h.start)))
	handle("/reloadBriefing", "reloadBriefing", withCORS(h.upgrade(h.reload)))
	handle("/{$}", "root", root(page))
	handle("/", "unknown", http.HandlerFunc(unknown))
}

// posts returns the calls that come as forms.
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

// root answers the old root: a greeting for GET, 405 for the rest. A browser gets the page.
func root(page http.Handler) http.Handler {
	greeting := withCORS(onlyMethod(http.MethodGet, func(w http.ResponseWriter, _ *http.Request) {
		ok(typeJSON, []byte(`{"message":"Hello World"}`)).write(w)
	}))
	if page == nil {
		return greeting
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept")
		if r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html") {
			page.ServeHTTP(w, r)
			return
		}
		greeting.ServeHTTP(w, r)
	})
}

// unknown answers unknown paths as FastAPI did. It adds no open CORS, because it is no old path.
func unknown(w http.ResponseWriter, _ *http.Request) { notFound.write(w) }

var notFound = detail(http.StatusNotFound, "Not Found")

// onlyMethod lets one method through.
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

// redirect sends a path with a slash at its end to the one without, whatever the method.
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

// post reads the fields that a call needs and lets it answer.
func (h *Handler) post(do call, fields ...string) http.Handler {
	return onlyMethod(http.MethodPost, func(w http.ResponseWriter, r *http.Request) {
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

// lacks returns those of the fields that are absent or empty.
func (f form) lacks(fields []string) []string {
	var absent []string
	for _, name := range fields {
		if f[name] == "" {
			absent = append(absent, name)
		}
	}
	return absent
}

func badForm(err error) answer {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return detail(http.StatusRequestEntityTooLarge, "Request Entity Too Large")
	}
	return detail(http.StatusBadRequest, "There was an error parsing the body")
}
