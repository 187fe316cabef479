package legacy

import (
	"errors"
	"net/http"
)

// call answers one old POST. It gets the fields that its route names, none of them empty.
type call func(r *http.Request, fields form) answer

// Routes returns the handlers of the old paths. A path with a slash at its end is sent to
// the one without. The root is not among them; see Root.
func (h *Handler) Routes() map[string]http.Handler {
	posts := map[string]http.Handler{
		"/login":         h.post(h.login, "username"),
		"/endBriefing":   h.post(h.endBriefing, "username"),
		"/getAllRequest": h.post(h.getAllRequest, "username"),
		"/getBriefing":   h.post(h.getBriefing, "request_id"),
		"/aiSummary":     h.post(h.aiSummary, "request_id"),
		"/getCustom":     h.post(h.getCustom, "username"),
		"/updateCustom":  h.post(h.updateCustom, "username", "custom_list"),
	}
	routes := map[string]http.Handler{
		"/ws":             openly(h.upgrade(h.start)),
		"/reloadBriefing": openly(h.upgrade(h.reload)),
	}
	for path, handler := range posts {
		routes[path] = openly(handler)
		routes[path+"/"] = openly(redirect(path))
	}
	return routes
}

// Register mounts the old paths.
func (h *Handler) Register(mux *http.ServeMux) {
	for path, handler := range h.Routes() {
		if path[len(path)-1] == '/' {
			path += "{$}" // that path alone, not all below it
		}
		mux.Handle(path, handler)
	}
}

// Root answers the old root: GET gets a greeting, anything else 405.
func (h *Handler) Root() http.Handler {
	return openly(only(http.MethodGet, func(w http.ResponseWriter, _ *http.Request) {
		ok(typeJSON, []byte(`{"message":"Hello World"}`)).write(w)
	}))
}

// NotFound answers what is no path at all, as FastAPI did but without open CORS: it is
// no old path.
func (h *Handler) NotFound() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { notFound.write(w) })
}

var notFound = detail(http.StatusNotFound, "Not Found")

// only lets one method through.
func only(method string, next http.HandlerFunc) http.Handler {
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
	return only(http.MethodPost, func(w http.ResponseWriter, r *http.Request) {
		given, err := readForm(w, r)
		if err != nil {
			badForm(err).write(w)
			return
		}
		if gone := given.lacks(fields); len(gone) > 0 {
			missing(gone).write(w)
			return
		}
		do(r, given).write(w)
	})
}

// lacks returns those of the fields that are absent or empty.
func (f form) lacks(fields []string) []string {
	var gone []string
	for _, name := range fields {
		if f[name] == "" {
			gone = append(gone, name)
		}
	}
	return gone
}

func badForm(err error) answer {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return detail(http.StatusRequestEntityTooLarge, "Request Entity Too Large")
	}
	return detail(http.StatusBadRequest, "There was an error parsing the body")
}
