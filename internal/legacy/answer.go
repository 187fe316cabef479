package legacy

import (
	"context"
	"net/http"
	"strconv"
)

// The content types of the old server.
const (
	typeJSON     = "application/json"
	typeJSONUTF8 = "application/json; charset=UTF-8" // of the handlers that made their own Response
	typeText     = "text/plain; charset=utf-8"
)

// answer is a whole answer.
type answer struct {
	status int
	kind   string // content type
	body   []byte
}

func ok(kind string, body []byte) answer { return answer{http.StatusOK, kind, body} }

// detail is FastAPI's answer for an HTTPException.
func detail(status int, text string) answer {
	body := compact.appendString([]byte(`{"detail":`), text)
	return answer{status, typeJSON, append(body, '}')}
}

// missing is FastAPI's answer for form fields that are not there.
func missing(fields []string) answer {
	body := []byte(`{"detail":[`)
	for i, name := range fields {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, `{"type":"missing","loc":["body",`...)
		body = compact.appendString(body, name)
		body = append(body, `],"msg":"Field required","input":null,"url":"https://errors.pydantic.dev/2.5/v/missing"}`...)
	}
	return answer{http.StatusUnprocessableEntity, typeJSON, append(body, `]}`...)}
}

// internalError is what the old server answered when a handler failed. The cause goes to the log, unless
// it is that the caller left.
func (h *Handler) internalError(ctx context.Context, what string, err error) answer {
	h.logFault(ctx, what, err)
	return answer{http.StatusInternalServerError, typeText, []byte("Internal Server Error")}
}

func (h *Handler) logFault(ctx context.Context, what string, err error) {
	if ctx.Err() == nil {
		h.log.ErrorContext(ctx, "old call failed", "call", what, "err", err)
	}
}

func (a answer) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", a.kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body))) // of long bodies too, as ever
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // the caller has left, and there is nobody to tell
}
