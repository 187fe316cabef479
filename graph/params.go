package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"

	"github.com/99designs/gqlgen/graphql"

	"bis/graph/guard"
)

// errNoObject is the error of a body that is not a JSON object.
var errNoObject = &badRequest{
	http.StatusBadRequest, `the body must be a JSON object such as {"query": "..."}`,
}

// Params reads the parameters of an operation from a JSON object: query, operationName, variables
// and extensions. The result has no reference to object. Refuse answers with the error.
func Params(object []byte) (*graphql.RawParams, error) {
	var in struct { // null leaves a member as it is
		Query         string          `json:"query"`
		OperationName string          `json:"operationName"`
		Variables     json.RawMessage `json:"variables"`
		Extensions    json.RawMessage `json:"extensions"`
	}
	if !bytes.HasPrefix(bytes.TrimLeft(object, " \t\r\n"), []byte("{")) {
		return nil, errNoObject
	}
	if err := json.Unmarshal(object, &in); err != nil {
		return nil, noParams(err)
	}
	p := &graphql.RawParams{Query: in.Query, OperationName: in.OperationName}
	if err := shortName(p); err != nil {
		return nil, err
	}
	if err := readMap(in.Variables, &p.Variables); err != nil {
		return nil, noMap("variables", err)
	}
	if err := readMap(in.Extensions, &p.Extensions); err != nil {
		return nil, noMap("extensions", err)
	}
	return p, nil
}

// noParams returns the error of JSON that Params cannot decode. Only query and operationName can
// have a wrong type at this point, because variables and extensions are decoded later.
func noParams(err error) error {
	wrong, ok := errors.AsType[*json.UnmarshalTypeError](err)
	if !ok || wrong.Field == "" {
		return errNoObject
	}
	return &badRequest{http.StatusBadRequest, wrong.Field + " must be a string"}
}

// noMap returns the error of a parameter that is not an object, or that breaks a limit of
// guard.JSON.
func noMap(name string, err error) error {
	if refusal, ok := errors.AsType[*guard.Refusal](err); ok {
		rule := fmt.Sprintf("%s must have at most %d %s", name, refusal.Limit, refusal.Measure)
		return &badRequest{http.StatusBadRequest, rule}
	}
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

// readMap decodes a JSON object or null into to. The text must be valid JSON; an empty text changes
// nothing. Numbers stay text, because a scalar must see every digit; see plainNumbers.
func readMap(text []byte, to *map[string]any) error {
	if len(text) == 0 {
		return nil
	}
	if err := guard.JSON(text); err != nil {
		return err
	}
	d := decoders.Get().(*decoder)
	d.in.Reset(text)
	if err := d.json.Decode(to); err != nil {
		return err // the decoder may be inside the text, so it is not used again
	}
	d.in.Reset(nil)
	if len(text) <= reusable { // the decoder's buffer is as long as the longest text
		decoders.Put(d)
	}
	plainNumbers(*to)
	return nil
}

// maxName is the most bytes of an operation's name. An error about the name repeats it.
const maxName = 256

// shortName refuses a name of an operation that is longer than maxName.
func shortName(p *graphql.RawParams) error {
	if len(p.OperationName) > maxName {
		return &badRequest{http.StatusBadRequest, "operationName must have at most 256 bytes"}
	}
	return nil
}

// needsDocument refuses parameters with neither a document nor the hash of a persisted document.
func needsDocument(p *graphql.RawParams) error {
	if p.Query == "" && p.Extensions["persistedQuery"] == nil {
		return &badRequest{http.StatusBadRequest, "query must not be empty"}
	}
	return nil
}

// FromQuery reads the parameters of an operation from the query of a GET. Refuse answers with the
// error.
func FromQuery(q url.Values) (*graphql.RawParams, error) {
	p := &graphql.RawParams{Query: q.Get("query"), OperationName: q.Get("operationName")}
	if err := shortName(p); err != nil {
		return nil, err
	}
	for name, to := range map[string]*map[string]any{
		"variables": &p.Variables, "extensions": &p.Extensions,
	} {
		text := []byte(q.Get(name))
		if len(text) > 0 && !json.Valid(text) {
			return nil, noMap(name, nil)
		}
		if err := readMap(text, to); err != nil {
			return nil, noMap(name, err)
		}
	}
	return p, needsDocument(p)
}
