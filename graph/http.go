package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// The media types of answers (GraphQL over HTTP, section 4). The newer one has a status that tells what became of the operation; with the
// older one everything that is a well-formed request is 200.
const (
	typeJSON     = "application/json"
	typeResponse = "application/graphql-response+json"
)

// overHTTP is GraphQL over HTTP: POST with a JSON body, and GET for what changes nothing.
type overHTTP struct{}

var _ graphql.Transport = overHTTP{}

// Supports implements graphql.Transport. It takes everything, and is tried last.
func (overHTTP) Supports(*http.Request) bool { return true }

// Do implements graphql.Transport.
func (overHTTP) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	kind := answerType(r.Header.Values("Accept"))
	params, err := read(w, r)
	if err != nil {
		refuseRequest(w, kind, err)
		return
	}
	params.Headers = r.Header
	params.ReadTime = graphql.TraceTiming{Start: graphql.GetStartTime(r.Context()), End: graphql.Now()}
	execute(w, r, exec, params, kind)
}

// Answer runs an operation and answers with plain JSON, of the media type that the caller would rather have.
func Answer(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor, params *graphql.RawParams) {
	execute(w, r, exec, params, answerType(r.Header.Values("Accept")))
}

// Refuse answers a request that never became an operation, by an error of FromBody or FromQuery.
func Refuse(w http.ResponseWriter, r *http.Request, err error) {
	refuseRequest(w, answerType(r.Header.Values("Accept")), err)
}

// read reads the parameters by the call's method.
func read(w http.ResponseWriter, r *http.Request) (*graphql.RawParams, error) {
	switch r.Method {
	case http.MethodPost:
		return FromBody(w, r)
	case http.MethodGet:
		return FromQuery(r.URL.Query())
	}
	w.Header().Set("Allow", "GET, POST")
	return nil, &badRequest{http.StatusMethodNotAllowed, "the method must be GET or POST"}
}

// execute runs the operation and answers.
func execute(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor, params *graphql.RawParams, kind string) {
	ctx := r.Context()
	op, errs := exec.CreateOperationContext(ctx, params)
	if errs != nil {
		res := exec.DispatchError(graphql.WithOperationContext(ctx, op), errs)
		answer(w, kind, statusOf(kind), res)
		return
	}
	switch op.Operation.Operation {
	case ast.Mutation:
		if r.Method == http.MethodGet {
			w.Header().Set("Allow", "POST")
			refuseRequest(w, kind, &badRequest{http.StatusMethodNotAllowed, "mutations must come by POST"})
			return
		}
	case ast.Subscription:
		refuseRequest(w, kind, &badRequest{http.StatusBadRequest, "subscriptions need Accept: text/event-stream or a WebSocket"})
		return
	}
	responses, ctx := exec.DispatchOperation(ctx, op)
	res := responses(ctx)
	status := http.StatusOK
	if res.Data == nil && len(res.Errors) > 0 {
		status = statusOf(kind)
	}
	answer(w, kind, status, res)
}

// statusOf is the status of an operation that could not be run at all.
func statusOf(kind string) int {
	if kind == typeResponse {
		return http.StatusBadRequest
	}
	return http.StatusOK
}

// answer writes a response. One without data has no entry for it: null would say that the operation ran.
func answer(w http.ResponseWriter, kind string, status int, res *graphql.Response) {
	head(w, kind, status)
	if len(res.Errors) == 0 && len(res.Extensions) == 0 { // the usual case, without a copy; the caller may be gone
		_, _ = io.WriteString(w, `{"data":`)
		_, _ = w.Write(res.Data)
		_, _ = io.WriteString(w, `}`)
		return
	}
	body, err := Encode(res)
	if err != nil {
		body = []byte(`{"errors":[{"message":"internal server error","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}`)
	}
	_, _ = w.Write(body) // the caller may be gone
}

// head writes an answer's headers.
func head(w http.ResponseWriter, kind string, status int) {
	h := w.Header()
	if kind == typeJSON {
		h["Content-Type"] = plainJSON
	} else {
		h.Set("Content-Type", kind+"; charset=utf-8")
	}
	h["Cache-Control"] = noStore
	h.Add("Vary", "Accept")
	w.WriteHeader(status)
}

// Values of headers that are the same in every answer; nobody changes them.
var (
	plainJSON = []string{typeJSON + "; charset=utf-8"}
	noStore   = []string{"no-store"}
)

// Encode writes a response as JSON, the usual one without another look at its data, which is JSON already.
func Encode(res *graphql.Response) ([]byte, error) {
	if len(res.Errors) == 0 && len(res.Extensions) == 0 {
		return bytes.Join([][]byte{[]byte(`{"data":`), res.Data, []byte(`}`)}, nil), nil
	}
	var out struct {
		Errors     gqlerror.List   `json:"errors,omitempty"`
		Data       json.RawMessage `json:"data,omitempty"`
		Extensions map[string]any  `json:"extensions,omitempty"`
	}
	out.Errors, out.Data, out.Extensions = res.Errors, res.Data, res.Extensions
	return json.Marshal(out)
}

// badRequest is a request that never became an operation.
type badRequest struct {
	status  int
	message string
}

func (b *badRequest) Error() string { return b.message }

func refuseRequest(w http.ResponseWriter, kind string, err error) {
	status := http.StatusBadRequest
	if bad, ok := errors.AsType[*badRequest](err); ok {
		status = bad.status
	}
	head(w, kind, status)
	_ = json.NewEncoder(w).Encode(map[string]any{ // the caller may be gone
		"errors": []any{map[string]any{"message": err.Error(), "extensions": map[string]string{"code": "BAD_REQUEST"}}},
	})
}

// answerType chooses what the caller would rather have of the two media types. Who names neither gets the older one.
func answerType(accept []string) string {
	best, kind := -1.0, typeJSON
	if len(accept) == 0 || len(accept) == 1 && (accept[0] == typeJSON || accept[0] == "*/*") {
		return kind // nearly all
	}
	for part := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		name, params, err := mime.ParseMediaType(part)
		if err != nil || name != typeJSON && name != typeResponse {
			continue
		}
		if q := quality(params["q"]); q > best {
			best, kind = q, name
		}
	}
	return kind
}

// quality reads a weight of RFC 9110, section 12.4.2. Nothing is 1.
func quality(q string) float64 {
	if q == "" {
		return 1
	}
	var v float64
	if json.Unmarshal([]byte(q), &v) != nil {
		return 0
	}
	return v
}

// withZone lets scalars write times in the server's zone.
func withZone(zone *time.Location) graphql.OperationMiddleware {
	return func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
		return next(context.WithValue(ctx, zoneKey{}, zone))
	}
}
