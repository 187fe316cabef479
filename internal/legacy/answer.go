package legacy

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"bis/internal/briefing"
)

// The content types of the old server.
const (
	typeJSON     = "application/json"
	typeJSONUTF8 = "application/json; charset=UTF-8" // getBriefing, getCustom, aiSummary
	typeText     = "text/plain; charset=utf-8"
)

// answer is a complete HTTP response.
type answer struct {
	status int
	kind   string // content type
	body   []byte
	retry  int // seconds after which a call may succeed; 0 means unknown
}

// ok returns a 200.
func ok(kind string, body []byte) answer {
	return answer{status: http.StatusOK, kind: kind, body: body}
}

// detail returns FastAPI's response to an HTTPException: {"detail":"…"}.
func detail(status int, text string) answer {
	body := compact.appendString([]byte(`{"detail":`), text)
	return answer{status: status, kind: typeJSON, body: append(body, '}')}
}

// missing returns FastAPI's 422 for absent form fields, all in one list. Its URL has the version of
// pydantic that the old server used.
func missing(fields []string) answer {
	body := []byte(`{"detail":[`)
	for i, name := range fields {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, `{"type":"missing","loc":["body",`...)
		body = compact.appendString(body, name)
		body = append(body, `],"msg":"Field required","input":null,`+
			`"url":"https://errors.pydantic.dev/2.5/v/missing"}`...)
	}
	return answer{
		status: http.StatusUnprocessableEntity, kind: typeJSON, body: append(body, `]}`...),
	}
}

// tooMany returns the 429 of a call that comes too often, in the form of FastAPI's exceptions.
func tooMany(err error) answer {
	a := detail(http.StatusTooManyRequests, "Too Many Requests")
	a.retry = briefing.RetrySeconds(err)
	return a
}

// failed returns the answer to a call that failed: tooMany, or internalError.
func (h *Handler) failed(ctx context.Context, what string, err error) answer {
	if errors.Is(err, briefing.ErrRateLimited) {
		return tooMany(err)
	}
	return h.internalError(ctx, what, err)
}

// internalError logs the cause and returns the old server's plain 500. The answer does not contain
// the cause.
func (h *Handler) internalError(ctx context.Context, what string, err error) answer {
	h.logFault(ctx, what, err)
	return answer{
		status: http.StatusInternalServerError, kind: typeText,
		body: []byte("Internal Server Error"),
	}
}

// logFault logs a failed call, unless it failed because the caller has left.
func (h *Handler) logFault(ctx context.Context, what string, err error) {
	if ctx.Err() == nil {
		h.log.ErrorContext(ctx, "old call failed", "call", what, "err", err)
	}
}

// write sends the answer. It sets Content-Length for every body, as the old server did; net/http
// alone would send long bodies in chunks.
func (a answer) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", a.kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	if a.retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(a.retry))
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // an error means that the caller has left
}
