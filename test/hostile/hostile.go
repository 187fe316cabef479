// Package hostile contains documents that attack a GraphQL server, and documents that honest
// clients send. Each has the verdict that the server must give.
//
// The kinds come from OWASP's page about GraphQL, GraphQL Armor, graphql-cop, and known weaknesses
// of the libraries that this server uses. Each case attacks one property. Small functions generate
// long documents, so that cases stay readable.
//
// The tests of this package send everything to a real server and measure the cost of each call.
package hostile

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// Verdicts. Other verdicts are HTTP statuses and close codes of sockets.
const (
	Answered = "answered" // data without errors
	costly   = "QUERY_TOO_COMPLEX"
	parse    = "GRAPHQL_PARSE_FAILED"
	invalid  = "GRAPHQL_VALIDATION_FAILED"
	input    = "BAD_USER_INPUT"
	notFound = "NOT_FOUND"
	cursor   = "BAD_CURSOR"
)

// Door is the way in which a call is sent to the server.
type Door int

// The doors.
const (
	Post      Door = iota // JSON by POST
	Get                   // GET with parameters in the address
	Socket                // a subscribe message over graphql-transport-ws
	Stream                // POST that accepts only an event stream
	Form                  // a form to an old path
	OldSocket             // an old socket, with parameters in its path
	Page                  // GET of a path, without compression
)

// Case is a call with its verdict.
type Case struct {
	Name   string
	Attack string // the attacked property or the method, in one sentence; empty for honest calls
	Door   Door
	// Want is the verdict: the code of the first error, the HTTP status of a refused request, the
	// close code of a socket, or Answered. A bar separates alternatives.
	Want string
	Call Call
	// Each returns the n-th call, for attacks that need different calls. Nil means Call.
	Each func(n int) Call
}

// Nth returns the n-th call of a case. The documents of the calls differ in trailing blanks, so
// that the server's cache of documents never contains them.
func (c Case) Nth(n int) Call {
	if c.Each != nil {
		return c.Each(n)
	}
	call := c.Call
	if call.Query != "" {
		call.Query += stamp(n)
	}
	return call
}

// stamp encodes the low 16 bits of n as sixteen blanks.
func stamp(n int) string {
	return strings.NewReplacer("0", " ", "1", "\t").Replace(fmt.Sprintf("%016b", n&0xffff))
}

// Call is the parameters of an operation, or a raw body.
type Call struct {
	Query         string
	Variables     string // JSON; empty for none
	OperationName string
	Extensions    string // JSON; empty for none
	Raw           string // the body, or the query of the address, instead of the fields above
	Type          string // Content-Type; empty for application/json
	Encoding      string // Content-Encoding; empty for none
	Accept        string // empty for the media types of the door
	Path          string // for the doors Form, OldSocket and Page
}

// Body returns the JSON of a call.
func (c Call) Body() string {
	if c.Raw != "" {
		return c.Raw
	}
	var b strings.Builder
	b.WriteString(`{"query":` + quote(c.Query))
	if c.OperationName != "" {
		b.WriteString(`,"operationName":` + quote(c.OperationName))
	}
	if c.Variables != "" {
		b.WriteString(`,"variables":` + c.Variables)
	}
	if c.Extensions != "" {
		b.WriteString(`,"extensions":` + c.Extensions)
	}
	return b.String() + "}"
}

// Address returns a call as the query of a URL.
func (c Call) Address() string {
	if c.Raw != "" {
		return c.Raw
	}
	v := url.Values{}
	for name, value := range map[string]string{
		"query": c.Query, "operationName": c.OperationName, "variables": c.Variables, "extensions": c.Extensions,
	} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return v.Encode()
}

// Cases returns all hostile cases. They do not change between calls.
func Cases() []Case {
	var all []Case
	for _, some := range [][]Case{
		fragments(), cycles(), repeats(), conflicts(), nesting(), floods(), roots(), pages(), introspection(),
		texts(), strange(), unknowns(), values(), variables(), definitions(), bodies(), addresses(), persisted(), streams(), sockets(),
		names(), oldNames(), shared(), chains(), paths(),
	} {
		all = append(all, some...)
	}
	return all
}

// post returns the case of a document that is sent by POST.
func post(name, attack, want, query string) Case {
	return Case{Name: name, Attack: attack, Want: want, Call: Call{Query: query}}
}

// with adds variables to a case.
func (c Case) with(variables string) Case {
	c.Call.Variables = variables
	return c
}

// by changes the door of a case.
func (c Case) by(d Door) Case {
	c.Door = d
	return c
}

// raw returns the case of a raw body that is sent by POST.
func raw(name, attack, want, body string) Case {
	return Case{Name: name, Attack: attack, Want: want, Call: Call{Raw: body}}
}

// quote returns s as a JSON string. s must be UTF-8.
func quote(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // unreachable: a string can always be encoded
	}
	return string(text)
}

// repeat returns s repeated n times.
func repeat(s string, n int) string { return strings.Repeat(s, n) }

// each concatenates the results of f for 0 to n-1.
func each(n int, f func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(f(i))
	}
	return b.String()
}

// numbered concatenates n copies of a pattern. In copy i, each # is replaced by i.
func numbered(n int, pattern string) string {
	return each(n, func(i int) string { return strings.ReplaceAll(pattern, "#", fmt.Sprint(i)) })
}

// linked is like numbered, and also replaces each + by i+1.
func linked(n int, pattern string) string {
	return each(n, func(i int) string {
		return strings.NewReplacer("#", fmt.Sprint(i), "+", fmt.Sprint(i+1)).Replace(pattern)
	})
}

// nested returns n times open, heart, and n times end.
func nested(n int, open, heart, end string) string { return repeat(open, n) + heart + repeat(end, n) }

// number returns i in decimal.
func number(i int) string { return fmt.Sprint(i) }
