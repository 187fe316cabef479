// Package hostile holds documents that are sent to hurt a GraphQL server, and documents that honest
// clients send. Each has the verdict that the server must give.
//
// The kinds are those of OWASP's page about GraphQL, of GraphQL Armor and of graphql-cop, and the
// known weaknesses of the libraries below this server. A case attacks one thing. Where bytes
// matter, a small function makes them.
//
// The tests of this package send everything to a real server and measure the cost of each call.
package hostile

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// Verdicts other than codes of errors, statuses of HTTP and close codes of sockets.
const (
	Answered = "answered" // data, and no errors
	costly   = "QUERY_TOO_COMPLEX"
	parse    = "GRAPHQL_PARSE_FAILED"
	invalid  = "GRAPHQL_VALIDATION_FAILED"
	input    = "BAD_USER_INPUT"
	notFound = "NOT_FOUND"
	cursor   = "BAD_CURSOR"
)

// Door is how a call reaches the server.
type Door int

// The doors.
const (
	Post   Door = iota // JSON by POST
	Get                // parameters in the address
	Socket             // subscribe over graphql-transport-ws
	Stream             // POST that wants an event stream
)

// Case is one hostile call.
type Case struct {
	Name   string
	Attack string // what it attacks, in one sentence
	Door   Door
	// Want is the verdict: the code of the first error, the status if the request itself is
	// refused, the close code of a socket, or Answered. A bar separates verdicts that are equally
	// good.
	Want string
	Call Call
	// Each makes the n-th call, for an attack that needs calls that differ. Nil repeats Call.
	Each func(n int) Call
}

// Nth returns the n-th call of a case. Documents differ in trailing spaces, so that the server's
// cache of documents has none of them.
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

// stamp writes n as sixteen blanks.
func stamp(n int) string {
	return strings.NewReplacer("0", " ", "1", "\t").Replace(fmt.Sprintf("%016b", n&0xffff))
}

// Call is the parameters of an operation, or a body that has none.
type Call struct {
	Query         string
	Variables     string // JSON; empty for none
	OperationName string
	Extensions    string // JSON; empty for none
	Raw           string // the whole body, or the query of the address, in place of the above
	Type          string // Content-Type; empty for application/json
	Encoding      string // Content-Encoding; empty for none
	Accept        string // empty for the media types of the door
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

// Address returns a call as the query of an address.
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

// Cases returns the corpus.
func Cases() []Case {
	var all []Case
	for _, some := range [][]Case{
		fragments(), cycles(), repeats(), conflicts(), nesting(), floods(), roots(), pages(), introspection(),
		texts(), strange(), unknowns(), values(), variables(), definitions(), bodies(), addresses(), persisted(), streams(), sockets(),
	} {
		all = append(all, some...)
	}
	return all
}

// post returns the case of a document that is posted.
func post(name, attack, want, query string) Case {
	return Case{Name: name, Attack: attack, Want: want, Call: Call{Query: query}}
}

// with adds variables to a case.
func (c Case) with(variables string) Case {
	c.Call.Variables = variables
	return c
}

// by sends a case through another door.
func (c Case) by(d Door) Case {
	c.Door = d
	return c
}

// raw returns the case of a body.
func raw(name, attack, want, body string) Case {
	return Case{Name: name, Attack: attack, Want: want, Call: Call{Raw: body}}
}

// quote returns a JSON string. The text is UTF-8.
func quote(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always has JSON
	}
	return string(text)
}

// repeat is n times s.
func repeat(s string, n int) string { return strings.Repeat(s, n) }

// each joins the results of f for 0 to n-1.
func each(n int, f func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(f(i))
	}
	return b.String()
}

// numbered writes each number from 0 to n-1 at the place of every # in a pattern.
func numbered(n int, pattern string) string {
	return each(n, func(i int) string { return strings.ReplaceAll(pattern, "#", fmt.Sprint(i)) })
}

// linked does the same as numbered, and writes the next number at the place of every +.
func linked(n int, pattern string) string {
	return each(n, func(i int) string {
		return strings.NewReplacer("#", fmt.Sprint(i), "+", fmt.Sprint(i+1)).Replace(pattern)
	})
}

// nested puts an opening n times before a heart, and its closing n times after it.
func nested(n int, open, heart, end string) string { return repeat(open, n) + heart + repeat(end, n) }

// number writes a number.
func number(i int) string { return fmt.Sprint(i) }
