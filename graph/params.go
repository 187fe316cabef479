package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"sync"

	"github.com/99designs/gqlgen/graphql"
)

// errNoObject is the error of a body that is not a JSON object.
var errNoObject = &badRequest{
	http.StatusBadRequest, `the body must be a JSON object such as {"query": "..."}`,
}

// Params reads the parameters of an operation from a JSON object: query, operationName, variables
// and extensions. It keeps no reference to the object.
func Params(object []byte) (*graphql.RawParams, error) {
	var in *struct {
		Query         *string         `json:"query"`
		OperationName *string         `json:"operationName"`
		Variables     json.RawMessage `json:"variables"`
		Extensions    json.RawMessage `json:"extensions"`
	}
	if err := json.Unmarshal(object, &in); err != nil || in == nil {
		return nil, noParams(err)
	}
	p := &graphql.RawParams{Query: orZero(in.Query), OperationName: orZero(in.OperationName)}
	if readMap(in.Variables, &p.Variables) != nil {
		return nil, noMap("variables")
	}
	if readMap(in.Extensions, &p.Extensions) != nil {
		return nil, noMap("extensions")
	}
	return p, nil
}

// noParams returns the error of JSON that Params cannot decode. Only the two strings can have a
// wrong type there: the other members are read later.
func noParams(err error) error {
	wrong, ok := errors.AsType[*json.UnmarshalTypeError](err)
	if !ok || wrong.Field == "" {
		return errNoObject
	}
	return &badRequest{http.StatusBadRequest, wrong.Field + " must be a string"}
}

// noMap returns the error of a parameter that is not an object.
func noMap(name string) error {
	return &badRequest{http.StatusBadRequest, name + " must be a JSON object"}
}

// decoder decodes one text after another with the same buffer.
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

// readMap decodes a JSON object, or null, which must be valid JSON. Numbers stay text, because a
// scalar must see every digit; see plainNumbers. An empty text changes nothing.
func readMap(text []byte, to *map[string]any) error {
	if len(text) == 0 {
		return nil
	}
	d := decoders.Get().(*decoder)
	d.in.Reset(text)
	if err := d.json.Decode(to); err != nil {
		return err // the decoder may be inside the text, so it is not used again
	}
	d.in.Reset(nil)
	decoders.Put(d)
	plainNumbers(*to)
	return nil
}

// needsDocument refuses parameters that have no document and name none in the extensions.
func needsDocument(p *graphql.RawParams) error {
	if p.Query == "" && p.Extensions["persistedQuery"] == nil {
		return &badRequest{http.StatusBadRequest, "query must not be empty"}
	}
	return nil
}

// FromQuery reads the parameters of an operation from the query of a GET.
func FromQuery(q url.Values) (*graphql.RawParams, error) {
	p := &graphql.RawParams{Query: q.Get("query"), OperationName: q.Get("operationName")}
	for name, to := range map[string]*map[string]any{
		"variables": &p.Variables, "extensions": &p.Extensions,
	} {
		text := []byte(q.Get(name))
		if len(text) > 0 && !json.Valid(text) || readMap(text, to) != nil {
			return nil, noMap(name)
		}
	}
	return p, needsDocument(p)
}
