package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bis/internal/briefing"
)

// The media types of answers (GraphQL over HTTP, section 4). With typeResponse the status is 400
// when the operation could not run. With the older typeJSON the status is 200 for every well-formed
// request.
const (
	typeJSON     = "application/json"
	typeResponse = "application/graphql-response+json"
)

// overHTTP is the transport of GraphQL over HTTP: POST with a JSON body, and GET for queries.
// gqlgen's own transports differ from the specification in several cases, and quote broken bodies.
type overHTTP struct{}

var _ graphql.Transport = overHTTP{}

// Supports implements graphql.Transport. This transport is tried last, and answers every request.
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
	params.ReadTime = graphql.TraceTiming{
		Start: graphql.GetStartTime(r.Context()), End: graphql.Now(),
	}
	execute(w, r, exec, params, kind)
}

// Answer runs an operation that the transport has created and counted already. It answers with
// JSON, in the media type that the caller prefers.
func Answer(
	w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor, params *graphql.RawParams,
) {
	execute(w, r, prepaid(exec, prepaidAll), params, answerType(r.Header.Values("Accept")))
}

// Refuse answers a request that is not an operation. err is an error of FromBody, FromQuery or
// Params.
func Refuse(w http.ResponseWriter, r *http.Request, err error) {
	refuseRequest(w, answerType(r.Header.Values("Accept")), err)
}

// read reads the parameters of an operation: from the body of a POST, or from the query of a GET.
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

// execute runs an operation and answers in the media type kind. It refuses mutations by GET and all
// subscriptions, which have transports of their own.
func execute(
	w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor, params *graphql.RawParams,
	kind string,
) {
	ctx := r.Context()
	op, errs := exec.CreateOperationContext(ctx, params)
	if errs != nil {
		status := statusOf(kind)
		if why := RateError(errs); why != nil {
			setRetryAfter(w, why)
			status = http.StatusTooManyRequests
		}
		res := exec.DispatchError(graphql.WithOperationContext(ctx, op), errs)
		answer(w, kind, status, res)
		return
	}
	switch op.Operation.Operation {
	case ast.Mutation:
		if r.Method == http.MethodGet {
			w.Header().Set("Allow", "POST")
			refuseRequest(w, kind, &badRequest{
				http.StatusMethodNotAllowed, "mutations must come by POST",
			})
			return
		}
	case ast.Subscription:
		refuseRequest(w, kind, &badRequest{
			http.StatusBadRequest, "subscriptions need Accept: text/event-stream or a WebSocket",
		})
		return
	}
	res, booking, err := Respond(ctx, exec, op)
	if err != nil {
		refuseForRoom(graphql.WithOperationContext(ctx, op), w, kind, exec, err)
		return
	}
	defer booking.Release()
	if res == nil { // the context had ended before the executor began
		res = &graphql.Response{
			Errors: PresentError(graphql.WithOperationContext(ctx, op), exec, briefing.ErrUnavailable),
		}
		answer(w, kind, http.StatusServiceUnavailable, res)
		return
	}
	status := http.StatusOK
	if res.Data == nil && len(res.Errors) > 0 {
		status = statusOf(kind)
	}
	answer(w, kind, status, res)
}

// statusOf returns the status of an operation that could not run at all.
func statusOf(kind string) int {
	if kind == typeResponse {
		return http.StatusBadRequest
	}
	return http.StatusOK
}

// answer writes a response. A response without data has no entry for it, because null would mean
// that the operation ran. Errors of writing are ignored: the caller is gone.
func answer(w http.ResponseWriter, kind string, status int, res *graphql.Response) {
	head(w, kind, status)
	if len(res.Errors) == 0 && len(res.Extensions) == 0 { // the usual case, without a copy
		_, _ = io.WriteString(w, `{"data":`)
		_, _ = w.Write(res.Data)
		_, _ = io.WriteString(w, `}`)
		return
	}
	body, err := Encode(res)
	if err != nil {
		body = []byte(`{"errors":[{"message":"internal server error",` +
			`"extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}`)
	}
	_, _ = w.Write(body)
}

// head writes the status and the headers of an answer.
func head(w http.ResponseWriter, kind string, status int) {
	h := w.Header()
	if kind == typeJSON {
		h["Content-Type"] = plainJSON
	} else {
		h.Set("Content-Type", kind+"; charset=utf-8")
	}
	h["Cache-Control"] = noStore
	if h["Vary"] == nil {
		h["Vary"] = varyAccept
	} else {
		h.Add("Vary", "Accept")
	}
	w.WriteHeader(status)
}

// Values of headers that are the same in every answer. They are never changed.
var (
	plainJSON  = []string{typeJSON + "; charset=utf-8"}
	noStore    = []string{"no-store"}
	varyAccept = []string{"Accept"}
)

// Encode returns a response as JSON. The data is JSON already, so a response without errors and
// extensions is not encoded again.
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

// badRequest is the error of a request that is not an operation.
type badRequest struct {
	status  int
	message string
}

// Error returns the message, which callers may see.
func (b *badRequest) Error() string { return b.message }

// refuseRequest answers a request that is not an operation, with the code BAD_REQUEST. The status
// is 400 unless err is a badRequest with its own status. The code of a body without room is
// RATE_LIMITED.
func refuseRequest(w http.ResponseWriter, kind string, err error) {
	status, code := http.StatusBadRequest, "BAD_REQUEST"
	if bad, ok := errors.AsType[*badRequest](err); ok {
		status = bad.status
	}
	if status == http.StatusServiceUnavailable {
		code = "RATE_LIMITED"
	}
	head(w, kind, status)
	_ = json.NewEncoder(w).Encode(map[string]any{ // fails when the caller is gone
		"errors": []any{map[string]any{
			"message": err.Error(), "extensions": map[string]string{"code": code},
		}},
	})
}

// answerType returns the media type that an Accept header prefers: typeJSON or typeResponse. A
// header that names neither of them means typeJSON.
func answerType(accept []string) string {
	best, kind := -1.0, typeJSON
	if len(accept) == 0 || len(accept) == 1 && (accept[0] == typeJSON || accept[0] == "*/*") {
		return kind // nearly all callers write one of these forms
	}
	for _, part := range MediaTypes(accept) {
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

// maxTypes is how many media types of an Accept header are read. Honest callers send a few.
const maxTypes = 32

// MediaTypes returns the first media types of Accept headers, at most maxTypes.
func MediaTypes(accept []string) []string {
	types := strings.SplitN(strings.Join(accept, ","), ",", maxTypes+1)
	return types[:min(len(types), maxTypes)]
}

// quality reads a weight of RFC 9110, section 12.4.2. An absent weight is 1, a malformed one 0.
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
