package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// bodies are buffers for bodies. Who sends long ones now and then does not make them stay long: a pool is emptied as garbage is collected.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// FromBody reads the parameters of a POST. Its faults do not quote the body.
func FromBody(w http.ResponseWriter, r *http.Request) (*graphql.RawParams, error) {
	if !isJSON(r.Header.Get("Content-Type")) {
		return nil, &badRequest{http.StatusUnsupportedMediaType, "the Content-Type must be application/json"}
	}
	control := http.NewResponseController(w) // not every writer has deadlines; over TCP they all do
	_ = control.SetReadDeadline(time.Now().Add(bodyTime))
	body := bodies.Get().(*bytes.Buffer)
	defer bodies.Put(body)
	body.Reset()
	_, err := body.ReadFrom(http.MaxBytesReader(w, r.Body, maxBody))
	_ = control.SetReadDeadline(time.Time{})
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		return nil, &badRequest{http.StatusRequestEntityTooLarge, "the body must have at most 1 MiB"}
	case err != nil:
		return nil, &badRequest{http.StatusBadRequest, "the body could not be read"}
	}
	p, err := Params(body.Bytes()) // which keeps none of them
	if err != nil {
		return nil, err
	}
	return p, needsDocument(p)
}

// isJSON reports whether a content type is JSON in UTF-8.
func isJSON(contentType string) bool {
	if contentType == typeJSON {
		return true // nearly all
	}
	kind, params, err := mime.ParseMediaType(contentType)
	charset := strings.ToLower(params["charset"])
	return err == nil && kind == typeJSON && (charset == "" || charset == "utf-8" || charset == "utf8")
}

// errNoObject says what a request is made of.
var errNoObject = &badRequest{http.StatusBadRequest, `the body must be a JSON object such as {"query": "..."}`}

// Params reads an operation's parameters off a JSON object: query, operationName, variables and extensions.
func Params(object []byte) (*graphql.RawParams, error) {
	var in *struct {
		Query         *string         `json:"query"`
		OperationName *string         `json:"operationName"`
		Variables     json.RawMessage `json:"variables"`
		Extensions    json.RawMessage `json:"extensions"`
	}
	if json.Unmarshal(object, &in) != nil || in == nil {
		return nil, errNoObject
	}
	p := &graphql.RawParams{Query: orZero(in.Query), OperationName: orZero(in.OperationName)}
	if readMap(in.Variables, &p.Variables) != nil || readMap(in.Extensions, &p.Extensions) != nil {
		return nil, errNoObject
	}
	return p, nil
}

// decoder decodes text after text with the same buffer.
type decoder struct {
	in   bytes.Reader
	json *json.Decoder
}

var decoders = sync.Pool{New: func() any {
	d := &decoder{}
	d.json = json.NewDecoder(&d.in)
	d.json.UseNumber()
	return d
}}

// readMap reads a JSON object, or null. Its numbers stay text, for a scalar must see every digit; see plainNumbers. text is valid
// JSON; no text at all leaves to alone.
func readMap(text []byte, to *map[string]any) error {
	if len(text) == 0 {
		return nil
	}
	d := decoders.Get().(*decoder)
	d.in.Reset(text)
	if err := d.json.Decode(to); err != nil {
		return err // the decoder may be in the midst of something: it is given up
	}
	d.in.Reset(nil)
	decoders.Put(d)
	plainNumbers(*to)
	return nil
}

// needsDocument refuses parameters without a document; a persisted one is named in the extensions.
func needsDocument(p *graphql.RawParams) error {
	if p.Query == "" && p.Extensions["persistedQuery"] == nil {
		return &badRequest{http.StatusBadRequest, "query must not be empty"}
	}
	return nil
}

// FromQuery reads the parameters of a GET.
func FromQuery(q url.Values) (*graphql.RawParams, error) {
	p := &graphql.RawParams{Query: q.Get("query"), OperationName: q.Get("operationName")}
	for name, to := range map[string]*map[string]any{"variables": &p.Variables, "extensions": &p.Extensions} {
		text := []byte(q.Get(name))
		if len(text) > 0 && !json.Valid(text) || readMap(text, to) != nil {
			return nil, &badRequest{http.StatusBadRequest, name + " must be a JSON object"}
		}
	}
	return p, needsDocument(p)
}
